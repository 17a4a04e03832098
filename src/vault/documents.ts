import type { Json } from "../core/json.ts";

/**
 * Where the vault keeps what must outlive a restart: JSON documents by collection and key. `put` and `remove` are durable when they
 * return; `get` answers `undefined` for what is not there and throws when it cannot know. Calls may run at once; nothing here retries.
 */
export interface Documents {
  get(collection: string, key: string): Json | undefined | Promise<Json | undefined>;
  put(collection: string, key: string, value: Json): void | Promise<void>;
  remove(collection: string, key: string): void | Promise<void>;
  list(collection: string): readonly Document[] | Promise<readonly Document[]>;
}

export interface Document {
  readonly key: string;
  readonly value: Json;
}

/** Documents in memory, for tests and for runs that keep nothing. */
export function memoryDocuments(): Documents {
  const collections = new Map<string, Map<string, Json>>();
  const of = (name: string): Map<string, Json> => {
    const found = collections.get(name) ?? new Map<string, Json>();
    collections.set(name, found);
    return found;
  };
  return {
    get: (collection, key) => of(collection).get(key),
    put: (collection, key, value) => void of(collection).set(key, value),
    remove: (collection, key) => void of(collection).delete(key),
    list: (collection) => [...of(collection)].map(([key, value]) => ({ key, value })),
  };
}
