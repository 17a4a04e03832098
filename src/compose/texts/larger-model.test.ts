import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { writeStandIn, writeTinyModel } from "../../../test/larger-model/tiny.ts";
import { verifies } from "../../../test/verifies.ts";
import { formatFaults, readConfig } from "../../config/index.ts";
import { checkConfig } from "../check.ts";
import { tryLargerModel } from "./larger-model.ts";

const folder = mkdtempSync(join(tmpdir(), "holdfast-larger-"));
after(() => rmSync(folder, { recursive: true, force: true }));
writeTinyModel(join(folder, "model"));

function runtimeThat(name: string, loads: string): string {
  writeStandIn(join(folder, name), loads);
  return join(folder, name);
}

const load = async (runtime: string, more = "") => {
  const text = `models: { practice: { provider: practice } }
roles: { clerk: { read: ["*"] } }
agents: { support: { role: clerk, models: ["*"] } }
detectors: { model: { directory: "${join(folder, "model")}", runtime: "${runtime}"${more} } }
`;
  return readConfig("holdfast.yaml", text, { env: {}, readFile: async () => "", check: checkConfig });
};

test("whether files are a model shows when it is tried: what the package says then is told to the operator", async () => {
  verifies("I-05");
  const tried = async (name: string, loads: string, deadline?: number): Promise<string> => {
    const loaded = await load(runtimeThat(name, loads));
    assert.ok(loaded.ok, loaded.ok ? "" : formatFaults(loaded.faults));
    return (await tryLargerModel(loaded.config, deadline)).map(({ message, hint }) => `${message}: ${hint}`).join();
  };
  const good =
    "return Object.assign(async (texts) => ({ logits: { dims: [texts.length, 2], data: texts.flatMap(() => [1, 0]) } }), { config: { id2label: { 0: 'SAFE', 1: 'INJECTION' } } });";
  assert.equal(await tried("good", good), "");
  assert.equal(
    await tried("broken", "throw new Error('no graph in `model.onnx`');"),
    "the model was tried and gave no answer: it said: `no graph in 'model.onnx'`",
  );
  assert.match(await tried("slow", "for (;;);", 200), /no answer within 200 ms/);
});

test("nobody waits for a model as long as all of an inspection may take: then what `missing` says would not be what follows", async () => {
  verifies("I-05", "I-06");
  const runtime = runtimeThat("any", "");
  const refused = await load(runtime, ", deadline: 2s");
  assert.match(refused.ok ? "" : formatFaults(refused.faults), /waited for as long as all of an inspection[\s\S]*deadlines\.inspect/);
  assert.ok((await load(runtime, ", deadline: 1900ms")).ok);
});
