import type { FamiliarStore } from "../../permission/familiar.ts";
import type { Store } from "../../stores/store.ts";
import type { Document, Documents } from "../../vault/documents.ts";

const FAMILIAR = "familiar";

/** Where it is kept what agents were let do before. */
export function familiarStore(documents: Documents): FamiliarStore {
  return {
    load: async () => (await documents.list(FAMILIAR)).map(({ key }) => key),
    save: async (key) => documents.put(FAMILIAR, key, null),
  };
}

const PAGE = 1000;

/** A store, perhaps still being opened, as the vault needs it. */
export function documentsIn(opened: Store | Promise<Store>): Documents {
  return {
    get: async (collection, key) => (await (await opened).get(collection, key))?.value,
    put: async (collection, key, value) => void (await (await opened).put(collection, key, value)),
    remove: async (collection, key) => void (await (await opened).remove(collection, key)),
    async list(collection) {
      const store = await opened;
      const found: Document[] = [];
      for (
        let page = await store.list(collection, { limit: PAGE });
        page.length > 0;
        page = await store.list(collection, { limit: PAGE, after: page.at(-1)!.key })
      )
        found.push(...page);
      return found;
    },
  };
}
