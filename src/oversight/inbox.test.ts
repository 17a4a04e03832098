import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { anna, asked, ben, DONE, kindOf, MINUTE, needing, pay, refusedWith, rig } from "../../test/oversight/rig.ts";
import { verifies } from "../../test/verifies.ts";
import type { Request } from "../core/index.ts";

describe("what was approved is done, once", () => {
  test("a question waits under one ticket, however often it is asked, and is let through once after a person approved it", async () => {
    verifies("H-02");
    const { inbox, ask: request, records } = await rig();
    assert.deepEqual(await request(pay()), { kind: "wait", ticket: "HF-1" });
    assert.deepEqual(await request(pay()), { kind: "wait", ticket: "HF-1" });
    assert.equal(inbox.waiting, 1);
    assert.equal(refusedWith(await inbox.approve("HF-1", anna)), "approved");
    assert.deepEqual(
      records.map(({ event, ticket, by }) => [event, ticket, by]),
      [["approval-approved", "HF-1", "anna"]],
    );
    assert.equal(kindOf(await request(pay())), "permit oversight/approved");
    assert.deepEqual(await request(pay()), { kind: "wait", ticket: "HF-2" });
  });

  test("of many who ask at once for what was approved, one is let through", async () => {
    verifies("H-02");
    const { inbox, ask: request } = await rig();
    await request(pay());
    await inbox.approve("HF-1", anna);
    const all = await Promise.all(Array.from({ length: 100 }, () => request(pay())));
    assert.deepEqual(
      all.map(kindOf).filter((kind) => kind.startsWith("permit")),
      ["permit oversight/approved"],
    );
  });

  test("a call that a model's answer proposed and that is then made at our MCP gateway is one act: each place lets it through once", async () => {
    const { inbox, ask: request } = await rig();
    const proposed = (): Request => pay(undefined, { context: { time: 0, surface: "llm-gateway", parent: "req_0" } });
    await request(proposed());
    await inbox.approve("HF-1", anna);
    assert.equal(kindOf(await request(proposed())), "permit oversight/approved");
    assert.equal(kindOf(await request(pay())), "permit oversight/approved");
    assert.equal(kindOf(await request(pay())), "wait");
    assert.equal(kindOf(await request(proposed())), "wait");
  });

  test("two clicks, and two people, count as what they are", async () => {
    verifies("H-04");
    const { inbox, ask: request } = await rig();
    await request(pay());
    const clicks = await Promise.all([inbox.approve("HF-1", anna), inbox.approve("HF-1", anna), inbox.reject("HF-1", ben)]);
    assert.deepEqual(clicks.map(refusedWith), ["approved", "not-open", "not-open"]);
  });

  test("what was rejected stays rejected, however it is asked again, until the question is over", async () => {
    verifies("H-02");
    const { inbox, ask: request, pass } = await rig();
    await request(pay());
    await inbox.reject("HF-1", anna, "no");
    assert.equal(kindOf(await request(pay())), "deny oversight/rejected");
    pass(61 * MINUTE);
    assert.deepEqual(await request(pay()), { kind: "wait", ticket: "HF-2" });
  });
});

