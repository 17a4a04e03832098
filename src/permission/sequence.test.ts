// biome-ignore-all lint/suspicious/noThenProperty: the word is part of the public configuration
import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { verifies } from "../../test/verifies.ts";
import { type Decision, type Effect, NEUTRAL, stricter } from "../core/decision.ts";
import { type Label, NEUTRAL_LABEL, UNTRUSTED } from "../core/label.ts";
import type { Principal, Request } from "../core/request.ts";
import { permissionLayer } from "./decide.ts";
import { createHistories, type Histories } from "./histories.ts";
import { compilePolicy } from "./policy.ts";
import type { PolicyConfig, RuleConfig } from "./policy-config.ts";
import { checkPolicy } from "./policy-tests.ts";

const limits = { requests: { count: 100_000, ms: 60_000, text: "100000/min" } };
const configOf = (rules: readonly Partial<RuleConfig>[], flow: Partial<PolicyConfig["flow"]> = {}): PolicyConfig => ({
  models: {},
  tools: {
    vault: { default: {}, tools: { read: { effect: "read", egress: false }, lock: { effect: "read", egress: false } } },
    web: { default: {}, tools: { post: { effect: "write", egress: true } } },
  },
  roles: { all: { read: ["*"], write: ["*"], deny: [] } },
  agents: { one: { role: "all", models: [], limits }, two: { role: "all", models: [], limits } },
  rules: rules.map((rule, index) => ({ id: `r${index}`, when: 'action.tool == "web.post"', then: "deny" as const, mode: "enforce" as const, ...rule })),
  flow: { mode: "enforce", rule_of_two: "off", ...flow },
  timezone: "UTC",
});

interface Step {
  readonly tool: string;
  readonly agent?: string;
  readonly key?: string;
  readonly session?: string;
  readonly label?: Partial<Label>;
  /** What the input layer said. */
  readonly inspected?: Effect;
}

function session(config: PolicyConfig, histories: Histories = createHistories(), clock = { monotonic: () => 0 }): (step: Step | string) => Effect {
  const compiled = compilePolicy(config);
  assert.ok(compiled.ok, JSON.stringify(compiled));
  const layer = permissionLayer(compiled.policy, { clock, histories });
  return (step) => {
    const { tool, agent = "one", key = "k", session: of, label = {}, inspected } = typeof step === "string" ? { tool: step } : step;
    const principal: Principal = { agent, capability: key, ...(of === undefined ? {} : { session: of }) };
    const request: Request = { id: "r", principal, action: { type: "tool.call", tool, args: {} }, content: [], context: { time: 0, surface: "test" } };
    const before: Decision = inspected === undefined ? NEUTRAL : { effect: inspected, reasons: [], obligations: [] };
    const decision = layer.decide(request, { decision: before, label: { ...NEUTRAL_LABEL, ...label }, passages: [] });
    assert.ok(!(decision instanceof Promise));
    return decision.effect;
  };
}

const AFTER = { after: 'action.tool == "vault.read"' };

test("a rule with `after` counts from the action that it names on, for the rest of the session", () => {
  verifies("P-10");
  const does = session(configOf([AFTER]));
  assert.deepEqual(["web.post", "vault.read", "web.post", "vault.lock", "web.post"].map(does), ["permit", "permit", "deny", "permit", "deny"]);
});

test("`until` ends it, and the action itself is judged by what was before", () => {
  verifies("P-10");
  const does = session(configOf([{ ...AFTER, until: 'action.tool == "vault.lock"' }]));
  assert.deepEqual(["vault.read", "web.post", "vault.lock", "web.post", "vault.read", "web.post"].map(does), [
    "permit",
    "deny",
    "permit",
    "permit",
    "permit",
    "deny",
  ]);
  const itself = session(configOf([{ when: 'action.tool == "vault.read"', ...AFTER }]));
  assert.deepEqual(["vault.read", "vault.read"].map(itself), ["permit", "deny"], "once, and not again");
});

test("what was denied did not happen; what is asked about may have", () => {
  verifies("P-10");
  const denied = session(configOf([{ when: 'action.tool == "vault.read"' }, AFTER]));
  assert.deepEqual(["vault.read", "web.post"].map(denied), ["deny", "permit"]);
  const asked = session(configOf([{ when: 'action.tool == "vault.read"', then: "ask" }, AFTER]));
  assert.deepEqual(["vault.read", "web.post"].map(asked), ["ask", "deny"]);
});

