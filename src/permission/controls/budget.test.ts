import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../../test/verifies.ts";
import { type Decision, NEUTRAL } from "../../core/decision.ts";
import { NEUTRAL_LABEL } from "../../core/label.ts";
import type { Inspection } from "../../core/layers.ts";
import type { Facts, Outcome } from "../../core/outcome.ts";
import type { Demand, Principal, Request } from "../../core/request.ts";
import { type Leases, memoryLeases } from "../budget/lease.ts";
import { createLedger, type Ledger } from "../budget/ledger.ts";
import { budgetsOf, compilePolicy, type PolicyConfig, permissionLayer } from "../index.ts";

const DAY = 86_400_000;
const rate = (count: number, ms = DAY) => ({ count, ms, text: `${count}/day` });
const inspection: Inspection = { decision: NEUTRAL, label: { ...NEUTRAL_LABEL, integrity: "user" }, passages: [] };
type Limits = PolicyConfig["agents"][string]["limits"];

function open(limits: Omit<Limits, "requests">, models: PolicyConfig["models"] = { m: { prices: { "*": { input: 1, output: 10 } }, max_output: 1_000 } }) {
  const compiled = compilePolicy({
    models,
    tools: {},
    roles: { all: { read: ["*"], write: ["*"], deny: ["pay.blocked"] } },
    agents: { a: { role: "all", models: ["*"], limits: { requests: rate(10_000, 60_000), ...limits } } },
    rules: [],
    flow: { mode: "monitor", rule_of_two: "off" },
    timezone: "UTC",
  });
  assert.ok(compiled.ok);
  const time = { now: 0 };
  const clock = { now: () => time.now, monotonic: () => time.now, timer: () => () => {} };
  const kept = memoryLeases();
  let trades = 0;
  let answers: Promise<void> | undefined;
  const leases: Leases = {
    async trade(account, trade) {
      trades++;
      await answers;
      return kept.trade(account, trade);
    },
  };
  const ledger: Ledger = createLedger(leases, clock);
  const layer = permissionLayer(compiled.policy, { clock, ledger });
  return {
    time,
    layer,
    ledger,
    /** The store answers once this is there. */
    until: (ready: Promise<void>) => {
      answers = ready;
    },
    trades: () => trades,
    notes: compiled.notes.map(({ message }) => message),
    decide: async (request: Request): Promise<Decision> => layer.decide(request, inspection),
    /** The id of the reason that decided, or `permit`. */
    async why(request: Request): Promise<string> {
      const { effect, reasons } = await layer.decide(request, inspection);
      return effect === "permit" ? "permit" : (reasons.find((one) => one.effect === effect)?.id ?? effect);
    },
    done: (request: Request, facts: Facts = {}) =>
      layer.settle(request, { status: "done", decision: NEUTRAL, verdict: { decision: NEUTRAL, passages: [] }, facts }),
    ended: (request: Request, outcome: Outcome) => layer.settle(request, outcome),
    states: () => budgetsOf(compiled.policy, "a").map((budget) => ({ id: budget.id, ...ledger.states(budget, 1)[0] })),
  };
}

let number = 0;
const ask = (demand: Demand | undefined, principal: Partial<Principal> = {}, model = "m/one"): Request => ({
  id: `r${number++}`,
  principal: { agent: "a", capability: "k", ...principal },
  action: { type: "model.call" },
  resource: { type: "model", id: model },
  content: [],
  ...(demand === undefined ? {} : { demand }),
  context: { time: 0, surface: "llm-gateway" },
});
const call = (tool: string, args: { readonly [name: string]: number | string }, more: Partial<Request["context"]> = {}): Request => ({
  id: `r${number++}`,
  principal: { agent: "a", capability: "k" },
  action: { type: "tool.call", tool, args },
  resource: { type: "tool", id: tool },
  content: [],
  context: { time: 0, surface: "mcp-gateway", ...more },
});

test("tokens are reserved at the most that a call can use, and settled by what it used", async () => {
  verifies("C-09");
  const { why, done, states } = open({ budget: { tokens: rate(10_000) } });
  const first = ask({ bytes: 3_000, input: 3_000, output: 5_000 });
  assert.equal(await why(first), "permit");
  assert.equal(states()[0]?.reserved, 8_000);
  assert.equal(await why(ask({ bytes: 3_000, input: 3_000 })), "limits/budget/tokens", "3000 and the model's 1000 do not fit beside it");
  done(first, { input_tokens: 700, output_tokens: 300, cached_tokens: 500 });
  assert.deepEqual([states()[0]?.used, states()[0]?.reserved], [1_000, 0]);
  assert.equal(await why(ask({ bytes: 3_000, input: 3_000 })), "permit");
  const beside = open({ budget: { tokens: rate(10_000) } }, { m: { provider: "anthropic" } });
  const cached = ask({ bytes: 3_000, input: 3_000, output: 5_000 });
  await beside.why(cached);
  beside.done(cached, { input_tokens: 700, output_tokens: 300, cached_tokens: 500, cache_write_tokens: 100 });
  assert.equal(beside.states()[0]?.used, 1_600);
});

