import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { verifies } from "../../test/verifies.ts";
import { checkPolicy, compilePolicy, mayUseModel, runPolicyTests } from "../permission/index.ts";
import { formatFaults, outOfTheBox, readConfig, SCHEMA_PATH, starterConfig } from "./index.ts";

const read = (text: string, env: Record<string, string> = {}) => readConfig("holdfast.yaml", text, { env, readFile: async () => "", check: checkPolicy });

test("the starter configuration loads, its own tests pass, and its only warning is the role for trying things out", async () => {
  verifies("P-12");
  const loaded = await read(starterConfig);
  assert.ok(loaded.ok, loaded.ok ? "" : formatFaults(loaded.faults));
  const compiled = compilePolicy(loaded.config);
  assert.ok(compiled.ok);
  const results = await runPolicyTests(compiled.policy, loaded.config.tests);
  assert.ok(results.length >= 5 && results.every(({ ok }) => ok));
  assert.equal(compiled.notes.length, 1);
  assert.deepEqual(
    [loaded.config.server.listen, loaded.config.rules.map(({ mode }) => mode)],
    ["127.0.0.1:8787", ["enforce", "enforce", "enforce", "monitor", "monitor", "monitor"]],
  );
});

test("each rule of the starter that only watches can be switched to enforce: none of its own tests says otherwise", async () => {
  verifies("P-12");
  const watching = starterConfig.matchAll(/^ {2}- (?:\{ )?id: ([\w-]+)(?:(?!\n {2}- )[\s\S])*?mode: monitor/gm);
  const switched = [...watching].map(([whole, id = ""]) => [id, starterConfig.replace(whole, whole.replace("mode: monitor", "mode: enforce"))] as const);
  assert.equal(switched.length, 3);
  for (const [id, text] of switched) {
    const loaded = await read(text);
    assert.ok(loaded.ok, loaded.ok ? "" : `${id}: ${formatFaults(loaded.faults)}`);
    const compiled = compilePolicy(loaded.config);
    assert.ok(compiled.ok);
    const failed = (await runPolicyTests(compiled.policy, loaded.config.tests)).filter(({ ok }) => !ok);
    assert.deepEqual(failed, [], id);
  }
});

test("what the starter configuration shows in comments is right too", async () => {
  const uncommented = starterConfig.replace(/^ {2}# (openai|anthropic|local): +/gm, "  $1: ");
  assert.notEqual(uncommented, starterConfig);
  const loaded = await read(uncommented, { OPENAI_API_KEY: "a", ANTHROPIC_API_KEY: "b" });
  assert.ok(loaded.ok, loaded.ok ? "" : formatFaults(loaded.faults));
  assert.deepEqual(Object.keys(loaded.config.models), ["practice", "openai", "anthropic", "local"]);
});

test("every line of the starter configuration fits a terminal, and it points editors at the schema", () => {
  assert.ok(starterConfig.split("\n").every((line) => line.length <= 130));
  assert.equal(starterConfig.split("\n", 1)[0], `# yaml-language-server: $schema=./${SCHEMA_PATH}`);
});

test("out of the box the one agent may use every tool and model", () => {
  const compiled = compilePolicy(outOfTheBox());
  assert.ok(compiled.ok && mayUseModel(compiled.policy, "agent", "practice/anything"));
});

test("the published JSON Schema is the one that the code makes", () => {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, ["scripts/config-schema.ts", "--check"], { cwd: root, encoding: "utf8" });
  assert.equal(status, 0, stderr);
});
