import { eachRecord } from "./restore.ts";
import type { LogSource } from "./store.ts";

/** A request whose process ended before its outcome was durable. */
export interface Interrupted {
  readonly id: string;
  readonly intent: number;
}

const INTENT = /^\{"seq":([0-9]+),"prev":"[0-9a-f]+","kind":"intent","id":("(?:[^"\\]|\\.)*")/;
const OUTCOME = /^\{"seq":[0-9]+,"prev":"[0-9a-f]+","kind":"outcome","intent":([0-9]+),/;

/** Intents from record `from` on that have no outcome. */
export async function interrupted(source: LogSource, from: number): Promise<readonly Interrupted[]> {
  const open = new Map<number, string>();
  const size = await source.size();
  for await (const line of eachRecord(source, Math.min(from, size), size)) {
    // Ids are at most 200 code units, so the head of a line is enough.
    const head = Buffer.from(line.buffer, line.byteOffset, Math.min(line.length, 2048)).toString();
    const intent = INTENT.exec(head);
    if (intent !== null) open.set(Number(intent[1]), JSON.parse(intent[2]!));
    const outcome = OUTCOME.exec(head);
    if (outcome !== null) open.delete(Number(outcome[1]));
  }
  return [...open].map(([intent, id]) => ({ id, intent }));
}
