import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { verifies } from "../../../test/verifies.ts";
import { NEUTRAL } from "../../core/decision.ts";
import { NEUTRAL_LABEL } from "../../core/label.ts";
import type { Inspection } from "../../core/layers.ts";
import type { Principal, Request } from "../../core/request.ts";
import type { Per } from "../limits.ts";
import { createRates, isAction, isRequest, type Rates, rateLimit, ratesControl } from "./rate.ts";

const inspection: Inspection = { decision: NEUTRAL, label: NEUTRAL_LABEL, passages: [] };
const request = (principal: Partial<Principal> = {}, more: Partial<Request["context"]> = {}, type: Request["action"]["type"] = "model.call"): Request => ({
  id: "r",
  principal: { agent: "a", ...principal },
  action: { type },
  content: [],
  context: { time: 0, surface: "test", ...more },
});
const limitOf = (count: number, ms = 60_000) => ({ count, ms, text: `${count}/min` });
const control = (count: number, { counts = isRequest, per = "key", rates = createRates() }: { counts?: typeof isRequest; per?: Per; rates?: Rates } = {}) =>
  ratesControl([rateLimit("requests", "a", limitOf(count), counts, per, rates)]);

test("ten requests a minute pass and the eleventh is told when to come back", () => {
  verifies("I-07");
  const ten = control(10);
  for (let i = 0; i < 10; i++) assert.equal(ten.check(request({ capability: "k" }), inspection, i * 1000), NEUTRAL);
  const refused = ten.check(request({ capability: "k" }), inspection, 10_500);
  assert.equal(refused.effect, "deny");
  assert.deepEqual(refused.reasons, [{ id: "limits/requests", effect: "deny", text: "the limit of 10/min for this key is reached" }]);
  assert.deepEqual(refused.obligations, [{ kind: "limit", name: "retry-after", amount: 50 }]);
  assert.equal(ten.check(request({ capability: "k" }), inspection, 59_999).effect, "deny");
  assert.equal(ten.check(request({ capability: "k" }), inspection, 60_000), NEUTRAL);
});

test("in no stretch of the window do more pass than the limit, and what is refused is refused only then", () => {
  verifies("I-07");
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), fc.array(fc.nat(40), { maxLength: 80 }), (count, steps) => {
      const limited = ratesControl([rateLimit("x", "a", limitOf(count, 100), isRequest, "key", createRates())]);
      const passed: number[] = [];
      let now = 0;
      for (const step of steps) {
        now += step;
        const before = passed.filter((moment) => moment > now - 100).length;
        const ok = limited.check(request(), inspection, now) === NEUTRAL;
        assert.equal(ok, before < count, `at ${now} with ${before} before`);
        if (ok) passed.push(now);
      }
    }),
    { numRuns: 2_000 },
  );
});

test("keys, users and agents are counted apart, and a key's variants within its agent only", () => {
  verifies("I-07");
  const pass = (per: Per, first: Partial<Principal>, second: Partial<Principal>): boolean => {
    const one = control(1, { per });
    assert.equal(one.check(request(first), inspection, 0), NEUTRAL);
    return one.check(request(second), inspection, 1) === NEUTRAL;
  };
  assert.equal(pass("key", { capability: "k1" }, { capability: "k2" }), true);
  assert.equal(pass("key", { capability: "k1", user: "u1" }, { capability: "k1", user: "u2" }), false);
  assert.equal(pass("user", { capability: "k1", user: "u" }, { capability: "k2", user: "u" }), false);
  assert.equal(pass("user", { user: "u1" }, { user: "u2" }), true);
  assert.equal(pass("agent", { capability: "k1" }, { capability: "k2" }), false);
});

test("tool calls of an answer and lists are no requests; as actions every one counts", () => {
  const requests = control(1);
  for (let i = 0; i < 5; i++) assert.equal(requests.check(request({}, { parent: "p" }, "tool.call"), inspection, i), NEUTRAL);
  for (let i = 0; i < 5; i++) assert.equal(requests.check(request({}, {}, "model.list"), inspection, i), NEUTRAL);
  const actions = control(1, { counts: isAction, per: "agent" });
  assert.equal(actions.check(request(), inspection, 0), NEUTRAL);
  assert.equal(actions.check(request({}, { parent: "p" }, "tool.call"), inspection, 1).effect, "deny");
});

test("a reload gives nobody a fresh allowance, and a lowered limit holds at once", () => {
  const rates = createRates();
  const five = control(5, { rates });
  for (let i = 0; i < 5; i++) five.check(request(), inspection, i);
  assert.equal(control(5, { rates }).check(request(), inspection, 10).effect, "deny");
  assert.equal(control(2, { rates }).check(request(), inspection, 60_002).effect, "deny");
  assert.equal(control(2, { rates }).check(request(), inspection, 60_003), NEUTRAL);
  const eight = control(8, { rates });
  for (let i = 0; i < 7; i++) assert.equal(eight.check(request(), inspection, 60_010), NEUTRAL);
  assert.equal(eight.check(request(), inspection, 60_011).effect, "deny");
});

test("a flood of new callers is remembered up to a bound, and those beyond it are refused until others are done", () => {
  const one = control(1, { per: "user" });
  for (let i = 0; i < 10_000; i++) assert.equal(one.check(request({ user: `u${i}` }), inspection, 0), NEUTRAL);
  assert.equal(one.check(request({ user: "one more" }), inspection, 10).effect, "deny");
  assert.equal(one.check(request({ user: "one more" }), inspection, 60_000), NEUTRAL);
});

test("a wall clock that jumps changes nothing: only monotonic time is looked at", () => {
  const one = control(1);
  assert.equal(one.check(request({}, { time: 0 }), inspection, 0), NEUTRAL);
  assert.equal(one.check(request({}, { time: 3_600_000 * 24 }), inspection, 10).effect, "deny");
});
