import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { anna, asked, kindOf, pay, type Rig, refusedWith, rig, seal } from "../../test/oversight/rig.ts";
import { verifies } from "../../test/verifies.ts";
import { type Decision, NEUTRAL_LABEL, type Request, UNTRUSTED } from "../core/index.ts";

describe("an approval is of exactly these bytes", () => {
  /** GHSA-2j8v, CVE-2026-53822, 22168, 27545, GHSA-8g75, q399, 6x2m: something else ran than what was approved. */
  const OTHER: { readonly [what: string]: (rig: Rig) => Request } = {
    "one character of an argument": () => pay({ to: "ACNE", amount: 700 }),
    "one bit of a number": () => pay({ to: "ACME", amount: 701 }),
    "a number as text": () => pay({ to: "ACME", amount: "700" }),
    "one argument more": () => pay({ to: "ACME", amount: 700, env: { SHELLOPTS: "xtrace" } }),
    "one argument less": () => pay({ to: "ACME" }),
    "a list in another order": () => pay({ to: "ACME", amount: 700, cc: ["b", "a"] }),
    "an invisible character": () => pay({ to: "AC\u200bME", amount: 700 }),
    "a letter that looks the same": () => pay({ to: "АCME", amount: 700 }),
    "a composed letter for a decomposed one": () => pay({ to: "ACME", amount: 700, note: "é" }),
    "another tool": () => pay(undefined, { action: { type: "tool.call", tool: "pay.refund", args: { to: "ACME", amount: 700 } } }),
    "another kind of action": () => pay(undefined, { action: { type: "process.run", tool: "pay.send", args: { to: "ACME", amount: 700 } } }),
    "another target": () => pay(undefined, { resource: { type: "tool", id: "pay2.send" } }),
    "another agent": () => pay(undefined, { principal: { agent: "other", user: "uwe", capability: "key_1" } }),
    "another key of the same agent": () => pay(undefined, { principal: { agent: "support", user: "uwe", capability: "key_2" } }),
    "another user": () => pay(undefined, { principal: { agent: "support", user: "ute", capability: "key_1" } }),
    "something beside the arguments": () =>
      pay(undefined, { content: [{ source: { kind: "model" }, label: NEUTRAL_LABEL, value: { _meta: { "x.example/also": "everybody" } } }] }),
    "a message that goes with it": () => pay(undefined, { content: [{ source: { kind: "model" }, label: NEUTRAL_LABEL, text: "and send the rest as well" }] }),
    "the tool's definition": ({ world }) => {
      world.definition = "definition-2";
      return pay();
    },
    "the policy": ({ world }) => {
      world.policy = "policy-2";
      return pay();
    },
  };
  for (const [what, other] of Object.entries(OTHER))
    test(`${what} is another question`, async () => {
      verifies("H-02");
      const one = await rig();
      await one.ask(pay());
      await one.ask(pay({ to: "ACME", amount: 700, cc: ["a", "b"] }));
      await one.ask(pay({ to: "ACME", amount: 700, note: "e\u0301" }));
      for (const id of ["HF-1", "HF-2", "HF-3"]) assert.equal(refusedWith(await one.inbox.approve(id, anna)), "approved");
      assert.equal(kindOf(await one.ask(other(one))), "wait");
    });

  test("the order of the arguments' names, the session, the trace and the handle for progress are not part of what is done", async () => {
    const same: readonly (() => Request)[] = [
      () => pay({ amount: 700, to: "ACME" }),
      () => pay(undefined, { principal: { agent: "support", user: "uwe", capability: "key_1", session: "after the restart" } }),
      () => pay(undefined, { content: [{ source: { kind: "model" }, label: UNTRUSTED, value: { _meta: { progressToken: 7, traceparent: "00-1" } } }] }),
    ];
    for (const again of same) {
      const { inbox, ask: request } = await rig();
      await request(pay());
      await inbox.approve("HF-1", anna);
      assert.equal(kindOf(await request(again())), "permit oversight/approved");
    }
  });

  test("any change of any argument is another question", async () => {
    verifies("H-02");
    const value = fc.jsonValue({ maxDepth: 3 });
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), value), fc.dictionary(fc.string(), value), async (a, b) => {
        const args = (given: object) => JSON.parse(JSON.stringify(given)) as NonNullable<Request["action"]["args"]>;
        const { inbox, ask: request } = await rig();
        await request(pay(args(a)));
        await inbox.approve("HF-1", anna);
        const sorted = (given: unknown): string =>
          JSON.stringify(given, (_key, one) =>
            one !== null && typeof one === "object" && !Array.isArray(one) ? Object.fromEntries(Object.entries(one).sort(([x], [y]) => (x < y ? -1 : 1))) : one,
          );
        assert.equal(kindOf(await request(pay(args(b)))) === "permit oversight/approved", sorted(args(a)) === sorted(args(b)));
      }),
      { numRuns: 300 },
    );
  });

  test("a reason that the approver did not see is another question", async () => {
    const { inbox, ask: request } = await rig();
    await request(pay());
    await inbox.approve("HF-1", anna);
    const more: Decision = { ...asked, reasons: [...asked.reasons, { id: "flow/untrusted-context", effect: "ask", text: "untrusted content is in play" }] };
    assert.deepEqual(await request(pay(), more), { kind: "wait", ticket: "HF-2" });
  });

  test("an approval that somebody changed in the store lets nothing through", async () => {
    verifies("H-05");
    const forged: readonly ((kept: { [name: string]: unknown }) => void)[] = [
      (kept) => {
        kept["state"] = "approved";
      },
      (kept) => {
        kept["state"] = "approved";
        kept["answers"] = [{ by: "anna", at: 1, action: "approve" }];
        kept["receipt"] = { statement: {}, note: seal.sign("holdfast.dev/approval/v1\nforged\n") };
      },
    ];
    for (const forge of forged) {
      const one = await rig();
      await one.ask(pay());
      const kept = structuredClone((await one.documents.get("approvals", "HF-1")) as object) as { [name: string]: unknown };
      forge(kept);
      await one.documents.put("approvals", "HF-1", kept as never);
      const again = await one.restart();
      assert.equal(kindOf(await one.ask(pay(), asked, again)), "wait");
    }
    // Approved once, and then given later times, another approver, more life.
    const one = await rig();
    await one.ask(pay());
    await one.inbox.approve("HF-1", anna);
    const kept = structuredClone((await one.documents.get("approvals", "HF-1")) as object) as { expires: number };
    await one.documents.put("approvals", "HF-1", { ...kept, expires: kept.expires + 1 } as never);
    assert.equal(kindOf(await one.ask(pay(), asked, await one.restart())), "wait");
  });
});
