import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { verifies } from "../../test/verifies.ts";
import type { Decision } from "../core/decision.ts";
import { NEUTRAL_LABEL } from "../core/label.ts";
import type { Inspection } from "../core/layers.ts";
import type { Outcome } from "../core/outcome.ts";
import type { Request } from "../core/request.ts";
import { compilePolicy, createLedger, memoryLeases, type PolicyConfig, permissionLayer } from "./index.ts";
import type { DegradeConfig, Degraded } from "./policy-config.ts";

const WHOLE: Inspection = { decision: { effect: "permit", reasons: [], obligations: [] }, label: { ...NEUTRAL_LABEL, integrity: "user" }, passages: [] };
const DONE: Outcome = { status: "done", decision: WHOLE.decision, verdict: { decision: WHOLE.decision, passages: [] } };
const FAILED: Outcome = { status: "failed", decision: WHOLE.decision, code: "internal" };
const MINUTE = 60_000;
const CAUSES = ["breaker", "budget", "store"] as const;
type Cause = (typeof CAUSES)[number];

function house(degrade: Partial<DegradeConfig> | undefined, given: { readonly recorded?: { of: string; age: number } } = {}, budget = 10_000) {
  const rate = { count: 10_000, ms: 1, text: "" };
  const config: PolicyConfig = {
    models: { m: {} },
    tools: { crm: { default: {}, tools: { read: { effect: "read" }, write: { effect: "write", egress: false } } } },
    roles: { all: { read: ["*"], write: ["*"], deny: ["crm.secret"] } },
    agents: {
      a: {
        role: "all",
        models: ["m/*"],
        limits: { requests: rate, breaker: { failures: 2, pause: 10_000 }, budget: { actions: { count: budget, ms: MINUTE, text: `${budget}/min` } } },
        ...(degrade === undefined
          ? {}
          : { degrade: { downstream: "refuse", breaker: "refuse", budget: "refuse", store: "refuse", recorded: MINUTE, ...degrade } }),
      },
    },
    rules: [],
    flow: { mode: "monitor" },
    timezone: "UTC",
  };
  const compiled = compilePolicy(config);
  assert.ok(compiled.ok, JSON.stringify(compiled));
  const time = { now: 0, writable: true };
  const clock = { now: () => time.now, monotonic: () => time.now, timer: () => () => {} };
  const asked: number[] = [];
  const layer = permissionLayer(compiled.policy, {
    clock,
    ledger: createLedger(memoryLeases(), clock),
    isWritable: () => time.writable,
    recorded: (_request, within) => {
      asked.push(within);
      return given.recorded;
    },
  });
  let number = 0;
  const ask = async (tool: string, outcome: Outcome = DONE, type: Request["action"]["type"] = "tool.call"): Promise<Decision> => {
    const request: Request = {
      id: `r${number++}`,
      principal: { agent: "a", capability: "k" },
      action: type === "model.call" ? { type } : { type, tool, args: {} },
      ...(type === "model.call" ? { resource: { type: "model", id: "m/one" } } : {}),
      content: [],
      context: { time: 0, surface: "mcp-gateway" },
    };
    const decision = await layer.decide(request, WHOLE);
    layer.settle(request, decision.effect === "permit" ? { ...outcome, decision } : { status: "denied", decision });
    return decision;
  };
  /** Makes something not work. */
  const worsen = async (cause: Cause): Promise<void> => {
    if (cause === "store") time.writable = false;
    else if (cause === "budget") for (let i = 0; i < budget; i++) await ask("crm.write");
    else for (let i = 0; i < 2; i++) await ask("crm.write", FAILED);
  };
  return { ask, worsen, time, asked };
}
const budgetFor = (cause: Cause): number => (cause === "budget" ? 3 : 10_000);
const reason = ({ effect, reasons }: Decision): string => reasons.find((one) => one.effect === effect)?.id ?? effect;
const REFUSED: { readonly [cause in Cause]: string } = {
  breaker: "limits/breaker-agent",
  budget: "limits/budget/actions",
  store: "layers/store",
};

test("where nothing is configured everything is refused while something does not work, with its reason and when to try again", async () => {
  verifies("C-11");
  for (const cause of CAUSES) {
    for (const degrade of [undefined, {}]) {
      const { ask, worsen } = house(degrade, {}, budgetFor(cause));
      await worsen(cause);
      const read = await ask("crm.read");
      assert.deepEqual([read.effect, reason(read)], ["deny", REFUSED[cause]]);
      if (cause !== "store") assert.ok(read.obligations.some((one) => one.kind === "limit" && one.name === "retry-after" && one.amount > 0));
    }
  }
});

