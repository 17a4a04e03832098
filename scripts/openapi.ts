/** Writes `docs/reference/openapi.json` from the API's routes; with `--check` only says whether it is up to date (exit code 1 if not). */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { apiApp, openApi } from "../src/surfaces/api/index.ts";
import { VERSION } from "../src/surfaces/cli/version.ts";
import { handClock, kit } from "../test/transcripts/kit.ts";
import { ROOT } from "./root.ts";

const file = join(ROOT, "docs/reference/openapi.json");
// Any parts do: the document depends on none of them.
const { routes } = apiApp(kit(handClock()).parts);
const document = `${JSON.stringify(openApi(routes, VERSION), undefined, 2)}\n`;

if (process.argv.includes("--check")) {
  if (read(file) !== document) {
    console.error("docs/reference/openapi.json is not what the routes say: run `node scripts/openapi.ts`");
    process.exitCode = 1;
  }
} else {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, document);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
