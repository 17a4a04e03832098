/** C2SP tlog proofs (c2sp.org/tlog-proof): everything that shows offline that one record is in the log. */
import { fromBase64 } from "./base64.ts";
import { openCheckpoint } from "./checkpoint.ts";
import { type Hash, provesInclusion, recordHash } from "./merkle.ts";
import type { NoteVerifier } from "./note.ts";

const HEADER = "c2sp.org/tlog-proof@v1";
const MOST_HASHES = 64;

export function writeProof(index: number, path: readonly Hash[], note: string): string {
  return [HEADER, `index ${index}`, ...path.map((hash) => Buffer.from(hash, "latin1").toString("base64")), "", note].join("\n");
}

export type Proved =
  | { readonly ok: true; readonly index: number; readonly size: number }
  /** `why` is ours; it quotes nothing of the proof. */
  | { readonly ok: false; readonly why: string };

/** Checks that `record`, the exact bytes of a line without its newline, is where the proof says. */
export function checkProof(proof: string, record: Uint8Array, verifier: NoteVerifier): Proved {
  const gap = proof.indexOf("\n\n");
  const lines = proof.slice(0, Math.max(gap, 0)).split("\n");
  if (lines.shift() !== HEADER) return { ok: false, why: "not a proof" };
  if (lines[0]?.startsWith("extra ")) lines.shift();
  const index = /^index (0|[1-9][0-9]{0,15})$/.exec(lines.shift() ?? "")?.[1];
  const path = lines.flatMap((line) => fromBase64(line)?.toString("latin1") ?? []);
  if (index === undefined || lines.length > MOST_HASHES || path.length < lines.length || path.some((hash) => hash.length !== 32)) {
    return { ok: false, why: "the proof is malformed" };
  }
  const checkpoint = openCheckpoint(proof.slice(gap + 2), verifier);
  if (checkpoint === undefined) return { ok: false, why: "the checkpoint in the proof is not signed by this key" };
  if (!provesInclusion(recordHash(record), Number(index), checkpoint.size, path, checkpoint.root)) {
    return { ok: false, why: "the record is not where the proof says" };
  }
  return { ok: true, index: Number(index), size: checkpoint.size };
}