test("money is reserved and settled by the model's price, with what is read from and written to a cache at its own", async () => {
  verifies("C-09");
  const prices = { one: { input: 3, output: 15, cached: 0.3, cache_write: 6 } };
  const dollars = (amount: number): number => Math.round(amount * 1e9);
  const facts = { input_tokens: 1_000, output_tokens: 2_000, cached_tokens: 400, cache_write_tokens: 100 };
  for (const [provider, spent] of [
    // Anthropic counts what it cached beside the input, others within it.
    ["anthropic", 1_000 * 3 + 400 * 0.3 + 100 * 6 + 2_000 * 15],
    ["openai", 600 * 3 + 400 * 0.3 + 2_000 * 15],
  ] as const) {
    const { why, done, states } = open({ budget: { usd: rate(dollars(1)) } }, { m: { provider, prices } });
    const one = ask({ bytes: 5_000, input: 5_000, output: 4_000 });
    assert.equal(await why(one), "permit");
    assert.equal(states()[0]?.reserved, dollars((5_000 * 6 + 4_000 * 15) / 1e6), "as if all of it were the dearest");
    done(one, facts);
    assert.equal(states()[0]?.used, dollars(spent / 1e6), provider);
  }
});

test("without a price there is no money to spend, and without a most no budget: an unknown is denied, and not as a limit of a time", async () => {
  verifies("C-09");
  const unpriced = open({ budget: { usd: rate(1e9) } }, { m: { prices: { other: { input: 1, output: 1 } }, max_output: 100 } });
  assert.equal(await unpriced.why(ask({ bytes: 10, input: 10, output: 10 })), "budget/unpriced");
  assert.equal(await unpriced.why(ask({ bytes: 10, input: 10, output: 10 }, {}, "m/other")), "permit");
  assert.equal(await unpriced.why(ask({ bytes: 10, input: 10, output: 10 }, {}, "m/__proto__")), "budget/unpriced");
  const unbounded = open(
    { budget: { tokens: rate(10_000) } },
    { m: {}, most: { prices: { "*": { input: 1, output: 1, max_output: 50 } } }, free: { provider: "practice" } },
  );
  assert.equal(await unbounded.why(ask({ bytes: 10, input: 10 })), "budget/unbounded", "how long may the answer be?");
  assert.equal(await unbounded.why(ask({ bytes: 10, input: 10, output: "unbounded" }, {}, "most/x")), "budget/unbounded");
  assert.equal(await unbounded.why(ask({ bytes: 10, output: 10 })), "budget/unbounded", "how long is the file?");
  assert.equal(await unbounded.why(ask({ bytes: 10, input: 10 }, {}, "most/x")), "permit");
  assert.equal(await unbounded.why(ask({ bytes: 10, input: 10 }, {}, "free/assistant")), "permit");
  // Where another program asks the model, its content is what we know.
  assert.equal(
    await unbounded.why({ ...ask(undefined, {}, "most/x"), content: [{ source: { kind: "user" }, label: NEUTRAL_LABEL, text: "x".repeat(9_980) }] }),
    "limits/budget/tokens",
  );
});

test("a refusal says which budget it was, whose, and when it is free again", async () => {
  verifies("C-09");
  const { decide, time, done } = open({ budget: { actions: rate(2) } });
  for (let i = 0; i < 2; i++) {
    const one = call("crm.read", { id: i });
    await decide(one);
    done(one);
  }
  time.now += 2_000;
  const { effect, reasons, obligations } = await decide(call("crm.read", { id: 3 }));
  assert.equal(effect, "deny");
  assert.deepEqual(reasons, [{ id: "limits/budget/actions", effect: "deny", text: "the budget of 2/day for this agent is used up" }]);
  const [wait] = obligations;
  assert.ok(wait?.kind === "limit" && wait.name === "retry-after" && wait.amount > 86_000 && wait.amount <= 86_400 + 3_600, JSON.stringify(wait));
  time.now += (wait as { amount: number }).amount * 1_000;
  assert.equal((await decide(call("crm.read", { id: 4 }))).effect, "permit");
  const small = open({ budget: { tokens: rate(100) } });
  assert.match(
    (await small.decide(ask({ bytes: 90, input: 90, output: 20 }))).reasons[0]?.text ?? "",
    /may use 110 tokens, more than all of the budget of 100\/day/,
  );
});

