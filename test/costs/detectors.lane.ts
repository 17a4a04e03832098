/** Whatever a text is, looking at it costs no more than a small factor of what plain text costs. Measured alone: beside others it would say nothing. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ROOT } from "../../scripts/root.ts";
import { type Detector, NEUTRAL_LABEL } from "../../src/core/index.ts";
import { injectionClassifier } from "../../src/detectors/classifier/classifier.ts";
import { hostileTexts } from "../../src/detectors/hostile.ts";
import { conduct, detectors, scanner } from "../../src/detectors/index.ts";
import { personName } from "../../src/detectors/tagger/person-name.ts";
import { finder, SLICE } from "../../src/input/find.ts";
import { rows } from "../detectors/shipped.ts";
import { took } from "../linear.ts";
import { verifies } from "../verifies.ts";

const PLAIN = "The quarterly report says nothing new. ".repeat(1_700);

test("the time of every detector is linear, whatever the text", { timeout: 300_000 }, () => {
  verifies("O-05");
  // Each is measured beside a walk over plain text of the same length, and the least of several rounds counts: a slow machine slows both.
  const walk = (): number => {
    let sum = 0;
    for (let round = 0; round < 20; round++) for (let at = 0; at < 65_536; at++) sum = (sum * 31 + PLAIN.charCodeAt(at)) | 0;
    return sum;
  };
  for (let warm = 0; warm < 5; warm++) walk();
  const check = (id: string, of: readonly Detector[], look: (text: string) => void, most = 25): void => {
    const [half, full] = [hostileTexts(32_768, of), hostileTexts(65_536, of)];
    const scan = (text: string) => (): void => look(text);
    full.forEach(({ name, text }, at) => {
      if (took(scan(text)) < 6) return;
      const shorter = (half[at] as { text: string }).text;
      let [floor, long, short] = [Infinity, Infinity, Infinity];
      for (let round = 0; round < 12 && (round < 3 || long / floor > most || (long >= 12 && long / short > 3)); round++) {
        floor = Math.min(floor, took(walk));
        long = Math.min(long, took(scan(text)));
        short = Math.min(short, took(scan(shorter)));
      }
      assert.ok(long / floor <= most, `${id} takes ${long / floor} times a walk over the text for 64 KB of ${name}`);
      assert.ok(long < 12 || long / short <= 3, `${id} takes ${short} and ${long} ms for 32 and 64 KB of ${name}`);
    });
  };
  const looking =
    (list: readonly Detector[]) =>
    (text: string): void => {
      scanner(list).matches(text, "tool");
      scanner(list).open(text);
    };
  const names = personName(() => readFileSync(join(ROOT, "models/names/weights.bin")));
  for (const detector of [...detectors.filter((one) => !rows.has(one)), ...conduct, names]) {
    const alone = [detector];
    check(detector.id, alone, looking(alone));
  }
  // What a row's own examples make is tried with everything at once, and some rows stand for all; the bench (P9) takes each.
  const some = [...rows]
    .filter((_, at) => at % 15 === 0)
    .map((row): Detector => ({ ...row, examples: { ...row.examples, hit: row.examples.hit.slice(0, 1) } }));
  // The sum of some three hundred.
  check("everything together", some, looking(detectors));
});

/** Milliseconds of one turn: nothing else is answered meanwhile. */
const LONGEST_STALL = 50;

test("a slice of hostile text, read, decoded and judged, keeps nobody waiting for 50 ms", { timeout: 300_000 }, async () => {
  verifies("I-05", "I-06");
  const classifier = injectionClassifier(() => readFileSync(join(ROOT, "models/injection/weights.bin")));
  const find = finder(detectors, scanner, [classifier]);
  for (const { name, text } of hostileTexts(SLICE, detectors)) {
    const found = { at: "", text, before: "", source: "tool", label: NEUTRAL_LABEL } as const;
    let least = Infinity;
    for (let round = 0; round < 12 && least > LONGEST_STALL; round++) {
      const { user: before } = process.cpuUsage();
      find.now(found);
      least = Math.min(least, (process.cpuUsage().user - before) / 1000);
    }
    assert.ok(least < LONGEST_STALL, `${name}: ${least} ms`);
  }
});
