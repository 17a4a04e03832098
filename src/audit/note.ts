/** C2SP signed notes (c2sp.org/signed-note) with Ed25519, signature type 0x01. */
import { createPrivateKey, createPublicKey, hash, type KeyObject, sign, verify } from "node:crypto";
import { HoldfastError } from "../core/errors.ts";
import { fromBase64 } from "./base64.ts";

export interface NoteSigner {
  readonly name: string;
  /** The verifier key: `name+hash+base64`. */
  readonly vkey: string;
  sign(text: string): Buffer;
}

export interface NoteVerifier {
  readonly name: string;
  readonly vkey: string;
  readonly keyId: Buffer;
  verify(text: string, signature: Uint8Array): boolean;
}

const ED25519 = 0x01;
// RFC 8410: what stands before the 32 bytes of a seed in PKCS #8, and of a public key in SPKI.
const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");
const SPKI = Buffer.from("302a300506032b6570032100", "hex");
const MOST_SIGNATURES = 32;
const MOST_BYTES = 65_536;

/** Reads a private note key, `PRIVATE+KEY+name+hash+base64(0x01 || seed)`. */
export function noteSigner(skey: string): NoteSigner {
  const match = /^PRIVATE\+KEY\+([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)\n?$/.exec(skey);
  const bytes = fromBase64(match?.[3] ?? "");
  if (match === null || bytes?.length !== 33 || bytes[0] !== ED25519) throw new HoldfastError("configuration", "not a private note key");
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, bytes.subarray(1)]), format: "der", type: "pkcs8" });
  const vkey = verifierKey(match[1]!, publicBytes(key));
  if (vkey.split("+")[1] !== match[2]) throw new HoldfastError("configuration", "the private note key does not have the hash it states");
  return { name: match[1]!, vkey, sign: (text) => sign(null, Buffer.from(text), key) };
}

/** Writes the private key for a seed of 32 random bytes. */
export function signerKey(name: string, seed: Uint8Array): string {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: "der", type: "pkcs8" });
  return `PRIVATE+KEY+${name}+${keyIdOf(name, publicBytes(key)).toString("hex")}+${Buffer.concat([Buffer.of(ED25519), seed]).toString("base64")}`;
}

/** Reads a verifier key, `name+hash+base64(0x01 || public key)`. Throws `bad-request` for anything else. */
export function noteVerifier(vkey: string): NoteVerifier {
  const match = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)\s*$/.exec(vkey);
  const bytes = fromBase64(match?.[3] ?? "");
  if (match === null || bytes?.length !== 33 || bytes[0] !== ED25519) throw new HoldfastError("bad-request", "not a note verifier key with Ed25519");
  const name = match[1]!;
  const keyId = keyIdOf(name, bytes.subarray(1));
  if (keyId.toString("hex") !== match[2]) throw new HoldfastError("bad-request", "the verifier key does not have the hash it states");
  const key = createPublicKey({ key: Buffer.concat([SPKI, bytes.subarray(1)]), format: "der", type: "spki" });
  return { name, vkey: verifierKey(name, bytes.subarray(1)), keyId, verify: (text, signature) => verify(null, Buffer.from(text), key, signature) };
}

/** `text` ends in a newline. */
export function signNote(text: string, signer: NoteSigner): string {
  const keyId = Buffer.from(signer.vkey.split("+")[1]!, "hex");
  return `${text}\n\u2014 ${signer.name} ${Buffer.concat([keyId, signer.sign(text)]).toString("base64")}\n`;
}

/**
 * The text of a note that `verifier` signed, or undefined. Signatures of other keys are ignored, as the standard says; a wrong one that
 * claims to be ours spoils the note.
 */
export function openNote(note: string, verifier: NoteVerifier): string | undefined {
  // Control characters other than newline are forbidden: a note must not be able to play with a terminal.
  if (note.length > MOST_BYTES || /[\u0000-\u0009\u000b-\u001f]/.test(note)) return undefined;
  const split = note.lastIndexOf("\n\n");
  if (split < 0 || !note.endsWith("\n")) return undefined;
  const text = note.slice(0, split + 1);
  const lines = note.slice(split + 2, -1).split("\n");
  if (lines.length > MOST_SIGNATURES) return undefined;
  let signed = false;
  for (const line of lines) {
    const match = /^\u2014 ([^+\s]+) ([A-Za-z0-9+/]+={0,2})$/.exec(line);
    if (match === null) return undefined;
    const bytes = fromBase64(match[2]!);
    if (bytes === undefined) return undefined;
    if (match[1] !== verifier.name || !bytes.subarray(0, 4).equals(verifier.keyId)) continue;
    if (!verifier.verify(text, bytes.subarray(4))) return undefined;
    signed = true;
  }
  return signed ? text : undefined;
}

const verifierKey = (name: string, key: Uint8Array): string =>
  `${name}+${keyIdOf(name, key).toString("hex")}+${Buffer.concat([Buffer.of(ED25519), key]).toString("base64")}`;

function keyIdOf(name: string, key: Uint8Array): Buffer {
  return hash("sha256", Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(ED25519), key]), "buffer").subarray(0, 4);
}

function publicBytes(key: KeyObject): Buffer {
  return createPublicKey(key as never)
    .export({ format: "der", type: "spki" })
    .subarray(SPKI.length);
}
