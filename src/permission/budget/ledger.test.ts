import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { verifies } from "../../../test/verifies.ts";
import { NEUTRAL } from "../../core/decision.ts";
import type { Facts, Outcome } from "../../core/outcome.ts";
import { type Leases, memoryLeases } from "./lease.ts";
import { type Budget, createLedger, type Ledger } from "./ledger.ts";

const DAY = 86_400_000;
const budgetOf = (count: number, ms = DAY): Budget => ({ id: "budget/tokens", agent: "a", unit: "tokens", limit: { count, ms, text: `${count}/day` } });
const done = (facts: Facts = {}): Outcome => ({ status: "done", decision: NEUTRAL, verdict: { decision: NEUTRAL, passages: [] }, facts });
const used = ({ output_tokens }: Facts): number | undefined => (typeof output_tokens === "number" ? output_tokens : undefined);

/** A machine: one clock that only goes on, and one on the wall that anybody may set. */
function machine() {
  let [elapsed, wall] = [0, 1_750_000_000_000];
  // What the process that runs takes the time to be: the wall's when it started, and what went by since.
  let believed = wall;
  const timers = new Set<{ at: number; fire: () => void }>();
  const clock = {
    now: () => wall,
    monotonic: () => elapsed,
    timer(ms: number, fire: () => void) {
      const timer = { at: elapsed + ms, fire };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
  };
  return {
    clock,
    async pass(ms: number) {
      elapsed += ms;
      wall += ms;
      believed += ms;
      for (const timer of [...timers])
        if (timer.at <= elapsed && timers.delete(timer)) {
          timer.fire();
          await new Promise((resolve) => setImmediate(resolve));
        }
    },
    set(ms: number) {
      wall += ms;
    },
    /** Nothing of the process is left, its clock included; time went on meanwhile, and the wall was set back behind what the process believed. */
    restart(ms: number, back = 0) {
      timers.clear();
      elapsed += ms;
      believed += ms - back;
      wall = believed;
    },
  };
}

let number = 0;
/** Asks for an amount as the permission layer does; the request's name where it was reserved. */
async function spend(ledger: Ledger, budget: Budget, amount: number, now: number, caller = ""): Promise<string | undefined> {
  const account = ledger.account(ledger.group(budget), caller);
  if (account === undefined) return undefined;
  const needs = [{ account, amount, used, held: false, end: 0 }];
  const id = `r${number++}`;
  const fetched = ledger.fetched(id, needs, now);
  if (fetched !== undefined) await fetched;
  if (!ledger.has(needs[0]!, now)) {
    ledger.drop(id);
    return undefined;
  }
  ledger.reserve(id, needs, now);
  return id;
}
const answer = (ledger: Ledger, id: string, tokens: number): void => ledger.settle(id, done({ output_tokens: tokens }));

test("in no stretch of the window is more spent than the limit, whatever crashes, and wherever somebody sets the clock on the wall", async () => {
  verifies("C-09");
  const step = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({ what: fc.constant("spend" as const), amount: fc.integer({ min: 1, max: 40 }), part: fc.integer({ min: 0, max: 100 }) }),
    },
    { weight: 6, arbitrary: fc.record({ what: fc.constant("answer" as const) }) },
    { weight: 4, arbitrary: fc.record({ what: fc.constant("pass" as const), ms: fc.integer({ min: 1, max: 400 }) }) },
    // While it runs, in both directions; and back while it does not.
    { weight: 1, arbitrary: fc.record({ what: fc.constant("set" as const), ms: fc.integer({ min: -5_000, max: 5_000 }) }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant("crash" as const), back: fc.integer({ min: 0, max: 5_000 }) }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant("stop" as const), back: fc.integer({ min: 0, max: 5_000 }) }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 120 }), async (steps) => {
      const budget = budgetOf(100, 1_000);
      const { pass, set, restart, clock } = machine();
      const leases = memoryLeases();
      let ledger = createLedger(leases, clock);
      const spent: { at: number; amount: number }[] = [];
      const open: { id: string; amount: number }[] = [];
      for (const one of steps) {
        if (one.what === "pass") await pass(one.ms);
        else if (one.what === "set") set(one.ms);
        else if (one.what === "spend") {
          const at = clock.monotonic();
          const id = await spend(ledger, budget, one.amount, at);
          if (id === undefined) continue;
          const actual = Math.floor((one.amount * one.part) / 100);
          spent.push({ at, amount: actual });
          open.push({ id, amount: actual });
        } else if (one.what === "answer") {
          const first = open.shift();
          if (first !== undefined) answer(ledger, first.id, first.amount);
        } else {
          // What is open now nobody hears the end of.
          open.length = 0;
          if (one.what === "stop") await ledger.shut();
          restart(7, one.back);
          ledger = createLedger(leases, clock);
        }
      }
      for (const { at } of spent) {
        const sum = spent.filter((one) => one.at >= at && one.at < at + 1_000).reduce((all, { amount }) => all + amount, 0);
        assert.ok(sum <= 100, `${sum} in the window from ${at}`);
      }
    }),
    { numRuns: 400 },
  );
});

