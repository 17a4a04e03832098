import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { describe, test } from "node:test";
import fc from "fast-check";
import { isRequirement, verifies } from "../../test/verifies.ts";
import { type Detector, FINDING_KINDS, LOOKBEHIND, type Span } from "../core/detector.ts";
import { hostileTexts } from "./hostile.ts";
import { detectors } from "./index.ts";
import { FOREIGN } from "./leads.ts";

const found = (detector: Detector, text: string): readonly Span[] => detector.detect({ text, source: "tool" });
const key = ({ start, end, score }: Span): string => `${start}-${end} ${score}`;

/** Pieces of what detectors look for, whole and broken, between pieces of other things: where mistakes at the edges show. */
const pieces = detectors.flatMap(({ examples }) => [...examples.hit, ...examples.miss]);
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
const runs = (count: number): { numRuns: number } => ({ numRuns: Number(process.env.HOLDFAST_RUNS ?? 1) * count });

test("every file of a detector is in the list, under its own id, once", async () => {
  const files = globSync("*/*.ts", { cwd: import.meta.dirname }).filter((file) => !file.endsWith(".test.ts"));
  const shipped: Detector[] = [];
  for (const file of files) {
    const exported = Object.values((await import(`./${file}`)) as object).filter(
      (value): value is Detector => typeof value === "object" && value !== null && "detect" in value,
    );
    for (const detector of exported) assert.equal(`${file}`, `${detector.finds}/${detector.id}.ts`);
    shipped.push(...exported);
  }
  assert.deepEqual(new Set(detectors), new Set(shipped));
  assert.equal(new Set(detectors.map(({ id }) => id)).size, detectors.length);
});

for (const detector of detectors) {
  describe(detector.id, () => {
    test("finds every hit of its own page and none of the misses", () => {
      verifies("O-05");
      for (const id of detector.covers) assert.ok(isRequirement(id), `${detector.id} covers \`${id}\`, which is no requirement`);
      assert.ok(detector.examples.hit.length > 0 && detector.examples.miss.length > 1);
      for (const hit of detector.examples.hit) assert.notDeepEqual(found(detector, hit), [], hit);
      for (const miss of detector.examples.miss) assert.deepEqual(found(detector, miss), [], miss);
    });

    test("explains itself in English and in German", () => {
      assert.ok(FINDING_KINDS.includes(detector.finds));
      assert.match(detector.id, /^[a-z]+(?:-[a-z]+)*$/);
      for (const text of [detector.explain.en, detector.explain.de]) assert.ok(text.length > 15 && text.endsWith("."), text);
      assert.notEqual(detector.explain.en, detector.explain.de);
    });

    test("what begins before `open` does not depend on what follows, wherever the text is cut", () => {
      fc.assert(
        fc.property(fc.oneof(texts, fc.constantFrom(...detector.examples.hit)), (text) => {
          const whole = found(detector, text);
          for (let cut = 0; cut <= text.length; cut++) {
            const head = text.slice(0, cut);
            const open = detector.open(head);
            assert.ok(open >= 0 && open <= cut);
            const before = (span: Span): boolean => span.start < open;
            assert.deepEqual(found(detector, head).filter(before).map(key), whole.filter(before).map(key), `cut at ${cut}, open at ${open}`);
          }
        }),
        runs(120),
      );
    });

    test("what is found depends on no more than the look behind to its left", () => {
      fc.assert(
        fc.property(texts, fc.nat(300), (text, cut) => {
          const tail = text.slice(cut);
          const late = found(detector, tail).filter(({ start }) => start >= LOOKBEHIND);
          const same = found(detector, text).filter(({ start }) => start >= cut + LOOKBEHIND);
          assert.deepEqual(
            late.map((span) => key({ ...span, start: span.start + cut, end: span.end + cut })),
            same.map(key),
          );
        }),
        runs(300),
      );
    });

    test("no match without one of its literals", () => {
      const { literals } = detector;
      if (literals === undefined) return;
      const fold = (text: string): string =>
        text
          .replace(/[A-Z]/g, (letter) => letter.toLowerCase())
          .replace(/\d/g, "0")
          .replace(/[\u0080-\uffff]/g, FOREIGN);
      fc.assert(
        fc.property(fc.oneof(texts, fc.constantFrom(...detector.examples.hit)), (text) => {
          for (const { start, end } of found(detector, text)) {
            const [left, match] = [fold(text.slice(Math.max(0, start - LOOKBEHIND), start)), fold(text.slice(start, end))];
            const kept = {
              start: (literal: string) => match.startsWith(literal),
              before: (literal: string) => left.includes(literal),
              within: (literal: string) => (left + match).includes(literal),
            };
            assert.ok(literals.any.some(kept[literals.at]), `${left}|${match}`);
          }
        }),
        runs(300),
      );
    });
  });
}

const PLAIN = "The quarterly report says nothing new. ".repeat(1_700);

test("the time of every detector is linear, whatever the text", { timeout: 300_000 }, () => {
  verifies("O-05");
  // Each is measured beside a walk over plain text of the same length, and the least of several rounds counts: a slow machine slows both.
  const walk = (): number => {
    let sum = 0;
    for (let round = 0; round < 20; round++) for (let at = 0; at < 65_536; at++) sum = (sum * 31 + PLAIN.charCodeAt(at)) | 0;
    return sum;
  };
  const took = (work: () => unknown): number => {
    const [start, before] = [performance.now(), process.threadCpuUsage()];
    work();
    const { user, system } = process.threadCpuUsage(before);
    // The clock also counts who else ran meanwhile; the thread's own time comes in steps of up to 4 ms.
    return Math.min(performance.now() - start, (user + system) / 1000 + 4);
  };
  for (let warm = 0; warm < 5; warm++) walk();
  const [half, full] = [hostileTexts(32_768, detectors), hostileTexts(65_536, detectors)];
  for (const detector of detectors) {
    const scan = (text: string) => (): void => {
      found(detector, text);
      detector.open(text);
    };
    full.forEach(({ name, text }, at) => {
      if (took(scan(text)) < 6) return;
      const shorter = (half[at] as { text: string }).text;
      let [floor, long, short] = [Infinity, Infinity, Infinity];
      for (let round = 0; round < 12 && (round < 3 || long / floor > 25 || (long >= 12 && long / short > 3)); round++) {
        floor = Math.min(floor, took(walk));
        long = Math.min(long, took(scan(text)));
        short = Math.min(short, took(scan(shorter)));
      }
      assert.ok(long / floor <= 25, `${detector.id} takes ${long / floor} times a walk over the text for 64 KB of ${name}`);
      assert.ok(long < 12 || long / short <= 3, `${detector.id} takes ${short} and ${long} ms for 32 and 64 KB of ${name}`);
    });
  }
});
