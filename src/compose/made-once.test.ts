import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { verifies } from "../../test/verifies.ts";
import { madeOnce } from "./made-once.ts";

/** Takes so many steps of some milliseconds, and counts how often it is begun. */
function slow(begun: string[]): (from: string) => Generator<void, string> {
  return function* (from) {
    begun.push(from);
    for (let step = 0; step < 8; step++) {
      const until = performance.now() + 3;
      while (performance.now() < until);
      yield;
    }
    if (from.startsWith("bad")) throw new SyntaxError("it is bad");
    return from.toUpperCase();
  };
}

test("what is made in advance is made in turns, and only once: between two steps others are served", async () => {
  verifies("I-06");
  const begun: string[] = [];
  const made = madeOnce(slow(begun));
  let turns = 0;
  let over = false;
  const others = (async () => {
    for (; !over; turns++) await turn();
  })();
  await made.ready(["a", "bad", "b"]);
  over = true;
  await others;
  // Of 24 steps of 3 ms, at most two follow one another.
  assert.ok(turns >= 10, `${turns} turns`);
  assert.deepEqual([made.of("a"), made.of("b")], ["A", "B"]);
  assert.throws(() => made.of("bad"), /it is bad/);
  assert.deepEqual(begun, ["a", "bad", "b"]);
});

test("what stays the same is not made again, and what is not asked for any more is forgotten", async () => {
  const begun: string[] = [];
  const made = madeOnce(slow(begun));
  await made.ready(["a", "b"]);
  await made.ready(["b", "c"]);
  assert.deepEqual([made.of("b"), made.of("c"), made.of("a")], ["B", "C", "A"]);
  assert.deepEqual(begun, ["a", "b", "c", "a"]);
});

test("until the new is ready, the old stands", async () => {
  verifies("P-12");
  const begun: string[] = [];
  const made = madeOnce(slow(begun));
  await made.ready(["a"]);
  const ready = made.ready(["b"]);
  await turn();
  assert.equal(made.of("a"), "A");
  assert.deepEqual(begun, ["a", "b"]);
  await ready;
  assert.equal(made.of("b"), "B");
});
