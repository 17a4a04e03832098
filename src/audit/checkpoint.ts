/** C2SP checkpoints (c2sp.org/tlog-checkpoint): a signed note of origin, tree size and root. */
import { fromBase64 } from "./base64.ts";
import type { Hash } from "./merkle.ts";
import { type NoteSigner, type NoteVerifier, openNote, signNote } from "./note.ts";

export interface Checkpoint {
  readonly size: number;
  readonly root: Hash;
  /** The signed note, as it is stored, served and checked. */
  readonly note: string;
}

/** The log's origin is the name of its key. */
export function signCheckpoint(size: number, root: Hash, signer: NoteSigner): Checkpoint {
  return { size, root, note: signNote(`${signer.name}\n${size}\n${Buffer.from(root, "latin1").toString("base64")}\n`, signer) };
}

/** The checkpoint in a note, or undefined if this key did not sign it or it is not a checkpoint of this log. */
export function openCheckpoint(note: string, verifier: NoteVerifier): Checkpoint | undefined {
  const lines = openNote(note, verifier)?.split("\n");
  if (lines === undefined || lines.length < 4 || lines[0] !== verifier.name) return undefined;
  const [size, root] = [Number(lines[1]), fromBase64(lines[2]!)];
  if (!/^(?:0|[1-9][0-9]{0,15})$/.test(lines[1]!) || !Number.isSafeInteger(size) || root?.length !== 32) return undefined;
  return { size, root: root.toString("latin1"), note };
}
