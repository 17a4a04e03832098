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
import { floor, isWithin, took } from "../pace.ts";
import { verifies } from "../verifies.ts";

test("the time of every detector is linear, whatever the text", { timeout: 300_000 }, (t) => {
  verifies("O-05");
  // Each is measured beside a floor over a text of the same length, and the least of several rounds counts: a slow machine slows both. A quarter of the text
  // takes a quarter of the time, or a sixteenth where a step is quadratic; room for two, because the machine's pace changes meanwhile. The dearest takes 19
  // floors, on a quiet machine.
  for (let warm = 0; warm < 5; warm++) floor();
  let worst = 0;
  const check = (id: string, of: readonly Detector[], look: (text: string) => void, most = 40): void => {
    const [quarter, full] = [hostileTexts(16_384, of), hostileTexts(65_536, of)];
    const scan = (text: string) => (): void => look(text);
    full.forEach(({ name, text }, at) => {
      if (took(scan(text)) < 6) return;
      const shorter = (quarter[at] as { text: string }).text;
      let [least, long, short] = [Infinity, Infinity, Infinity];
      for (let round = 0; round < 12 && (round < 3 || long / least > most || (long >= 12 && long / short > 8)); round++) {
        least = Math.min(least, floor());
        long = Math.min(long, took(scan(text)));
        short = Math.min(short, took(scan(shorter)));
      }
      worst = Math.max(worst, long / least);
      assert.ok(long / least <= most, `${id} takes ${long / least} times the floor for 64 KB of ${name}`);
      assert.ok(long < 12 || long / short <= 8, `${id} takes ${short} and ${long} ms for 16 and 64 KB of ${name}`);
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
  t.diagnostic(`alone at most ${worst.toFixed(1)} times the floor`);
  worst = 0;
  // What a row's own examples make is tried with everything at once, and some rows stand for all; the bench (P9) takes each.
  const some = [...rows]
    .filter((_, at) => at % 15 === 0)
    .map((row): Detector => ({ ...row, examples: { ...row.examples, hit: row.examples.hit.slice(0, 1) } }));
  // The sum of some three hundred: groups of digits, the dearest, took 27 on a quiet machine.
  check("everything together", some, looking(detectors), 50);
  t.diagnostic(`all together at most ${worst.toFixed(1)} times the floor`);
});

/** A sentence, and how many times the time of English it may take. Greek shares its group of scripts with signs that detectors begin with. */
const LANGUAGES: readonly (readonly [text: string, most: number])[] = [
  ["Der Bericht für das Quartal enthält nichts Neues, und das Team trifft sich am Montag. ", 4],
  ["季度报告没有什么新内容，团队将于星期一开会。", 4],
  ["四半期報告書に新しいことは何もなく、チームは月曜日に会議を開きます。", 4],
  ["분기 보고서에는 새로운 내용이 없으며 팀은 월요일에 만날 예정입니다. ", 4],
  ["التقرير الفصلي لا يقول شيئا جديدا وسيجتمع الفريق يوم الاثنين. ", 12],
  ["Тримесечният отчет не съдържа нищо ново и екипът ще се срещне в понеделник. ", 12],
  ["Η τριμηνιαία έκθεση δεν λέει τίποτα νέο και η ομάδα θα συναντηθεί τη Δευτέρα. ", 25],
];

test("no script makes a text dear", { timeout: 300_000 }, (t) => {
  verifies("O-05");
  const all = scanner(detectors);
  const of = (piece: string) => (): void => {
    all.matches(piece.repeat(65_536 / piece.length), "tool");
  };
  const english = of("The quarterly report says nothing new, and the team will meet on Monday. ");
  for (const [piece, most] of LANGUAGES) {
    let [least, one] = [Infinity, Infinity];
    for (let round = 0; round < 20 && (round < 5 || one / least > most); round++) {
      least = Math.min(least, took(english));
      one = Math.min(one, took(of(piece)));
    }
    t.diagnostic(`${(one / least).toFixed(1)} times English: ${piece}`);
    assert.ok(one / least <= most, piece);
  }
});

test("a slice of hostile text, read, decoded and judged, keeps nobody waiting for 50 ms", { timeout: 300_000 }, (t) => {
  verifies("I-05", "I-06");
  const classifier = injectionClassifier(() => readFileSync(join(ROOT, "models/injection/weights.bin")));
  const find = finder(detectors, scanner, [classifier]);
  let [worst, dearest] = [0, ""];
  for (const { name, text } of hostileTexts(SLICE, detectors)) {
    const found = { at: "", text, before: "", source: "tool", label: NEUTRAL_LABEL } as const;
    let least = Infinity;
    for (let round = 0; round < 3 || (round < 12 && least >= 50); round++) {
      const { user: before } = process.cpuUsage();
      find.now(found);
      least = Math.min(least, (process.cpuUsage().user - before) / 1000);
    }
    assert.ok(isWithin(50, least), `${name}: ${least} ms`);
    if (least > worst) [worst, dearest] = [least, name];
  }
  t.diagnostic(`at most ${worst.toFixed(1)} ms: ${dearest}`);
});
