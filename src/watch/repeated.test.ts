import assert from "node:assert/strict";
import { test } from "node:test";
import { createRepeated } from "./repeated.ts";

test("three within the time are often, two are not, and each name counts alone", () => {
  let now = 0;
  const often = createRepeated(() => now, 3, 1_000);
  const at = (time: number, name = "anna"): boolean => {
    now = time;
    return often(name);
  };
  assert.deepEqual([at(0), at(100), at(200, "ben"), at(300)], [false, false, false, true]);
  assert.equal(at(400), true, "and every further one");
  assert.equal(at(1_350), false, "of those in the last second there are two");
});

test("of many names the oldest is forgotten: a flood of them fills no memory", () => {
  const often = createRepeated(() => 0, 2, 1_000);
  often("anna");
  for (let n = 0; n < 1_000; n++) often(`name-${n}`);
  assert.deepEqual([often("anna"), often("name-999")], [false, true]);
});
