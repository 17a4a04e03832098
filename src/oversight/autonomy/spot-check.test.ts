import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { DONE, MINUTE, operator, pay, type Rig, rig } from "../../../test/oversight/rig.ts";
import { verifies } from "../../../test/verifies.ts";
import { ask } from "../../core/decision.ts";
import type { Request } from "../../core/request.ts";
import type { Inbox } from "../inbox.ts";
import { openSpotChecks } from "./spot-check.ts";

const PICKED = ask({ id: "autonomy/spot-check", text: "picked" });
const HIT = new Uint8Array(4);
const MISS = new Uint8Array(4).fill(255);

/** Dice that a test may load: what is in `throws` first, then misses. */
async function dice(one: Rig, throws: Uint8Array[] = [], inbox: Inbox = one.inbox) {
  return openSpotChecks({ inbox, now: () => one.world.wall, random: () => throws.shift() ?? MISS, toolName: (name) => name.replace("__", ".") });
}
const same = (request: Request, id = "again"): Request => ({ ...request, id });

test("one write in five is picked, and no throw tells the next", async () => {
  verifies("H-03");
  const one = await rig();
  let picked = 0;
  let pairs = 0;
  let before = false;
  const throws = 20_000;
  for (let n = 0; n < throws; n++) {
    // A tool of its own each time: a hit must not stay for the next.
    const picks = await openSpotChecks({ inbox: one.inbox, now: () => 0, random: randomBytes, toolName: (name) => name });
    const hit = picks(pay());
    if (hit) picked++;
    if (hit && before) pairs++;
    before = hit;
  }
  // Six standard deviations.
  assert.ok(Math.abs(picked / throws - 0.2) < 0.017, `${picked}`);
  assert.ok(Math.abs(pairs / throws - 0.04) < 0.009, `${pairs}`);
});

test("asking again throws no second time: not for the same call, not for nearly the same, not under another spelling of the tool, not after a restart", async () => {
  verifies("H-03");
  const one = await rig();
  const picks = await dice(one, [HIT]);
  const call = pay({ to: "ACME", amount: 7 });
  assert.equal(picks(call), true);
  await one.ask(call, PICKED);
  for (const inbox of [undefined, await one.restart()]) {
    const now = inbox === undefined ? picks : await dice(one, [], inbox);
    for (const again of [
      same(call),
      pay({ to: "ACME", amount: 8 }),
      pay({ to: "ACME ", amount: 7 }),
      { ...call, action: { ...call.action, tool: "pay__send" } },
    ])
      assert.equal(now(again), true);
    assert.equal(now({ ...call, action: { ...call.action, tool: "crm.note" } }), false, "another tool");
    assert.equal(now({ ...call, principal: { agent: "other" } }), false, "another agent");
  }
  one.pass(120 * MINUTE);
  assert.equal(picks(same(call)), true, "nor once nobody has answered in time");
});

test("a call that a person let through ends it; a rejection begins it anew, and what was rejected is not thrown for", async () => {
  verifies("H-03");
  const one = await rig();
  const picks = await dice(one, [HIT]);
  const [good, bad] = [pay({ to: "ACME", amount: 1 }), pay({ to: "EVIL", amount: 9 })];
  assert.ok(picks(good) && picks(bad));
  await one.ask(good, PICKED);
  await one.ask(bad, PICKED);
  one.pass(1);
  await one.inbox.approve("HF-1", operator);
  assert.equal(picks(same(good)), true, "so that what was approved is used up");
  one.pass(1);
  await one.inbox.reject("HF-2", operator);
  assert.equal((await one.ask(same(good, "used"), PICKED)).kind, "permit");
  one.inbox.ended("used", DONE);
  assert.equal(picks(pay({ to: "EVIL", amount: 10 })), true, "the rejection came after the approval");
  const third = pay({ to: "ACME", amount: 3 });
  await one.ask(third, PICKED);
  one.pass(1);
  await one.inbox.approve("HF-3", operator);
  await one.ask(same(third, "third"), PICKED);
  assert.equal(picks(pay({ to: "ACME", amount: 4 })), false);
  assert.equal(picks(same(bad)), true);
  for (const inbox of [await one.restart()])
    assert.equal((await dice(one, [], inbox))(pay({ to: "ACME", amount: 4 })), false, "a restart remembers that as well");
});

test("what an approver made of a call was seen: no dice are cast for it, and its approval is not lost to them", async () => {
  verifies("H-03");
  const one = await rig();
  const throws = [HIT];
  const picks = await dice(one, throws);
  const call = pay({ to: "ACME", amount: 700 });
  await one.ask(call);
  await one.inbox.edit("HF-1", operator, { to: "ACME", amount: 7 });
  const made = await one.ask(same(call));
  assert.ok(made.kind === "edit");
  assert.equal(picks(made.request), false);
  assert.equal(throws.length, 1, "none was cast");
  one.inbox.ended(made.request.id, DONE);
  assert.equal(picks(pay({ to: "ACME", amount: 7 })), true, "the next one is thrown for");
});
