import { HoldfastError } from "../core/errors.ts";
import { type Document, isCollection, isKey, isLimit, type Store } from "./store.ts";

/** How a call can go wrong: refused, never answered, refused although it was done. */
export type StoreFault = "down" | "hang" | "done-but-failed";

/** What a memory store holds; it outlives the stores opened on it. `fault` is met by every call until it is changed. */
export interface Cabinet {
  fault?: StoreFault | undefined;
  readonly collections: Map<string, Map<string, { readonly json: string; readonly version: number }>>;
}

export const newCabinet = (): Cabinet => ({ collections: new Map() });

/** A store in memory: for tests, and for trying things out where nothing has to be kept. */
export function openMemoryStore(cabinet: Cabinet = newCabinet()): Store {
  let closed = false;
  const call = async <T>(collection: string, key: string, work: (documents: Held) => T): Promise<T> => {
    if (!isCollection(collection) || !isKey(key)) throw new HoldfastError("internal", "not a collection or not a key");
    await null;
    if (closed || cabinet.fault === "down") throw new HoldfastError("unavailable", "the store cannot be used");
    if (cabinet.fault === "hang") return new Promise(() => {});
    let documents = cabinet.collections.get(collection);
    if (documents === undefined) cabinet.collections.set(collection, (documents = new Map()));
    const result = work(documents);
    if (cabinet.fault === "done-but-failed") throw new HoldfastError("unavailable", "the store did not answer");
    return result;
  };
  return {
    get: (collection, key) =>
      call(collection, key, (documents) => {
        const found = documents.get(key);
        return found && { key, value: JSON.parse(found.json), version: found.version };
      }),
    put: (collection, key, value, ifVersion) =>
      call(collection, key, (documents) => {
        const version = versionOf(documents, key);
        if (ifVersion !== undefined && ifVersion !== version) return undefined;
        documents.set(key, { json: JSON.stringify(value), version: version + 1 });
        return version + 1;
      }),
    remove: (collection, key, ifVersion) =>
      call(collection, key, (documents) => {
        if (ifVersion !== undefined && ifVersion !== versionOf(documents, key)) return undefined;
        return documents.delete(key);
      }),
    list: (collection, { after = "", limit = 100 } = {}) =>
      call(collection, "all", (documents) => {
        if (!isLimit(limit)) throw new HoldfastError("internal", "not a limit");
        const keys = [...documents.keys()].filter((key) => byBytes(key, after) > 0).sort(byBytes);
        return keys.slice(0, limit).map((key): Document => ({ key, value: JSON.parse(documents.get(key)!.json), version: versionOf(documents, key) }));
      }),
    close: async () => {
      closed = true;
    },
  };
}

type Held = Map<string, { readonly json: string; readonly version: number }>;
const versionOf = (documents: Held, key: string): number => documents.get(key)?.version ?? 0;
const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