test("read-only: what changes something is refused, and so is a model; what reads goes on and says why", async () => {
  verifies("C-11");
  for (const cause of CAUSES) {
    const { ask, worsen } = house({ [cause]: "read-only" }, {}, budgetFor(cause));
    await worsen(cause);
    for (let i = 0; i < 5; i++) {
      const read = await ask("crm.read");
      assert.equal(read.effect, "permit", cause);
      assert.ok(read.reasons.some(({ id, text }) => id === "degraded/read-only" && /^meanwhile only what reads goes on: /.test(text)));
      assert.equal(reason(await ask("crm.write")), REFUSED[cause]);
      assert.equal((await ask("", DONE, "model.call")).effect, "deny");
      assert.equal((await ask("crm.secret")).effect, "deny");
    }
  }
});

test("a read that goes on ends no rest, so what changes something waits as long as without it", async () => {
  verifies("C-11");
  const { ask, worsen, time } = house({ breaker: "read-only" });
  await worsen("breaker");
  assert.equal((await ask("crm.read")).effect, "permit");
  assert.equal(reason(await ask("crm.write")), "limits/breaker-agent");
  time.now += 10_000;
  assert.equal((await ask("crm.write")).effect, "permit");
});

test("cached: only what was recorded of exactly that read stands in, and the decision says so and how old it is", async () => {
  verifies("C-11");
  for (const cause of CAUSES) {
    const found = house({ [cause]: "cached", recorded: 42_000 }, { recorded: { of: "req_1", age: 7_400 } }, budgetFor(cause));
    await found.worsen(cause);
    const read = await found.ask("crm.read");
    assert.deepEqual([read.effect, read.obligations], ["permit", [{ kind: "recorded", of: "req_1" }]]);
    assert.match(read.reasons.find(({ id }) => id === "degraded/cached")?.text ?? "", /; answered with what the same call was answered 7 s ago$/);
    assert.deepEqual(found.asked, [42_000]);
    assert.equal(reason(await found.ask("crm.write")), REFUSED[cause]);
    assert.deepEqual(found.asked, [42_000], "nobody looks for what would stand in for a change");
    const none = house({ [cause]: "cached" }, {}, budgetFor(cause));
    await none.worsen(cause);
    assert.equal(reason(await none.ask("crm.read")), REFUSED[cause]);
  }
});

test("an answer from a record is no success: what failed before it still counts in a row", async () => {
  verifies("C-11");
  const { ask, time } = house({ budget: "cached" }, { recorded: { of: "req_1", age: 1 } }, 3);
  for (const outcome of [DONE, DONE, FAILED]) await ask("crm.write", outcome);
  assert.equal((await ask("crm.read")).effect, "permit");
  time.now += 2 * MINUTE;
  await ask("crm.write", FAILED);
  assert.equal(reason(await ask("crm.write")), "limits/breaker-agent");
});

test("nothing is permitted in a degraded mode that is not permitted while everything works, and no change is", async () => {
  verifies("C-11");
  const mode = fc.constantFrom<Degraded>("refuse", "read-only", "cached");
  const modes = fc.record({ downstream: mode, breaker: mode, budget: mode, store: mode });
  const tools = fc.array(fc.constantFrom("crm.read", "crm.write", "crm.secret", "crm.unknown_thing"), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(modes, fc.subarray(["breaker", "store"] as const), fc.boolean(), tools, fc.boolean(), async (degrade, causes, spent, asked, recorded) => {
      // What is spent opens no breaker any more: either of them, and the store.
      const bad: readonly Cause[] = spent ? ["budget", ...causes.filter((cause) => cause === "store")] : causes;
      const { ask, worsen } = house(degrade, recorded ? { recorded: { of: "req_1", age: 1 } } : {}, spent ? 3 : 10_000);
      for (const cause of bad) await worsen(cause);
      for (const tool of asked) {
        const well = await house(undefined).ask(tool);
        const said = await ask(tool);
        if (said.effect === "permit") assert.equal(well.effect, "permit");
        if (bad.length > 0 && tool !== "crm.read") assert.equal(said.effect, "deny", tool);
        if (bad.some((cause) => degrade[cause] === "refuse")) assert.equal(said.effect, "deny");
      }
    }),
    { numRuns: 200 },
  );
});
