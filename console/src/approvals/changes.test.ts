import assert from "node:assert/strict";
import { test } from "node:test";
import { changes } from "./changes.ts";

test("each argument is the same, changed, added or removed, and none is left out", () => {
  assert.deepEqual(changes({ to: "x", cc: ["a"], n: 1 }, { to: "boss", n: 1, note: null }), [
    { name: "to", kind: "changed", now: "boss", was: "x" },
    { name: "n", kind: "same", now: 1 },
    { name: "note", kind: "added", now: null },
    { name: "cc", kind: "removed", was: ["a"] },
  ]);
});

test("the order of keys is no change, and another type is one", () => {
  assert.deepEqual(
    changes({ a: { x: 1, y: 2 }, b: "1" }, { a: { y: 2, x: 1 }, b: 1 }).map(({ kind }) => kind),
    ["same", "changed"],
  );
});

test("where nothing was changed, nothing is", () => {
  assert.deepEqual(changes(undefined, { toString: 1 }), [{ name: "toString", kind: "same", now: 1 }]);
});
