import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../../test/verifies.ts";
import { deny, NEUTRAL } from "../../core/decision.ts";
import { NEUTRAL_LABEL } from "../../core/label.ts";
import type { Inspection } from "../../core/layers.ts";
import { PHASES, type Phase } from "../../core/phase.ts";
import type { Request } from "../../core/request.ts";
import { compilePolicy, type PolicyConfig, permissionLayer } from "../index.ts";

const MINUTE = 60_000;
const config: PolicyConfig = {
  models: { m: {} },
  tools: { crm: { default: {}, tools: { read_mail: { effect: "read", egress: false }, update: { effect: "write", egress: false } } } },
  roles: { all: { read: ["crm.*"], write: ["crm.update"], deny: ["crm.drop"] } },
  agents: { a: { role: "all", models: ["m/*"], limits: { requests: { count: 10_000, ms: MINUTE, text: "10000/min" } } } },
  // biome-ignore lint/suspicious/noThenProperty: the word is part of the public configuration
  rules: [{ id: "big", when: 'action.tool == "crm.update" && args.amount > 500', then: "ask", mode: "enforce" }],
  flow: { mode: "enforce" },
  timezone: "UTC",
};
const clean: Inspection = { decision: NEUTRAL, label: { ...NEUTRAL_LABEL, integrity: "user" }, passages: [] };
const call = (tool: string, amount = 1): Request => ({
  id: `r${amount}`,
  principal: { agent: "a" },
  action: { type: "tool.call", tool, args: { amount } },
  content: [],
  context: { time: 0, surface: "api" },
});

function decided(phase: Phase, request: Request, { picked = false, inspection = clean, of = config } = {}) {
  const compiled = compilePolicy(of);
  assert.ok(compiled.ok);
  let thrown = 0;
  const picks = () => {
    thrown++;
    return picked;
  };
  const layer = permissionLayer(compiled.policy, { clock: { monotonic: () => 0 }, autonomy: { phase: () => phase, picks } });
  const decision = layer.decide(request, inspection);
  assert.ok(!(decision instanceof Promise));
  return { effect: decision.effect, ids: decision.reasons.map(({ id }) => id), reasons: decision.reasons, thrown };
}

test("a phase only tightens: what is denied stays denied in every one, and what only reads is nobody's business", () => {
  verifies("H-03");
  for (const phase of PHASES) {
    assert.deepEqual(decided(phase, call("crm.drop"), { picked: true }).ids, ["roles/all"], phase);
    assert.equal(decided(phase, call("crm.read_mail"), { picked: true }).effect, "permit", phase);
  }
});

test("shadow performs no write and records what would have come of it; supervised asks about every one; exception-based asks what rules ask", () => {
  verifies("H-03");
  const shadow = decided("shadow", call("crm.update"));
  assert.equal(shadow.effect, "deny");
  assert.deepEqual(
    shadow.reasons.map(({ id, would }) => [id, would]),
    [
      ["autonomy/shadow", "permit"],
      ["roles/all", undefined],
    ],
  );
  assert.equal(decided("shadow", call("crm.update", 900)).reasons.find(({ id }) => id === "autonomy/shadow")?.would, "ask");
  assert.deepEqual(decided("supervised", call("crm.update")).ids, ["autonomy/supervised", "roles/all"]);
  assert.equal(decided("exception-based", call("crm.update")).effect, "permit");
  assert.deepEqual(decided("exception-based", call("crm.update", 900)).ids, ["rules/big", "roles/all"]);
});

test("in its shadow phase an agent connects to nothing; in the others its list of hosts decides", () => {
  verifies("H-03");
  const connection: Request = {
    id: "r",
    principal: { agent: "a" },
    action: { type: "net.connect", args: { host: "api.example.com", port: 443, method: "CONNECT", address: "93.184.216.34" } },
    resource: { type: "host", id: "api.example.com:443" },
    content: [],
    context: { time: 0, surface: "egress-proxy" },
  };
  for (const phase of PHASES)
    assert.equal(decided(phase, connection).ids.includes("autonomy/shadow"), false, "a host that is not on the list is denied before");
  const listed = {
    ...config,
    agents: { a: { ...config.agents["a"]!, egress: [{ host: "api.example.com", ports: [443], addresses: [], tls: true }] } },
  } satisfies PolicyConfig;
  assert.deepEqual(
    PHASES.map((phase) => decided(phase, connection, { of: listed }).effect),
    ["deny", "permit", "permit", "permit"],
  );
});

test("the dice of a spot check are cast only for what nobody would see otherwise, and never for what is denied", () => {
  verifies("H-03");
  assert.deepEqual(decided("spot-checked", call("crm.update"), { picked: true }).ids, ["autonomy/spot-check", "roles/all"]);
  assert.equal(decided("spot-checked", call("crm.update")).effect, "permit");
  assert.deepEqual(decided("spot-checked", call("crm.update", 900), { picked: true }).ids, ["rules/big", "roles/all"]);
  const hostile = { ...clean, decision: deny({ id: "detectors/x", text: "found" }) };
  for (const one of [
    decided("spot-checked", call("crm.update", 900)),
    decided("spot-checked", call("crm.drop")),
    decided("spot-checked", call("crm.update"), { inspection: hostile }),
  ])
    assert.equal(one.thrown, 0);
});
