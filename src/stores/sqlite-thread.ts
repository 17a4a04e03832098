/** The thread behind `sqlite.ts`: owns the database and answers one question after the other. It is never imported, only started. */
import { chmodSync, closeSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";

export type Question =
  | { readonly verb: "open" | "close" }
  | { readonly verb: "get"; readonly collection: string; readonly key: string }
  | { readonly verb: "put"; readonly collection: string; readonly key: string; readonly json: string; readonly ifVersion: number | undefined }
  | { readonly verb: "remove"; readonly collection: string; readonly key: string; readonly ifVersion: number | undefined }
  | { readonly verb: "list"; readonly collection: string; readonly after: string; readonly limit: number };

export interface Asked {
  readonly id: number;
  readonly question: Question;
}

export interface Answered {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

let database: ReturnType<typeof openDatabase> | undefined;

parentPort?.on("message", ({ id, question }: Asked) => {
  try {
    parentPort?.postMessage({ id, result: answer(question) } satisfies Answered);
  } catch (error) {
    // SQLite's own words for what is wrong; they hold no document.
    parentPort?.postMessage({ id, error: error instanceof Error ? error.message : "unknown" } satisfies Answered);
  }
});

function answer(question: Question): unknown {
  if (question.verb === "open") {
    database = openDatabase(String(workerData));
    return undefined;
  }
  if (database === undefined) throw new Error("not open");
  const { get, put, remove, list, file } = database;
  switch (question.verb) {
    case "get":
      return get.get(question.collection, question.key);
    case "list":
      return list.all(question.collection, question.after, question.limit);
    case "put":
      return put.get(question.collection, question.key, question.json, question.ifVersion ?? null)?.["version"];
    case "remove": {
      const removed = Number(remove.run(question.collection, question.key, question.ifVersion ?? null).changes) > 0;
      if (removed || question.ifVersion === undefined) return removed;
      return question.ifVersion === 0 && get.get(question.collection, question.key) === undefined ? false : undefined;
    }
    case "close":
      file.close();
      database = undefined;
      return undefined;
  }
}

function openDatabase(path: string) {
  // Made before SQLite can, because it would make it, and its journals, readable for others.
  closeSync(openSync(path, "a", 0o600));
  chmodSync(path, 0o600);
  const file = new DatabaseSync(path, { timeout: 5000 });
  file.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA trusted_schema = OFF;
    CREATE TABLE IF NOT EXISTS document (
      collection TEXT NOT NULL,
      key TEXT NOT NULL,
      version INTEGER NOT NULL,
      json TEXT NOT NULL,
      PRIMARY KEY (collection, key)
    ) STRICT, WITHOUT ROWID;
  `);
  return {
    file,
    get: file.prepare("SELECT key, json, version FROM document WHERE collection = ? AND key = ?"),
    list: file.prepare("SELECT key, json, version FROM document WHERE collection = ? AND key > ? ORDER BY key LIMIT ?"),
    // One statement, so that between looking at the version and writing nobody can come.
    put: file.prepare(`
      INSERT INTO document (collection, key, json, version) SELECT ?1, ?2, ?3, 1
        WHERE ?4 IS NULL OR ?4 = coalesce((SELECT version FROM document WHERE collection = ?1 AND key = ?2), 0)
      ON CONFLICT (collection, key) DO UPDATE SET json = excluded.json, version = version + 1
      RETURNING version`),
    remove: file.prepare("DELETE FROM document WHERE collection = ?1 AND key = ?2 AND (?3 IS NULL OR version = ?3)"),
  };
}