test("only what was really permitted disarms: not what a person is still asked about, and not what the input layer stopped", () => {
  verifies("P-10");
  const ends = { ...AFTER, until: 'action.tool == "vault.lock"' };
  const asked = session(configOf([{ when: 'action.tool == "vault.lock"', then: "ask" }, ends]));
  assert.deepEqual(["vault.read", "vault.lock", "web.post"].map(asked), ["permit", "ask", "deny"]);
  const stopped = session(configOf([ends]));
  for (const effect of ["ask", "deny"] as const) {
    stopped("vault.read");
    stopped({ tool: "vault.lock", inspected: effect });
    assert.equal(stopped("web.post"), "deny", `the input layer said ${effect}`);
  }
});

test("a condition that cannot be evaluated arms, and does not disarm", () => {
  verifies("P-10");
  const does = session(configOf([{ after: "args.missing == 1", until: "args.missing == 1" }]));
  assert.deepEqual(["vault.lock", "web.post"].map(does), ["permit", "deny"]);
});

test("a session's past is its own: not another's, another key's, or another agent's", () => {
  verifies("P-10");
  const steps = fc.record({
    tool: fc.constantFrom("vault.read", "web.post", "vault.lock"),
    agent: fc.constantFrom("one", "two"),
    key: fc.constantFrom("k", "l"),
    session: fc.constantFrom("s", "t"),
  });
  fc.assert(
    fc.property(fc.array(steps, { maxLength: 40 }), (all) => {
      const [together, apart] = [session(configOf([AFTER])), new Map<string, ReturnType<typeof session>>()];
      for (const step of all) {
        const of = `${step.agent}/${step.key}/${step.session}`;
        const alone = apart.get(of) ?? session(configOf([AFTER]));
        apart.set(of, alone);
        assert.equal(together(step), alone(step));
      }
    }),
  );
});

test("no past ever loosens a decision", () => {
  verifies("P-10");
  const conditions = fc.constantFrom('action.tool == "vault.read"', 'action.tool == "web.post"', "true", "args.missing == 1", "false");
  const rule = fc.record({ when: conditions, after: conditions, until: conditions, then: fc.constantFrom("ask" as const, "deny" as const) });
  const plain = fc.record({ when: conditions, then: fc.constantFrom("ask" as const, "deny" as const, "permit" as const) });
  fc.assert(
    fc.property(
      fc.array(rule, { maxLength: 4 }),
      fc.array(plain, { maxLength: 3 }),
      fc.array(fc.constantFrom("vault.read", "web.post", "vault.lock"), { maxLength: 12 }),
      (looking, others, steps) => {
        const [with_, without] = [session(configOf([...others, ...looking])), session(configOf(others))];
        for (const step of steps) {
          const [one, other] = [with_(step), without(step)];
          assert.equal(stricter(one, other), one);
        }
      },
    ),
  );
});

test("a reload disarms no rule that is still there; one that looks for something else is another rule", () => {
  verifies("P-10");
  const histories = createHistories();
  assert.equal(session(configOf([AFTER]), histories)("vault.read"), "permit");
  assert.equal(session(configOf([{ ...AFTER, then: "ask" }]), histories)("web.post"), "ask");
  assert.equal(session(configOf([{ after: 'action.tool == "vault.lock"' }]), histories)("web.post"), "permit");
});

test("looking only where a condition may hold changes no decision", () => {
  const tools = ["vault.read", "vault.lock", "web.post"];
  const found = fc.constantFrom(...tools.map((tool) => `action.tool == "${tool}"`), 'action.server == "vault"', 'action.type == "tool.call"', "true");
  const rule = fc.record({ when: found, after: found, until: found });
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 5 }), fc.array(fc.constantFrom(...tools), { maxLength: 12 }), (rules, steps) => {
      // The same conditions, in a form in which nothing can be seen of what they need.
      const everywhere = rules.map(({ when, after, until }) => ({ when: `!!(${when})`, after: `!!(${after})`, until: `!!(${until})` }));
      const [indexed, plain] = [session(configOf(rules)), session(configOf(everywhere))];
      for (const step of steps) assert.equal(indexed(step), plain(step));
    }),
  );
});

