import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { anna, asked, ben, carl, kindOf, needing, operator, pay, refusedWith, rig } from "../../test/oversight/rig.ts";
import { verifies } from "../../test/verifies.ts";
import { ask, type Decision, deny } from "../core/index.ts";
import { digestOf } from "./bound.ts";

describe("people answer, and only those who may", () => {
  test("nobody approves what was asked for in their own name", async () => {
    verifies("H-04");
    const { inbox, ask: request } = await rig();
    for (const user of ["anna", "anna@example.org", "account-4711"])
      await request(pay({ for: user }, { principal: { agent: "support", user, capability: "key_1" } }));
    for (const id of ["HF-1", "HF-2", "HF-3"]) {
      assert.equal(refusedWith(await inbox.approve(id, anna)), "own-request");
      assert.equal(refusedWith(await inbox.edit(id, anna, {})), "own-request");
    }
    assert.equal(refusedWith(await inbox.approve("HF-1", ben)), "approved");
    assert.equal(refusedWith(await inbox.reject("HF-2", anna)), "rejected", "taking it back is not approving it");
  });

  test("only people with a role that the rule names; a role that nobody has falls to the operator of this machine", async () => {
    verifies("H-04");
    const { inbox, ask: request } = await rig();
    await request(pay(), needing(["finance"]));
    assert.equal(refusedWith(await inbox.approve("HF-1", carl)), "not-yours");
    assert.equal(refusedWith(await inbox.approve("HF-1", operator)), "not-yours");
    assert.equal(refusedWith(await inbox.reject("HF-1", carl)), "not-yours");
    assert.equal(refusedWith(await inbox.approve("HF-1", ben)), "approved");
    await request(pay({ to: "x" }), needing(["board"]));
    assert.equal(refusedWith(await inbox.approve("HF-2", ben)), "not-yours");
    assert.equal(refusedWith(await inbox.approve("HF-2", operator)), "approved");
  });

  test("four eyes are two people", async () => {
    verifies("H-04");
    const { inbox, ask: request } = await rig();
    await request(pay(), needing([], 2));
    assert.equal(refusedWith(await inbox.approve("HF-1", anna)), "pending");
    assert.equal(refusedWith(await inbox.approve("HF-1", anna)), "twice");
    assert.equal(kindOf(await request(pay(), needing([], 2))), "wait");
    assert.equal(refusedWith(await inbox.approve("HF-1", carl)), "approved");
    assert.equal(kindOf(await request(pay(), needing([], 2))), "permit oversight/approved");
  });

  test("what two rules demand is both met, and one person may do for both", async () => {
    const both: Decision = { ...asked, obligations: [...needing(["finance"]).obligations, ...needing([], 2).obligations] };
    const { inbox, ask: request } = await rig();
    await request(pay(), both);
    assert.equal(refusedWith(await inbox.approve("HF-1", carl)), "pending");
    assert.equal(refusedWith(await inbox.approve("HF-1", operator)), "pending");
    assert.equal(refusedWith(await inbox.approve("HF-1", anna)), "approved");
  });
});

describe("what an approver changed", () => {
  test("is what is done; it is decided again first", async () => {
    verifies("H-02");
    const { inbox, ask: request, records } = await rig();
    await request(pay());
    assert.equal(refusedWith(await inbox.edit("HF-1", anna, { to: "ACME", amount: 70 }, "less")), "approved");
    assert.equal(records[0]?.event, "approval-edited");
    const again = pay();
    const resolution = await request(again);
    assert.ok(resolution.kind === "edit");
    assert.deepEqual(resolution.request.action.args, { to: "ACME", amount: 70 });
    assert.equal(resolution.request.id, again.id);
    // The monitor decides it again and asks again: for what was seen, that is answered.
    assert.equal(kindOf(await request(resolution.request)), "permit oversight/approved");
    assert.deepEqual(await request(pay()), { kind: "wait", ticket: "HF-2" });
  });

  test("does not pass where the layers deny it, and its approver is told so at once", async () => {
    const { inbox, ask: request, world } = await rig();
    await request(pay());
    world.judged = deny({ id: "rules/never", text: "never" });
    const answered = await inbox.edit("HF-1", anna, { to: "EVIL" });
    assert.deepEqual(answered, { refused: "denied", text: "never" });
    assert.equal(inbox.waiting, 1);
  });

  test("needs whoever a rule about the new arguments wants; what others approved before does not count for it", async () => {
    const { inbox, ask: request, world } = await rig();
    await request(pay(), needing([], 2));
    await inbox.approve("HF-1", carl);
    world.judged = needing(["finance"]);
    assert.equal(refusedWith(await inbox.edit("HF-1", carl, { to: "ACME", amount: 9_000 })), "pending");
    const seen = digestOf((await inbox.get("HF-1"))?.bound ?? assert.fail());
    assert.equal(refusedWith(await inbox.approve("HF-1", operator, undefined, seen)), "pending", "the rule of the first arguments still wants two");
    assert.equal(refusedWith(await inbox.approve("HF-1", anna, undefined, seen)), "approved");
  });

  test("is not approved by somebody who looked at what it was before", async () => {
    verifies("H-02");
    const { inbox, ask: request } = await rig();
    await request(pay(), needing([], 2));
    const seen = digestOf((await inbox.get("HF-1"))?.bound ?? assert.fail());
    await inbox.edit("HF-1", carl, { to: "EVIL", amount: 700 }, undefined, seen);
    assert.equal(refusedWith(await inbox.approve("HF-1", anna)), "changed", "whoever does not say what they looked at may have looked before the change");
    assert.equal(refusedWith(await inbox.approve("HF-1", anna, undefined, seen)), "changed");
    const now = digestOf((await inbox.get("HF-1"))?.bound ?? assert.fail());
    assert.equal(refusedWith(await inbox.approve("HF-1", anna, undefined, now)), "approved");
  });

  test("raises no question at the end that the approver did not see", async () => {
    const { inbox, ask: request } = await rig();
    await request(pay());
    await inbox.edit("HF-1", anna, { to: "ACME", amount: 70 });
    const resolution = await request(pay());
    assert.ok(resolution.kind === "edit");
    assert.equal(kindOf(await request(resolution.request, ask({ id: "rules/other", text: "another" }))), "deny oversight/edited-again");
  });
});
