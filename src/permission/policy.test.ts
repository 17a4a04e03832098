import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type ReferencePolicy, type ReferenceRequest, decide as refer } from "../../test/reference/policy.ts";
import { verifies } from "../../test/verifies.ts";
import { type Decision, type Effect, NEUTRAL, stricter } from "../core/decision.ts";
import type { Json } from "../core/json.ts";
import { NEUTRAL_LABEL } from "../core/label.ts";
import type { Inspection } from "../core/layers.ts";
import type { Request } from "../core/request.ts";
import { permissionLayer } from "./decide.ts";
import { compilePolicy } from "./policy.ts";
import type { PolicyConfig } from "./policy-config.ts";

const inspection: Inspection = { decision: NEUTRAL, label: { ...NEUTRAL_LABEL, integrity: "user" }, passages: [] };
const effects = { "crm.read": "read", "crm.write": "write", "pay.send": "write", "pay.list": "read" } as const;

function configOf(policy: ReferencePolicy): PolicyConfig {
  const tools: Record<string, { default: object; tools: Record<string, { effect: "read" | "write"; egress: boolean }> }> = {};
  for (const [id, effect] of Object.entries(effects)) {
    const [server = "", tool = ""] = id.split(".");
    tools[server] ??= { default: {}, tools: {} };
    tools[server].tools[tool] = { effect, egress: false };
  }
  const limits = { requests: { count: 10, ms: 60_000, text: "10/min" } };
  return {
    models: { openai: {}, local: {} },
    tools,
    roles: policy.roles,
    agents: Object.fromEntries(Object.entries(policy.agents).map(([name, agent]) => [name, { ...agent, limits }])),
    rules: policy.rules,
    flow: { mode: "enforce" },
    timezone: "UTC",
  };
}

function requestOf({ agent, tool, model, args }: ReferenceRequest): Request {
  const given = { args: args as { readonly [name: string]: Json } };
  return {
    id: "r",
    principal: { agent },
    action: model === undefined ? { type: "tool.call", tool: tool ?? "", ...given } : { type: "model.call", ...given },
    ...(model === undefined ? {} : { resource: { type: "model", id: model } }),
    content: [],
    context: { time: 0, surface: "test" },
  };
}

function decide(policy: ReferencePolicy, request: ReferenceRequest): Decision {
  const compiled = compilePolicy(configOf(policy));
  assert.ok(compiled.ok, JSON.stringify(compiled));
  const decision = permissionLayer(compiled.policy, { clock: { monotonic: () => 0 }, uncounted: true }).decide(requestOf(request), inspection);
  assert.ok(!(decision instanceof Promise));
  return decision;
}

const patterns = fc.uniqueArray(fc.constantFrom("*", "crm.*", "pay.*", "crm.read", "crm.write", "pay.send", "pay.list", "bare"), { maxLength: 3 });
const whens = fc.constantFrom(
  'action.tool == "pay.send"',
  'action.tool == "pay.send" && args.amount > 500',
  'action.tool in ["crm.read", "pay.list"]',
  'action.server == "crm"',
  'action.type == "model.call"',
  "args.amount > 100",
  "has(args.amount) && args.amount < 10",
  'args.to.startsWith("evil")',
  '!(action.tool == "crm.read")',
  "true",
  "args.missing",
);
type Rule = ReferencePolicy["rules"][number];
const ruleOf = (id: string, when: string, then: Rule["then"], mode: Rule["mode"]): Rule => ({ id, when, then, mode });
const mode = fc.constantFrom("monitor", "enforce");
const rules = fc
  .array(fc.tuple(whens, fc.constantFrom("ask", "deny", "permit"), mode), { maxLength: 6 })
  .map((list) => list.map(([when, effect, how], index) => ruleOf(`r${index}`, when, effect, how)));