describe("an approval is in time", () => {
  test("what nobody answered in time is denied to whoever still wants to answer, and asked anew", async () => {
    verifies("H-04");
    const { inbox, ask: request, pass } = await rig();
    await request(pay());
    pass(60 * MINUTE);
    assert.equal(refusedWith(await inbox.approve("HF-1", anna)), "not-open");
    assert.deepEqual(await request(pay()), { kind: "wait", ticket: "HF-2" });
  });

  test("an approval is over when its time is, also where the wall clock is turned back or stands still", async () => {
    for (const jump of [-60 * MINUTE, -61 * MINUTE, -1440 * MINUTE, 0]) {
      const { inbox, ask: request, pass, world } = await rig();
      await request(pay());
      await inbox.approve("HF-1", anna);
      pass(60 * MINUTE);
      world.wall += jump;
      assert.equal(kindOf(await request(pay())), "wait", `${jump}`);
    }
  });

  test("after a restart on a clock that was turned back it does not come to life again", async () => {
    const { inbox, ask: request, pass, world, restart } = await rig();
    await request(pay());
    await inbox.approve("HF-1", anna);
    pass(61 * MINUTE);
    await request(pay({ to: "somebody else" }));
    world.wall -= 1440 * MINUTE;
    world.monotonic = 0;
    assert.equal(kindOf(await request(pay(), asked, await restart())), "wait");
  });

  test("a rule's own time is shorter than the general one, and the shortest counts", async () => {
    const { inbox, ask: request, pass } = await rig();
    await request(pay(), needing([], 1, 10 * MINUTE));
    await inbox.approve("HF-1", anna);
    pass(10 * MINUTE);
    assert.equal(kindOf(await request(pay(), needing([], 1, 10 * MINUTE))), "wait");
  });

  test("a request that is held waits for the answer, as long as was said and no longer", async () => {
    const times = () => ({ hold: 30_000, expires: 60 * MINUTE, keep: 0 });
    const { inbox, ask: request, pass } = await rig({ times });
    const proposed = pay(undefined, { context: { time: 0, surface: "llm-gateway", parent: "req_parent" } });
    const held = request(proposed);
    while (inbox.waiting === 0) await new Promise((resolve) => setImmediate(resolve));
    const isHeld = (): readonly boolean[] => [proposed.id, "req_parent", "req_other"].map(inbox.holds);
    assert.deepEqual(isHeld(), [true, true, false], "the call, and the answer that proposes it");
    await inbox.approve("HF-1", anna);
    assert.equal(kindOf(await held), "permit oversight/approved");
    assert.deepEqual(isHeld(), [false, false, false]);
    const late = request(pay({ to: "another" }));
    while (inbox.waiting === 0) await new Promise((resolve) => setImmediate(resolve));
    pass(30_000);
    assert.deepEqual(await late, { kind: "wait", ticket: "HF-2" });
  });

  test("a request that is held longer than its question stays open is denied when that is over, and asks nobody anew by itself", async () => {
    verifies("H-04");
    const { inbox, ask: request, pass } = await rig({ times: () => ({ hold: 10 * MINUTE, expires: 60 * MINUTE, keep: 0 }) });
    const held = request(pay(), needing([], 1, 2 * MINUTE));
    while (inbox.waiting === 0) await new Promise((resolve) => setImmediate(resolve));
    pass(2 * MINUTE);
    assert.equal(await Promise.race([held.then(kindOf), new Promise((resolve) => setImmediate(resolve, "still held"))]), "deny oversight/expired");
    assert.equal(inbox.waiting, 0);
  });
});

