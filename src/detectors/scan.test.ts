import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { verifies } from "../../test/verifies.ts";
import type { Detector } from "../core/detector.ts";
import { CALM, compareMatches, LOUD, type Match, resolve } from "../core/scanner.ts";
import { detectors } from "./index.ts";
import { pattern } from "./pattern.ts";
import { scan, scanner } from "./scan.ts";

const pieces = detectors.flatMap(({ examples }) => [...examples.hit, ...examples.miss]);
const texts = fc
  .array(fc.oneof(fc.constantFrom(...pieces), fc.constantFrom(" ", "\n", "=", '"', ":", "\u200b", "im", "ign"), fc.string({ unit: "binary", maxLength: 6 })), {
    maxLength: 8,
  })
  .map((parts) => parts.join(" ").slice(0, 900));

const base = { finds: "credential", covers: [], explain: { en: "", de: "" }, examples: { hit: [], miss: [] } } as const;
const made = (id: string, expression: RegExp): Detector => ({ ...base, id, ...pattern(expression) });
const match = (detector: string, start: number, end: number, order = 0): Match => ({ detector, kind: "credential", start, end, score: 1, order });

describe("scan", () => {
  test("in what a scanner reads as calm nothing begins, however it is cut, and nothing that follows makes something begin in it", () => {
    verifies("O-05");
    const lists = [detectors, detectors.filter(({ finds }) => finds !== "injection" && finds !== "personal")].map((list) => scanner(list));
    let calm = 0;
    fc.assert(
      fc.property(fc.array(texts, { maxLength: 3 }), texts, (parts, after) => {
        for (const all of lists) {
          let [state, text] = [CALM, ""];
          for (const part of parts) {
            state = all.calm(state, part);
            if (state === LOUD) break;
            text += part;
            calm += part.length;
            assert.deepEqual(all.matches(text, "model"), []);
            assert.equal(all.open(text, state), all.open(text));
            assert.ok(all.matches(text + after, "model").every(({ start }) => start >= all.open(text)));
          }
          if (state === LOUD) assert.equal(all.calm(state, "x"), LOUD);
        }
      }),
      { numRuns: 3000 },
    );
    assert.ok(calm > 1000, "the property was hardly tried");
  });

  test("findings are sorted, disjoint, and cover every code unit that was matched, and no other", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(40), fc.integer({ min: 1, max: 20 }), fc.nat(4))), (parts) => {
        const matches = parts.map(([start, length, order]) => match(`d${order}`, start, start + length, order)).sort(compareMatches);
        const findings = resolve(matches);
        const cover = (spans: readonly { start: number; end: number }[]): number[] =>
          [...new Set(spans.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, at) => start + at)))].sort((a, b) => a - b);
        assert.deepEqual(cover(findings), cover(matches));
        findings.forEach((finding, at) => {
          if (at > 0) assert.ok(finding.start >= (findings[at - 1]?.end ?? 0));
        });
      }),
    );
  });

  test("the first to begin stands, then the longer one, then the one earlier in the list", () => {
    const ids = (...matches: Match[]): string[] => resolve(matches.sort(compareMatches)).map(({ detector, start, end }) => `${detector} ${start}-${end}`);
    assert.deepEqual(ids(match("a", 3, 9), match("b", 0, 5)), ["b 0-5", "a 5-9"]);
    assert.deepEqual(ids(match("a", 0, 4), match("b", 0, 5)), ["b 0-5"]);
    assert.deepEqual(ids(match("b", 0, 5, 1), match("a", 0, 5, 0)), ["a 0-5"]);
    assert.deepEqual(ids(match("a", 0, 3), match("a", 3, 6)), ["a 0-6"]);
  });

  test("a literal inside another one hides nothing", () => {
    const list = [made("long", /imagine \d/), made("both", /(?:in|imagine) \d/)];
    assert.deepEqual(
      scan(list, "imagine 1, in 2", "user").map(({ detector, start }) => `${detector} ${start}`),
      ["long 0", "both 11"],
    );
    assert.equal(scanner(list).matches("imagine 1, in 2", "user").length, 3);
  });

  test("a connection string keeps its e-mail-like part, a specific key its name", () => {
    const one = (text: string): string[] => scan(detectors, text, "model").map(({ detector }) => detector);
    assert.deepEqual(one(`${"postgres"}://app:n7Xq-2vB@db.internal:5432/crm`), ["connection-string"]);
    assert.deepEqual(one(`api_key = "${"AKIA"}Y34FZKBOKMUTVV7A"`), ["aws-access-key"]);
    assert.deepEqual(one("DE89 3704 0044 0532 0130 00"), ["iban"]);
  });
});

describe("pattern", () => {
  test("refuses an expression without a bound, with a group, or that looks back too far", () => {
    for (const bad of [/a+/, /a*b/, /(a)b/, /a{1,30000}/, /(?<=a{65})b/]) {
      assert.throws(() => pattern(bad).open("a"), SyntaxError, String(bad));
      assert.throws(() => pattern(bad).at?.({ text: "a", source: "user" }, 0), SyntaxError, String(bad));
    }
    assert.throws(() => pattern(/a/m), SyntaxError);
  });

  test("holds back a beginning, and lets go as soon as it is none", () => {
    const { open } = pattern(/(?<![a-z])ab{2,4}(?:cd|ce)(?![a-z])/);
    const held = (text: string): number => text.length - open(text);
    assert.deepEqual(["x", "x a", "x ab", "x abx", "x abbbbc", "x abbbbbc", "x abbcd", "x abbcd.", "x abbcf", "xa"].map(held), [0, 1, 2, 0, 6, 0, 5, 0, 0, 0]);
  });

  test("ordinary words wait for nothing", () => {
    const masked = scanner(detectors.filter(({ finds }) => finds === "credential" || finds === "financial" || finds === "smuggling"));
    for (const text of ["Hello", "Hello,", "Hello, how can I help you", "Der Vertrag vom 3. Mai", "const total = items.length", "Version 2"]) {
      assert.ok(text.length - masked.open(text) <= 2, text);
    }
  });
});
