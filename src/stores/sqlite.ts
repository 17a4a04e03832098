import { chmodSync, closeSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { HoldfastError } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import type { Documents } from "../vault/documents.ts";

export interface SqliteStore extends Documents {
  close(): Promise<void>;
}

/** How long a write waits for another process's, in milliseconds. Writes are rare and short: keys are minted and revoked. */
const BUSY_MS = 2_000;

/**
 * Documents in one SQLite file that only its owner can read. Several processes may have it open. What `put` and `remove` did is on
 * stable storage when they return (WAL with synchronous=FULL). Throws `unavailable` when the file cannot be used.
 */
export function openSqliteStore(path: string): SqliteStore {
  // Made before SQLite opens it: the file, and with it the journal beside it, is never readable by others, not even for a moment.
  attempt(() => {
    closeSync(openSync(path, "a", 0o600));
    chmodSync(path, 0o600);
  });
  const database = attempt(() => new DatabaseSync(path, { timeout: BUSY_MS }));
  attempt(() => {
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF;");
    database.exec(
      "CREATE TABLE IF NOT EXISTS documents (collection TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (collection, key)) STRICT, WITHOUT ROWID",
    );
  });
  const one = database.prepare("SELECT value FROM documents WHERE collection = ? AND key = ?");
  const all = database.prepare("SELECT key, value FROM documents WHERE collection = ? ORDER BY key");
  const write = database.prepare("INSERT INTO documents (collection, key, value) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value");
  const erase = database.prepare("DELETE FROM documents WHERE collection = ? AND key = ?");
  return {
    get: (collection, key) => attempt(() => documentIn(one.get(collection, key))),
    put: (collection, key, value) => attempt(() => void write.run(collection, key, JSON.stringify(value))),
    remove: (collection, key) => attempt(() => void erase.run(collection, key)),
    list: (collection) => attempt(() => all.all(collection).map((row) => ({ key: String(row["key"]), value: documentIn(row) as Json }))),
    close: async () => attempt(() => database.close()),
  };
}

/** What stands in a row was written here; a file that someone else damaged is not read as something else. */
function documentIn(row: Record<string, unknown> | undefined): Json | undefined {
  return row === undefined ? undefined : (JSON.parse(String(row["value"])) as Json);
}

function attempt<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new HoldfastError("unavailable", "the store cannot be used", { cause });
  }
}