describe("crashes and faults", () => {
  test("what waits, what was approved and what was rejected is still so after a restart", async () => {
    const one = await rig();
    for (const to of ["a", "b", "c"]) await one.ask(pay({ to }));
    await one.inbox.approve("HF-2", anna);
    await one.inbox.reject("HF-3", anna);
    const again = await one.restart();
    const kinds = [];
    for (const to of ["a", "b", "c"]) kinds.push(kindOf(await one.ask(pay({ to }), asked, again)));
    assert.deepEqual(kinds, ["wait", "permit oversight/approved", "deny oversight/rejected"]);
  });

  test("killed between the use of an approval and the effect, it is gone: nothing is done twice, and how it ended is unknown", async () => {
    verifies("H-02");
    const one = await rig();
    await one.ask(pay());
    await one.inbox.approve("HF-1", anna);
    assert.equal(kindOf(await one.ask(pay())), "permit oversight/approved");
    const again = await one.restart();
    const approval = await again.get("HF-1");
    assert.ok(approval !== undefined);
    assert.equal(again.stateOf(approval), "unknown");
    assert.equal(kindOf(await one.ask(pay(), asked, again)), "wait");
  });

  test("how it ended stands with the question; what failed once it had begun is unknown", async () => {
    for (const [outcome, state] of [
      [DONE, "done"],
      [{ status: "failed", decision: asked, code: "upstream-timeout" }, "unknown"],
      [{ status: "denied", decision: asked }, "void"],
    ] as const) {
      const { inbox, ask: request } = await rig();
      await request(pay());
      await inbox.approve("HF-1", anna);
      const used = pay();
      await request(used);
      inbox.ended(used.id, outcome);
      await new Promise((resolve) => setImmediate(resolve));
      const approval = await inbox.get("HF-1");
      assert.ok(approval !== undefined);
      assert.equal(inbox.stateOf(approval), state);
    }
  });

  test("a disk that does not take it lets nothing through, and counts no answer", async () => {
    const one = await rig();
    await one.ask(pay());
    one.world.broken = true;
    await assert.rejects(one.inbox.approve("HF-1", anna), /EIO/);
    await assert.rejects(one.ask(pay({ to: "new" })), /EIO/);
    one.world.broken = false;
    assert.equal(kindOf(await one.ask(pay())), "wait");
    await one.inbox.approve("HF-1", anna);
    one.world.broken = true;
    await assert.rejects(one.ask(pay()), /EIO/);
    one.world.broken = false;
    assert.equal(kindOf(await one.ask(pay())), "permit oversight/approved", "nothing was done with it");
  });

  test("an answer that the log does not take does not count", async () => {
    const { inbox, ask: request } = await rig({ record: () => Promise.reject(new Error("no log")) });
    await request(pay());
    await assert.rejects(inbox.approve("HF-1", anna), /no log/);
    assert.equal(kindOf(await request(pay())), "wait");
  });

  test("a flood of questions of one agent is refused, and leaves room for the others", async () => {
    const { ask: request } = await rig();
    const kinds = [];
    for (let amount = 0; amount < 101; amount++) kinds.push(kindOf(await request(pay({ amount }))));
    assert.deepEqual([kinds[99], kinds[100]], ["wait", "deny oversight/too-many"]);
    assert.equal(kindOf(await request(pay(undefined, { principal: { agent: "other" } }))), "wait");
  });

  test("what waits is bounded in length too: one agent's long questions are refused before they fill the memory, and leave room for the others", async () => {
    const { ask: request } = await rig();
    const long = (amount: number, agent = "support"): Request => pay({ amount, text: "x".repeat(1_000_000) }, { principal: { agent } });
    const kinds = [];
    for (let amount = 0; amount < 20; amount++) kinds.push(kindOf(await request(long(amount))));
    assert.deepEqual([kinds.indexOf("deny oversight/too-many"), kindOf(await request(pay()))], [8, "wait"], "a short one still has room");
    assert.equal(kindOf(await request(long(0, "other"))), "wait");
  });

  test("what was answered is gone from the disk once it was kept for as long as was said, also where memory had let go of it before", async () => {
    const keep = 30 * 1440 * MINUTE;
    const { inbox, ask: request, pass, documents } = await rig({ times: () => ({ hold: 0, expires: 60 * MINUTE, keep }) });
    const onDisk = async () => (await documents.list("approvals")).map(({ key }) => key);
    await request(pay({ to: "first" }));
    await inbox.reject("HF-1", anna);
    pass(2 * 1440 * MINUTE);
    await request(pay({ to: "second" }));
    pass(keep - 1440 * MINUTE);
    await request(pay({ to: "third" }));
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(await onDisk(), ["HF-2", "HF-3"]);
  });

  test("what is too long to be shown is not asked", async () => {
    const { ask: request } = await rig();
    assert.equal(kindOf(await request(pay({ text: "x".repeat(1 << 20) }))), "deny oversight/too-long");
    assert.equal(kindOf(await request(pay({ text: "x".repeat((1 << 20) - 1000) }))), "wait");
  });
});
