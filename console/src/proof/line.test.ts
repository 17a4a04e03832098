import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { safeJson } from "../../../src/audit/line.ts";
import { lineOf } from "./line.ts";

test("every UTF-16 code unit is written as the log writes it", () => {
  for (let unit = 0; unit < 0x10000; unit++) {
    const value = { text: `a${String.fromCharCode(unit)}b` };
    assert.equal(lineOf(value), safeJson(value));
  }
});

test("a record that was sent as JSON and read again gives the line it was logged as", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string({ unit: "grapheme" }), fc.string({ unit: "binary" }), (args, text, foreign) => {
      const line = safeJson({ seq: 4, prev: "0".repeat(32), args, text, foreign, tag: "\u{e0041}\ufe0f\u202e" });
      assert.equal(lineOf(JSON.parse(JSON.stringify(JSON.parse(line)))), line);
    }),
  );
});
