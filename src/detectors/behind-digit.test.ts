import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { verifies } from "../../test/verifies.ts";
import { marksOf } from "./ascii.ts";
import { barredBehind, neverBehindDigit } from "./behind-digit.ts";
import { conduct, detectors, scanner } from "./index.ts";
import { pattern } from "./pattern.ts";
import { readRegExp } from "./regexp.ts";

test("an expression begins behind no digit where what it looks back at says so, and only there", () => {
  verifies("O-05");
  for (const source of [
    "(?<!\\w)\\d",
    "(?<![0-9A-Z])\\d",
    "(?<!\\d)(?<!a)\\d",
    "(?<!a)(?<!\\d)\\d",
    "(?<=tel[ :]{1,2})\\d",
    "(?<!\\w)a|(?<!\\d)b",
    "(?:(?<!\\d)\\d){2}",
    "(?<!x|\\d)\\d",
  ])
    assert.equal(neverBehindDigit(readRegExp(source)), true, source);
  for (const source of [
    "\\d{11}",
    "(?<![1-9])\\d",
    "(?<!\\d[.,])\\d",
    "(?<=a\\d?)\\d",
    "(?<=\\w)\\d",
    "(?<!\\w)a|\\d",
    "\\b\\d",
    "a(?<!\\d)\\d",
    "(?:(?<!\\d)a)?\\d",
    "(?<=)\\d",
    "(?=a)\\d",
  ])
    assert.equal(neverBehindDigit(readRegExp(source)), false, source);
});

test("an expression matches nothing behind a sign that it is said to bar", () => {
  verifies("O-05");
  const sources = ["(?<![a-z])b", "(?<!ab|c|[0-3])b", "(?<=[x:]{1,2}|y)b", "(?<!a)b|(?<![a-c])b", "(?<=x?)b", "(?<!.)b", "(?:(?<!a)(?<!-)b){2}", "\\bb"];
  for (const source of sources)
    for (const flags of ["", "i"]) {
      const barred = marksOf(barredBehind(readRegExp(source), flags));
      for (let unit = 0; unit < 128; unit++) {
        const sign = String.fromCharCode(unit);
        const found = ["", "x", "ab", ":"].some((before) => {
          const here = new RegExp(source, `${flags}y`);
          here.lastIndex = before.length + 1;
          return here.test(`${before}${sign}bb`);
        });
        assert.ok(barred[unit] === 0 || !found, `${source} behind ${unit}`);
      }
    }
  const letters = (source: string, flags: string): string =>
    Array.from(marksOf(barredBehind(readRegExp(source), flags)), (one, unit) => (one === 1 ? String.fromCharCode(unit) : "")).join("");
  assert.equal(letters("(?<![b-d7])x", ""), "7bcd");
  assert.equal(letters("(?<![b-d7])x", "i"), "7BCDbcd");
  assert.equal(letters("x|(?<!a)y", ""), "");
});

const apart = [...detectors, ...conduct].filter(({ literals }) => literals?.notBehindDigit === true);

test("a detector that says so finds nothing right behind a digit", () => {
  verifies("O-05");
  assert.ok(apart.length > 20);
  for (const { id, at, examples } of apart)
    for (const hit of examples.hit)
      for (const digit of "059") {
        const text = hit.replace(/\d/g, (own) => `${digit}${own}`);
        for (let index = 1; index < text.length; index++)
          if (/\d/.test(text[index - 1] as string)) assert.equal(at?.({ text, source: "tool" }, index), undefined, `${id}: ${text} at ${index}`);
      }
});

test("with numbers between and before digits the scanner finds what each detector finds by itself at every place", () => {
  verifies("O-01", "O-05");
  // One that may begin behind a digit, beside those that never do, so that both kinds end in the same state.
  const anywhere = { ...(detectors[0] as (typeof detectors)[number]), id: "anywhere", ...pattern("\\d{7}[ab]") };
  const list = [anywhere, ...apart];
  const hits = apart.filter(({ finds }) => finds === "personal" || finds === "financial").flatMap(({ examples }) => examples.hit);
  const parts = fc.oneof(fc.constantFrom(...hits), fc.constantFrom(..."0123456789 -./+()aA:"), fc.constantFrom("0000000", "1234567a", "tel ", "€", "12"));
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 12 }), (some) => {
      const text = some.join("");
      const expected = list.flatMap(({ id, at }) =>
        Array.from(text, (_, index) => at?.({ text, source: "tool" }, index)).flatMap((span) =>
          span === undefined ? [] : [`${id} ${span.start} ${span.end}`],
        ),
      );
      const found = scanner(list)
        .matches(text, "tool")
        .map(({ detector, start, end }) => `${detector} ${start} ${end}`);
      assert.deepEqual(found.sort(), expected.sort());
    }),
    { numRuns: 1_000 },
  );
});