test("what others only reserved frees within a second, and says so", async () => {
  const { decide } = open({ budget: { tokens: rate(100) } });
  await decide(ask({ bytes: 50, input: 50, output: 40 }));
  assert.deepEqual((await decide(ask({ bytes: 50, input: 50, output: 40 }))).obligations, [{ kind: "limit", name: "retry-after", amount: 1 }]);
});

test("keys, users, sessions and tools have shares of their own, within what the agent has", async () => {
  verifies("C-09", "I-07");
  const use = { bytes: 5, input: 5, output: 5 };
  const shared = open({
    budget: { tokens: rate(100) },
    key: { budget: { tokens: rate(30) } },
    user: { budget: { tokens: rate(20) } },
    session: { budget: { tokens: rate(10) } },
  });
  assert.equal(await shared.why(ask(use, { user: "u1", session: "s1" })), "permit");
  assert.equal(await shared.why(ask(use, { user: "u1", session: "s1" })), "limits/session/budget/tokens");
  assert.equal(await shared.why(ask(use, { user: "u1", session: "s2" })), "permit");
  assert.equal(await shared.why(ask(use, { user: "u1", session: "s3" })), "limits/user/budget/tokens");
  assert.equal(await shared.why(ask(use, { user: "u2", session: "s3" })), "permit");
  assert.equal(await shared.why(ask(use, { user: "u3", session: "s4" })), "limits/key/budget/tokens");
  for (let i = 0; i < 7; i++) assert.equal(await shared.why(ask(use, { capability: `k${i}`, user: `v${i}` })), "permit");
  assert.equal(await shared.why(ask(use, { capability: "k9", user: "v9" })), "limits/budget/tokens");
});

test("rates hold for keys, users, sessions, tools, and calls that leave the house", async () => {
  verifies("I-07", "C-06");
  const rates = open({
    external: rate(2, 60_000),
  });
  const use = { bytes: 5, input: 5, output: 5 };
  assert.equal(await rates.why(ask(use, { session: "s" })), "permit");
  assert.equal(await rates.why(ask(use, { session: "s" })), "permit");
  assert.equal(await rates.why(ask(use, { session: "s" })), "limits/external", "two in a minute");
  const more = open({ session: { requests: rate(3, 60_000) }, tool: { "pay.*": { actions: rate(1, 60_000) } } });
  for (const expected of ["permit", "permit", "permit", "limits/session/requests"]) assert.equal(await more.why(ask(use, { session: "s" })), expected);
  assert.equal(await more.why(ask(use, { session: "other" })), "permit");
  assert.equal(await more.why(call("pay.send_money", { to: "x" })), "permit");
  assert.equal(await more.why(call("PAY.send_more", { to: "y" })), "limits/tool/pay.*/actions", "in whichever case it is written");
  assert.equal(await more.why(call("crm.read", { id: 1 })), "permit");
});

test("what comes too fast takes nothing from a budget, and does not keep the store busy", async () => {
  verifies("C-09", "I-07");
  const { why, trades, states } = open({ key: { requests: rate(3, 60_000) }, session: { budget: { actions: rate(1_000) } }, budget: { actions: rate(1_000) } });
  for (let i = 0; i < 500; i++) await why(ask({ bytes: 5, input: 5, output: 5 }, { session: `s${i}` }));
  assert.ok(trades() <= 10, `${trades()} trades`);
  assert.equal(states().find(({ id }) => id === "budget/actions")?.reserved, 3);
});

test("many small payments are one sum", async () => {
  verifies("C-09");
  const { why, done } = open({ tool: { "pay.*": { budget: { payments: rate(1_000) } } } });
  const pay = async (amount: number | string): Promise<string> => {
    const one = call("pay.send_money", { to: "x", amount, note: `n${number}` });
    const said = await why(one);
    if (said === "permit") done(one);
    return said;
  };
  for (let i = 0; i < 4; i++) assert.equal(await pay(250 - i), "permit");
  assert.equal(await pay(10), "limits/tool/pay.*/budget/payments");
  assert.equal(await pay(6), "permit");
  const fresh = open({ budget: { payments: rate(1_000) } });
  assert.equal(await fresh.why(call("pay.send_money", { to: "x", amount: "all" })), "limits/budget/payments", "what cannot be read is more than any");
});

test("bytes count what is sent, to models and to tools", async () => {
  verifies("C-06", "C-09");
  const { why } = open({ budget: { bytes: rate(1_000) } });
  assert.equal(await why(ask({ bytes: 600, output: "unbounded" })), "permit", "of its bytes all is known");
  assert.equal(await why(call("web.post", { body: "ü".repeat(250) })), "limits/budget/bytes");
  assert.equal(await why(call("web.post", { body: "u".repeat(250) })), "permit");
});

