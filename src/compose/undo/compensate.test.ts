import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../../test/verifies.ts";
import { deny, type Inspection, NEUTRAL, NEUTRAL_LABEL, type PermissionLayer, permit, type Request } from "../../core/index.ts";
import { registered } from "./compensate.ts";

const inspection: Inspection = { decision: NEUTRAL, label: NEUTRAL_LABEL, passages: [] };
const everything: PermissionLayer = { decide: () => permit({ id: "roles/rollback", text: "all" }) };
const step = { task: "TK-1", number: 1, request: "req_1", tool: "crm.create", at: 0, effect: "done" } as const;
const asked = (over: Partial<Request> = {}): Request => ({
  id: "req_2",
  principal: { agent: "clerk" },
  action: { type: "tool.call", tool: "crm.delete", args: { id: 7, why: "rollback" } },
  content: [],
  context: { time: 0, surface: "rollback" },
  ...over,
});
const effectOf = async (request: Request, inner = everything): Promise<string> =>
  (
    await registered(inner, { id: "req_2", action: { type: "tool.call", tool: "crm.delete", args: { why: "rollback", id: 7 } } }, step).decide(
      request,
      inspection,
    )
  ).effect;

test("on the way of a rollback nothing is called but what the journal holds for the step, and a rule's denial stands", async () => {
  verifies("C-08");
  assert.equal(await effectOf(asked()), "permit", "the order of members says nothing");
  for (const other of [
    asked({ id: "req_3" }),
    asked({ action: { type: "tool.call", tool: "crm.wipe", args: { id: 7, why: "rollback" } } }),
    asked({ action: { type: "tool.call", tool: "crm.delete", args: { id: 8, why: "rollback" } } }),
    asked({ action: { type: "tool.call", tool: "crm.delete", args: { id: 7, why: "rollback", all: true } } }),
    asked({ action: { type: "tool.call", tool: "crm.delete" } }),
    asked({ action: { type: "net.connect", args: { id: 7, why: "rollback" } } }),
  ])
    assert.equal(await effectOf(other), "deny", JSON.stringify(other.action));
  assert.equal(await effectOf(asked(), { decide: () => deny({ id: "rules/never", text: "never" }) }), "deny");
});
