import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../../test/verifies.ts";
import { type Action, type Intent, NEUTRAL_LABEL } from "../../core/index.ts";
import { deriveFacts } from "../defaults.ts";
import { declaredControl } from "./declared.ts";

type Mode = Parameters<typeof declaredControl>[0];

/** What is said of an action under what was declared before it. */
function said(action: Action, declared: readonly Intent[], mode: Mode = "enforce"): string {
  const { tool } = action;
  const control = declaredControl(mode, () => (tool === undefined ? undefined : { ...deriveFacts({ name: tool.slice(tool.indexOf(".") + 1) }), id: tool }));
  const decision = control.check(
    { id: "r", principal: { agent: "a" }, action, content: [], context: { time: 0, surface: "test", intents: declared } },
    { decision: { effect: "permit", reasons: [], obligations: [] }, label: NEUTRAL_LABEL, passages: [] },
    0,
  );
  return [decision.effect, ...decision.reasons.map(({ id, would }) => (would === undefined ? id : `${id}:${would}`))].join(" ");
}
const call = (tool: string, args: Action["args"] = {}): Action => ({ type: "tool.call", tool, args });
const TOOL = "ask flow/declared-tool";
const READS = "ask flow/declared-effect";
const TARGET = "ask flow/declared-target";

test("an action that its caller did not declare needs a person: by tool, by what it changes, by whom it reaches", () => {
  verifies("O-06", "P-11");
  const mail: Intent = { targets: ["ann@example.com", "*@shop.example"] };
  for (const [action, intent, expected] of [
    [call("crm.find_customer"), { tools: ["crm.find_customer"] }, "permit"],
    [call("crm.find_customer"), { tools: ["crm.*"] }, "permit"],
    [call("crm.find_customer"), { tools: ["crm.find"] }, TOOL],
    [call("crm.find_customer"), { tools: ["CRM.find_customer"] }, TOOL],
    [call("crmx.find_customer"), { tools: ["crm.*"] }, TOOL],
    [{ type: "process.run", args: { command: "ls" } }, { tools: ["crm.*"] }, TOOL],
    [{ type: "process.run", args: { command: "ls" } }, { tools: ["process.run"] }, "permit"],
    [call("crm.find_customer"), { effect: "read" }, "permit"],
    [call("crm.delete_customer"), { effect: "read" }, READS],
    [call("crm.delete_customer"), { effect: "write" }, "permit"],
    [{ type: "file.write", args: { path: "/a" } }, { effect: "read" }, READS],
    [call("mail.send_email", { to: "ann@example.com", body: "eve@evil.example" }), mail, "permit"],
    [call("mail.send_email", { to: "Ann@Example.com" }), mail, "permit"],
    [call("mail.send_email", { to: "bo@shop.example" }), mail, "permit"],
    [call("mail.send_email", { to: "ann@example.com", bcc: ["eve@evil.example"] }), mail, TARGET],
    [call("mail.send_email", { to: "eve@evil.example,bo@shop.example" }), mail, TARGET],
    [call("mail.send_email", { to: "аnn@example.com" }), mail, TARGET],
    [call("mail.send_email", { body: "hello" }), mail, TARGET],
    [call("crm.find_customer", { email: "eve@evil.example" }), { targets: ["ann@example.com"] }, "permit"],
    [call("files.write_file", { path: "notes/a.txt", content: "x" }), { targets: ["notes/a.txt"] }, "permit"],
    [call("files.write_file", { path: "notes/A.txt", content: "x" }), { targets: ["notes/a.txt"] }, TARGET],
    [call("web.post_form", { url: "https://api.shop.example/orders" }), { targets: ["*.shop.example"] }, "permit"],
    [call("web.post_form", { url: "https://evil.example/?x=.shop.example" }), { targets: ["*.shop.example"] }, TARGET],
    [call("web.post_form", { url: "https://api.shop.example@evil.example/" }), { targets: ["api.shop.example"] }, TARGET],
  ] satisfies [Action, Intent, string][])
    assert.equal(said(action, [intent]), expected, JSON.stringify([action, intent]));
});

test("a declaration permits nothing, every one of them holds, and what was not declared is not compared", () => {
  const send = call("mail.send_email", { to: "ann@example.com" });
  assert.equal(said(send, []), "permit");
  assert.equal(said(send, [{ tools: ["mail.*"] }, { tools: ["crm.*"] }]), TOOL);
  assert.equal(said(send, [{ tools: ["crm.*"], effect: "read", targets: ["bo@example.com"] }]), `${TOOL} flow/declared-effect flow/declared-target`);
  assert.equal(said(send, [{ tools: ["crm.*"] }], "monitor"), "permit flow/declared-tool:ask");
  assert.equal(said({ type: "model.call" }, [{ tools: ["crm.*"] }]), "permit");
});
