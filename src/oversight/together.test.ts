import assert from "node:assert/strict";
import { test } from "node:test";
import { anna, kindOf, needing, operator, pay, rig, seal } from "../../test/oversight/rig.ts";
import { verifies } from "../../test/verifies.ts";
import { ask, join } from "../core/decision.ts";
import { digestOf } from "./bound.ts";
import { riskOf, shapeOf } from "./rank.ts";
import { verifyReceipt } from "./receipt.ts";

async function three() {
  const one = await rig();
  const calls = [1, 2, 3].map((amount) => pay({ to: "ACME", amount }));
  for (const call of calls) await one.ask(call);
  const seen = await Promise.all(["HF-1", "HF-2", "HF-3"].map(async (id) => ({ id, seen: digestOf((await one.inbox.get(id))!.bound) })));
  return { ...one, calls, seen };
}

test("one look answers several of the same shape: each is bound to its own bytes, has its own receipt, and is let through once", async () => {
  verifies("H-02", "H-05");
  const { inbox, seen, calls, ask: again, records, pass } = await three();
  pass(6_000);
  const answered = await inbox.together(seen, operator, "approve", "the usual");
  assert.ok(Array.isArray(answered) && answered.length === 3);
  const receipts = await Promise.all(seen.map(async ({ id }) => (await inbox.get(id))!.receipt!));
  for (const receipt of receipts) assert.ok(verifyReceipt(receipt, seal));
  assert.equal(new Set(receipts.map(({ note }) => note)).size, 3);
  assert.deepEqual(
    records.map(({ took }) => took),
    ["2000", "2000", "2000"],
    "the time of one look is divided",
  );
  for (const call of calls) assert.equal(kindOf(await again({ ...call, id: `${call.id}-again` })), "permit oversight/approved");
  assert.equal(kindOf(await again(pay({ to: "ACME", amount: 4 }))), "wait", "what was not among them is another question");
});

test("of several, one that was changed or is over does not count, and the others do; questions of another shape are not answered with them", async () => {
  verifies("H-02");
  const { inbox, seen, ask: again, records } = await three();
  await inbox.reject("HF-1", anna);
  await inbox.edit("HF-2", anna, { to: "ACME", amount: 1 });
  const answered = await inbox.together(seen, operator, "approve");
  assert.ok(Array.isArray(answered));
  assert.deepEqual(
    answered.map((one) => ("refused" in one ? one.refused : one.approval.state)),
    ["not-open", "not-open", "approved"],
  );
  await again(pay({ to: "ACME", amount: 5, note: "x" }));
  await again(pay({ to: "ACME", amount: 6 }, { principal: { agent: "other", user: "uwe", capability: "key_1" } }));
  await again(pay({ to: "ACME", amount: 7 }), join(ask({ id: "rules/big-payment", text: "x" }), ask({ id: "flow/untrusted-target", text: "x" })));
  await again(pay({ to: "ACME", amount: 8 }), needing(["finance"], 2));
  const before = records.length;
  for (const id of ["HF-4", "HF-5", "HF-6", "HF-7", "HF-99"]) {
    const refused = await inbox.together([seen[2]!, { id, seen: "" }], operator, "approve");
    assert.equal("refused" in refused && refused.refused, "not-alike", id);
  }
  assert.equal(records.length, before);
});

test("untrusted content, doubts about values, sensitive data and named approvers raise the risk; the shape holds no value", async () => {
  const { inbox, ask: wish } = await three();
  const low = (await inbox.get("HF-1"))!;
  assert.equal(riskOf({ ...low, label: { ...low.label, integrity: "user" } }), "low");
  assert.equal(riskOf(low), "medium");
  await wish(pay({ to: "EVIL", amount: 1 }), ask({ id: "flow/untrusted-target", text: "x" }));
  assert.equal(riskOf((await inbox.get("HF-4"))!), "high");
  assert.equal(shapeOf(low), shapeOf((await inbox.get("HF-2"))!));
});
