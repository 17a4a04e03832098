import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { verifies } from "../../test/verifies.ts";
import { checkConfig } from "../compose/check.ts";
import { FAULTS } from "../core/german/faults.ts";
import { inGerman } from "../core/german.ts";
import { formatFaults, readConfig } from "./index.ts";

const FOLDER = new URL("../../examples/config/", import.meta.url);
const read = (file: string, text: string) => readConfig(file, text, { env: { OPENAI_API_KEY: "a" }, readFile: async () => "", check: checkConfig });

test("every example configuration loads and passes its own tests", async () => {
  verifies("P-01", "P-12");
  const files = readdirSync(FOLDER).filter((file) => file.endsWith(".yaml"));
  assert.ok(files.length >= 3);
  for (const file of files) {
    const loaded = await read(file, readFileSync(new URL(file, FOLDER), "utf8"));
    assert.ok(loaded.ok, loaded.ok ? "" : formatFaults(loaded.faults));
    assert.ok(loaded.config.tests.length > 0);
  }
});

test("every mistake is answered with its line, its column and what to do about it, word for word", async () => {
  const sections = readFileSync(new URL("mistakes.txt", FOLDER), "utf8").split(/^--- /m).slice(1);
  assert.ok(sections.length >= 15);
  for (const section of sections) {
    const [title = ""] = section.split("\n", 1);
    const [text = "", answer = ""] = section.slice(title.length + 1).split("\n=>\n");
    const loaded = await read("mistake.yaml", text);
    assert.ok(!loaded.ok, title);
    assert.equal(formatFaults(loaded.faults), answer.trim(), title);
  }
});

test("every such answer can be read in German, word for word", async () => {
  const read = (name: string): readonly string[] => readFileSync(new URL(name, FOLDER), "utf8").split(/^--- /m).slice(1);
  const german = read("mistakes.de.txt").map((section) => section.trim());
  const spoken = read("mistakes.txt").map((section) => {
    const [title = "", answer = ""] = [section.split("\n", 1)[0], section.split("\n=>\n")[1]];
    const lines = answer.trim().split("\n");
    // The place, or the blanks before a hint, stay.
    return [title, ...lines.map((line) => line.replace(/^( {2}|mistake\.yaml:\d+:\d+: )(.*)$/, (_, place, text) => `${place}${inGerman(text, FAULTS)}`))].join(
      "\n",
    );
  });
  for (const one of german) assert.doesNotMatch(one, /undefined/);
  assert.deepEqual(spoken, german);
});
