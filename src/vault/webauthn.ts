import { HoldfastError } from "../core/errors.ts";
import type { Passkey } from "./passkeys.ts";

/** Where passkeys are made and shown: from configuration, never from a request. */
export interface Site {
  /** The relying party: the host. */
  readonly host: string;
  /** Whole origins of the console's pages there. */
  readonly origins: readonly string[];
}

/** What a browser brings of a new passkey; all of it base64url. */
export interface Made {
  readonly credential: string;
  readonly clientData: string;
  readonly attestation: string;
  readonly transports: readonly string[];
}

/** What a browser brings of one that has signed. */
export interface Shown {
  readonly credential: string;
  readonly clientData: string;
  readonly authenticatorData: string;
  readonly signature: string;
}

/** In this order: Ed25519, P-256 with SHA-256, RSA with SHA-256. */
export const ALGORITHMS: readonly number[] = [-8, -7, -257];

/** The challenge that a browser says it had signed; undefined for what is no client data. */
export function challengeIn(clientData: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(clientData, "base64url").toString("utf8"));
    const challenge = typeof parsed === "object" && parsed !== null && "challenge" in parsed ? parsed.challenge : undefined;
    return typeof challenge === "string" ? challenge : undefined;
  } catch {
    return undefined;
  }
}

/** Checks a new passkey against WebAuthn, section 7.1: challenge, origin, host, presence and verification of the person. Rejects with `forbidden`. */
export async function verifyMade(
  { credential, clientData, attestation, transports }: Made,
  challenge: string,
  site: Site,
): Promise<Pick<Passkey, "credential" | "publicKey" | "counter">> {
  const { verifyRegistrationResponse } = await library();
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
  }).catch(refused);
  if (!verified || registrationInfo === undefined) return refused(undefined);
  const made = registrationInfo.credential;
  return { credential: made.id, publicKey: Buffer.from(made.publicKey).toString("base64url"), counter: made.counter };
}

/** Checks an assertion against section 7.2; gives the counter that was signed. Rejects with `forbidden`. */
export async function verifyShown(
  { credential, clientData, authenticatorData, signature }: Shown,
  challenge: string,
  site: Site,
  passkey: Passkey,
): Promise<number> {
  const { verifyAuthenticationResponse } = await library();
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
    // The counter is compared by whoever keeps it, in turn.
    credential: { id: passkey.credential, publicKey: new Uint8Array(Buffer.from(passkey.publicKey, "base64url")), counter: 0 },
    requireUserVerification: true,
  }).catch(refused);
  return verified ? authenticationInfo.newCounter : refused(undefined);
}

// Loaded with the first passkey: it brings a certificate parser that most starts never need.
const library = () => import("@simplewebauthn/server");

// Its messages quote what was sent.
function refused(cause: unknown): never {
  throw new HoldfastError("forbidden", "what the passkey signed is not what it was asked for", { cause });
}
