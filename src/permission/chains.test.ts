import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { verifies } from "../../test/verifies.ts";
import type { Decision } from "../core/decision.ts";
import { NEUTRAL_LABEL } from "../core/label.ts";
import type { Inspection } from "../core/layers.ts";
import type { Outcome } from "../core/outcome.ts";
import type { Request } from "../core/request.ts";
import { compilePolicy, createChains, type PolicyConfig, permissionLayer } from "./index.ts";
import type { CallsConfig } from "./policy-config.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const AGENTS = ["a", "b", "c", "d", "e"] as const;
const WIDE: CallsConfig = {
  depth: 3,
  fan_out: { count: 1_000, ms: MINUTE, text: "1000/min" },
  descendants: { count: 5_000, ms: HOUR, text: "5000/h" },
  cycles: false,
};
const WHOLE: Inspection = { decision: { effect: "permit", reasons: [], obligations: [] }, label: { ...NEUTRAL_LABEL, integrity: "user" }, passages: [] };
const DONE: Outcome = { status: "done", decision: WHOLE.decision, verdict: { decision: WHOLE.decision, passages: [] } };

const config = (limits: Partial<CallsConfig> = {}, own: { readonly [agent: string]: Partial<CallsConfig> } = {}): PolicyConfig => ({
  models: { m: { agent: "e" } },
  tools: Object.fromEntries(AGENTS.map((agent) => [`to-${agent}`, { agent, default: {}, tools: { ask: { effect: "read" } } }])),
  roles: { all: { read: ["*"], write: ["*"], deny: [] } },
  agents: Object.fromEntries(
    AGENTS.map((name) => [
      name,
      { role: "all", models: ["m/*"], limits: { requests: { count: 10_000, ms: 1, text: "" }, agents: { ...WIDE, ...limits, ...own[name] } } },
    ]),
  ),
  rules: [],
  flow: { mode: "monitor" },
  timezone: "UTC",
});

/** Agents that call agents, under a clock of its own. */
function house(given = config(), most?: number) {
  const compiled = compilePolicy(given);
  assert.ok(compiled.ok, JSON.stringify(compiled));
  const time = { now: 0 };
  const chains = createChains(undefined, most);
  const paused = new Set<string>();
  const layer = permissionLayer(compiled.policy, { clock: { monotonic: () => time.now }, chains, isPaused: (agent) => paused.has(agent) });
  let number = 0;
  const decide = (
    agent: string,
    tool: string,
    chain?: string,
    context: Partial<Request["context"]> = {},
    key = agent,
  ): { request: Request; decision: Decision } => {
    const request: Request = {
      id: `r${number++}`,
      principal: { agent, capability: key },
      action: { type: "tool.call", tool, args: {} },
      content: [],
      context: { time: 0, surface: "mcp-gateway", ...context, ...(chain === undefined ? {} : { chain }) },
    };
    return { request, decision: layer.decide(request, WHOLE) as Decision };
  };
  const why = ({ effect, reasons }: Decision): string => (effect === "permit" ? "permit" : (reasons.find((reason) => reason.effect === effect)?.id ?? effect));
  return {
    time,
    chains,
    paused,
    layer,
    decide,
    why,
    /** One agent calls another and waits for it. What the other then shows. */
    call(agent: string, callee: string, chain?: string, key?: string) {
      const { request, decision } = decide(agent, `to-${callee}.ask`, chain, {}, key);
      return { said: why(decision), decision, mark: chains.markOf(request.id), end: (outcome = DONE) => layer.settle(request, outcome) };
    },
  };
}

