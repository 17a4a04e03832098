import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ROOT } from "../scripts/root.ts";
import { checkConfig } from "../src/compose/check.ts";
import { formatFaults, readConfig } from "../src/config/index.ts";
import { blocksOf } from "./readme.ts";

const FOLDER = join(ROOT, "docs/guide");
const pages = readdirSync(FOLDER).filter((name) => name.endsWith(".md") && !name.endsWith(".de.md"));
const page = (name: string): string => readFileSync(join(FOLDER, name), "utf8");
/** Every variable that a text refers to is set, to something as long as a token. */
const envOf = (text: string): { readonly [name: string]: string } =>
  Object.fromEntries([...text.matchAll(/\$\{env:(\w+)\}/g)].map(([, variable = ""]) => [variable, "x".repeat(40)]));

test("there are guides", () => assert.ok(pages.length > 0));

for (const name of pages) {
  test(`${name} and its German page hold the same code`, () => {
    const code = (text: string): readonly string[] => blocksOf(text).map(({ info, text: block }) => `${info}\n${block}`);
    assert.deepEqual(code(page(name.replace(/\.md$/, ".de.md"))), code(page(name)));
  });

  for (const { info, text, line } of blocksOf(page(name)).filter((block) => block.info === "yaml"))
    test(`${name} line ${line}: ${info} is a good configuration`, async () => {
      const loaded = await readConfig(name, text, { env: envOf(text), readFile: async () => "x".repeat(40), check: checkConfig });
      assert.ok(loaded.ok, loaded.ok ? "" : formatFaults(loaded.faults));
    });
}
