import assert from "node:assert/strict";
import { test } from "node:test";
import { anna, ben, carl, kindOf, MINUTE, needing, pay, type Rig, refusedWith, rig, seal } from "../../test/oversight/rig.ts";
import { verifies } from "../../test/verifies.ts";
import type { Clock } from "../core/layers.ts";
import { type Escalation, escalations } from "./escalation.ts";
import type { Inbox } from "./inbox.ts";
import { verifyReceipt } from "./receipt.ts";

const STEPS: readonly Escalation[] = [
  { after: 15 * MINUTE, to: ["security"] },
  { after: 30 * MINUTE, to: ["board"] },
];
const holders = (role: string): readonly string[] => ({ finance: ["anna"], security: ["carl"], board: ["ben"] })[role] ?? [];

async function escalating(one: Rig, inbox: Inbox = one.inbox, steps = STEPS) {
  const timers: (() => void)[] = [];
  const failed: unknown[] = [];
  const clock: Clock = {
    now: () => one.world.wall,
    monotonic: () => one.world.monotonic,
    timer: (_ms, fire) => {
      timers.push(fire);
      return () => void timers.splice(timers.indexOf(fire), 1);
    },
  };
  const running = escalations(inbox, { steps: () => steps, clock, failed: (error) => void failed.push(error) });
  return {
    timers,
    failed,
    running,
    /** Time passes, and it is looked. */
    async pass(ms: number) {
      one.pass(ms);
      for (const fire of timers.splice(0)) fire();
      while (timers.length === 0) await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

test("what nobody answered in time others may answer as well, step by step, and not before", async () => {
  verifies("H-02", "H-04");
  const one = await rig({ roleHolders: holders });
  const { pass } = await escalating(one);
  await one.ask(pay(), needing(["finance"]));
  await pass(14 * MINUTE);
  assert.equal(refusedWith(await one.inbox.approve("HF-1", carl)), "not-yours");
  await pass(MINUTE);
  assert.equal(refusedWith(await one.inbox.approve("HF-1", ben)), "not-yours");
  assert.equal(refusedWith(await one.inbox.approve("HF-1", carl)), "approved");
  assert.equal(kindOf(await one.ask(pay(), needing(["finance"]))), "permit oversight/approved");
  assert.deepEqual(
    one.records.map(({ event, ticket, to }) => [event, ticket, to]),
    [
      ["approval-escalated", "HF-1", "security"],
      ["approval-approved", "HF-1", undefined],
    ],
  );
  const { receipt } = (await one.inbox.get("HF-1")) ?? {};
  assert.deepEqual(receipt?.statement["escalated"], ["security"]);
  assert.ok(receipt !== undefined && verifyReceipt(receipt, seal));
});

test("escalation makes nobody unnecessary: as many answer as before, none twice, none for themselves, and what was rejected stays so", async () => {
  verifies("H-02");
  const one = await rig({ roleHolders: holders });
  const { pass } = await escalating(one);
  await one.ask(pay(), needing(["finance"], 2));
  await one.ask(pay({ to: "other" }), needing(["finance"]));
  await one.ask(pay({ to: "carl's" }, { principal: { agent: "support", user: "carl" } }), needing(["finance"]));
  await one.inbox.reject("HF-2", anna);
  await pass(15 * MINUTE);
  assert.equal(refusedWith(await one.inbox.approve("HF-1", carl)), "pending");
  assert.equal(refusedWith(await one.inbox.approve("HF-1", carl)), "twice");
  assert.equal(refusedWith(await one.inbox.approve("HF-1", anna)), "approved");
  assert.equal(refusedWith(await one.inbox.approve("HF-2", carl)), "not-open");
  assert.equal(refusedWith(await one.inbox.approve("HF-3", carl)), "own-request");
});

test("whoever it was escalated to may also change it, and what the change raises is asked of others first, as before", async () => {
  verifies("H-02");
  const one = await rig({ roleHolders: holders });
  const { pass } = await escalating(one);
  one.world.judged = needing(["finance"]);
  await one.ask(pay(), needing(["finance"]));
  await pass(15 * MINUTE);
  assert.equal(refusedWith(await one.inbox.edit("HF-1", carl, { to: "ACME", amount: 5 })), "approved");
});

test("it escalates once, goes on after a restart, and what runs out is over", async () => {
  verifies("H-02");
  const one = await rig({ roleHolders: holders });
  const first = await escalating(one);
  await one.ask(pay(), needing(["finance"]));
  await first.pass(16 * MINUTE);
  await first.pass(MINUTE);
  first.running.shut();
  const again = await one.restart();
  const second = await escalating(one, again);
  await second.pass(14 * MINUTE);
  await second.pass(MINUTE);
  assert.deepEqual(
    one.records.map(({ to }) => to),
    ["security", "board"],
  );
  await second.pass(30 * MINUTE);
  assert.equal(refusedWith(await again.approve("HF-1", carl)), "not-open");
  assert.deepEqual([first.failed, second.failed], [[], []]);
});

test("nobody may answer more than the log says: what cannot be written down is not escalated, and is tried again", async () => {
  verifies("A-06");
  const records: string[] = [];
  let broken = true;
  const one = await rig({
    roleHolders: holders,
    async record(event) {
      if (broken) throw new Error("EIO");
      records.push(event);
    },
  });
  const { pass, failed } = await escalating(one);
  await one.ask(pay(), needing(["finance"]));
  await pass(15 * MINUTE);
  assert.equal(failed.length, 1);
  broken = false;
  assert.equal(refusedWith(await one.inbox.approve("HF-1", carl)), "not-yours");
  await pass(1_000);
  assert.equal(refusedWith(await one.inbox.approve("HF-1", carl)), "approved");
  assert.deepEqual(records, ["approval-escalated", "approval-approved"]);
});
