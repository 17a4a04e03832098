import { equal, leafHash, rootOf } from "./merkle.ts";
import { bytesOf, parseCheckpoint, parseKey, signedBy } from "./note.ts";

/** An inclusion proof as the API gives it: hashes in base64, the checkpoint as a signed note, the log's key as a note key. */
export interface Proof {
  readonly index: number;
  readonly size: number;
  readonly root: string;
  readonly hashes: readonly string[];
  readonly checkpoint: string;
  readonly vkey: string;
  readonly text: string;
}

/** What is checked, in this order; each rests on the one before. */
export const STEPS = ["record", "path", "checkpoint", "signature"] as const;
export type Step = (typeof STEPS)[number];

/** `failed` names the first step that did not hold; `unsupported` means that this browser cannot check the signature. */
export type Verified =
  | { readonly ok: true; readonly leaf: string; readonly origin: string; readonly key: string }
  | { readonly ok: false; readonly failed: Step; readonly why: "broken" | "unsupported" };

/**
 * Checks that a record stands in the log at the place the proof says: the record's own bytes are hashed, the path leads to the root, the
 * root is the one the checkpoint states, and the checkpoint is signed with the log's key. Everything is computed here; the server's word
 * is used for nothing but the key, which a person can compare with `data/audit.vkey`.
 */
export async function verifyProof(record: string, proof: Proof): Promise<Verified> {
  const leaf = await leafHash(new TextEncoder().encode(record));
  const path = proof.hashes.map(bytesOf);
  const claimed = bytesOf(proof.root);
  if (claimed?.length !== 32) return broken("record");
  if (!path.every((hash) => hash?.length === 32)) return broken("path");
  const root = await rootOf(
    proof.index,
    proof.size,
    leaf,
    path.filter((hash) => hash !== undefined),
  );
  if (root === undefined || !equal(root, claimed)) return broken("path");
  const checkpoint = parseCheckpoint(proof.checkpoint);
  if (checkpoint === undefined || checkpoint.size !== proof.size || !equal(checkpoint.root, root)) return broken("checkpoint");
  const key = await parseKey(proof.vkey);
  // A log's origin is the name of its key: a checkpoint of another log, signed with a key that also signs others, is refused.
  if (key === undefined || key.name !== checkpoint.origin) return broken("signature");
  try {
    if (!(await signedBy(proof.checkpoint, key))) return broken("signature");
  } catch {
    return { ok: false, failed: "signature", why: "unsupported" };
  }
  return { ok: true, leaf: hex(leaf), origin: checkpoint.origin, key: hex(key.id) };
}

const broken = (failed: Step): Verified => ({ ok: false, failed, why: "broken" });
const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
