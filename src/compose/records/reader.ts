import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Checkpoint, openCheckpoint } from "../../audit/checkpoint.ts";
import { exportLog } from "../../audit/export.ts";
import { noteVerifier } from "../../audit/note.ts";
import { type AuditRecord, parseRecord } from "../../audit/record.ts";
import { CHECKPOINT, restoreTree } from "../../audit/restore.ts";
import { proofOf } from "../../audit/view.ts";
import { HoldfastError } from "../../core/errors.ts";
import { openFileLogReader } from "../../stores/file.ts";
import type { LogReader } from "../../surfaces/cli/wiring.ts";
import { systemClock } from "../platform.ts";
import { historyOf } from "./history.ts";

/** How often the files are looked at for what another process has written, in milliseconds. */
const LOOK = 300;
/** The server signs at most every second; what is newer is waited for. */
const PATIENCE = 3_000;

/** Reads the log in a data folder beside the process that writes it. */
export async function openReader(folder: string): Promise<LogReader> {
  const vkey = (await readFile(join(folder, "audit.vkey"), "utf8").catch(() => missing())).trim();
  const source = await openFileLogReader(join(folder, "audit"));
  const verifier = noteVerifier(vkey);

  async function checkpointOver(index: number): Promise<Checkpoint> {
    for (let waited = 0; ; waited += LOOK) {
      const checkpoint = openCheckpoint(Buffer.from((await source.get(CHECKPOINT)) ?? []).toString("utf8"), verifier);
      if (checkpoint === undefined) throw new HoldfastError("unavailable", "the log's checkpoint is not signed by the key beside it");
      if (checkpoint.size > index) return checkpoint;
      if (waited > PATIENCE) throw new HoldfastError("not-found", "no checkpoint covers this record, and nobody is signing one: is the server running?");
      await pause(LOOK);
    }
  }

  async function proof(index: number): Promise<string> {
    const checkpoint = await checkpointOver(index);
    const { tree } = await restoreTree(source, checkpoint);
    return proofOf(source, tree, checkpoint, index);
  }

  function subscribe(listener: (record: AuditRecord) => void): () => void {
    let ended = false;
    void (async () => {
      for (let at = await source.size(); !ended; ) {
        const size = await source.size();
        while (at < size) {
          const lines = await source.read(at, size);
          for (const line of lines) listener(parseRecord(line));
          at += lines.length;
        }
        await pause(LOOK);
      }
    })().catch(() => {});
    return () => {
      ended = true;
    };
  }

  return { history: historyOf({ source, vkey, proof, subscribe, now: systemClock.now }), vkey, export: () => exportLog(source), close: () => source.close() };
}

function missing(): never {
  throw new HoldfastError("not-found", "there is no log here yet: no server has run with this configuration");
}
