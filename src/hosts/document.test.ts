import assert from "node:assert/strict";
import { test } from "node:test";
import { child, readDocument } from "./document.ts";

const REFUSED: readonly (readonly [string, string, number, number, RegExp])[] = [
  ["what is no JSON", '{\n  "a": nothing\n}', 2, 8, /invalid symbol/],
  ["a missing comma", '{"a": 1\r\n "b": 2}', 2, 2, /comma expected/],
  ["an end that is missing", '{"a": {', 1, 8, /close brace expected/],
  ["an empty file", "", 1, 1, /value expected/],
  ["something behind the end", "{} {}", 1, 4, /end of file expected/],
  ["a list", "[]", 1, 1, /object/],
  ["a key that stands there twice", '{"a": 1,\n"a": 2}', 2, 1, /twice/],
  ["a key that stands there twice, once escaped, far inside", '{"x": [{"a": 1, "\\u0061": 2}]}', 1, 17, /twice/],
  ["`__proto__` twice", '{"__proto__": 1, "__proto__": 2}', 1, 18, /twice/],
  ["brackets without end", "[".repeat(1_000_000), 1, 101, /levels/],
];

test("what a client might understand differently is refused, with line and column", () => {
  for (const [what, text, line, column, message] of REFUSED) {
    const read = readDocument(text);
    assert.ok(!read.ok, what);
    assert.deepEqual([read.fault.line, read.fault.column], [line, column], what);
    assert.match(read.fault.message, message, what);
  }
});

test("comments, trailing commas and a byte order mark are read", () => {
  const read = readDocument('\ufeff// a\n{ "a": [1, 2,], /* { */ "b": "[", }');
  assert.ok(read.ok);
  assert.equal(child(read.root, "b")?.value, "[");
});

test("a key of every object's prototype is no key of the file", () => {
  const read = readDocument('{"__proto__": {"a": 1}}');
  assert.ok(read.ok);
  assert.equal(child(read.root, "toString"), undefined);
  assert.equal(child(child(read.root, "__proto__"), "a")?.value, 1);
});