test("what is refused by another part reserves nothing, and what waits for a person or was denied is free again", async () => {
  verifies("C-09");
  const { why, ended, states } = open({ budget: { actions: rate(3) } });
  assert.equal(await why(call("pay.blocked", { amount: 1 })), "roles/all");
  assert.equal(states()[0]?.reserved ?? 0, 0);
  for (const outcome of [
    { status: "pending", decision: NEUTRAL, ticket: "t" },
    { status: "denied", decision: NEUTRAL },
  ] as const)
    for (let i = 0; i < 5; i++) {
      const one = call("crm.write", { id: `${outcome.status}${i}` });
      assert.equal(await why(one), "permit");
      ended(one, outcome);
    }
  assert.deepEqual([states()[0]?.used, states()[0]?.reserved], [0, 0]);
});

test("a decision that comes after the request was ended reserves nothing: nobody would ever end that", async () => {
  verifies("C-09");
  const { layer, ledger, decide, ended, states, until } = open({ budget: { actions: rate(10) } });
  const ready = Promise.withResolvers<void>();
  until(ready.promise);
  // As the monitor does where the store takes longer than a decision may: it denies, and says so.
  const late = call("crm.write", { id: 1 });
  const deciding = decide(late);
  ended(late, { status: "denied", decision: NEUTRAL });
  // And as it is done for what an approver changed, which nothing records.
  const edited = call("crm.write", { id: 2 });
  const judging = layer.decide(edited, inspection);
  ledger.drop(edited.id);
  ready.resolve();
  await Promise.allSettled([deciding, judging]);
  assert.deepEqual([states()[0]?.used, states()[0]?.reserved], [0, 0]);
  assert.equal((await decide(call("crm.write", { id: 3 }))).effect, "permit");
});

test("a call that a model proposed and that then comes over MCP counts once; made once more it counts again", async () => {
  verifies("C-09");
  const { why, done } = open({ budget: { actions: rate(2) } });
  const args = { to: "x", amount: 5 };
  const proposed = call("pay.send_money", args, { surface: "llm-gateway", parent: "p" });
  assert.equal(await why(proposed), "permit");
  done(proposed);
  assert.equal(await why(call("pay.send_money", args)), "permit");
  assert.equal(await why(call("pay.send_money", args)), "permit");
  assert.equal(await why(call("pay.send_money", args)), "limits/budget/actions");
});

test("200 callers at once are permitted no more than the budget holds", async () => {
  verifies("C-09");
  const { why } = open({ budget: { tokens: rate(10_000) } });
  const said = await Promise.all(Array.from({ length: 200 }, () => why(ask({ bytes: 50, input: 50, output: 50 }))));
  assert.equal(said.filter((one) => one === "permit").length, 100);
});

test("15,000 different legitimate actions over a day pass under a budget for them, and no more than 100 in any minute", async () => {
  verifies("C-09", "C-10");
  const { why, done, time } = open({ actions: rate(100, 60_000), duplicates: { writes: 5, reads: 100, within: 3_600_000 }, budget: { actions: rate(15_000) } });
  for (let i = 0; i < 15_000; i++) {
    time.now = Math.floor((i * DAY) / 15_000);
    const one = call("crm.update_customer", { customer_id: `C-${i}`, status: i % 2 === 0 ? "active" : "closed" });
    assert.equal(await why(one), "permit", `action ${i}`);
    done(one);
  }
  let passed = 0;
  time.now += 2 * DAY;
  for (let i = 0; i < 200; i++) if ((await why(call("crm.update_customer", { customer_id: `D-${i}` }))) === "permit") passed++;
  assert.equal(passed, 100);
});

test("where nothing keeps a budget, an agent that has one may do nothing", async () => {
  const compiled = compilePolicy({
    models: {},
    tools: {},
    roles: { all: { read: ["*"], write: ["*"], deny: [] } },
    agents: { a: { role: "all", models: [], limits: { requests: rate(10), budget: { actions: rate(10) } } } },
    rules: [],
    flow: { mode: "monitor" },
    timezone: "UTC",
  });
  assert.ok(compiled.ok);
  const decision = await permissionLayer(compiled.policy, { clock: { monotonic: () => 0 } }).decide(call("crm.read", { id: 1 }), inspection);
  assert.deepEqual([decision.effect, decision.reasons[0]?.id], ["deny", "budget/unkept"]);
});

test("a budget in money over a model without a price is said out loud", () => {
  const usd = { budget: { usd: rate(1e9) } };
  assert.deepEqual(
    open(usd).notes.filter((note) => note.includes("price")),
    [],
  );
  assert.match(open(usd, { m: {}, free: { provider: "practice" } }).notes.find((note) => note.includes("price")) ?? "", /`m\/\*` has no price/);
  assert.match(open({ user: usd }, { m: {} }).notes.find((note) => note.includes("price")) ?? "", /such calls are refused/);
});