test("agents call each other as deep as the first of them may have it and no deeper, and the refusal names the chain", () => {
  verifies("C-11");
  const { call, decide, why } = house();
  const b = call("a", "b");
  const c = call("b", "c", b.mark);
  const d = call("c", "d", c.mark);
  assert.deepEqual([b.said, c.said, d.said], ["permit", "permit", "permit"]);
  const e = call("d", "e", d.mark);
  assert.equal(e.said, "chain/depth");
  assert.match(e.decision.reasons[0]?.text ?? "", /^`a` > `b` > `c` > `d` > `e`: agents may stand at most 3 below/);
  // What is no call of an agent goes on, and the record says on whose behalf.
  const other = decide("d", "crm.read", d.mark).decision;
  assert.equal(why(other), "permit");
  assert.match(other.reasons.find(({ id }) => id === "chain")?.text ?? "", /`a` > `b` > `c` > `d`/);
});

test("each agent in a chain limits what is below it, whatever those below may do by themselves", () => {
  verifies("C-11");
  const tight = house(config({ depth: 9 }, { b: { depth: 1 } }));
  const b = tight.call("a", "b");
  const c = tight.call("b", "c", b.mark);
  assert.equal(c.said, "permit");
  assert.equal(tight.call("c", "d", c.mark).said, "chain/depth");
  const none = house(config({}, { a: { depth: 0 } }));
  assert.equal(none.call("a", "b").said, "chain/depth");
});

test("no agent is called that stands in the chain already, itself included, unless its caller may go in circles", () => {
  verifies("C-11");
  const { call } = house();
  assert.equal(call("a", "a").said, "chain/cycle");
  const b = call("a", "b");
  const back = call("b", "a", b.mark);
  assert.equal(back.said, "chain/cycle");
  assert.match(back.decision.reasons[0]?.text ?? "", /`a` > `b` > `a`/);
  const round = house(config({ cycles: true }));
  assert.equal(round.call("b", "a", round.call("a", "b").mark).said, "permit");
});

test("an upstream of models that is an agent is called like any other", () => {
  verifies("C-11");
  const { layer, chains } = house();
  const model: Request = {
    id: "x",
    principal: { agent: "a" },
    action: { type: "model.call" },
    resource: { type: "model", id: "m/one" },
    content: [],
    context: { time: 0, surface: "llm-gateway" },
  };
  assert.equal((layer.decide(model, WHOLE) as Decision).effect, "permit");
  assert.notEqual(chains.markOf("x"), undefined);
});

test("one place makes so many calls in any stretch of the window, is told when to come back, and another place has its own", () => {
  verifies("C-11");
  const { call, time } = house(config({ fan_out: { count: 3, ms: MINUTE, text: "3/min" } }));
  for (let i = 0; i < 3; i++, time.now += 1_000) assert.equal(call("a", "b").said, "permit");
  const refused = call("a", "c");
  assert.equal(refused.said, "limits/agents/fan_out");
  assert.deepEqual(refused.decision.obligations, [{ kind: "limit", name: "retry-after", amount: 57 }]);
  assert.equal(call("a", "b", undefined, "another-key").said, "permit");
  time.now = MINUTE;
  assert.equal(call("a", "c").said, "permit");
});

test("everything that comes of one beginning is counted together, however it is spread", () => {
  verifies("C-11");
  const { call, time } = house(config({ descendants: { count: 6, ms: HOUR, text: "6/h" } }));
  const marks = [call("a", "b").mark, call("a", "b").mark];
  for (const mark of marks) for (const callee of ["c", "d"]) assert.equal(call("b", callee, mark).said, "permit");
  assert.equal(call("b", "e", marks[0]).said, "limits/agents/descendants");
  assert.equal(call("a", "d").said, "limits/agents/descendants");
  // Who began nothing of it is not held back by it.
  assert.equal(call("e", "d").said, "permit");
  time.now = HOUR;
  assert.equal(call("a", "d").said, "permit");
});

test("a chain that was not given to an agent calls nobody, and does not take it out of the one that it is in", () => {
  verifies("C-11");
  const { call, decide, why, paused } = house();
  const [b, c] = [call("a", "b"), call("a", "c")];
  for (const shown of ["unreadable", "x".repeat(24), c.mark as string]) {
    assert.equal(call("b", "d", shown).said, "chain/unknown");
    assert.equal(why(decide("b", "crm.read", shown).decision), "permit");
  }
  paused.add("a");
  assert.equal(why(decide("b", "crm.read", "unreadable").decision), "chain/paused");
  assert.equal(why(decide("b", "crm.read", b.mark).decision), "chain/paused");
});