test("a rule that looks back costs nothing where it cannot be moved", () => {
  const rules = Array.from({ length: 1000 }, (_, n) => ({ after: `action.tool == "other.t${n}"`, until: `action.tool == "other.u${n}"` }));
  const compiled = compilePolicy(configOf([...rules, { ...AFTER, until: 'action.server == "vault"' }]));
  assert.ok(compiled.ok);
  const movedBy = (tool: string): number => compiled.policy.agents.get("one")?.subject("tool.call", tool).moves.length ?? -1;
  assert.deepEqual(["vault.read", "vault.lock", "web.post", "other.t7", "other.u7"].map(movedBy), [1, 1, 0, 1, 1]);
});

test("rules see what a tool does and how what it answers is labelled: after customer data, nothing leaves the house", () => {
  verifies("P-10");
  const rule = { after: '"pii" in tool.categories', when: "tool.egress", until: 'action.tool == "vault.lock"' };
  const config = configOf([rule, { when: 'tool.effect == "write" && tool.trust == "untrusted" && action.tool != "web.post"', then: "ask" }]);
  const tools = {
    ...config.tools,
    crm: { default: { trust: "internal" as const, categories: ["pii" as const] }, tools: { find: { effect: "read" as const, egress: false } } },
    notes: { default: {}, tools: { add: { effect: "write" as const, egress: false } } },
  };
  const does = session({ ...config, tools });
  const steps = ["web.post", "notes.add", "crm.find", "web.post", "vault.lock", "web.post"];
  assert.deepEqual(steps.map(does), ["permit", "ask", "permit", "deny", "permit", "permit"]);
});

test("a rule that looks back cannot permit, and `until` without `after` is a mistake", () => {
  for (const [rule, wanted] of [
    [{ ...AFTER, then: "permit" }, /may ask or deny/],
    [{ until: "true" }, /belongs to a rule with `after`/],
    [{ after: "nonsense(" }, /./],
    [{ ...AFTER, until: "nonsense(" }, /./],
  ] as const) {
    const compiled = compilePolicy(configOf([rule as Partial<RuleConfig>]));
    assert.ok(!compiled.ok && wanted.test(compiled.faults[0]?.message ?? ""), JSON.stringify(compiled));
  }
});

test("a policy's tests can say what was done before", () => {
  const tests = [
    { agent: "one", call: "web.post", expect: "permit" as const },
    { agent: "one", before: [{ call: "vault.read" }], call: "web.post", expect: "deny" as const },
  ];
  assert.deepEqual(checkPolicy({ ...configOf([AFTER]), tests }), []);
  assert.equal(checkPolicy({ ...configOf([]), tests }).length, 1);
});

test("two of three: untrusted content, sensitive data, acting; the third needs a person, also where the client left out what was read", () => {
  verifies("P-10");
  const enforced = session(configOf([], { rule_of_two: "enforce", mode: "monitor" }));
  const pii = { categories: ["pii" as const] };
  assert.equal(enforced({ tool: "web.post", label: UNTRUSTED }), "permit", "untrusted and acting");
  assert.equal(enforced({ tool: "vault.read", label: pii }), "permit", "untrusted and sensitive, not acting");
  assert.equal(enforced({ tool: "web.post" }), "ask", "all three, though this request carries neither");
  assert.equal(enforced({ tool: "web.post", session: "another" }), "permit");
  assert.equal(enforced({ tool: "vault.read" }), "permit");
  const noted = session(configOf([], { rule_of_two: "monitor", mode: "monitor" }));
  assert.deepEqual([noted({ tool: "vault.read", label: { ...UNTRUSTED, ...pii } }), noted("web.post")], ["permit", "permit"]);
});

