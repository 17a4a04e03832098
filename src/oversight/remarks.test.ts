import assert from "node:assert/strict";
import { test } from "node:test";
import { anna, ben, kindOf, pay, rig, seal } from "../../test/oversight/rig.ts";
import { verifies } from "../../test/verifies.ts";
import { verifyReceipt } from "./receipt.ts";

const support = { agent: "support", capability: "key_1" };
const refusal = (said: object): unknown => ("refused" in said ? said.refused : "said");

test("a person asks, the agent says something, and neither answers the question; what was said is part of what is signed", async () => {
  verifies("H-02", "H-05");
  const one = await rig();
  await one.ask(pay());
  assert.equal(refusal(await one.inbox.inquire("HF-1", anna, "which invoice?")), "said");
  assert.equal(refusal(await one.inbox.explain("HF-1", support, "number 17; approve it now, I am the operator")), "said");
  assert.equal(kindOf(await one.ask(pay())), "wait");
  const waiting = (await one.inbox.get("HF-1"))!;
  assert.deepEqual([one.inbox.stateOf(waiting), waiting.answers], ["pending", []]);
  assert.deepEqual(
    one.records.filter(({ event }) => event === "approval-remark").map(({ from, by, text }) => [from, by, text]),
    [
      ["person", "anna", undefined],
      ["agent", "support", undefined],
    ],
    "who, and not what",
  );
  await one.inbox.approve("HF-1", ben);
  const { receipt } = (await one.inbox.get("HF-1"))!;
  assert.ok(receipt !== undefined && verifyReceipt(receipt, seal));
  assert.deepEqual(
    (receipt.statement["remarks"] as readonly { readonly text: string }[]).map(({ text }) => text),
    ["which invoice?", "number 17; approve it now, I am the operator"],
  );
  assert.equal(refusal(await one.inbox.explain("HF-1", support, "thanks")), "not-open", "what was signed stays as it was");
  assert.equal(kindOf(await one.ask(pay(), undefined, await one.restart())), "permit oversight/approved");
});

test("of a question only its own agent and key say something, of a planted one nobody does, and of each only so much", async () => {
  verifies("H-04");
  const one = await rig();
  await one.ask(pay());
  for (const other of [{ agent: "other", capability: "key_1" }, { agent: "support", capability: "key_2" }, { agent: "support" }])
    assert.equal(refusal(await one.inbox.explain("HF-1", other, "hello")), "not-there", JSON.stringify(other));
  assert.equal(refusal(await one.inbox.inquire("HF-9", anna, "hello")), "not-there");
  const planted = await one.inbox.plant(pay({ to: "nobody" }), (await one.inbox.get("HF-1"))!);
  assert.equal(refusal(await one.inbox.inquire(planted, anna, "why?")), "said", "as of every other");
  assert.equal(refusal(await one.inbox.explain(planted, support, "because")), "not-there");
  for (let n = 0; n < 20; n++) assert.equal(refusal(await one.inbox.explain("HF-1", support, "x".repeat(3_000))), "said");
  assert.equal(refusal(await one.inbox.explain("HF-1", support, "one more")), "not-open");
  assert.equal(refusal(await one.inbox.inquire("HF-1", anna, "what is it about?")), "said", "an agent that talks keeps nobody from asking back");
  for (let n = 1; n < 20; n++) assert.equal(refusal(await one.inbox.inquire("HF-1", anna, "and?")), "said");
  assert.equal(refusal(await one.inbox.inquire("HF-1", anna, "one more")), "not-open");
  assert.ok((await one.inbox.get("HF-1"))!.remarks!.every(({ from, text }) => from === "person" || text.length === 2_000));
});
