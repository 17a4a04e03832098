/** An authenticator in software, for tests: it does what WebAuthn says one does, with real keys. What goes wrong in it is said as options. */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

export type Algorithm = "ES256" | "EdDSA";

export interface Ceremony {
  readonly challenge: string;
  readonly host: string;
  readonly origin: string;
  /** The person showed that it is them: by a PIN or a finger. */
  readonly verified?: boolean;
  readonly type?: string;
}

export interface Authenticator {
  readonly credential: string;
  counter: number;
  make(ceremony: Ceremony): { readonly credential: string; readonly clientData: string; readonly attestation: string; readonly transports: readonly string[] };
  sign(ceremony: Ceremony): { readonly credential: string; readonly clientData: string; readonly authenticatorData: string; readonly signature: string };
}

const sha256 = (data: string | Uint8Array): Buffer => createHash("sha256").update(data).digest();
const url = (data: Uint8Array | string): string => Buffer.from(data).toString("base64url");

/** `counts`: a key that is synced does not count. */
export function authenticator(
  algorithm: Algorithm = "ES256",
  { counts = true, id = randomBytes(32) }: { counts?: boolean; id?: Uint8Array } = {},
): Authenticator {
  const { publicKey, privateKey } = algorithm === "ES256" ? generateKeyPairSync("ec", { namedCurve: "P-256" }) : generateKeyPairSync("ed25519");
  const clientData = ({ challenge, origin }: Ceremony, type: string): Buffer => Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  const data = ({ host, verified = true }: Ceremony, attested: Uint8Array): Buffer => {
    const flags = 0x01 | (verified ? 0x04 : 0) | (attested.length > 0 ? 0x40 : 0);
    const count = Buffer.alloc(4);
    count.writeUInt32BE(made.counter);
    return Buffer.concat([sha256(host), Buffer.from([flags]), count, attested]);
  };
  const made: Authenticator = {
    credential: url(id),
    counter: 0,
    make(ceremony) {
      const attested = Buffer.concat([Buffer.alloc(16), Buffer.from([id.length >> 8, id.length & 255]), id, coseOf(publicKey, algorithm)]);
      const attestation = cbor(
        new Map<string, unknown>([
          ["fmt", "none"],
          ["attStmt", new Map()],
          ["authData", data(ceremony, attested)],
        ]),
      );
      return {
        credential: url(id),
        clientData: url(clientData(ceremony, ceremony.type ?? "webauthn.create")),
        attestation: url(attestation),
        transports: ["internal"],
      };
    },
    sign(ceremony) {
      if (counts) made.counter++;
      const client = clientData(ceremony, ceremony.type ?? "webauthn.get");
      const authenticatorData = data(ceremony, new Uint8Array());
      const signature = sign(algorithm === "ES256" ? "sha256" : null, Buffer.concat([authenticatorData, sha256(client)]), privateKey);
      return { credential: url(id), clientData: url(client), authenticatorData: url(authenticatorData), signature: url(signature) };
    },
  };
  return made;
}

function coseOf(key: KeyObject, algorithm: Algorithm): Buffer {
  const { x = "", y = "" } = key.export({ format: "jwk" });
  const point = (text: string): Buffer => Buffer.from(text, "base64url");
  return cbor(
    algorithm === "ES256"
      ? new Map<number, unknown>([
          [1, 2],
          [3, -7],
          [-1, 1],
          [-2, point(x)],
          [-3, point(y)],
        ])
      : new Map<number, unknown>([
          [1, 1],
          [3, -8],
          [-1, 6],
          [-2, point(x)],
        ]),
  );
}

/** As much of CBOR as an attestation needs. */
function cbor(value: unknown): Buffer {
  if (typeof value === "number") return value >= 0 ? head(0, value) : head(1, -1 - value);
  if (typeof value === "string") return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  if (value instanceof Map) return Buffer.concat([head(5, value.size), ...[...value].flatMap(([key, item]) => [cbor(key), cbor(item)])]);
  throw new Error("no form for this");
}

function head(kind: number, n: number): Buffer {
  if (n < 24) return Buffer.from([(kind << 5) | n]);
  return n < 256 ? Buffer.from([(kind << 5) | 24, n]) : Buffer.from([(kind << 5) | 25, n >> 8, n & 255]);
}
