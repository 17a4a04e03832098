/** `node scripts/coverage-map.ts` writes docs/coverage.md; with `--check` it only says whether the file is up to date. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { citationsOf, coverageMap, type Requirement } from "./citations.ts";
import { ROOT } from "./root.ts";
import { readTree } from "./sources.ts";

const path = join(ROOT, "docs/coverage.md");
const known = JSON.parse(readFileSync(join(ROOT, "knowledge/requirements.json"), "utf8")) as readonly Requirement[];
const citations = citationsOf(readTree(), known);
const map = coverageMap(known, citations);

for (const fault of citations.faults) console.error(fault);
if (citations.faults.length > 0) process.exitCode = 1;
else if (!process.argv.includes("--check")) writeFileSync(path, map);
else if (readFileSync(path, "utf8") !== map) {
  console.error("docs/coverage.md is out of date: run `npm run fix`");
  process.exitCode = 1;
}
