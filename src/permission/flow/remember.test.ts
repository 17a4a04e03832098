import assert from "node:assert/strict";
import { test } from "node:test";
import { remembering } from "./remember.ts";

test("a text that was seen is not worked on again, and what is kept stays within its bound whatever is sent", () => {
  let worked = 0;
  const work = (text: string): string => {
    worked++;
    return text.toUpperCase();
  };
  const remembered = remembering(work, () => 10, { most: 100 });
  assert.deepEqual([remembered("a"), remembered("a"), worked], ["A", "A", 1]);
  // 11 each: four fit into one half.
  for (const text of "bcdefghi") remembered(text);
  worked = 0;
  remembered("i");
  assert.equal(worked, 0);
  remembered("a");
  assert.equal(worked, 1, "the oldest was dropped");
  const heavy = remembering(work, () => 1_000, { most: 100 });
  worked = 0;
  heavy("x");
  heavy("x");
  assert.equal(worked, 2, "what alone is over the bound is not kept");
});
