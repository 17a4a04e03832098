import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { HoldfastError } from "../core/errors.ts";
import type { Answered, Asked, Question } from "./sqlite-thread.ts";
import { type Document, isCollection, isKey, isLimit, type Store } from "./store.ts";

/**
 * A store in one SQLite file, readable for its owner only. Node's SQLite is synchronous, so it runs in a thread of its own: a slow or
 * hanging disk delays the answer, never the event loop.
 */
export async function openSqliteStore(path: string): Promise<Store> {
  const thread = new Worker(new URL(`./sqlite-thread${extname(import.meta.url)}`, import.meta.url), { workerData: path });
  // An open store alone does not keep the process running; a question under way does.
  thread.unref();
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let last = 0;
  let gone: unknown;
  const end = (cause: unknown): void => {
    gone ??= cause;
    for (const { reject } of waiting.values()) reject(new HoldfastError("unavailable", "the store cannot be used", { cause: gone }));
    waiting.clear();
  };
  thread.on("message", ({ id, result, error }: Answered) => {
    const asked = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0) thread.unref();
    if (error === undefined) asked?.resolve(result);
    else asked?.reject(new HoldfastError("unavailable", `the store refused: ${error}`));
  });
  thread.on("error", end);
  thread.on("exit", () => end(new Error("the store's thread has ended")));
  const ask = <T>(question: Question): Promise<T> => {
    if (gone !== undefined) return Promise.reject(new HoldfastError("unavailable", "the store cannot be used", { cause: gone }));
    const answer = Promise.withResolvers<unknown>();
    waiting.set(++last, answer);
    thread.ref();
    thread.postMessage({ id: last, question } satisfies Asked);
    // What comes back was made by our own thread from the same question.
    return answer.promise as Promise<T>;
  };
  const about = <T>(collection: string, key: string, question: Question): Promise<T> =>
    isCollection(collection) && isKey(key) ? ask(question) : Promise.reject(new HoldfastError("internal", "not a collection or not a key"));
  await ask({ verb: "open" });
  return {
    get: async (collection, key) => {
      const row = await about<Row | undefined>(collection, key, { verb: "get", collection, key });
      return row && documentOf(row);
    },
    put: (collection, key, value, ifVersion) => about(collection, key, { verb: "put", collection, key, json: JSON.stringify(value), ifVersion }),
    remove: (collection, key, ifVersion) => about(collection, key, { verb: "remove", collection, key, ifVersion }),
    list: async (collection, { after = "", limit = 100 } = {}) => {
      if (!isLimit(limit)) throw new HoldfastError("internal", "not a limit");
      return (await about<Row[]>(collection, "all", { verb: "list", collection, after, limit })).map(documentOf);
    },
    close: async () => {
      if (gone !== undefined) return;
      await ask({ verb: "close" });
      gone = new Error("closed");
      await thread.terminate();
    },
  };
}

interface Row {
  readonly key: string;
  readonly json: string;
  readonly version: number;
}

const documentOf = ({ key, json, version }: Row): Document => ({ key, value: JSON.parse(json), version });
