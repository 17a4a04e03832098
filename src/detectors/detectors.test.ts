import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { rows, shipped } from "../../test/detectors/shipped.ts";
import { isRequirement, verifies } from "../../test/verifies.ts";
import { type Detector, FINDING_KINDS, LOOKBEHIND, type Span } from "../core/detector.ts";
import { conduct, detectors, marks } from "./index.ts";
import { scan } from "./scan.ts";
import { scriptSign } from "./script.ts";
import { personName } from "./tagger/person-name.ts";

/** The tagger of names is in no list: an operator asks for it. */
const names = personName(() => readFileSync(join(import.meta.dirname, "../../models/names/weights.bin")));
/** What is found is a finding, or a mark that the output layer judges: the laws are the same. */
const all = [...detectors, ...marks, names, ...conduct];

const found = (detector: Detector, text: string): readonly Span[] => detector.detect({ text, source: "tool" });
const key = ({ start, end, score }: Span): string => `${start}-${end} ${score}`;

/** Pieces of what detectors look for, whole and broken, between pieces of other things: where mistakes at the edges show. */
const pieces = all.flatMap(({ examples }) => [...examples.hit, ...examples.miss]);
const texts = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...pieces) },
      {
        weight: 3,
        arbitrary: fc.tuple(fc.constantFrom(...pieces), fc.nat(200), fc.nat(200)).map(([piece, a, b]) => piece.slice(Math.min(a, b), Math.max(a, b))),
      },
      {
        weight: 2,
        arbitrary: fc.constantFrom(
          " ",
          "\n",
          ". ",
          "=",
          '"',
          "'",
          ":",
          "-",
          "@",
          "/",
          "+",
          "0",
          "12",
          "\u200d",
          "\ufe0f",
          "😀",
          "\udb40",
          "\ud83c",
          "A",
          "x",
          "ü",
          "\\n",
        ),
      },
      { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 8 }) },
    ),
    { maxLength: 7 },
  )
  .map((parts) => parts.join("").slice(0, 420));
/** Rows of a table share one maker, so each is tried less often. */
const runs = (detector: Detector, count: number): { numRuns: number } => ({
  numRuns: Math.ceil((Number(process.env.HOLDFAST_RUNS ?? 1) * count) / (rows.has(detector) ? 20 : 1)),
});
/** Any text, or one of a detector's own examples, as it is or among others. */
const textsFor = ({ examples }: Detector): fc.Arbitrary<string> => {
  const own = fc.constantFrom(...examples.hit, ...examples.miss);
  return fc.oneof(
    texts,
    own,
    fc.tuple(fc.constantFrom("", " ", "x", "1", "\n"), own, texts).map(([before, one, after]) => (before + one + after).slice(0, 420)),
  );
};

test("every detector of a file is in the list, once; one alone in its file is called like it", () => {
  for (const [file, list] of shipped) {
    for (const { finds } of list) assert.equal(file.split("/")[0], finds, file);
    if (list.length === 1) assert.equal(file, `${list[0]?.finds}/${list[0]?.id}.ts`);
  }
  assert.deepEqual(new Set([...detectors, ...conduct]), new Set([...shipped.values()].flat()));
  assert.equal(new Set(all.map(({ id }) => id)).size, all.length);
});

test("every detector finds each hit of its own page and none of the misses, and explains itself in English and German", () => {
  verifies("O-01", "O-02", "O-03", "O-05");
  for (const detector of all) {
    const { id, covers, finds, explain, examples } = detector;
    for (const covered of covers) assert.ok(isRequirement(covered), `${id} covers \`${covered}\`, which is no requirement`);
    assert.ok(examples.hit.length > 0 && examples.miss.length > 1, id);
    for (const hit of examples.hit) assert.notDeepEqual(found(detector, hit), [], `${id}: ${hit}`);
    for (const miss of examples.miss) assert.deepEqual(found(detector, miss), [], `${id}: ${miss}`);
    assert.ok(FINDING_KINDS.includes(finds));
    assert.match(id, /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/);
    for (const text of [explain.en, explain.de]) assert.ok(text.length > 15 && text.endsWith("."), text);
    assert.notEqual(explain.en, explain.de);
  }
});

test("among all others every detector names at least one of its own examples", () => {
  for (const { id, examples } of detectors) {
    const names = examples.hit.flatMap((hit) => scan(detectors, hit, "tool").map(({ detector }) => detector));
    assert.ok(names.includes(id), `${id} is named ${names}`);
  }
});

test("what begins before `open` does not depend on what follows, wherever the text is cut", () => {
  for (const detector of all) {
    fc.assert(
      fc.property(textsFor(detector), (text) => {
        const whole = found(detector, text);
        for (let cut = 0; cut <= text.length; cut++) {
          const head = text.slice(0, cut);
          const open = detector.open(head);
          assert.ok(open >= 0 && open <= cut);
          const before = (span: Span): boolean => span.start < open;
          assert.deepEqual(found(detector, head).filter(before).map(key), whole.filter(before).map(key), `${detector.id} cut at ${cut}, open at ${open}`);
        }
      }),
      runs(detector, 120),
    );
  }
});

test("what is found depends on no more than the look behind to its left", () => {
  for (const detector of all) {
    fc.assert(
      fc.property(textsFor(detector), fc.nat(300), (text, cut) => {
        const tail = text.slice(cut);
        const late = found(detector, tail).filter(({ start }) => start >= LOOKBEHIND);
        const same = found(detector, text).filter(({ start }) => start >= cut + LOOKBEHIND);
        assert.deepEqual(
          late.map((span) => key({ ...span, start: span.start + cut, end: span.end + cut })),
          same.map(key),
          detector.id,
        );
      }),
      runs(detector, 300),
    );
  }
});

test("no match without one of its literals", () => {
  const fold = (text: string): string =>
    text
      .replace(/[A-Z]/g, (letter) => letter.toLowerCase())
      .replace(/\d/g, "0")
      .replace(/[\0-\x08\x0b\x0e-\x1f\x7f-\uffff]/g, (sign) => scriptSign(sign.charCodeAt(0)));
  for (const detector of all) {
    const { literals } = detector;
    if (literals === undefined) continue;
    fc.assert(
      fc.property(textsFor(detector), (text) => {
        for (const { start, end } of found(detector, text)) {
          const [left, match] = [fold(text.slice(Math.max(0, start - LOOKBEHIND), start)), fold(text.slice(start, end))];
          const kept = {
            start: (literal: string) => match.startsWith(literal),
            before: (literal: string) => left.includes(literal),
            within: (literal: string) => (left + match + fold(text.slice(end, end + 2 * LOOKBEHIND))).includes(literal),
          };
          assert.ok(literals.any.map(fold).some(kept[literals.at]), `${detector.id}: ${left}|${match}`);
        }
      }),
      runs(detector, 300),
    );
  }
});

test("an order that is found begins and ends where a word does: what is shown to people is whole words", () => {
  const letter = /\p{L}/u;
  for (const detector of detectors.filter(({ finds }) => finds === "injection"))
    for (const text of detector.examples.hit)
      for (const { start, end } of found(detector, text)) {
        const isWithin = (at: number): boolean => letter.test(text[at - 1] ?? "") && letter.test(text[at] ?? "");
        assert.ok(!isWithin(start) && !isWithin(end), `${detector.id}: ${text.slice(start, end)}|${text.slice(end, end + 9)}`);
      }
});
