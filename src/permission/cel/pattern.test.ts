import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compilePattern } from "./pattern.ts";

const run = (pattern: string, text: string): boolean | undefined => {
  const compiled = compilePattern(pattern);
  assert.ok(!("fault" in compiled), "fault" in compiled ? `${pattern}: ${compiled.fault}` : "");
  return compiled.test(text);
};

const atom = fc.constantFrom("a", "b", "-", ".", "\\d", "\\w", "\\s", "\\.", "[ab]", "[^a]", "[a-c\\d]", "^", "$", "\\b", "\\B", "[-a]", "\\x61");
const repeat = fc.constantFrom("", "", "*", "+", "?", "{2}", "{0,2}", "{1,}", "*?", "+?");
const single = fc.tuple(atom, repeat).map(([one, times]) => (/^(?:[\^$]|\\[bB])$/.test(one) ? one : one + times));
const ways = (item: fc.Arbitrary<string>) =>
  fc
    .array(
      fc.array(item, { maxLength: 3 }).map((items) => items.join("")),
      { minLength: 1, maxLength: 2 },
    )
    .map((all) => all.join("|"));
const group = (inner: fc.Arbitrary<string>) => fc.tuple(inner, repeat).map(([body, times]) => `(?:${body})${times}`);
const pattern = ways(fc.oneof(single, group(ways(fc.oneof(single, group(ways(single)))))));

test("a pattern matches exactly what JavaScript's own does", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "c", "1", "-", ".", " ", "\n", "_", "ä"), maxLength: 8 });
  fc.assert(
    fc.property(pattern, text, (source, input) => {
      assert.equal(run(source, input), new RegExp(source).test(input), `${source} on ${JSON.stringify(input)}`);
    }),
    { numRuns: 5_000 },
  );
});

test("patterns that are not regular, or hardly readable, are refused with the reason", () => {
  const refused: readonly (readonly [string, RegExp])[] = [
    ["(?=a)", /look-around/],
    ["(?<name>a)", /look-around and named groups/],
    ["(a)\\1", /`\\1` is not supported/],
    ["(", /not closed/],
    ["a)", /`\)` too many/],
    ["[a", /not closed/],
    ["*a", /repeats nothing/],
    ["a**", /repeats a repetition/],
    ["^*", /repeats an assertion/],
    ["a{999}", /at most 200/],
    ["[b-a]", /range/],
    ["\\p{L}", /`\\p` is not supported/],
    ["\\", /ends too early/],
    ["((a{100}){100}){100}", /more than 2000 states/],
    ["(".repeat(60) + ")".repeat(60), /nested too deep/],
    ["a".repeat(1001), /longer than 1000/],
  ];
  for (const [source, why] of refused) {
    const compiled = compilePattern(source);
    assert.ok("fault" in compiled, source);
    assert.match(compiled.fault, why);
  }
});

test("a text that would take more than a bounded number of steps is not judged", () => {
  assert.equal(run("^(?:a|b|c|d|e)*f$", "a".repeat(3_000_000)), undefined);
});

test("what stalls a backtracking matcher for minutes is answered in the steps that were promised", () => {
  for (const source of ["^(?:a+)+$", "(?:a|a)*b", "(?:a*)*c", "a*a*a*a*a*a*b"]) assert.equal(run(source, `${"a".repeat(40_000)}!`), false);
});
