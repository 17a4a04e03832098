/** The thread of webauthn.ts: reads what browsers sent, and checks signatures. Nothing of a message goes back but the facts below. */
import { parentPort } from "node:worker_threads";
import { verifyAuthenticationResponse, verifyRegistrationResponse } from "@simplewebauthn/server";
import { ALGORITHMS, type Made, type Shown, type Site } from "./webauthn.ts";

export type Question =
  | { readonly kind: "made"; readonly made: Made; readonly challenge: string; readonly site: Site }
  | { readonly kind: "shown"; readonly shown: Shown; readonly challenge: string; readonly site: Site; readonly publicKey: string };
export interface Asked {
  readonly id: number;
  readonly question: Question;
}
/** Without a counter it was refused. */
export interface Answered {
  readonly id: number;
  readonly counter?: number;
  readonly publicKey?: string;
}

type Facts = Omit<Answered, "id">;

/** WebAuthn, section 7.1: challenge, origin, host, presence and verification of the person. */
async function made({ credential, clientData, attestation, transports }: Made, challenge: string, site: Site): Promise<Facts> {
  const { verified, registrationInfo } = await verifyRegistrationResponse({
    response: {
      id: credential,
      rawId: credential,
      type: "public-key",
      clientExtensionResults: {},
      response: { clientDataJSON: clientData, attestationObject: attestation, transports: [...transports] as never },
    },
    expectedChallenge: challenge,
    expectedOrigin: [...site.origins],
    expectedRPID: site.host,
    requireUserVerification: true,
    supportedAlgorithmIDs: [...ALGORITHMS],
  });
  const key = registrationInfo?.credential;
  // The id that was signed, and not the one beside it.
  if (!verified || key === undefined || key.id !== credential) return {};
  return { publicKey: Buffer.from(key.publicKey).toString("base64url"), counter: key.counter };
}

/** Section 7.2. The counter is compared by whoever keeps it, in turn. */
async function shown({ credential, clientData, authenticatorData, signature }: Shown, challenge: string, site: Site, publicKey: string): Promise<Facts> {
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response: {
      id: credential,
      rawId: credential,
      type: "public-key",
      clientExtensionResults: {},
      response: { clientDataJSON: clientData, authenticatorData, signature },
    },
    expectedChallenge: challenge,
    expectedOrigin: [...site.origins],
    expectedRPID: site.host,
    credential: { id: credential, publicKey: new Uint8Array(Buffer.from(publicKey, "base64url")), counter: 0 },
    requireUserVerification: true,
  });
  return verified ? { counter: authenticationInfo.newCounter } : {};
}

parentPort?.on("message", async ({ id, question }: Asked) => {
  const { challenge, site } = question;
  const checked = question.kind === "made" ? made(question.made, challenge, site) : shown(question.shown, challenge, site, question.publicKey);
  // Its messages quote what was sent.
  const facts = await checked.catch((): Facts => ({}));
  parentPort?.postMessage({ id, ...facts } satisfies Answered);
});