const role = fc.record({ read: patterns, write: patterns, deny: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, patterns) });
const policies: fc.Arbitrary<ReferencePolicy> = fc.record({
  roles: fc.tuple(role, role, fc.boolean()).map(([parent, child, extend]) => ({ parent, child: extend ? { ...child, extends: "parent" } : child })),
  agents: fc.record({ a: fc.record({ role: fc.constantFrom("parent", "child"), models: fc.subarray(["*", "openai/*", "local/small"]) }) }),
  rules,
  // Not configured, so worked out from its name.
  effects: fc.constant({ ...effects, "xcrm.read": "read" as const }),
});
const requests: fc.Arbitrary<ReferenceRequest> = fc
  .record(
    {
      agent: fc.constantFrom("a", "a", "a", "b", "A", "__proto__"),
      tool: fc.constantFrom("crm.read", "crm.write", "pay.send", "pay.list", "bare", "other.tool", "crm.readx", "xcrm.read", "crm"),
      model: fc.option(fc.constantFrom("openai/gpt", "local/small", "local/smaller", "open/ai"), { nil: undefined, freq: 3 }),
      args: fc.record(
        { amount: fc.oneof(fc.integer({ min: 0, max: 1000 }), fc.constant("600")), to: fc.constantFrom("evil@x", "good@x") },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: ["agent", "tool", "args"] },
  )
  .map(({ model, tool, ...rest }) => (model === undefined ? { ...rest, tool } : { ...rest, model }));

test("the real policy decides what the reference decides, and names the same rules", () => {
  verifies("P-01");
  const seen = new Map<Effect, number>();
  fc.assert(
    fc.property(policies, requests, (policy, request) => {
      const expected = refer(policy, request);
      const { effect, reasons } = decide(policy, request);
      assert.equal(effect, expected.effect);
      seen.set(effect, (seen.get(effect) ?? 0) + 1);
      if (request.agent !== "a") return;
      const named = reasons.filter(({ id }) => id.startsWith("rules/")).map(({ id }) => id.slice("rules/".length));
      // An enforced permit that a block makes void is not among the reasons; everything else that held is.
      const silent = policy.rules.filter(({ then, mode }) => then === "permit" && mode === "enforce").map(({ id }) => id);
      assert.deepEqual(new Set(named.filter((id) => !silent.includes(id))), new Set(expected.rules.filter((id) => !silent.includes(id))));
    }),
    { numRuns: 6_000 },
  );
  for (const effect of ["permit", "ask", "deny"] as const) assert.ok((seen.get(effect) ?? 0) > 200, `${effect} was seen ${seen.get(effect) ?? 0} times`);
});

test("deny overrides: where a block or an enforced denial applies, nothing permits", () => {
  verifies("P-01");
  fc.assert(
    fc.property(policies, requests, (policy, request) => {
      const denied: ReferencePolicy = { ...policy, rules: [...policy.rules, ruleOf("no", "true", "deny", "enforce")] };
      assert.equal(decide(denied, request).effect, "deny");
      const blocked: ReferencePolicy = {
        ...policy,
        roles: { parent: { ...policy.roles["parent"]!, deny: ["*"] }, child: { ...policy.roles["child"]!, deny: ["*"] } },
      };
      if (request.model === undefined) assert.equal(decide(blocked, request).effect, "deny");
    }),
    { numRuns: 1_000 },
  );
});

test("allowed only if explicitly permitted: without grants and permit rules everything is denied", () => {
  verifies("P-01");
  const none = { read: [], write: [], deny: [] };
  fc.assert(
    fc.property(policies, requests, (policy, request) => {
      const bare: ReferencePolicy = {
        ...policy,
        roles: { parent: none, child: none },
        agents: { a: { role: "child", models: [] } },
        rules: policy.rules.filter(({ then, mode }) => then !== "permit" || mode === "monitor"),
      };
      assert.equal(decide(bare, request).effect, "deny");
    }),
    { numRuns: 1_000 },
  );
});

test("whatever is permitted names the grant or the rule that permits it", () => {
  verifies("P-01");
  fc.assert(
    fc.property(policies, requests, (policy, request) => {
      const { effect, reasons } = decide(policy, request);
      assert.ok(reasons.length > 0);
      assert.ok(reasons.some((reason) => reason.effect === effect));
      if (effect === "permit")
        assert.ok(reasons.some((reason) => reason.effect === "permit" && reason.would === undefined && /^(?:roles|rules|agents)\//.test(reason.id)));
    }),
    { numRuns: 2_000 },
  );
});

test("adding a rule that asks or denies never makes a decision looser", () => {
  verifies("P-01");
  const more = fc.tuple(whens, fc.constantFrom("ask", "deny"), mode).map(([when, effect, how]) => ruleOf("more", when, effect, how));
  fc.assert(
    fc.property(policies, requests, more, fc.nat(6), (policy, request, rule, at) => {
      const before = decide(policy, request).effect;
      const after = decide({ ...policy, rules: policy.rules.toSpliced(at, 0, rule) }, request).effect;
      assert.equal(stricter(before, after), after);
      if (rule.mode === "monitor") assert.equal(after, before);
    }),
    { numRuns: 3_000 },
  );
});

test("the order of rules does not matter", () => {
  verifies("P-01");
  fc.assert(
    fc.property(policies, requests, fc.func(fc.nat()), (policy, request, weight) => {
      const shuffled = [...policy.rules].sort((a, b) => weight(a.id) - weight(b.id));
      assert.deepEqual(decide({ ...policy, rules: shuffled }, request), decide(policy, request));
    }),
    { numRuns: 2_000 },
  );
});