test("what is spent counts for a whole window and is free one step later at the latest", async () => {
  verifies("C-09");
  const { clock, pass } = machine();
  const ledger = createLedger(memoryLeases(), clock);
  const budget = budgetOf(100);
  answer(ledger, (await spend(ledger, budget, 100, clock.monotonic())) ?? "", 100);
  const account = ledger.account(ledger.group(budget), "")!;
  await pass(DAY - 1);
  assert.equal(await spend(ledger, budget, 1, clock.monotonic()), undefined);
  const wait = ledger.freeIn(account, 1, clock.monotonic()) ?? 0;
  assert.ok(wait > 0 && wait <= DAY / 24 + 1, String(wait));
  await pass(wait);
  assert.notEqual(await spend(ledger, budget, 100, clock.monotonic()), undefined);
  assert.equal(ledger.freeIn(account, 101, clock.monotonic()), undefined, "more than all there is never fits");
});

test("200 callers at once never overspend, and after crashes more than 95 % of the limit can still be spent", async () => {
  verifies("C-09");
  const { clock, restart, pass } = machine();
  const leases = slow(memoryLeases());
  const budget = budgetOf(1_000_000);
  let spent = 0;
  let ledger = createLedger(leases, clock);
  for (let run = 0; run < 4; run++) {
    const under: string[] = [];
    const caller = async (i: number): Promise<void> => {
      for (let call = 0; call < 5; call++) {
        const id = await spend(ledger, budget, 60, clock.monotonic());
        if (id === undefined) continue;
        const actual = 50 + ((i + call) % 11);
        spent += actual;
        // The last calls of a run are under way when it crashes: nobody hears how they ended.
        if (call < 4) answer(ledger, id, actual);
        else under.push(id);
      }
    };
    await Promise.all(Array.from({ length: 200 }, (_, i) => caller(i)));
    restart(10);
    ledger = createLedger(leases, clock);
  }
  for (let id: string | undefined = ""; id !== undefined; ) {
    id = await spend(ledger, budget, 50, clock.monotonic());
    if (id !== undefined) {
      spent += 50;
      answer(ledger, id, 50);
    } else {
      // Others' reservations, and slices on their way back, may have been all that was in the way.
      await pass(1_100);
      id = await spend(ledger, budget, 50, clock.monotonic());
      if (id !== undefined) {
        spent += 50;
        answer(ledger, id, 50);
      }
    }
  }
  assert.ok(spent <= 1_000_000, `${spent} spent`);
  assert.ok(spent >= 950_000, `${spent} reached`);
});

test("a clock that was set back by a year does not keep a budget shut for a year", async () => {
  verifies("C-09");
  const { clock, pass, restart } = machine();
  const leases = memoryLeases();
  const budget = budgetOf(100);
  const first = createLedger(leases, clock);
  answer(first, (await spend(first, budget, 100, 0)) ?? "", 100);
  restart(10, 365 * DAY);
  const second = createLedger(leases, clock);
  assert.equal(await spend(second, budget, 1, clock.monotonic()), undefined);
  await pass(DAY + DAY / 24 + 1);
  assert.notEqual(await spend(second, budget, 100, clock.monotonic()), undefined);
});

test("what an answer left of an earlier step is not spent as if it had been taken now", async () => {
  verifies("C-09");
  const { clock, pass } = machine();
  const ledger = createLedger(memoryLeases(), clock);
  const budget = budgetOf(1_000, 10_000);
  const first = (await spend(ledger, budget, 900, clock.monotonic())) ?? "";
  await pass(1_500);
  assert.notEqual(await spend(ledger, budget, 50, clock.monotonic()), undefined, "a later step has begun");
  answer(ledger, first, 0);
  const at = clock.monotonic();
  assert.notEqual(await spend(ledger, budget, 950, at), undefined);
  while (clock.monotonic() < at + 9_990) {
    assert.equal(await spend(ledger, budget, 1, clock.monotonic()), undefined, `after ${clock.monotonic() - at} ms`);
    await pass(10);
  }
});

