/**
 * Writes src/detectors/derived.table.ts: what is read off the expressions of all detectors that ship. `--check` writes nothing and exits 1 if it is out
 * of date.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { derive, type Expression, keyOf, written } from "../src/detectors/derived.ts";
import { ROOT } from "./root.ts";

const FILE = "src/detectors/derived.table.ts";

const told: Expression[] = [];
written.tell = (expression) => told.push(expression);
// Only now, so that each expression is told.
await import("../src/detectors/index.ts");

const rows = new Map(told.map((expression) => [keyOf(expression), text(JSON.stringify(derive(expression)))]));
if (rows.size < new Set(told.map(({ source, flags, begins, waits }) => [flags, begins, waits, source].join())).size)
  throw new Error("two expressions have one key");
const page = `// Written by \`node scripts/derived-table.ts\`: what is read off the expressions of detectors, by the expression.
export const DERIVED: { readonly [key: string]: string } = {
${Array.from(rows, ([key, row]) => `  ${text(key)}: ${row},\n`)
  .sort()
  .join("")}};
`;
if (readFileSync(join(ROOT, FILE), "utf8") !== page) {
  if (process.argv.includes("--check")) {
    console.error(`\`${FILE}\` is out of date: run \`node scripts/derived-table.ts\``);
    process.exitCode = 1;
  } else {
    writeFileSync(join(ROOT, FILE), page);
    console.log(FILE);
  }
}

/** In ASCII alone: a text with one other sign takes two bytes for each. */
function text(of: string): string {
  const ascii = of.replace(/[^\0-\x7e]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return JSON.stringify(ascii);
}
