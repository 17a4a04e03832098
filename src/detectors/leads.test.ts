import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { verifies } from "../../test/verifies.ts";
import { neverBehindDigit } from "./behind-digit.ts";
import { leads, readHead } from "./leads.ts";
import { readRegExp } from "./regexp.ts";

const of = (source: string): readonly string[] | undefined => leads(readRegExp(source));
const folded = (text: string): string => text.toLowerCase().replace(/\d/g, "0");

test("every match begins with one of the beginnings that are read off its expression", () => {
  verifies("O-05");
  const sources = ["[\"']?ab", "(?:x|ya)?c", "a{0,1}b{1,2}c", "(?:a?b)?\\dc", "a?b?c", "(?:ab){1,2}c", "(?<!x)x?a{2,3}", "\\d?[abc]x?y", "(?:a\\d){0,2}b"];
  for (const source of sources) {
    const beginnings = of(source);
    assert.ok(beginnings, source);
    const here = new RegExp(source, "iy");
    fc.assert(
      fc.property(fc.array(fc.constantFrom(..."abcxyAX017\"' "), { maxLength: 14 }), (signs) => {
        const text = signs.join("");
        for (let at = 0; at < text.length; at++) {
          here.lastIndex = at;
          if (here.test(text))
            assert.ok(
              beginnings.some((one) => folded(text).startsWith(one, at)),
              `${source} at ${at} of ${text}`,
            );
        }
      }),
    );
  }
});

test("the beginning of an expression says the same as all of it, of whatever it is made", () => {
  verifies("O-05");
  const piece = fc.letrec<{ any: string; one: string }>((tie) => ({
    any: fc.array(tie("one"), { minLength: 1, maxLength: 4 }).map((all) => all.join("")),
    one: fc.oneof(
      { depthSize: "small" },
      fc.constantFrom("a", "word", "two words", "\\d", "[ab]", "[\\s_-]{0,6}", "[^a(|]", "\\)", ".", "x?", "(?<![a-z|)])", "(?=b)", "\\b", "[|)]"),
      fc.tuple(tie("any"), tie("any")).map(([one, two]) => `(?:${one}|${two})`),
      tie("any").map((one) => `(?:${one}){0,2}`),
    ),
  })).any;
  fc.assert(
    fc.property(piece, (source) => {
      assert.deepEqual(leads(readHead(source)), of(source), source);
      assert.equal(neverBehindDigit(readHead(source)), neverBehindDigit(readRegExp(source)), source);
    }),
    { numRuns: 1_000 },
  );
});

test("what may stand there or not is no beginning by itself: what follows is told as well", () => {
  assert.deepEqual(of("[\"']?safety"), ['"safety', "'safety", "safety"].sort());
  assert.deepEqual(of("a?bc"), ["abc", "bc"]);
  assert.deepEqual(of("a{0,2}bc"), ["a", "bc"]);
});
