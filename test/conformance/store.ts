import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { codeOf } from "../../src/core/errors.ts";
import type { Json } from "../../src/core/json.ts";
import type { Store } from "../../src/stores/store.ts";

/** One place where documents can be kept, opened again and again by the kit. */
export interface StorePlace {
  open(): Promise<Store>;
}

/** What every `Store` must do (the contract in `src/stores/store.ts`). `place` gives a new, empty one. */
export function storeKit(name: string, place: () => Promise<StorePlace>): void {
  describe(`store ${name}`, () => {
    test("what is not there is undefined, and cannot be removed", async () => {
      const store = await (await place()).open();
      assert.equal(await store.get("keys", "a"), undefined);
      assert.equal(await store.remove("keys", "a"), false);
      assert.deepEqual(await store.list("keys"), []);
      await store.close();
    });

    test("any JSON under any key comes back as it was put, also after opening again", async () => {
      const key = fc.string({ minLength: 1, maxLength: 40, unit: "grapheme" });
      await fc.assert(
        fc.asyncProperty(fc.dictionary(key, fc.jsonValue({ maxDepth: 3 }), { minKeys: 1, maxKeys: 6 }), async (documents) => {
          const where = await place();
          const store = await where.open();
          const put = Object.entries(documents).map(([name, value]) => [name, JSON.parse(JSON.stringify(value)) as Json] as const);
          for (const [name, value] of put) await store.put("things", name, value);
          await store.close();
          const again = await where.open();
          for (const [name, value] of put) assert.deepEqual(await again.get("things", name), { key: name, value, version: 1 });
          assert.equal((await again.list("things")).length, put.length);
          await again.close();
        }),
        { numRuns: 15 },
      );
    });

    test("a version counts changes, and a change for another version does not happen", async () => {
      const store = await (await place()).open();
      assert.equal(await store.put("keys", "a", "one", 0), 1);
      assert.equal(await store.put("keys", "a", "again", 0), undefined);
      assert.equal(await store.put("keys", "a", "two", 1), 2);
      assert.equal(await store.put("keys", "a", "late", 1), undefined);
      assert.equal(await store.put("keys", "b", "not there", 3), undefined);
      assert.deepEqual(await store.get("keys", "a"), { key: "a", value: "two", version: 2 });
      assert.equal(await store.get("keys", "b"), undefined);
      assert.equal(await store.put("keys", "a", "whatever it was"), 3);
      await store.close();
    });

    test("a document is removed only in the version that was meant", async () => {
      const store = await (await place()).open();
      await store.put("keys", "a", 1);
      await store.put("keys", "a", 2);
      assert.equal(await store.remove("keys", "a", 1), undefined);
      assert.equal((await store.get("keys", "a"))?.value, 2);
      assert.equal(await store.remove("keys", "a", 2), true);
      assert.equal(await store.get("keys", "a"), undefined);
      assert.equal(await store.remove("keys", "a", 0), false);
      assert.equal(await store.remove("keys", "a", 1), undefined);
      assert.equal(await store.put("keys", "a", 3, 0), 1);
      await store.close();
    });

    test("of many who change one document at once, each for the version it saw, exactly one succeeds each time", async () => {
      const store = await (await place()).open();
      await store.put("counters", "n", 0);
      let succeeded = 0;
      await Promise.all(
        Array.from({ length: 8 }, async () => {
          for (let i = 0; i < 5; i++) {
            const seen = await store.get("counters", "n");
            assert.ok(seen);
            if ((await store.put("counters", "n", Number(seen.value) + 1, seen.version)) !== undefined) succeeded++;
          }
        }),
      );
      assert.equal((await store.get("counters", "n"))?.value, succeeded);
      assert.ok(succeeded >= 5);
      await store.close();
    });

    test("a list is in the order of keys, in pages, and keeps collections apart", async () => {
      const store = await (await place()).open();
      const keys = ["b", "a", "ä", "z", "A", "\u{1F600}", "\uFFFD"];
      for (const key of keys) await store.put("one", key, key);
      await store.put("two", "c", "c");
      const sorted = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      const first = await store.list("one", { limit: 3 });
      const rest = await store.list("one", { after: first.at(-1)!.key });
      assert.deepEqual(
        [...first, ...rest].map(({ key }) => key),
        sorted,
      );
      await store.close();
    });

    test("names and limits out of bounds are refused", async () => {
      const store = await (await place()).open();
      const refused = (promise: Promise<unknown>): Promise<void> => assert.rejects(promise, (error) => codeOf(error) === "internal");
      await refused(store.put("Keys", "a", 1));
      await refused(store.put("keys", "", 1));
      await refused(store.put("keys", "x".repeat(501), 1));
      await refused(store.get("keys", "\ud800"));
      await refused(store.list("keys", { limit: 0 }));
      await refused(store.list("keys", { limit: 1001 }));
      await store.close();
    });

    test("a closed store rejects", async () => {
      const store = await (await place()).open();
      await store.close();
      await assert.rejects(store.get("keys", "a"), (error) => codeOf(error) === "unavailable");
      await assert.rejects(store.put("keys", "a", 1), (error) => codeOf(error) === "unavailable");
    });
  });
}
