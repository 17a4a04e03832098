import { equal, type Hash, sha256 } from "./merkle.ts";

/** A C2SP checkpoint: what a log says of itself at one size. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Hash;
}

/** A C2SP note key: `name+hash+base64(type || key)`. */
export interface NoteKey {
  readonly name: string;
  readonly id: Uint8Array;
  readonly publicKey: Hash;
}

const ED25519 = 1;

/** The checkpoint in a signed note, or undefined if it is not one. It says nothing yet about the signature. */
export function parseCheckpoint(note: string): Checkpoint | undefined {
  const [origin, size, root] = textOf(note)?.split("\n") ?? [];
  const bytes = bytesOf(root ?? "");
  if (origin === undefined || origin === "" || !/^(0|[1-9]\d{0,15})$/.test(size ?? "") || bytes?.length !== 32) return undefined;
  return { origin, size: Number(size), root: bytes };
}

/** Reads a note key and checks the hash inside it, so that a mistyped key is refused and not merely never matched. */
export async function parseKey(vkey: string): Promise<NoteKey | undefined> {
  const [, name, hash, encoded] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(vkey.trim()) ?? [];
  const key = bytesOf(encoded ?? "");
  if (name === undefined || hash === undefined || key?.length !== 33 || key[0] !== ED25519) return undefined;
  const id = (await sha256([new TextEncoder().encode(`${name}\n`), key])).slice(0, 4);
  return Array.from(id, (byte) => byte.toString(16).padStart(2, "0")).join("") === hash ? { name, id, publicKey: key.slice(1) } : undefined;
}

/** True if the note carries a good Ed25519 signature of this key. Throws where the browser cannot check Ed25519. */
export async function signedBy(note: string, key: NoteKey): Promise<boolean> {
  const text = textOf(note);
  if (text === undefined) return false;
  const publicKey = await crypto.subtle.importKey("raw", key.publicKey, "Ed25519", false, ["verify"]);
  for (const line of note.slice(text.length + 1).split("\n")) {
    const [, name, encoded] = /^\u2014 (\S+) (\S+)$/.exec(line) ?? [];
    const signature = bytesOf(encoded ?? "");
    if (name !== key.name || signature?.length !== 68 || !equal(signature.slice(0, 4), key.id)) continue;
    if (await crypto.subtle.verify("Ed25519", publicKey, signature.slice(4), new TextEncoder().encode(text))) return true;
  }
  return false;
}

/** Standard base64 with padding, or undefined. */
export function bytesOf(base64: string): Hash | undefined {
  if (base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

// The signed text ends with a newline; an empty line and the signatures follow it.
function textOf(note: string): string | undefined {
  const end = note.indexOf("\n\n\u2014 ");
  return end < 0 ? undefined : note.slice(0, end + 1);
}