test("no flood of sessions disarms a rule: an armed one is never forgotten for want of room, and who finds none is refused", () => {
  verifies("P-10");
  let now = 0;
  const histories = createHistories(100);
  const does = session(configOf([AFTER], { session: 1_000 }), histories, { monotonic: () => now });
  does({ tool: "vault.read", session: "mine" });
  for (let n = 0; n < 500; n++) does({ tool: "vault.lock", session: `empty ${n}` });
  assert.equal(does({ tool: "web.post", session: "mine" }), "deny");
  for (let n = 0; n < 500; n++) does({ tool: "vault.read", session: `armed ${n}` });
  assert.equal(does({ tool: "web.post", session: "mine" }), "deny");
  assert.equal(does({ tool: "vault.read", session: "late" }), "deny", "what arms a rule and cannot be remembered does not happen");
  assert.ok(histories.size <= 100);
  now = 2_000;
  assert.equal(does({ tool: "vault.read", session: "late" }), "permit", "what was idle for long is over");
});

test("a session in which anything is done is not idle", () => {
  verifies("P-10");
  let now = 0;
  const does = session(configOf([AFTER], { session: 1_000 }), createHistories(), { monotonic: () => now });
  does("vault.read");
  for (; now < 10_000; now += 900) does("vault.lock");
  assert.equal(does("web.post"), "deny");
  now += 1_001;
  assert.equal(does("web.post"), "permit");
});

test("a session costs a known amount, and a hundred thousand stay under a bound, also with the longest names and every rule armed", () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const eachOf = (sessionName: (n: number) => string, armed: readonly string[]): number => {
    collect();
    const before = process.memoryUsage().heapUsed;
    const histories = createHistories(200_000);
    for (let n = 0; n < 100_000; n++) {
      const history = histories.of({ agent: "support", capability: "key_0123456789abcdef", session: sessionName(n) }, 0, 1_000);
      assert.ok(history !== undefined);
      history.armed = [...armed];
    }
    collect();
    assert.equal(histories.size, 100_000);
    return (process.memoryUsage().heapUsed - before) / histories.size;
  };
  const usual = eachOf((n) => `session-${n}`, ["one"]);
  assert.ok(usual > 50 && usual < 400, `${usual} bytes each`);
  // 256 characters are what surfaces take, two bytes each where they are not Latin.
  const worst = eachOf((n) => `${n}`.padStart(256, "\u4e00"), ["one", "two", "three", "four", "five", "six", "seven", "eight"]);
  assert.ok(worst < 1_200, `${worst} bytes each`);
});

test("where there is no room, reading is what the rule of two asks about: what nobody remembers could be left out of the next request", () => {
  verifies("P-10");
  const both = { ...UNTRUSTED, categories: ["pii" as const] };
  const does = session(configOf([], { rule_of_two: "enforce", mode: "monitor" }), createHistories(10));
  for (let n = 0; n < 50; n++) does({ tool: "vault.lock", label: both, session: `flood ${n}` });
  assert.equal(does({ tool: "vault.lock", label: both, session: "late" }), "ask");
});

test("what a tool's own facts say was read counts, also where no request ever carries it", () => {
  verifies("P-10");
  const config = configOf([], { rule_of_two: "enforce", mode: "monitor" });
  const { vault, web } = config.tools;
  const tools = {
    vault: {
      ...vault!,
      tools: { ...vault!.tools, customers: { effect: "read" as const, egress: false, trust: "internal" as const, categories: ["pii" as const] } },
    },
    web: { ...web!, tools: { ...web!.tools, page: { effect: "read" as const, egress: false, trust: "untrusted" as const } } },
  };
  const does = session({ ...config, tools });
  assert.deepEqual(["web.page", "vault.customers", "web.post"].map(does), ["permit", "permit", "ask"]);
});

test("a change of `until` alone disarms nobody", () => {
  verifies("P-10");
  const histories = createHistories();
  session(configOf([AFTER]), histories)("vault.read");
  const changed = session(configOf([{ ...AFTER, until: 'action.tool == "vault.lock"' }]), histories);
  assert.deepEqual(["web.post", "vault.lock", "web.post"].map(changed), ["deny", "permit", "permit"]);
});

test("an agent that floods takes no other agent's room", () => {
  verifies("P-10");
  const does = session(configOf([AFTER]), createHistories(100));
  for (let n = 0; n < 500; n++) does({ tool: "vault.read", session: `${n}` });
  assert.equal(does({ tool: "vault.read", agent: "two" }), "permit");
  assert.equal(does({ tool: "web.post", agent: "two" }), "deny", "and is remembered");
});
