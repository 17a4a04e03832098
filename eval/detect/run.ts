/**
 * `npm run eval:detect [-- --part ID --errors --json]`: what the detectors find and what they leave alone, on the data beside the checkout; without
 * it the command says so and is done. A run of all parts writes docs/eval/detect.md and detect.json.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { commit } from "../../scripts/commit.ts";
import { ROOT } from "../../scripts/root.ts";
import { addressesInAnswers } from "../addresses/part.ts";
import { answersAsAWhole } from "../answers/part.ts";
import { personalData } from "../personal/part.ts";
import { secrets } from "../secrets/part.ts";
import { sinks } from "../sinks/part.ts";
import { dataIsThere } from "./data.ts";
import type { Part, Table } from "./part.ts";

const PARTS: readonly Part[] = [secrets, personalData, addressesInAnswers, answersAsAWhole, sinks];

const { values } = parseArgs({
  options: { part: { type: "string" }, errors: { type: "boolean", default: false }, json: { type: "boolean", default: false } },
});

if (!dataIsThere()) console.log("eval:detect: the data sets are not beside this checkout (`../shared/data`); nothing is measured");
else main();

function main(): void {
  const parts = PARTS.filter(({ id }) => values.part === undefined || id === values.part);
  if (parts.length === 0) {
    console.error(`eval:detect: there is no such part; there are ${PARTS.map(({ id }) => id).join(", ")}`);
    process.exitCode = 2;
    return;
  }
  const tell = (wrong: string): void => {
    if (values.errors) console.log(wrong);
  };
  const results = {
    date: new Date().toISOString().slice(0, 10),
    commit: commit(),
    node: process.version,
    parts: parts.map((part) => ({ id: part.id, title: part.title, about: part.about, tables: part.measure(tell) })),
  };
  const page = [
    "# What the detectors find, measured",
    "",
    `Measured on ${results.date} at commit ${results.commit}, Node ${results.node}. \`npm run eval:detect\` writes this page and [detect.json](detect.json); \`-- --errors\` shows each wrong outcome.`,
    ...results.parts.flatMap(({ title, about, tables }) => ["", `## ${title}`, ...about.flatMap((text) => ["", text]), ...tables.flatMap(written)]),
    "",
  ].join("\n");
  console.log(values.json ? JSON.stringify(results, null, 2) : page);
  if (values.part !== undefined) return;
  const folder = join(ROOT, "docs/eval");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "detect.md"), page);
  writeFileSync(join(folder, "detect.json"), `${JSON.stringify(results, null, 2)}\n`);
}

function written({ title, columns, rows, note }: Table): readonly string[] {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(" | ")} |`;
  const aligned = columns.map((_, at) => (rows.every((row) => typeof row[at] === "number") ? "---:" : "---"));
  return ["", `### ${title}`, "", line(columns), line(aligned), ...rows.map(line), ...(note === undefined ? [] : ["", note])];
}
