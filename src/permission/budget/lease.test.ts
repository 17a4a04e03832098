import assert from "node:assert/strict";
import { test } from "node:test";
import { type Taken, traded } from "./lease.ts";

test("a trade counts what another wrote from a later clock, and never goes back behind it", () => {
  const trade = { now: 1_000, window: 2_400, step: 100, limit: 50, want: 30, owed: 0, back: [] };
  const first = traded([], trade);
  assert.deepEqual(first, { taken: [{ start: 1_000, end: 1_100, amount: 30 }], given: 30, end: 1_100, now: 1_000 });
  // The clock on the wall was set back to 0, and the limit holds all the same.
  const second = traded(first.taken, { ...trade, now: 0 });
  assert.deepEqual([second.given, second.end, second.now], [20, 1_100, 1_000]);
  const full: readonly Taken[] = second.taken;
  assert.equal(traded(full, { ...trade, now: 3_499 }).given, 0);
  assert.equal(traded(full, { ...trade, now: 3_500 }).given, 30);
  // What goes back is free at once; more than was taken does not go back.
  assert.equal(traded(full, { ...trade, back: [{ end: 1_100, amount: 45 }] }).given, 30);
  assert.equal(traded(full, { ...trade, want: 99, back: [{ end: 1_100, amount: 1_000 }] }).given, 50);
  assert.equal(traded(full, { ...trade, want: 0, owed: 7 }).taken[0]?.amount, 57);
});
