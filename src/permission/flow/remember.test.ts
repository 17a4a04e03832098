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

test("by its digest a text is known again as it is by itself, and no text is taken for another one", () => {
  let worked = 0;
  const work = (text: string): string => {
    worked++;
    return [...text].map((sign) => sign.codePointAt(0)).join();
  };
  const remembered = remembering(work, () => 10, { by: "digest" });
  // In UTF-8 the two halves are written alike.
  for (const text of ["a", "b", "", "ä", "\ud83d\ude00", "\ud83d", "\ude00", "\ufffd", "a", "b"]) assert.equal(remembered(text), work(text), text);
  worked = 0;
  assert.deepEqual([remembered("a"), remembered("b"), worked], ["97", "98", 0]);
});
