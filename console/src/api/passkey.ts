import { CallFailed, call } from "./client.ts";
import { type Fields, fields, items, text } from "./read.ts";

/** What the gateway's `x-holdfast-passkey` carries. */
const HEADER = "x-holdfast-passkey";

/**
 * Sends what changes something. Where the gateway wants a passkey for it, the person is asked for one first; what it signs is bound to exactly
 * these bytes at exactly this path.
 */
export async function signed(path: string, body: object): Promise<unknown> {
  // A page without a name or without TLS can have no passkey signed: then the gateway says what to do.
  if (crypto.subtle === undefined || navigator.credentials === undefined) return call("POST", path, body);
  const { pathname, search } = new URL(path, location.origin);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(body)));
  const asked = fields(await call("POST", "/api/v1/step-up", { method: "POST", path: pathname + search, sha256: hexOf(digest) }));
  if (asked["needed"] !== true) return call("POST", path, body);
  return call("POST", path, body, { [HEADER]: textOf(new TextEncoder().encode(JSON.stringify(await show(asked)))) });
}

async function show(asked: Fields): Promise<object> {
  const shown = await theirs(() =>
    navigator.credentials.get({
      publicKey: {
        challenge: bytesOf(text(asked["challenge"])),
        rpId: text(asked["host"]),
        allowCredentials: items(asked["credentials"]).map(descriptor),
        userVerification: "required",
        timeout: TIME,
      },
    }),
  );
  if (!(shown.response instanceof AuthenticatorAssertionResponse)) throw new CallFailed(0, NONE);
  const { clientDataJSON, authenticatorData, signature } = shown.response;
  return { credential: shown.id, clientData: textOf(clientDataJSON), authenticatorData: textOf(authenticatorData), signature: textOf(signature) };
}

/** Has this device, or one near it, make a passkey, and registers it under a name. */
export async function makePasskey(name: string): Promise<unknown> {
  const { challenge, host, user, algorithms, exclude } = fields(await call("POST", "/api/v1/passkeys/options", {}));
  const made = await theirs(() =>
    navigator.credentials.create({
      publicKey: {
        challenge: bytesOf(text(challenge)),
        rp: { id: text(host), name: "Holdfast" },
        user: { id: bytesOf(text(fields(user)["id"])), name: text(fields(user)["name"]), displayName: text(fields(user)["name"]) },
        pubKeyCredParams: items(algorithms).map((alg) => ({ type: "public-key", alg: Number(alg) })),
        excludeCredentials: items(exclude).map(descriptor),
        authenticatorSelection: { userVerification: "required", residentKey: "preferred" },
        attestation: "none",
        timeout: TIME,
      },
    }),
  );
  if (!(made.response instanceof AuthenticatorAttestationResponse)) throw new CallFailed(0, NONE);
  const { clientDataJSON, attestationObject } = made.response;
  return signed("/api/v1/passkeys", {
    name,
    credential: made.id,
    clientData: textOf(clientDataJSON),
    attestation: textOf(attestationObject),
    transports: made.response.getTransports(),
  });
}

/** As long as the gateway's challenge is good. */
const TIME = 60_000;
const NONE = "no passkey was shown";
const KNOWN = "this device has a passkey for you already";

/** A person may close the browser's window, or let it time out: that is an answer, not a fault. */
async function theirs(ask: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  const shown = await ask().catch((error: unknown) => {
    throw new CallFailed(0, error instanceof DOMException && error.name === "InvalidStateError" ? KNOWN : NONE);
  });
  if (!(shown instanceof PublicKeyCredential)) throw new CallFailed(0, NONE);
  return shown;
}

function descriptor(from: unknown): PublicKeyCredentialDescriptor {
  const { id, transports } = fields(from);
  return { type: "public-key", id: bytesOf(text(id)), transports: items(transports).map(text) as AuthenticatorTransport[] };
}

const bytesOf = (base64url: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64url.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const textOf = (bytes: ArrayBuffer | Uint8Array): string =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
const hexOf = (bytes: ArrayBuffer): string => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
