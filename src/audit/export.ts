import { HoldfastError } from "../core/errors.ts";
import { CHECKPOINT, keptCheckpoint } from "./restore.ts";
import type { LogSource } from "./store.ts";
import { TILE_WIDTH } from "./tree.ts";

/** A line of an export that is not a record of the log: a signed checkpoint, standing right behind the records it covers. */
export interface CheckpointLine {
  readonly kind: "checkpoint";
  readonly note: string;
}

/**
 * The log as JSON lines, in pieces that end with a newline: every record as it was hashed, and the checkpoints, the newest last. Records that
 * no checkpoint covers yet are left out, or with `tail` follow at the end.
 */
export async function* exportLog(source: LogSource, { tail = false } = {}): AsyncGenerator<Buffer> {
  const newest = await noteAt(source, CHECKPOINT);
  if (newest === undefined) throw new HoldfastError("not-found", "the log has no checkpoint");
  let at = 0;
  for (let tile = 0; (tile + 1) * TILE_WIDTH ** 2 <= newest.size; tile++) {
    const kept = await noteAt(source, keptCheckpoint(tile));
    if (kept === undefined || kept.size <= at || kept.size >= newest.size) continue;
    yield* records(source, at, kept.size);
    yield checkpointLine(kept.note);
    at = kept.size;
  }
  yield* records(source, at, newest.size);
  yield checkpointLine(newest.note);
  if (tail) yield* records(source, newest.size, await source.size());
}

async function* records(source: LogSource, from: number, to: number): AsyncGenerator<Buffer> {
  for (let at = from; at < to; ) {
    const lines = await source.read(at, Math.min(to, at + 4 * TILE_WIDTH));
    if (lines.length === 0) throw new HoldfastError("unavailable", `record ${at} cannot be read`);
    yield Buffer.concat(lines.flatMap((line) => [line, NEWLINE]));
    at += lines.length;
  }
}

/** A stored checkpoint with the size it states. Whether it is signed is for the verifier to say. */
async function noteAt(source: LogSource, name: string): Promise<{ note: string; size: number } | undefined> {
  const bytes = await source.get(name);
  const note = Buffer.from(bytes ?? []).toString();
  const size = /^[^\n]+\n(0|[1-9][0-9]{0,15})\n/.exec(note)?.[1];
  return size === undefined ? undefined : { note, size: Number(size) };
}

const NEWLINE = Buffer.from("\n");
const checkpointLine = (note: string): Buffer => Buffer.from(`${JSON.stringify({ kind: "checkpoint", note } satisfies CheckpointLine)}\n`);
