import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { DiskFile } from "./disk.ts";
import { batchOf, placeOf, readRecords, scan } from "./segment.ts";

const fileOf = (bytes: Buffer): DiskFile => ({
  size: async () => bytes.length,
  read: async (offset, length) => bytes.subarray(offset, offset + length),
  write: async () => assert.fail("not written"),
  writeDurably: async () => assert.fail("not written"),
  truncate: async () => assert.fail("not truncated"),
  sync: async () => {},
  close: async () => {},
});

const record = (text: string): Buffer => Buffer.from(`{"text":${JSON.stringify(text)}}`);
/** Three batches of several records; `ends[i]` is where batch i ends. */
function sample(texts: readonly (readonly string[])[]): { bytes: Buffer; ends: number[]; counts: number[] } {
  const [ends, counts]: [number[], number[]] = [[], []];
  let [bytes, count] = [Buffer.alloc(0), 0];
  for (const batch of texts) {
    bytes = Buffer.concat([bytes, batchOf(count, batch.map(record))]);
    count += batch.length;
    ends.push(bytes.length);
    counts.push(count);
  }
  return { bytes, ends, counts };
}
const texts = fc.array(fc.array(fc.string({ maxLength: 30 }), { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 5 });

test("whatever is left of the last batch, all batches before it are found and nothing of it is taken", async () => {
  await fc.assert(
    fc.asyncProperty(texts, fc.nat(), fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 64 })), { maxLength: 4 }), async (batches, cut, holes) => {
      const { bytes, ends, counts } = sample(batches);
      const [start, end] = [ends.at(-2)!, ends.at(-1)!];
      const torn = Buffer.from(bytes.subarray(0, start + 1 + (cut % (end - start))));
      for (const [at, length] of holes) {
        const from = start + (at % (torn.length - start));
        torn.fill(0, from, Math.min(torn.length, from + length));
      }
      if (torn.equals(bytes)) return;
      const { count, end: whole, damage } = await scan(fileOf(torn), 0, 0);
      assert.deepEqual({ count, whole, damage }, { count: counts.at(-2), whole: start, damage: undefined });
    }),
    { numRuns: 500 },
  );
});

test("one wrong byte in a batch that another one follows is reported, and never removed as if it had not been finished", async () => {
  await fc.assert(
    fc.asyncProperty(texts, fc.nat(), fc.integer({ min: 1, max: 255 }), async (batches, at, change) => {
      const { bytes, ends } = sample([...batches, ["and", "one", "more"], ["behind it"]]);
      const wrong = Buffer.from(bytes);
      wrong[at % ends.at(-3)!]! ^= change;
      const { damage } = await scan(fileOf(wrong), 0, 0);
      assert.match(damage ?? "", /^the batch before byte [0-9]+ does not /);
    }),
    { numRuns: 500 },
  );
});

test("a number at the end of a batch that only counts as the right one is a wrong byte too", async () => {
  const { bytes } = sample([["a"], ["b"], ["c"]]);
  const at = bytes.indexOf("#0") + 1;
  for (const blank of ["\v", " ", "\t"]) {
    bytes.write(blank, at, "latin1");
    assert.match((await scan(fileOf(bytes), 0, 0)).damage ?? "", /^the batch before byte [0-9]+ does not /);
  }
});

test("a reader is given what is there, damaged or not, and the verifier says what is wrong", async () => {
  const { bytes } = sample([["a", "b"], ["c"], ["d"]]);
  bytes[3]! ^= 1;
  const { count } = await scan(fileOf(bytes), 0, 0, true);
  assert.equal(count, 4);
});

test("records are found from any place on, through files larger than what is read at once", async () => {
  const batches = Array.from({ length: 60 }, (_, i) => Array.from({ length: 20 }, (__, j) => `${i}-${j}-${"x".repeat(600)}`));
  const { bytes } = sample(batches);
  const { places, count } = await scan(fileOf(bytes), 0, 0);
  assert.equal(count, 1200);
  for (const from of [0, 1, 63, 64, 700, 1199]) {
    const [found] = await readRecords(fileOf(bytes), placeOf(places, from), from, from + 1, 1_000_000);
    assert.equal(found?.toString(), record(batches.flat()[from]!).toString());
  }
  assert.equal((await readRecords(fileOf(bytes), placeOf(places, 0), 0, 1200, 10_000)).length < 20, true);
});
