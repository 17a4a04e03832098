/** Writes the JSON Schema of `holdfast.yaml` for editors; with `--check` says whether the written one is still true. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { jsonSchema } from "../src/config/json-schema.ts";
import { ROOT } from "./root.ts";

const FILE = "docs/reference/holdfast.schema.json";
const wanted = `${JSON.stringify(jsonSchema(), undefined, 2)}\n`;

if (!process.argv.includes("--check")) writeFileSync(join(ROOT, FILE), wanted);
else if (readFileSync(join(ROOT, FILE), "utf8") !== wanted) {
  console.error(`${FILE} is not what the code says; run \`node scripts/config-schema.ts\``);
  process.exitCode = 1;
}
