/** The data sets beside the checkout; the project is complete without them. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { ROOT } from "../../scripts/root.ts";

const DATA = join(ROOT, "../shared/data");
export const dataIsThere = (): boolean => existsSync(join(DATA, "secrets"));

/** A row of a set of examples: a text, and what others say about it. */
export interface Row {
  readonly text: string;
  readonly label?: number;
  readonly [field: string]: unknown;
}

export function rowsOf(name: string): readonly Row[] {
  return read(`${name}.jsonl.gz`)
    .split("\n")
    .flatMap((line) => (line === "" ? [] : [JSON.parse(line) as Row]));
}

export function jsonOf(name: string): unknown {
  return JSON.parse(read(`${name}.json.gz`));
}

/** The sets in which nothing is to be found, each apart. */
export function benignSets(): readonly string[] {
  return readdirSync(join(DATA, "benign")).map((file) => file.replace(".jsonl.gz", ""));
}

function read(file: string): string {
  return gunzipSync(readFileSync(join(DATA, file))).toString("utf8");
}