test("an agent that shows nothing stands in every call into it, and for a minute after", () => {
  verifies("C-11");
  const { call, time, decide, why, paused } = house();
  const b = call("a", "b");
  assert.equal(call("b", "a").said, "chain/cycle");
  b.end();
  time.now = MINUTE;
  assert.equal(call("b", "a").said, "chain/cycle");
  paused.add("a");
  assert.equal(why(decide("b", "crm.read").decision), "chain/paused");
  time.now = MINUTE + 1;
  assert.equal(why(decide("b", "crm.read").decision), "permit");
  // The mark stays good for longer: what goes on behind the call is still of it.
  assert.equal(why(decide("b", "crm.read", b.mark).decision), "chain/paused");
});

test("where an agent is called by several and shows nothing, the strictest of them holds and each of them pays", () => {
  verifies("C-11");
  const { call } = house(config({ fan_out: { count: 2, ms: MINUTE, text: "2/min" } }, { e: { depth: 1 } }));
  const strict = call("e", "b");
  const first = call("a", "b");
  assert.equal(call("b", "c").said, "chain/depth");
  assert.equal(call("b", "c", first.mark).said, "permit");
  strict.end({ status: "denied", decision: WHOLE.decision });
  const second = call("d", "b");
  assert.equal(call("b", "c").said, "permit");
  // One call was made under the first mark, and one counted for both.
  assert.equal(call("b", "c", first.mark).said, "limits/agents/fan_out");
  assert.equal(call("b", "c", second.mark).said, "permit");
  assert.equal(call("b", "c", second.mark).said, "limits/agents/fan_out");
});

test("nothing that an agent shows permits what a call into it would refuse", () => {
  verifies("C-11");
  const step = fc.record({
    from: fc.constantFrom(...AGENTS),
    to: fc.constantFrom(...AGENTS),
    show: fc.constantFrom("own", "none", "other", "garbage"),
    pick: fc.nat(50),
    end: fc.boolean(),
    wait: fc.nat(20_000),
  });
  let permitted = 0;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 5 }), (steps, depth, count) => {
      const limits = { depth, fan_out: { count, ms: MINUTE, text: "" }, descendants: { count: 3 * count, ms: HOUR, text: "" } };
      const { call, time } = house(config(limits));
      const live: { readonly into: string; readonly mark: string; readonly path: readonly string[]; readonly end: () => void }[] = [];
      for (const { from, to, show, pick, end, wait } of steps) {
        time.now += wait;
        const mine = live.filter(({ into }) => into === from);
        const own = mine[pick % Math.max(1, mine.length)];
        const other = live.filter(({ into }) => into !== from)[pick % Math.max(1, live.length)];
        const shown = show === "own" ? own?.mark : show === "other" ? (other?.mark ?? "none-of-ours") : show === "garbage" ? "garbage" : undefined;
        const made = call(from, to, shown);
        if (made.said !== "permit") continue;
        permitted++;
        assert.ok(show === "own" || show === "none" || shown === undefined);
        // The reference: every call in flight that it may be for, one by one.
        const ways = shown !== undefined && own !== undefined ? [own.path] : mine.length > 0 ? mine.map(({ path }) => path) : [[from]];
        for (const path of ways) {
          assert.ok(!path.includes(to), `${path.join(">")} calls ${to}`);
          assert.ok(path.length <= depth, `${path.join(">")} calls ${to} at depth ${depth}`);
        }
        const deepest = ways.reduce((one, two) => (two.length >= one.length ? two : one));
        live.push({ into: to, mark: made.mark as string, path: [...deepest, to], end: made.end });
        if (end) live.splice(pick % live.length, 1)[0]?.end();
      }
    }),
    { numRuns: 300 },
  );
  assert.ok(permitted > 300, `${permitted} were permitted`);
});

