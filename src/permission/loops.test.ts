import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../test/verifies.ts";
import type { ErrorCode } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import { NEUTRAL_LABEL } from "../core/label.ts";
import type { Inspection } from "../core/layers.ts";
import type { Outcome } from "../core/outcome.ts";
import type { ActionType, Request } from "../core/request.ts";
import { createBreakers } from "./controls/breaker.ts";
import { createRates } from "./controls/rate.ts";
import { createRepeats } from "./controls/repeats.ts";
import { compilePolicy, type PolicyConfig, permissionLayer } from "./index.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const config = (limits: Partial<PolicyConfig["agents"][string]["limits"]> = {}): PolicyConfig => ({
  models: { m: {} },
  tools: {},
  roles: { all: { read: ["*"], write: ["*"], deny: [] } },
  agents: Object.fromEntries(
    ["a", "b"].map((name) => [
      name,
      {
        role: "all",
        models: ["m/*"],
        limits: {
          requests: { count: 10_000, ms: MINUTE, text: "10000/min" },
          actions: { count: 100, ms: MINUTE, text: "100/min" },
          duplicates: { writes: 5, reads: 100, within: HOUR },
          breaker: { failures: 10, pause: MINUTE },
          ...limits,
        },
      },
    ]),
  ),
  rules: [],
  flow: { mode: "enforce" },
  timezone: "UTC",
});

const inspection: Inspection = { decision: { effect: "permit", reasons: [], obligations: [] }, label: { ...NEUTRAL_LABEL, integrity: "user" }, passages: [] };
let number = 0;
const call = (tool: string, args: { readonly [name: string]: Json }, principal: Partial<Request["principal"]> = {}, surface = "mcp-gateway"): Request => ({
  id: `r${number++}`,
  principal: { agent: "a", ...principal },
  action: { type: "tool.call" as ActionType, tool, args },
  content: [],
  context: { time: 0, surface },
});

/** A permission layer under a clock of its own. */
function layer(given = config(), lasting = { rates: createRates(), repeats: createRepeats(), breakers: createBreakers() }) {
  const compiled = compilePolicy(given);
  assert.ok(compiled.ok);
  const time = { now: 0 };
  const made = permissionLayer(compiled.policy, { clock: { monotonic: () => time.now }, ...lasting });
  return {
    time,
    lasting,
    settle: made.settle,
    decide: (request: Request): string => {
      const decision = made.decide(request, inspection) as { effect: string; reasons: readonly { id: string; effect: string }[] };
      return decision.effect === "permit" ? "permit" : (decision.reasons.find(({ effect }) => effect === decision.effect)?.id ?? decision.effect);
    },
  };
}

const WORDS = "printer scanner monitor router switch server keyboard network cable toner".split(" ");
const ticket = (i: number): { readonly [name: string]: Json } => ({
  title: `Incident ${i}: the ${WORDS[i % WORDS.length]} in the office does not answer`,
  description: `At 2026-03-0${1 + (i % 9)}T10:${10 + (i % 50)}:00Z the check number ${i} of the automatic monitoring failed, please look at it.`,
  priority: "high",
});

test("the ticket loop: 15,000 tickets in two hours that differ in a number, a time or a word stop after five", () => {
  verifies("C-10", "C-07");
  const { time, decide } = layer();
  let made = 0;
  for (let i = 0; i < 15_000; i++) {
    time.now = (i * 2 * HOUR) / 15_000;
    if (decide(call("tickets.create_ticket", ticket(i), { session: `s${i}`, capability: `k${i % 3}` })) === "permit") made++;
  }
  assert.equal(made, 5);
});

test("a loop that goes on stays stopped, and one that was quiet for the window may begin again", () => {
  verifies("C-10");
  const { time, decide } = layer();
  const once = () => decide(call("tickets.create_ticket", ticket(1)));
  for (let i = 0; i < 5; i++) assert.equal(once(), "permit");
  for (; time.now < 3 * HOUR; time.now += 30 * MINUTE) assert.equal(once(), "loop/duplicate");
  time.now += HOUR;
  assert.equal(once(), "permit");
});

test("15,000 different legitimate actions over a day pass undisturbed", () => {
  verifies("C-10");
  const { time, decide } = layer();
  for (let i = 0; i < 15_000; i++) {
    time.now = (i * 24 * HOUR) / 15_000;
    const id = `C-${1000 + i}`;
    // What a service desk does all day: look up, change one record, write to one customer, with texts from a template.
    const requests = [
      call("crm.get_customer", { customer_id: id }),
      call("crm.update_customer", { customer_id: id, field: "status", value: i % 2 === 0 ? "active" : "closed" }),
      call("mail.send_mail", { to: `customer${i}@example.com`, subject: "Your order", body: "Dear customer, your order is on its way and will arrive soon." }),
      call("tickets.close_ticket", { ticket: i }),
    ];
    assert.equal(decide(requests[i % requests.length]!), "permit", `action ${i}`);
  }
});

test("never more than a hundred actions in any minute, whatever they are", () => {
  verifies("C-07");
  const { time, decide } = layer();
  const passed: number[] = [];
  for (let i = 0; i < 2_000; i++) {
    time.now = i * 100;
    if (decide(call("crm.update_customer", { customer_id: i, value: i })) === "permit") passed.push(time.now);
  }
  for (const [i, moment] of passed.entries()) assert.ok(passed.filter((one, j) => j >= i && one - moment < MINUTE).length <= 100);
  assert.ok(passed.length >= 300);
});

