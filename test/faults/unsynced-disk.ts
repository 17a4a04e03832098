import { posix } from "node:path";
import type { Disk, DiskFile } from "../../src/stores/disk.ts";
import { chance } from "../chance.ts";

/** Random numbers from 0 to 1; a test seeds them. */
export type Dice = () => number;

export interface UnsyncedDisk extends Disk {
  /** Calls so far; each is one place where something can go wrong. */
  readonly calls: number;
  /** The n-th call from now fails: `before` it did anything, or `after` it was done all the same. */
  failAt(n: number, when: "before" | "after"): void;
  /** Where the failing call was: the names of the operations that were made to fail, for coverage. */
  readonly failed: ReadonlySet<string>;
  /** The process ends: files that are open are dead, and everything written is still there, synced or not. */
  kill(): void;
  /** The power fails: everything not synced is lost, kept or torn, as the dice say. Files that are open are dead. */
  losePower(dice: Dice): void;
}

interface Inode {
  bytes: Buffer;
  /** Content as it was at the last sync. */
  synced: Buffer;
}

const SECTOR = 512;

/**
 * A disk in memory that keeps what was written apart from what was synced, for contents and for names, as a journalling file system
 * may. After a power failure each unsynced sector is there or not on its own, so batches come back torn and with holes.
 */
export function unsyncedDisk(): UnsyncedDisk {
  let names = new Map<string, Inode>();
  let syncedNames = new Map<string, Inode>();
  let [calls, failing, era] = [0, -1, 0];
  let when: "before" | "after" = "before";
  const failed = new Set<string>();

  const step = async <T>(operation: string, work: () => T): Promise<T> => {
    const [fails, now] = [++calls === failing, era];
    // A turn of the event loop, so that the power can fail between any two calls.
    await new Promise(setImmediate);
    if (now !== era) throw new Error("the machine is off");
    if (fails) failed.add(operation);
    if (fails && when === "before") throw Object.assign(new Error("EIO"), { code: "EIO" });
    const result = work();
    if (fails) throw Object.assign(new Error("EIO"), { code: "EIO" });
    return result;
  };
  const fileOf = (inode: Inode): DiskFile => {
    const opened = era;
    const call = <T>(operation: string, work: () => T): Promise<T> =>
      step(operation, () => {
        if (opened !== era) throw new Error("the machine is off");
        return work();
      });
    const write = (offset: number, bytes: Uint8Array): Promise<void> =>
      call("write", () => {
        const grown = Buffer.alloc(Math.max(inode.bytes.length, offset + bytes.length));
        grown.set(inode.bytes);
        grown.set(bytes, offset);
        inode.bytes = grown;
      });
    const sync = (): Promise<void> => call("sync", () => void (inode.synced = Buffer.from(inode.bytes)));
    return {
      size: () => call("size", () => inode.bytes.length),
      read: (offset, length) => call("read", () => Buffer.from(inode.bytes.subarray(offset, offset + length))),
      write,
      writeDurably: async (offset, bytes) => {
        await write(offset, bytes);
        await sync();
      },
      truncate: (size) => call("truncate", () => void (inode.bytes = Buffer.from(inode.bytes.subarray(0, size)))),
      sync,
      close: () => (opened === era ? call("close", () => {}) : Promise.resolve()),
    };
  };
  const clean = (path: string): string => posix.normalize(path);
  return {
    get calls() {
      return calls;
    },
    failed,
    failAt: (n, how) => {
      failing = calls + n;
      when = how;
    },
    makeFolder: () => step("makeFolder", () => {}),
    list: (path) => step("list", () => [...names.keys()].filter((name) => posix.dirname(name) === clean(path)).map((name) => posix.basename(name))),
    open: (path, mode) =>
      step(`open ${mode}`, () => {
        const name = clean(path);
        let inode = names.get(name);
        if (mode === "create" && inode !== undefined) throw Object.assign(new Error("EEXIST"), { code: "EEXIST" });
        if ((mode === "read" || mode === "write") && inode === undefined) throw Object.assign(new Error("ENOENT"), { code: "ENOENT" });
        if (inode === undefined) names.set(name, (inode = { bytes: Buffer.alloc(0), synced: Buffer.alloc(0) }));
        if (mode === "replace") inode.bytes = Buffer.alloc(0);
        return fileOf(inode);
      }),
    rename: (from, to) =>
      step("rename", () => {
        const inode = names.get(clean(from));
        if (inode === undefined) throw Object.assign(new Error("ENOENT"), { code: "ENOENT" });
        names.delete(clean(from));
        names.set(clean(to), inode);
      }),
    syncFolder: (path) =>
      step("syncFolder", () => {
        for (const [name, inode] of names) if (posix.dirname(name) === clean(path)) syncedNames.set(name, inode);
        for (const name of [...syncedNames.keys()]) if (posix.dirname(name) === clean(path) && !names.has(name)) syncedNames.delete(name);
      }),
    kill: () => {
      era++;
      failing = -1;
    },
    losePower: (dice) => {
      era++;
      failing = -1;
      // A name that was not synced may be there or not; one that was removed may be back.
      const after = new Map(syncedNames);
      for (const [name, inode] of names) if (syncedNames.get(name) !== inode && dice() < 0.5) after.set(name, inode);
      for (const inode of new Set(after.values())) inode.bytes = inode.synced = torn(inode, dice);
      names = after;
      syncedNames = new Map(after);
    },
  };
}

/** Each sector is the synced or the written one, and what was added may be there in part. */
function torn({ bytes, synced }: Inode, dice: Dice): Buffer {
  const added = bytes.length - synced.length;
  // The length is often there before the content is.
  const kept = dice() < 0.4 ? added : Math.floor(dice() * (added + 1));
  const length = added >= 0 ? synced.length + kept : dice() < 0.5 ? bytes.length : synced.length;
  const result = Buffer.alloc(length);
  for (let at = 0; at < length; at += SECTOR) {
    const version = dice() < 0.5 ? bytes : synced;
    if (at < version.length) version.copy(result, at, at, Math.min(at + SECTOR, version.length, length));
  }
  return result;
}

export function diceOf(seed: number): Dice {
  const { below } = chance(seed);
  return () => below(2 ** 32) / 2 ** 32;
}