test("in no window do more calls come of a beginning than its limit, whatever is shown and whoever calls", () => {
  verifies("C-11");
  const step = fc.record({ from: fc.constantFrom("a", "b", "c"), to: fc.constantFrom("b", "c", "d"), own: fc.boolean(), wait: fc.nat(30) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 6 }), (steps, count) => {
      const { call, time } = house(config({ cycles: true, depth: 16, descendants: { count, ms: 100, text: "" } }));
      const marks = new Map<string, string>();
      const made: number[] = [];
      // Everything begins with the first call of `a`, and nothing of it ends.
      marks.set("b", call("a", "b").mark as string);
      made.push(0);
      for (const { from, to, own, wait } of steps) {
        time.now += wait;
        if (from !== "a" && !marks.has(from)) continue;
        const one = call(from, to, own && from !== "a" ? marks.get(from) : undefined);
        if (one.said === "permit") {
          made.push(time.now);
          marks.set(to, one.mark as string);
        }
        assert.ok(made.filter((moment) => time.now - moment < 100).length <= count);
      }
    }),
    { numRuns: 300 },
  );
});

test("a call that waits for a person or is refused after all counts for nobody, and one that was changed is one call", () => {
  verifies("C-11");
  const { call, layer, chains, decide } = house(config({ fan_out: { count: 1, ms: MINUTE, text: "1/min" } }));
  const waiting = call("a", "b");
  waiting.end({ status: "pending", decision: WHOLE.decision, ticket: "T" });
  assert.equal(chains.size, 0);
  const { request } = decide("a", "to-b.ask");
  const edited: Request = { ...request, action: { ...request.action, args: { text: "less" } } };
  layer.settle(request, { status: "denied", decision: WHOLE.decision });
  assert.equal((layer.decide(edited, WHOLE) as Decision).effect, "permit");
  assert.equal((layer.decide({ ...edited, action: { ...edited.action, args: {} } }, WHOLE) as Decision).effect, "permit");
  assert.equal(chains.size, 1);
  assert.equal(call("a", "b").said, "limits/agents/fan_out");
});

test("what a model proposes is looked at and not counted: it is counted where it is made", () => {
  verifies("C-11");
  const { decide, why, chains, call } = house(config({ fan_out: { count: 1, ms: MINUTE, text: "1/min" } }));
  for (let i = 0; i < 3; i++) assert.equal(why(decide("a", "to-b.ask", undefined, { surface: "llm-gateway", parent: "p" }).decision), "permit");
  assert.equal(why(decide("a", "to-a.ask", undefined, { surface: "llm-gateway", parent: "p" }).decision), "chain/cycle");
  assert.equal(chains.size, 0);
  assert.equal(call("a", "b").said, "permit");
});

test("so many calls are remembered and no more: what is over gives way, and what is under way refuses the next", () => {
  verifies("C-11");
  const wide = { count: 1_000_000, ms: HOUR, text: "" };
  const { call, chains } = house(config({ fan_out: wide, descendants: wide }), 1_000);
  const first = call("a", "b");
  first.end();
  for (let i = 0; i < 1_200; i++) call("a", "c", undefined, `k${i % 5}`).end();
  assert.ok(chains.size <= 1_000, String(chains.size));
  assert.equal(call("b", "d", first.mark).said, "chain/unknown");
  for (let i = 0; chains.hasRoom(0) && i < 1_001; i++) call("a", "d", undefined, `k${5 + (i % 5)}`);
  assert.equal(chains.size, 1_000);
  assert.equal(call("e", "d").said, "limits/agents/room");
});

test("an agent that a server is must be one of the configuration's", () => {
  const compiled = compilePolicy({ ...config(), tools: { crm: { agent: "bee", default: {}, tools: {} } } });
  assert.ok(!compiled.ok);
  assert.deepEqual(
    compiled.faults.map(({ path, message }) => [path.join("."), message]),
    [["tools.crm.agent", "there is no agent `bee` under `agents`"]],
  );
});
