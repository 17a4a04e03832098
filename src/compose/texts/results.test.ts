import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../../test/verifies.ts";
import { readConfig } from "../../config/index.ts";
import { defaultLabel, type Json, NEUTRAL, NEUTRAL_LABEL, type Request } from "../../core/index.ts";
import { checkConfig } from "../check.ts";
import { composeLayers } from "../layers.ts";
import { systemClock } from "../platform.ts";

const NOWHERE = { open: () => ({ decided: async () => {}, close: () => {} }) };
const TOOL = (check: string, schema = "{ type: object, required: [id], properties: { id: { type: string, pattern: '^(a|b)+$' } } }") =>
  `tools: { crm: { tools: { find: { effect: read, result: { schema: ${schema}, check: ${check} } } } } }`;

const load = (yaml: string) => readConfig("holdfast.yaml", yaml, { env: {}, readFile: async () => "", check: checkConfig });

async function released(yaml: string, value: Json, tool = "crm.find") {
  const loaded = await load(yaml);
  assert.ok(loaded.ok);
  const { layers, results } = composeLayers(loaded.config, NOWHERE, { clock: systemClock, uncounted: true });
  const request: Request = {
    id: "r",
    principal: { agent: "a" },
    action: { type: "tool.call", tool, args: {} },
    content: [{ source: { kind: "user" }, label: defaultLabel({ kind: "user" }), text: "find" }],
    context: { time: 0, surface: "test" },
  };
  const filter = layers.output.open(request, NEUTRAL, { decision: NEUTRAL, label: NEUTRAL_LABEL, passages: [] });
  const out = filter.value(value, "result");
  return { out, reasons: filter.verdict().decision.reasons, blocked: filter.blocked, results };
}

test("a tool's result has the form that configuration says, or is withheld or told of", async () => {
  verifies("O-06");
  const good = { id: "abba" };
  assert.deepEqual((await released(TOOL("enforce"), good)).out, good);
  assert.deepEqual((await released(TOOL("enforce"), { content: [], structuredContent: good })).blocked, false, "over MCP its structured part");
  const hostile = { id: `${"a".repeat(5_000)}!` };
  const enforced = await released(TOOL("enforce"), hostile);
  assert.deepEqual([enforced.out, enforced.blocked, enforced.reasons[0]?.id, enforced.reasons[0]?.effect], [null, true, "output/schema", "deny"]);
  const monitored = await released(TOOL("monitor"), hostile, "crm__find");
  assert.deepEqual([monitored.out, monitored.blocked, monitored.reasons[0]?.would], [hostile, false, "deny"]);
  assert.deepEqual((await released(TOOL("off"), hostile)).reasons, []);
  assert.deepEqual((await released(TOOL("enforce"), hostile, "crm.other")).reasons, []);
});

test("what a server declares is demanded unless configuration says otherwise", async () => {
  verifies("O-06");
  const declared = { type: "object", required: ["n"] };
  const { results } = await released(TOOL("monitor"), {});
  assert.equal(results.fault("crm.other", declared, {})?.enforce, true);
  assert.equal(results.fault("crm.find", declared, {})?.enforce, false);
  assert.equal(results.fault("crm.other", declared, { n: 1 }), undefined);
  assert.equal((await released(TOOL("off"), {})).results.fault("crm.find", declared, {}), undefined);
});

test("a schema that cannot be used is refused when the configuration is read", async () => {
  const loaded = await load(TOOL("enforce", "{ pattern: '(?=a)' }"));
  assert.ok(!loaded.ok);
  assert.match(loaded.faults[0]?.message ?? "", /linear time/);
});
