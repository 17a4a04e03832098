/**
 * `node eval/injection/run.ts`: how many attacks the injection stage finds and how much harmless text it names, set by set. Every row is looked
 * at with a classifier that saw neither its source nor a near copy. Writes docs/eval/injection.md, .json and two drawings. Without the rows
 * beside the checkout it says so and is done.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { folded } from "../../models/injection/folds.ts";
import { rows, rowsAreThere } from "../../models/injection/rows.ts";
import { ROOT } from "../../scripts/root.ts";
import { NEUTRAL_LABEL } from "../../src/core/index.ts";
import { classifierOf } from "../../src/detectors/classifier/classifier.ts";
import { detectors, scanner } from "../../src/detectors/index.ts";
import { finder } from "../../src/input/find.ts";
import { shareOf } from "../flow/wilson.ts";
import { disguises, unread } from "./disguises.ts";
import { drawing } from "./drawing.ts";
import { type Figure, page, type Results } from "./page.ts";

const FOLDER = join(ROOT, "docs/eval");

if (rowsAreThere()) main();
else console.log("eval:injection: the rows are not beside this checkout (`../shared/data`); nothing is measured");

function main(): void {
  const all = rows();
  const { models, foldOf, scores } = folded(all, (line) => console.error(line));
  const orders = detectors.filter(({ finds }) => finds === "injection");
  const patterns = finder(orders, scanner);
  const both = models.map((model) => finder(orders, scanner, [classifierOf(() => model)]));
  const judges = models.map((model) => finder([], scanner, [classifierOf(() => model)]));
  const looks = (find: ReturnType<typeof finder>, text: string, role: string): boolean =>
    find.now({ at: "", text, before: "", source: role === "said" ? "user" : "tool", label: NEUTRAL_LABEL }).length > 0;

  const figures = new Map<string, { label: number; n: number; patterns: number; classifier: number; both: number }>();
  all.forEach(({ text, label, set, role, lang }, at) => {
    const name = `${label} ${set} · ${lang}`;
    const fold = foldOf[at] as number;
    const own = figures.get(name) ?? { label, n: 0, patterns: 0, classifier: 0, both: 0 };
    own.n++;
    if (looks(patterns, text, role)) own.patterns++;
    if (looks(judges[fold] as ReturnType<typeof finder>, text, role)) own.classifier++;
    if (looks(both[fold] as ReturnType<typeof finder>, text, role)) own.both++;
    figures.set(name, own);
  });
  const table: Figure[] = [...figures].map(([name, { label, n, ...hits }]) => ({
    set: name.slice(2),
    label,
    n,
    patterns: shareOf(hits.patterns, n),
    classifier: shareOf(hits.classifier, n),
    both: shareOf(hits.both, n),
  }));

  // A disguise is measured on texts that are found in plain form: how many are found still.
  const plain = all.filter(
    ({ label, text, role, lang }) => label === 1 && role === "said" && text.length < 400 && (lang === "en" || lang === "de") && looks(patterns, text, role),
  );
  const kept = (dressed: typeof disguises): Results["disguises"] =>
    Object.entries(dressed).map(([name, disguise]) => ({
      name,
      kept: shareOf(plain.filter(({ text }) => looks(patterns, disguise(text), "read")).length, plain.length),
    }));

  const results = { date: new Date().toISOString().slice(0, 10), node: process.version, figures: table, disguises: kept(disguises), unread: kept(unread) };
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, "injection.json"), `${JSON.stringify(results, null, 1)}\n`);
  const scored = all.map(({ label, role }, at) => ({ label, role, score: scores[at] as number }));
  for (const [name, svg] of Object.entries(drawing(scored))) writeFileSync(join(FOLDER, `injection-${name}.svg`), svg);
  const written = page(results);
  writeFileSync(join(FOLDER, "injection.md"), written);
  console.log(written);
}
