/** Writes the JSON Schema of `holdfast.yaml` for editors; with `--check` says whether the written one is still true. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { jsonSchema, SCHEMA_PATH } from "../src/config/json-schema.ts";
import { ROOT } from "./root.ts";

const wanted = `${JSON.stringify(jsonSchema(), undefined, 2)}\n`;

if (!process.argv.includes("--check")) writeFileSync(join(ROOT, SCHEMA_PATH), wanted);
else if (readFileSync(join(ROOT, SCHEMA_PATH), "utf8") !== wanted) {
  console.error(`${SCHEMA_PATH} is not what the code says; run \`node scripts/config-schema.ts\``);
  process.exitCode = 1;
}
