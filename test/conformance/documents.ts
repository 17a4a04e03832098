import assert from "node:assert/strict";
import { test } from "node:test";
import type { Documents } from "../../src/vault/documents.ts";

/** What every store of documents must do. `open` gives an empty one. */
export function documentsConform(name: string, open: () => Documents): void {
  test(`${name}: what was put is there, as it was, and under its own collection only`, async () => {
    const store = open();
    const value = { text: "ä\u0000\u2028\"", list: [1, null, true, { deep: {} }] };
    await store.put("keys", "a", value);
    assert.deepEqual(await store.get("keys", "a"), value);
    assert.equal(await store.get("tokens", "a"), undefined);
    assert.equal(await store.get("keys", "A"), undefined);
    assert.equal(await store.get("keys", "'; DROP TABLE documents; --"), undefined);
  });

  test(`${name}: a second put replaces, remove removes, and removing what is not there is no error`, async () => {
    const store = open();
    await store.put("keys", "a", 1);
    await store.put("keys", "a", 2);
    assert.equal(await store.get("keys", "a"), 2);
    await store.remove("keys", "a");
    await store.remove("keys", "a");
    assert.equal(await store.get("keys", "a"), undefined);
  });

  test(`${name}: list gives a collection's documents and nothing else`, async () => {
    const store = open();
    assert.deepEqual(await store.list("keys"), []);
    for (const key of ["b", "a", "__proto__"]) await store.put("keys", key, key);
    await store.put("other", "c", "c");
    assert.deepEqual([...(await store.list("keys"))].map(({ key, value }) => [key, value]).sort(), [["__proto__", "__proto__"], ["a", "a"], ["b", "b"]]);
  });
}
