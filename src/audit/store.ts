/** No record is longer: a C2SP entry bundle holds its length in two bytes. */
export const MOST_RECORD_BYTES = 65_535;

/** Reads a log. Any number of readers may be open beside one writer, also in other processes. */
export interface LogSource {
  /** Records that can be read: everything whose `append` has returned, and for a second process what has arrived since. */
  size(): Promise<number>;
  /** Records [from, to), in order; fewer if the log ends before, or where they would be more than about a megabyte (never none of what is there). */
  read(from: number, to: number): Promise<readonly Uint8Array[]>;
  /** A side file, or undefined if it was never written. */
  get(name: string): Promise<Uint8Array | undefined>;
  close(): Promise<void>;
}

/**
 * An append-only sequence of records, and small named side files beside it. This is a contract with the disk, so it is exact:
 *
 * - A record is one line of UTF-8 without a newline that begins with `{`, 1 to `MOST_RECORD_BYTES` bytes.
 * - `append` resolves when all its records are on stable storage, after all earlier ones. One at a time: the next call comes after it settled.
 * - If `append` rejects, its records may be there or not, whole or in part, and the store is finished: every later `append` and `put` rejects.
 *   Nobody tries again on the same file, because after a failed fsync the kernel may have dropped what it could not write.
 * - Opening again removes what an unfinished `append` left of its last batch, never a record whose `append` had returned.
 *   Damage anywhere else is reported, not repaired.
 * - `put` replaces a side file as a whole and resolves when that is on stable storage. After a crash it holds the old or the new bytes.
 *   It may run beside an `append`, and never twice at once.
 * - Only one process at a time can hold a store open for writing.
 */
export interface LogStore extends LogSource {
  append(records: readonly Uint8Array[]): Promise<void>;
  put(name: string, bytes: Uint8Array): Promise<void>;
}

/** A side file's name: folders of lower-case words, digits and dots, nothing that leaves the log's own folder. */
export function isSideName(name: string): boolean {
  return name.length <= 100 && /^[a-z0-9][a-z0-9.-]*(?:\/[a-z0-9][a-z0-9.-]*)*$/.test(name) && !name.includes("..");
}
