import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { isRequirement, verifies } from "../../test/verifies.ts";
import { type Detector, FINDING_KINDS, LOOKBEHIND, type Span } from "../core/detector.ts";
import { hostileTexts } from "./hostile.ts";
import { detectors } from "./index.ts";
import { FOREIGN } from "./leads.ts";
import { scan, scanner } from "./scan.ts";

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

/** What a file exports: a detector, a list of them, or the keys of providers. */
function exportedBy(value: unknown): readonly Detector[] {
  if (Array.isArray(value)) return value.flatMap(exportedBy);
  if (typeof value !== "object" || value === null) return [];
  if ("keys" in value && Array.isArray(value.keys)) return exportedBy(value.keys);
  return "detect" in value && "id" in value ? [value as Detector] : [];
}

const shipped = new Map<string, readonly Detector[]>();
for (const file of globSync("*/**/*.ts", { cwd: import.meta.dirname }).filter((name) => !name.endsWith(".test.ts") && !name.endsWith("index.ts"))) {
  shipped.set(file, Object.values((await import(`./${file}`)) as object).flatMap(exportedBy));
}
const rows = new Set([...shipped.values()].filter((list) => list.length > 1).flat());

test("every detector of a file is in the list, once; one alone in its file is called like it", () => {
  for (const [file, list] of shipped) {
    for (const { finds } of list) assert.equal(file.split("/")[0], finds, file);
    if (list.length === 1) assert.equal(file, `${list[0]?.finds}/${list[0]?.id}.ts`);
  }
  assert.deepEqual(new Set(detectors), new Set([...shipped.values()].flat()));
  assert.equal(new Set(detectors.map(({ id }) => id)).size, detectors.length);
});

test("every detector finds each hit of its own page and none of the misses, and explains itself in English and German", () => {
  verifies("O-01", "O-02", "O-03", "O-05");
  for (const detector of detectors) {
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
  for (const detector of detectors) {
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
  for (const detector of detectors) {
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
      .replace(/[\u0080-\uffff]/g, FOREIGN);
  for (const detector of detectors) {
    const { literals } = detector;
    if (literals === undefined) continue;
    fc.assert(
      fc.property(textsFor(detector), (text) => {
        for (const { start, end } of found(detector, text)) {
          const [left, match] = [fold(text.slice(Math.max(0, start - LOOKBEHIND), start)), fold(text.slice(start, end))];
          const kept = {
            start: (literal: string) => match.startsWith(literal),
            before: (literal: string) => left.includes(literal),
            within: (literal: string) => (left + match).includes(literal),
          };
          assert.ok(literals.any.some(kept[literals.at]), `${detector.id}: ${left}|${match}`);
        }
      }),
      runs(detector, 300),
    );
  }
});

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
  const check = (id: string, of: readonly Detector[], look: (text: string) => void): void => {
    const [half, full] = [hostileTexts(32_768, of), hostileTexts(65_536, of)];
    const scan = (text: string) => (): void => look(text);
    full.forEach(({ name, text }, at) => {
      if (took(scan(text)) < 6) return;
      const shorter = (half[at] as { text: string }).text;
      let [floor, long, short] = [Infinity, Infinity, Infinity];
      for (let round = 0; round < 12 && (round < 3 || long / floor > 25 || (long >= 12 && long / short > 3)); round++) {
        floor = Math.min(floor, took(walk));
        long = Math.min(long, took(scan(text)));
        short = Math.min(short, took(scan(shorter)));
      }
      assert.ok(long / floor <= 25, `${id} takes ${long / floor} times a walk over the text for 64 KB of ${name}`);
      assert.ok(long < 12 || long / short <= 3, `${id} takes ${short} and ${long} ms for 32 and 64 KB of ${name}`);
    });
  };
  const looking =
    (list: readonly Detector[]) =>
    (text: string): void => {
      scanner(list).matches(text, "tool");
      scanner(list).open(text);
    };
  for (const detector of detectors.filter((one) => !rows.has(one))) {
    const alone = [detector];
    check(detector.id, alone, looking(alone));
  }
  // What a row's own examples make is tried with everything at once, and some rows stand for all; the bench (P9) takes each.
  const some = [...rows]
    .filter((_, at) => at % 15 === 0)
    .map((row): Detector => ({ ...row, examples: { ...row.examples, hit: row.examples.hit.slice(0, 1) } }));
  check("everything together", some, looking(detectors));
});
