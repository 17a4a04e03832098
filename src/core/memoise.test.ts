import assert from "node:assert/strict";
import { test } from "node:test";
import { memoise } from "./memoise.ts";

test("an answer is worked out once, and never changes because others are forgotten", () => {
  let asked = 0;
  const doubled = memoise(3, (text: string) => {
    asked++;
    return text + text;
  });
  for (const _ of [1, 2]) for (const text of ["a", "b", "c"]) assert.equal(doubled(text), text + text);
  assert.equal(asked, 3);
  for (const text of ["d", "e", "f", "g", "a"]) assert.equal(doubled(text), text + text);
});

test("no text from outside makes it keep more than so many short ones", () => {
  let asked = 0;
  const length = memoise(3, (text: string) => {
    asked++;
    return text.length;
  });
  const long = "x".repeat(501);
  for (const _ of [1, 2]) assert.equal(length(long), 501);
  assert.equal(asked, 2);
});
