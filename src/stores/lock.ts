import { chmodSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { HoldfastError } from "../core/errors.ts";

/**
 * Holds a lock file until the returned function is called or the process ends, however it ends: Node has no file locks, but SQLite takes
 * one of the kernel's, which outlives no process and needs no guess about stale files. Throws `unavailable` if another holds it.
 */
export function holdLock(path: string): () => void {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec("PRAGMA journal_mode = OFF; BEGIN EXCLUSIVE");
    chmodSync(path, 0o600);
  } catch (cause) {
    database.close();
    throw new HoldfastError("unavailable", `\`${path}\` is in use by another process`, { cause });
  }
  return () => database.close();
}
