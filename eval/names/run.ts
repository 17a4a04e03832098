/**
 * `npm run eval:names [-- --errors]`: how many names of persons the tagger finds, and what it takes for one, set by set. Every row is tagged by
 * a model that saw none of its cluster. Writes docs/eval/names.md and .json. Without the rows beside the checkout it says so and is done.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { nameWords } from "../../models/names/draw.ts";
import { folded } from "../../models/names/folds.ts";
import { type Row, rows } from "../../models/names/rows.ts";
import { type Count, counted, f1Of, precisionOf, recallOf, total } from "../../models/names/score.ts";
import { ROOT } from "../../scripts/root.ts";
import type { Span } from "../../src/core/detector.ts";
import { namesOf } from "../../src/detectors/tagger/tagger.ts";
import { dataIsThere } from "../detect/data.ts";
import { shareOf } from "../flow/wilson.ts";

const FOLDER = join(ROOT, "docs/eval");
const { values } = parseArgs({ options: { errors: { type: "boolean", default: false } } });

if (dataIsThere()) main();
else console.log("eval:names: the rows are not beside this checkout (`../shared/data`); nothing is measured");

function main(): void {
  const all = rows();
  const { models, foldOf } = folded(all, (line) => console.error(line));
  const finders = models.map(namesOf);
  const known = new Set(nameWords.map((word) => word.toLowerCase()));
  const isNew = ({ text }: Row, { start, end }: Span): boolean =>
    (text.slice(start, end).match(/\p{L}{2,}/gu) ?? []).every((word) => !known.has(word.toLowerCase()));

  const counts = new Map<string, Count>();
  const unknown = new Map<string, { found: number; names: number }>();
  for (const row of all) {
    const name = `${row.marked ? 1 : 0} ${row.set} · ${row.lang}`;
    const told = (what: string) => (span: Span) => {
      if (values.errors)
        console.log(`${name}: ${what} ${JSON.stringify(row.text.slice(Math.max(0, span.start - 40), span.start))} [${row.text.slice(span.start, span.end)}]`);
    };
    const own = unknown.get(name) ?? { found: 0, names: 0 };
    unknown.set(name, own);
    const missed = new Set<Span>();
    counted(row, finders[foldOf(row)]?.find(row.text) ?? [], total(counts, name), told("wrong"), (span) => {
      missed.add(span);
      told("missed")(span);
    });
    for (const span of row.spans.filter((one) => isNew(row, one))) {
      own.names++;
      if (!missed.has(span)) own.found++;
    }
  }
  const figures = [...counts].map(([name, count]) => ({ set: name.slice(2), marked: name.startsWith("1"), ...count, unknown: unknown.get(name) }));
  const results = { date: new Date().toISOString().slice(0, 10), node: process.version, figures };
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, "names.json"), `${JSON.stringify(results, null, 1)}\n`);
  const page = pageOf(results);
  writeFileSync(join(FOLDER, "names.md"), page);
  console.log(page);
}

interface Figure extends Count {
  readonly set: string;
  readonly marked: boolean;
  readonly unknown: { readonly found: number; readonly names: number } | undefined;
}

function pageOf({ date, node, figures }: { readonly date: string; readonly node: string; readonly figures: readonly Figure[] }): string {
  const sorted = (marked: boolean): Figure[] => figures.filter((one) => one.marked === marked).sort((a, b) => (a.set < b.set ? -1 : 1));
  const share = (hits: number, n: number): string => {
    if (n === 0) return "–";
    const { share: value, low, high } = shareOf(hits, n);
    return `${(100 * value).toFixed(1)} % (${(100 * low).toFixed(0)}–${(100 * high).toFixed(0)})`;
  };
  const found = sorted(true).map((one) => {
    const { set, names, found: hits, parts, wrong, unknown } = one;
    const cells = [set, names, share(hits, names), parts, wrong, precisionOf(one).toFixed(3), recallOf(one).toFixed(3), `**${f1Of(one).toFixed(3)}**`];
    return `| ${[...cells, unknown === undefined ? "–" : share(unknown.found, unknown.names)].join(" | ")} |`;
  });
  const wrong = sorted(false).map(({ set, rows: n, hit, wrong: findings, units }) => {
    const kilobytes = units / 1024;
    return `| ${set} | ${n} | ${kilobytes.toFixed(0)} | ${share(hit, n)} | ${findings} | ${(findings / kilobytes).toFixed(2)} |`;
  });
  return `# Finding names of persons

Written by \`npm run eval:names\` on ${date} with Node ${node}; \`-- --errors\` shows each mistake. In brackets the 95 % interval. Every row was tagged by a model that saw none of its
cluster: none of its template, and no near copy. The thresholds were chosen over these very figures, and the features and our own sentences were changed several times after
looking at them, so they are too good by an unknown amount. \`presidio_generated_large\` was never trained on; its mistakes were looked at.

## Names that were found

A name is found if one finding covers all of it. A finding is wrong if it touches no name; what covers a part of a name counts as missed for recall and as right for precision. The
last column is recall over names of which no word stands in the lists that the tagger learned from: what is left is form and place.

| set · language | names | found | found in part | wrong | precision | recall | F1 | found of names in no list |
|---|---:|---:|---:|---:|---:|---:|---:|---:|
${found.join("\n")}

- \`own\`: our own sentences, mails, tables and JSON, with names of a public collection. \`synthetic_de\`: 30 German templates. \`ler_de_dev\`: German court decisions; single letters that
  stand for a person are no names here. \`presidio_generated_large\`: English and other sentences; one name in nine is written small there, which is never found.
- Companies that are called like persons (\`Graham, Ochoa and Vasquez\`) and streets in them are most of what is wrong.

## Text in which nobody marked names

Names do stand in these texts: authors of commits, people in mails and requests, lists of contributors. A finding is no mistake as such; what is left in code, configuration, lock files,
laws and documents is the measure of false alarms.

| set · language | texts | KB | with a finding | findings | for each KB |
|---|---:|---:|---:|---:|---:|
${wrong.join("\n")}
`;
}
