import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { verifies } from "../../test/verifies.ts";
import { leads } from "./leads.ts";
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

test("what may stand there or not is no beginning by itself: what follows is told as well", () => {
  assert.deepEqual(of("[\"']?safety"), ['"safety', "'safety", "safety"].sort());
  assert.deepEqual(of("a?bc"), ["abc", "bc"]);
  assert.deepEqual(of("a{0,2}bc"), ["a", "bc"]);
});