test("large reservations that come back at once do not lie where a crash would lose them", async () => {
  verifies("C-09");
  const { clock, pass, restart } = machine();
  const leases = memoryLeases();
  const budget = budgetOf(100_000);
  const ledger = createLedger(leases, clock);
  const ids: string[] = [];
  for (let i = 0; i < 90; i++) ids.push((await spend(ledger, budget, 1_000, 0)) ?? "");
  for (const id of ids) answer(ledger, id, 10);
  // Somebody spends all the time: it is never idle.
  for (let i = 0; i < 5; i++) {
    await pass(1_000);
    answer(ledger, (await spend(ledger, budget, 10, clock.monotonic())) ?? "", 10);
  }
  restart(10);
  const next = createLedger(leases, clock);
  assert.notEqual(await spend(next, budget, 100_000 - 90 * 10 - 5 * 10 - 1_000, clock.monotonic()), undefined, "all but a hundredth");
});

test("nobody who comes later takes what was fetched for another, and nobody is refused while there is room", async () => {
  verifies("C-09");
  const { clock } = machine();
  const ledger = createLedger(slow(memoryLeases()), clock);
  const budget = budgetOf(1_000_000);
  let refused = 0;
  const caller = async (i: number): Promise<void> => {
    for (let call = 0; call < 20; call++) {
      // Large and small ones, so that a large one would wait for ever where small ones go first.
      const amount = i % 3 === 0 ? 2_000 : 100;
      const id = await spend(ledger, budget, amount, clock.monotonic());
      if (id === undefined) refused++;
      else {
        if (i % 2 === 0) await new Promise((resolve) => setImmediate(resolve));
        answer(ledger, id, 5);
      }
    }
  };
  await Promise.all(Array.from({ length: 200 }, (_, i) => caller(i)));
  assert.equal(refused, 0);
});

test("who gave up waiting is given nothing", async () => {
  verifies("C-09");
  const { clock } = machine();
  const ledger = createLedger(slow(memoryLeases()), clock);
  const budget = budgetOf(1_000);
  const account = ledger.account(ledger.group(budget), "")!;
  const needs = [{ account, amount: 600, used, held: false, end: 0 }];
  const late = ledger.fetched("late", needs, 0);
  ledger.settle("late", { status: "denied", decision: NEUTRAL });
  await assert.rejects(async () => late, { code: "unavailable" });
  assert.equal(ledger.states(budget, 1)[0]?.reserved, 0);
  assert.notEqual(await spend(ledger, budget, 900, 0), undefined);
});

test("an answer that used more than its most is counted, and holds for the next", async () => {
  verifies("C-09");
  const { clock, pass } = machine();
  const ledger = createLedger(memoryLeases(), clock);
  const budget = budgetOf(100);
  answer(ledger, (await spend(ledger, budget, 10, clock.monotonic())) ?? "", 90);
  assert.deepEqual(
    ledger.states(budget, 1).map(({ used, reserved }) => ({ used, reserved })),
    [{ used: 90, reserved: 0 }],
  );
  assert.equal(await spend(ledger, budget, 20, clock.monotonic()), undefined);
  await pass(3_000);
  await pass(3_000);
  assert.notEqual(await spend(ledger, budget, 10, clock.monotonic()), undefined);
});

test("a request that was judged twice has one reservation, and one of which nothing is known keeps all of it", async () => {
  verifies("C-09");
  const { clock } = machine();
  const ledger = createLedger(memoryLeases(), clock);
  const budget = budgetOf(100);
  const account = ledger.account(ledger.group(budget), "")!;
  for (let i = 0; i < 5; i++) {
    const needs = [{ account, amount: 30, used, held: false, end: 0 }];
    await ledger.fetched("same", needs, 0);
    ledger.reserve("same", needs, 0);
  }
  assert.equal(ledger.states(budget, 1)[0]?.reserved, 30);
  ledger.settle("same", { status: "failed", decision: NEUTRAL, code: "upstream-timeout" });
  ledger.settle("same", { status: "failed", decision: NEUTRAL, code: "upstream-timeout" });
  assert.deepEqual([ledger.states(budget, 1)[0]?.used, ledger.states(budget, 1)[0]?.reserved], [30, 0]);
});

