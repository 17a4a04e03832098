import assert from "node:assert/strict";
import { test } from "node:test";
import { fieldOf, valueIn } from "./field.ts";

const VALUES = [
  "plain",
  "zwei\nZeilen",
  "a\u200bb",
  "p\u0430ypal",
  "a\r\nb",
  " ends ",
  "",
  5,
  null,
  true,
  { to: ["x\u202ey"], "k\u00a0": 1e21 },
  '"quoted" \\ \u0430a',
];

test("what a field holds untouched is the value that it was made of", () => {
  for (const value of VALUES) assert.deepEqual(valueIn(fieldOf(value)), { value });
});

test("what cannot be seen, or looks like something else, is edited as escapes", () => {
  assert.deepEqual(fieldOf("a\u200bb"), { kind: "json", text: '"a\\u200bb"' });
  assert.deepEqual(fieldOf("p\u0430ypal"), { kind: "json", text: '"p\\u0430ypal"' });
  assert.equal(fieldOf("plain").kind, "text");
});

test("what is no JSON, or could be read in two ways, is no value", () => {
  for (const text of ["", "{", "nul", '{"a":1,"a":2}', "12345678901234567890"]) assert.equal(valueIn({ kind: "json", text }), undefined, text);
});