test("a key that keeps trying beyond its own limit takes nothing of what its agent's other keys share", () => {
  verifies("C-06");
  const { time, decide } = layer(config({ key: { actions: { count: 5, ms: MINUTE, text: "5/min" } } }));
  const said = Array.from({ length: 500 }, (_, i) => decide(call("crm.get_customer", { id: i }, { capability: "k1" })));
  assert.deepEqual([said.filter((one) => one === "permit").length, said.at(-1)], [5, "limits/key/actions"]);
  for (let i = 0; i < 5; i++) assert.equal(decide(call("crm.get_customer", { id: i }, { capability: "k2" })), "permit");
  time.now += MINUTE;
  assert.equal(decide(call("crm.get_customer", { id: 1 }, { capability: "k1" })), "permit");
});

test("waiting for something by reading it again passes; asking for it in a tight loop does not", () => {
  verifies("C-10");
  const waiting = layer();
  for (let i = 0; i < 500; i++) {
    waiting.time.now += MINUTE;
    assert.equal(waiting.decide(call("jobs.get_status", { job: "j1" })), "permit");
  }
  const tight = layer();
  let reads = 0;
  for (let i = 0; i < 500; i++) {
    tight.time.now += 1_000;
    if (tight.decide(call("jobs.get_status", { job: "j1" })) === "permit") reads++;
  }
  assert.equal(reads, 100);
});

test("a reload winds no loop back, and one user's repetitions are not another's", () => {
  verifies("C-10");
  const first = layer();
  for (let i = 0; i < 5; i++) assert.equal(first.decide(call("tickets.create_ticket", ticket(i))), "permit");
  const again = layer(config(), first.lasting);
  assert.equal(again.decide(call("tickets.create_ticket", ticket(9))), "loop/duplicate");
  assert.equal(again.decide(call("tickets.create_ticket", ticket(9), { user: "someone else" })), "permit");
  assert.equal(again.decide(call("tickets.create_ticket", ticket(9), { agent: "b" })), "permit");
});

const failed = (code: ErrorCode): Outcome => ({ status: "failed", decision: inspection.decision, code });
const done: Outcome = { status: "done", decision: inspection.decision, verdict: { decision: inspection.decision, passages: [] } };

test("an agent whose actions fail ten times in a row is stopped; then one tries, and a success opens the way", () => {
  verifies("C-07");
  const { time, decide, settle } = layer();
  const asked = (): Request => call(`s${number}.do_it`, { id: number });
  for (let i = 0; i < 10; i++) {
    const request = asked();
    assert.equal(decide(request), "permit");
    settle(request, failed("internal"));
  }
  assert.equal(decide(asked()), "limits/breaker-agent");
  time.now += MINUTE;
  const probe = asked();
  assert.equal(decide(probe), "permit");
  assert.equal(decide(asked()), "limits/breaker-agent", "only one tries");
  settle(probe, failed("internal"));
  assert.equal(decide(asked()), "limits/breaker-agent");
  time.now += MINUTE;
  const second = asked();
  assert.equal(decide(second), "permit");
  settle(second, done);
  assert.equal(decide(asked()), "permit");
});

test("what is downstream and does not answer is left alone by everybody, and nothing else is", () => {
  const { time, decide, settle } = layer();
  for (let i = 0; i < 5; i++) {
    const request = call("crm.get_customer", { id: i });
    assert.equal(decide(request), "permit");
    settle(request, failed("upstream-unreachable"));
  }
  assert.equal(decide(call("crm.get_customer", { id: 9 }, { agent: "b" })), "limits/breaker-downstream");
  assert.equal(decide(call("mail.read_mail", { id: 9 })), "permit");
  time.now += 30_000;
  const probe = call("crm.get_customer", { id: 10 });
  assert.equal(decide(probe), "permit");
  settle(probe, failed("cancelled"));
  const next = call("crm.get_customer", { id: 11 });
  assert.equal(decide(next), "permit", "a probe that its client broke off lets another try");
});

test("who reports failures over the decision API, or breaks calls off, stops nobody else", () => {
  const { decide, settle } = layer();
  for (let i = 0; i < 9; i++) {
    const request = call("crm.get_customer", { id: i }, {}, "api");
    decide(request);
    settle(request, failed("upstream-unreachable"));
  }
  assert.equal(decide(call("crm.get_customer", { id: 99 }, { agent: "b" })), "permit");
  const broken = layer();
  for (let i = 0; i < 50; i++) {
    const request = call("crm.get_customer", { id: i });
    broken.decide(request);
    broken.settle(request, failed("cancelled"));
  }
  assert.equal(broken.decide(call("crm.get_customer", { id: 99 })), "permit");
});

test("a wall clock that jumps by an hour changes nothing: limits know the monotonic one only", (t) => {
  verifies("C-10");
  const { decide } = layer();
  t.mock.timers.enable({ apis: ["Date"], now: 10 * HOUR });
  for (let i = 0; i < 5; i++) assert.equal(decide(call("tickets.create_ticket", ticket(i))), "permit");
  for (const jump of [11 * HOUR, 9 * HOUR]) {
    t.mock.timers.setTime(jump);
    assert.equal(decide(call("tickets.create_ticket", ticket(7))), "loop/duplicate");
  }
});

test("asking for the same again while a person is asked is how an agent waits, and no loop", () => {
  verifies("C-10");
  // biome-ignore lint/suspicious/noThenProperty: the word is part of the public configuration
  const rules = [{ id: "mail", when: "true", then: "ask", mode: "enforce" }] as const;
  const { decide, time } = layer({ ...config(), rules });
  for (let times = 0; times < 100; times++) {
    time.now += 10_000;
    assert.equal(decide(call("mail.send_mail", { to: "anna@example.com", body: "please confirm the meeting tomorrow at ten" })), "rules/mail");
  }
});
