import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type LogStore, MOST_RECORD_BYTES } from "../../src/audit/store.ts";
import { codeOf } from "../../src/core/errors.ts";

/** One place where a log can be kept, opened again and again by the kit. */
export interface LogPlace {
  open(): Promise<LogStore>;
  /** The process that has it open ends at once, without closing. */
  crash(): Promise<void>;
}

const line = (text: string): Buffer => Buffer.from(`{"text":${JSON.stringify(text)}}`);
const texts = (records: readonly Uint8Array[]): string[] => records.map((record) => Buffer.from(record).toString());

async function all(store: LogStore): Promise<string[]> {
  const found: string[] = [];
  for (const size = await store.size(); found.length < size; ) {
    const some = await store.read(found.length, size);
    assert.ok(some.length > 0, "read gave nothing of what is there");
    found.push(...texts(some));
  }
  return found;
}

/** What every `LogStore` must do (the contract in `src/audit/store.ts`). `place` gives a new, empty one. */
export function logStoreKit(name: string, place: () => Promise<LogPlace>): void {
  describe(`log store ${name}`, () => {
    test("a new log is empty", async () => {
      const store = await (await place()).open();
      assert.equal(await store.size(), 0);
      assert.deepEqual(await store.read(0, 10), []);
      assert.equal(await store.get("checkpoint"), undefined);
      await store.close();
    });

    test("what was appended is read back byte for byte, in order, also after closing, in any split into batches", async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(fc.string({ maxLength: 40 }), { minLength: 1, maxLength: 5 }), { maxLength: 12 }),
          fc.nat(20),
          async (batches, cut) => {
            const where = await place();
            let store = await where.open();
            for (const [i, batch] of batches.entries()) {
              await store.append(batch.map(line));
              if (i === cut) {
                await store.close();
                store = await where.open();
              }
            }
            const expected = batches.flat().map((text) => line(text).toString());
            assert.deepEqual(await all(store), expected);
            const from = Math.min(cut, expected.length);
            assert.deepEqual(texts(await store.read(from, from + 3)), expected.slice(from, from + 3));
            await store.close();
          },
        ),
        { numRuns: 25 },
      );
    });

    test("an acknowledged record survives a crash", async () => {
      const where = await place();
      const store = await where.open();
      await store.append([line("a"), line("b")]);
      await store.put("checkpoint", Buffer.from("one"));
      await where.crash();
      const again = await where.open();
      assert.deepEqual(await all(again), [line("a").toString(), line("b").toString()]);
      assert.equal(Buffer.from((await again.get("checkpoint")) ?? []).toString(), "one");
      await again.append([line("c")]);
      assert.equal(await again.size(), 3);
      await again.close();
    });

    test("the longest record is taken, and no longer one, none with a newline, none that is empty", async () => {
      const store = await (await place()).open();
      const longest = Buffer.concat([Buffer.from("{"), Buffer.alloc(MOST_RECORD_BYTES - 2, 97), Buffer.from("}")]);
      await store.append([longest]);
      assert.deepEqual(texts(await store.read(0, 1)), [longest.toString()]);
      for (const bad of [Buffer.concat([longest, longest]), Buffer.from("{\n}"), Buffer.alloc(0), Buffer.from("#0 1 00000000")]) {
        await assert.rejects(store.append([bad]), (error) => codeOf(error) === "internal");
      }
      assert.equal(await store.size(), 1);
      await store.append([line("still works")]);
      await store.close();
    });

    test("a side file is replaced as a whole and is read back, also from a folder", async () => {
      const store = await (await place()).open();
      for (const bytes of ["one", "a longer two", ""]) {
        await store.put("tile/1/000", Buffer.from(bytes));
        assert.equal(Buffer.from((await store.get("tile/1/000")) ?? Buffer.from("none")).toString(), bytes);
      }
      await store.close();
    });

    test("a side file cannot leave the log's folder", async () => {
      const store = await (await place()).open();
      for (const name of ["../x", "/etc/x", "a/../../x", "a//b", "", ".x", "A", "a\0"]) {
        await assert.rejects(store.put(name, Buffer.from("x")), (error) => codeOf(error) === "internal");
      }
      await store.close();
    });

    test("two writers cannot hold one log", async () => {
      const where = await place();
      const store = await where.open();
      await assert.rejects(where.open(), (error) => codeOf(error) === "unavailable");
      await store.close();
      await (await where.open()).close();
    });

    test("a second append before the first has settled is refused and changes nothing", async () => {
      const store = await (await place()).open();
      const first = store.append([line("a")]);
      await assert.rejects(store.append([line("b")]), (error) => codeOf(error) === "internal");
      await first;
      assert.deepEqual(await all(store), [line("a").toString()]);
      await store.close();
    });

    test("a closed log takes nothing", async () => {
      const store = await (await place()).open();
      await store.close();
      await assert.rejects(store.append([line("a")]), (error) => codeOf(error) === "unavailable");
      await assert.rejects(store.put("checkpoint", Buffer.from("x")), (error) => codeOf(error) === "unavailable");
    });
  });
}