test("what an upstream refused, what was denied and what waits for a person costs nothing; what an upstream broke off costs all that was reserved", async () => {
  verifies("C-09");
  const failed = (facts?: Facts): Outcome => ({ status: "failed", decision: NEUTRAL, code: "internal", ...(facts === undefined ? {} : { facts }) });
  const cases: readonly (readonly [string, Outcome, number])[] = [
    ["done", done({ output_tokens: 7 }), 7],
    ["done, without a word of its use", done(), 40],
    ["done, with a use that none can be", done({ output_tokens: "many" }), 40],
    ["refused by the upstream", failed({ upstream_status: 429 }), 0],
    ["broken off by the upstream", failed({ upstream_status: 500 }), 40],
    ["broken off", failed(), 40],
    ["broken off after its use was told", failed({ output_tokens: 9 }), 9],
    ["denied", { status: "denied", decision: NEUTRAL }, 0],
    ["waiting", { status: "pending", decision: NEUTRAL, ticket: "t" }, 0],
  ];
  for (const [name, outcome, expected] of cases) {
    const { clock } = machine();
    const ledger = createLedger(memoryLeases(), clock);
    const budget = budgetOf(100);
    ledger.settle((await spend(ledger, budget, 40, 0)) ?? "", outcome);
    assert.equal(ledger.states(budget, 1)[0]?.used, expected, name);
  }
});

test("a store that does not answer lets nothing be spent, and what it was told to take back is not given back twice", async () => {
  verifies("C-09");
  const { clock, pass } = machine();
  const kept = memoryLeases();
  let broken: "no" | "before" | "after" = "before";
  const leases: Leases = {
    async trade(account, trade) {
      if (broken === "before") throw new Error("the disk is full");
      const result = await kept.trade(account, trade);
      if (broken === "after") throw new Error("it happened, but nobody heard of it");
      return result;
    },
  };
  const ledger = createLedger(leases, clock);
  const budget = budgetOf(1_000);
  await assert.rejects(spend(ledger, budget, 10, 0));
  broken = "no";
  const id = (await spend(ledger, budget, 900, 0)) ?? "";
  broken = "after";
  answer(ledger, id, 100);
  for (let i = 0; i < 10; i++) await pass(2_000);
  broken = "no";
  let more = 0;
  while ((await spend(ledger, budget, 10, clock.monotonic())) !== undefined) more += 10;
  assert.ok(100 + more <= 1_000, `${more} more`);

  // Used beyond what was reserved, and not to be written down: counted twice rather than not at all.
  const other = createLedger(leases, clock);
  const small = { ...budget, id: "budget/bytes" };
  const over = (await spend(other, small, 10, clock.monotonic())) ?? "";
  answer(other, over, 500);
  broken = "before";
  for (let i = 0; i < 3; i++) await pass(2_000);
  broken = "no";
  assert.equal(await spend(other, small, 501, clock.monotonic()), undefined);
});

test("what nobody spends goes back: another process can have it, and a crash loses nothing", async () => {
  verifies("C-09");
  const { clock, pass } = machine();
  const leases = memoryLeases();
  const [one, two] = [createLedger(leases, clock), createLedger(leases, clock)];
  const budget = budgetOf(100_000);
  answer(one, (await spend(one, budget, 90_000, 0)) ?? "", 10);
  assert.equal(await spend(two, budget, 99_000, 0), undefined, "the first still holds a part");
  for (let i = 0; i < 4; i++) await pass(1_000);
  assert.notEqual(await spend(two, budget, 99_990, clock.monotonic()), undefined, "all but what was spent");
});

test("callers have accounts of their own, and beyond a bound of them new ones are refused", async () => {
  verifies("C-09");
  const { clock } = machine();
  const ledger = createLedger(memoryLeases(), clock);
  const budget = budgetOf(10);
  assert.notEqual(await spend(ledger, budget, 10, 0, "u1"), undefined);
  assert.equal(await spend(ledger, budget, 1, 0, "u1"), undefined);
  for (let i = 2; i <= 10_000; i++) assert.notEqual(await spend(ledger, budget, 10, 0, `u${i}`), undefined);
  assert.equal(await spend(ledger, budget, 1, 0, "one more"), undefined);
});

/** A store that takes a turn of the event loop to answer. */
function slow(leases: Leases): Leases {
  return {
    async trade(account, trade) {
      await new Promise((resolve) => setImmediate(resolve));
      return leases.trade(account, trade);
    },
  };
}
