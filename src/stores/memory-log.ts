import { isSideName, type LogStore, MOST_RECORD_BYTES } from "../audit/store.ts";
import { HoldfastError } from "../core/errors.ts";

/**
 * How a write can go wrong. `down` refuses; `hang` never answers; `EIO` and `ENOSPC` fail with nothing written; `torn` writes a part and
 * fails; `done-but-failed` writes everything and fails all the same.
 */
export type Fault = "down" | "hang" | "EIO" | "ENOSPC" | "torn" | "done-but-failed";

/** A disk of its own that outlives the store opened on it, with switches for what can happen to one. */
export interface Shelf {
  /** What the next write meets; stays until it is changed. */
  fault?: Fault | undefined;
  /** Only the n-th write from now meets it (1 is the next one). */
  faultAt?: number | undefined;
  /** Writes that were tried so far. */
  writes: number;
  records: Uint8Array[];
  /** Written, and not yet called durable. */
  unsynced: Uint8Array[];
  files: Map<string, Uint8Array>;
  held: boolean;
}

export const newShelf = (): Shelf => ({ writes: 0, records: [], unsynced: [], files: new Map(), held: false });

/** The process ends without warning: what was written stays, also what was never called durable, if all of a batch is there. */
export function crash(shelf: Shelf): void {
  shelf.held = false;
  shelf.records.push(...shelf.unsynced.splice(0));
}

/** The power fails: whatever was not called durable is gone. */
export function losePower(shelf: Shelf): void {
  shelf.held = false;
  shelf.unsynced.length = 0;
}

/** A log in memory: for tests, and for trying things out where nothing has to be kept. */
export async function openMemoryLog(shelf: Shelf = newShelf()): Promise<LogStore> {
  if (shelf.held) throw new HoldfastError("unavailable", "the log is in use by another process");
  shelf.held = true;
  let [busy, putting, broken] = [false, false, false];
  const write = async (put: () => void, tear: () => void): Promise<void> => {
    if (broken) throw new HoldfastError("unavailable", "the audit log cannot be written any more");
    shelf.writes++;
    const due = shelf.faultAt === undefined || --shelf.faultAt === 0;
    const fault = due ? shelf.fault : undefined;
    await new Promise(setImmediate);
    if (fault === "hang") return new Promise(() => {});
    if (fault === undefined || fault === "done-but-failed") put();
    if (fault === "torn") tear();
    if (fault === undefined) return;
    broken = true;
    throw new HoldfastError("unavailable", "the audit log could not be written", { cause: Object.assign(new Error("fault"), { code: fault }) });
  };
  return {
    size: async () => shelf.records.length,
    read: async (from, to) => shelf.records.slice(from, to),
    get: async (name) => shelf.files.get(name),
    append: async (records) => {
      if (busy) throw new HoldfastError("internal", "two appends at once");
      if (records.length === 0) return;
      if (!records.every(isRecord)) throw new HoldfastError("internal", "not a record");
      busy = true;
      const copies = records.map((record) => Uint8Array.from(record));
      try {
        await write(
          () => shelf.unsynced.push(...copies),
          () => {}, // half a batch: opening again removes it
        );
        shelf.records.push(...shelf.unsynced.splice(0));
      } finally {
        busy = false;
      }
    },
    put: async (name, bytes) => {
      if (putting || !isSideName(name)) throw new HoldfastError("internal", "two puts at once, or not a name");
      putting = true;
      const copy = Uint8Array.from(bytes);
      try {
        await write(
          () => shelf.files.set(name, copy),
          () => {},
        );
      } finally {
        putting = false;
      }
    },
    close: async () => {
      broken = true;
      shelf.held = false;
    },
  };
}

const isRecord = (record: Uint8Array): boolean => record.length > 0 && record.length <= MOST_RECORD_BYTES && record[0] === 0x7b && !record.includes(0x0a);
