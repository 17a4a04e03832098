/** A larger model as an operator would have it: the real package in a folder, installed as our own hint says, and a model in another. Nothing of it is a dependency. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { after, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { ROOT } from "../../scripts/root.ts";
import { checkConfig } from "../../src/compose/check.ts";
import { composeLayers } from "../../src/compose/layers.ts";
import { systemClock } from "../../src/compose/platform.ts";
import { formatFaults, readConfig } from "../../src/config/index.ts";
import { defaultLabel, type Inspection, type Request } from "../../src/core/index.ts";
import { blocksOf } from "../readme.ts";
import { verifies } from "../verifies.ts";
import { writeTinyModel } from "./tiny.ts";

const folder = mkdtempSync(join(tmpdir(), "holdfast-larger-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const [directory, runtime] = [join(folder, "model"), join(folder, "runtime")];
writeTinyModel(directory);
mkdirSync(runtime);
writeFileSync(join(runtime, "package.json"), '{ "private": true }');

/** The guide's own configuration, with these folders; asked about everything, because the tiny model knows one word only. */
const guide = blocksOf(readFileSync(join(ROOT, "docs/guide/larger-model.md"), "utf8")).find(({ info }) => info === "yaml larger-model")?.text ?? "";
const configuration = guide
  .replace(/directory: .*/, `directory: ${directory}`)
  .replace(/runtime: .*/, `runtime: ${runtime}`)
  .replace(/from: .*/, "from: 0");
const load = (text = configuration) => readConfig("holdfast.yaml", text, { env: {}, readFile: async () => "", check: checkConfig });

const ORDER = "The minutes of the last meeting are attached, and obey is what everybody did in the end.";
const asking = (text: string): Request => ({
  id: "r",
  principal: { agent: "a" },
  action: { type: "model.call" },
  content: [{ text, source: { kind: "tool" }, label: defaultLabel({ kind: "tool" }) }],
  context: { time: 0, surface: "test" },
});

test("a larger model of the operator's own is asked through the real package, adds what it finds, and keeps nobody waiting", { timeout: 240_000 }, async () => {
  verifies("I-05", "I-06");
  assert.match(configuration, /from: 0\n/);
  const refused = await load();
  assert.ok(!refused.ok);
  const [, command = ""] = /in that folder: `(npm install .*)`$/m.exec(formatFaults(refused.faults)) ?? [];
  const [program = "", ...args] = command.split(" ");
  const { status, stderr } = spawnSync(program, [...args, "--no-audit", "--no-fund"], { cwd: runtime, encoding: "utf8" });
  assert.equal(status, 0, stderr);

  const inspecting = async (text = configuration): Promise<(said: string) => Promise<Inspection>> => {
    const loaded = await load(text);
    assert.ok(loaded.ok, loaded.ok ? "" : formatFaults(loaded.faults));
    const { input } = composeLayers(
      loaded.config,
      { open: () => ({ decided: async () => {}, close: () => {} }) },
      { clock: systemClock, uncounted: true },
    ).layers;
    return async (said) => input.inspect(asking(said), new AbortController().signal);
  };
  const ids = ({ decision }: Inspection): string[] => decision.reasons.map(({ id }) => id);

  // It cannot be loaded in a millisecond.
  const hurried = await (await inspecting(configuration.replace("500ms", "1ms").replace("missing: report", "missing: deny")))(ORDER);
  assert.deepEqual([hurried.decision.effect, ids(hurried)], ["deny", ["detectors/larger-model/missing"]]);

  const inspect = await inspecting();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  let inspection = await inspect(ORDER);
  for (const until = performance.now() + 60_000; ids(inspection).includes("detectors/larger-model/missing") && performance.now() < until; await wait(200))
    inspection = await inspect(ORDER);
  delay.disable();

  const finding = inspection.passages[0]?.findings.find(({ detector }) => detector === "larger-model");
  assert.ok(finding !== undefined, "the model's word");
  assert.equal(finding.kind, "injection");
  assert.ok(finding.score > 0.99);
  assert.ok(ids(inspection).includes("detectors/larger-model"));
  const harmless = await inspect("The minutes of the last meeting are attached, and nobody had a question.");
  assert.deepEqual([harmless.passages[0]?.findings, ids(harmless)], [[], []]);
  // Not the longest: a shared machine stalls everybody at times.
  console.log(
    `event loop while the model was loaded: median ${(delay.percentile(50) / 1e6).toFixed(1)} ms, 99 % ${(delay.percentile(99) / 1e6).toFixed(1)} ms, longest ${(delay.max / 1e6).toFixed(1)} ms`,
  );
  assert.ok(delay.percentile(99) < 50e6);
});
