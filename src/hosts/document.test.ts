import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { child, propertiesOf, readDocument, textOf } from "./document.ts";

const REFUSED: readonly (readonly [string, string, number, number, RegExp])[] = [
  ["what is no JSON", '{\n  "a": nothing\n}', 2, 8, /expected/],
  ["a missing comma", '{"a": 1\r\n "b": 2}', 2, 2, /expected/],
  ["an end that is missing", '{"a": 1', 1, 8, /expected/],
  ["a comment that does not end", '{"a": 1} /* }', 1, 14, /expected/],
  ["an empty file", "", 1, 1, /expected/],
  ["something behind the end", "{} {}", 1, 4, /expected/],
  ["a list", "[]", 1, 1, /object/],
  ["a key that stands there twice", '{"a": 1,\n"a": 2}', 2, 1, /twice/],
  ["a key that stands there twice, once escaped, far inside", '{"x": [{"a": 1, "\\u0061": 2}]}', 1, 17, /twice/],
  ["`__proto__` twice", '{"__proto__": 1, "__proto__": 2}', 1, 18, /twice/],
  ["brackets without end", "[".repeat(5_000_000), 1, 1, /deep/],
  ["JSON5 where the client reads none", "{a: 1}", 1, 2, /expected/],
];

test("what a client might understand differently is refused, with line and column", () => {
  for (const [what, text, line, column, message] of REFUSED) {
    const read = readDocument(text, "jsonc");
    assert.ok(!read.ok, what);
    assert.deepEqual([read.fault.line, read.fault.column], [line, column], what);
    assert.match(read.fault.message, message, what);
  }
});

test("comments, trailing commas and a byte order mark are read", () => {
  const read = readDocument('\ufeff// a\n{ "a": [1, 2,], /* { */ "b": "[", }', "jsonc");
  assert.ok(read.ok);
  assert.equal(textOf(child(read.root, "b")), "[");
});

test("a key of every object's prototype is no key of the file", () => {
  const read = readDocument('{"__proto__": {"a": 1}}', "jsonc");
  assert.ok(read.ok);
  assert.equal(child(read.root, "toString"), undefined);
  assert.equal(child(child(read.root, "__proto__"), "a")?.type, "Number");
});

test("where the client reads JSON5, keys and texts are found however they are quoted", () => {
  const read = readDocument("{a: {'b': 'it\\'s', 'a': .5,}, \"c\": +Infinity}", "json5");
  assert.ok(read.ok);
  assert.equal(textOf(child(child(read.root, "a"), "b")), "it's");
  const twice = readDocument("{a: 1, 'a': 2}", "json5");
  assert.ok(!twice.ok);
});

test("what is legal JSON is read as the client reads it", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: "binary" }), fc.string({ unit: "binary" })), fc.boolean(), (file, escaped) => {
      const plain = JSON.stringify(file, null, 1);
      const text = escaped ? plain.replace(/[^\x00-\x7f]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`) : plain;
      for (const dialect of ["jsonc", "json5"] as const) {
        const read = readDocument(text, dialect);
        assert.ok(read.ok);
        assert.deepEqual(
          propertiesOf(read.root).map(({ key, value }) => [key, textOf(value)]),
          Object.entries(file),
        );
      }
    }),
  );
});
