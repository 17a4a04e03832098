import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { verifies } from "../../test/verifies.ts";
import { readRegExp } from "./regexp.ts";
import { apart, seeker } from "./seek.ts";

const SOURCES = [
  "[aü]b[^1]\\w.",
  "[A-Z]\\S\\D[\\u00c0-\\u00ff]{2}",
  "[A-Z]{6,6}\\d{2}[A-E]",
  "(?<!\\w)(?:[A-Z]\\d{4,9})(?!\\d)",
  "(?=a)ab[c-e]{2,3}",
  "(?:ab){3}\\d",
];

test("no place is skipped at which an expression matches", () => {
  verifies("O-01");
  for (const source of SOURCES) {
    for (const flags of ["", "i"]) {
      const seek = seeker(readRegExp(source), flags);
      assert.ok(seek, source);
      const here = new RegExp(source, `${flags}y`);
      fc.assert(
        fc.property(fc.array(fc.constantFrom("A", "B", "a", "b", "c", "e", "1", "23", "ABCDEF12A", "abab", "ü", " "), { maxLength: 80 }), (parts) => {
          const text = parts.join("");
          const sought = new Set<number>();
          for (let at = seek(text, 0); at >= 0; at = seek(text, at + 1)) sought.add(at);
          for (let at = 0; at < text.length; at++) {
            here.lastIndex = at;
            if (here.test(text)) assert.ok(sought.has(at), `${source} at ${at} of ${text}`);
          }
        }),
      );
    }
  }
});

test("what begins with alternatives, or with too few signs, is not sought", () => {
  for (const source of ["(?:abcd|efgh)", "ab{1,3}cdef", "abc"]) assert.equal(seeker(readRegExp(source), ""), undefined, source);
});

test("letters that were spaced out are sought wherever so many units of ASCII begin with a letter and hold no two side by side, and only there", () => {
  verifies("I-03");
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom("a", "B", "ab", " ", ". ", "7", "ü", "a b c d "), { maxLength: 60 }),
      fc.integer({ min: 2, max: 12 }),
      (parts, least) => {
        const text = parts.join("");
        const seek = apart(least);
        const sought: number[] = [];
        for (let at = seek(text, 0); at >= 0; at = seek(text, at + 1)) sought.push(at);
        const expected = Array.from({ length: Math.max(0, text.length - least + 1) }, (_, at) => at).filter((at) =>
          /^(?!.*(?:[A-Za-z]{2}|ü))[A-Za-z]/.test(text.slice(at, at + least)),
        );
        assert.deepEqual(sought, expected);
      },
    ),
  );
});
