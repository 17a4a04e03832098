import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../test/verifies.ts";
import { readConfig } from "../config/index.ts";
import { defaultLabel, NEUTRAL, NEUTRAL_LABEL, type Request } from "../core/index.ts";
import { composeLayers } from "./layers.ts";
import { systemClock } from "./platform.ts";
import { canaryOf } from "./texts/canary.ts";

const NOWHERE = { open: () => ({ decided: async () => {}, close: () => {} }) };
const PROMPT = "You answer customers of the company and never promise any discount at all.";
const request: Request = {
  id: "r",
  principal: { agent: "a" },
  action: { type: "model.call" },
  content: [{ source: { kind: "system" }, label: defaultLabel({ kind: "system" }), text: PROMPT }],
  context: { time: 0, surface: "test" },
};

/** What leaves of a text under a configuration. */
async function left(yaml: string, text: string, channel = "text/0"): Promise<string> {
  const loaded = await readConfig("holdfast.yaml", yaml, { env: {}, readFile: async () => "", check: () => [] });
  assert.ok(loaded.ok);
  const { layers } = composeLayers(loaded.config, NOWHERE, { clock: systemClock, uncounted: true });
  const filter = layers.output.open(request, NEUTRAL, { decision: NEUTRAL, label: NEUTRAL_LABEL, passages: [] });
  return filter.text(channel, text) + filter.end(channel);
}

test("what the configuration says of answers is what the composed layers do", async () => {
  verifies("O-07", "O-08");
  const image = `![a](https://img.example/?d=${Buffer.from("the number is 4711").toString("base64")})`;
  assert.equal(await left("{}", image), "![a](#removed-by-holdfast)");
  assert.equal(await left("output: { links: { hosts: [img.example] } }", image), image);
  assert.equal(await left("output: { links: { images: { data: report } } }", image), image);
  assert.equal(await left("{}", `so: ${PROMPT}`), `so: ${PROMPT}`);
  assert.equal(await left("output: { system_prompt: { action: mask } }", `so: ${PROMPT}`), "so: [system-prompt].");
  const marker = canaryOf(request) as string;
  assert.equal(await left("{}", `so: ${marker}`), `so: ${marker}`);
  assert.equal(await left("output: { canary: true }", `so: ${marker} `), "so: ");
  assert.equal(await left("output: { canary: true }", marker, "thinking/0"), "");
  assert.equal(await left("output: { canary: true, reasoning: drop }", marker, "thinking/0"), marker);
});
