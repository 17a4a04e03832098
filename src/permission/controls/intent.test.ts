import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../../test/verifies.ts";
import { type Content, defaultLabel, NEUTRAL_LABEL, type Request, type Source } from "../../core/index.ts";
import { deriveFacts } from "../defaults.ts";
import { flowControl } from "./flow.ts";

const said = (source: Source, text: string): Content => ({
  source,
  label: { ...defaultLabel(source), integrity: source.kind === "user" ? "user" : "internal" },
  text,
});

/** What is said of a call after a request, where nothing untrusted was read. */
function checked(asked: string, tool: string, intent: "off" | "monitor" | "enforce"): string {
  const control = flowControl("enforce", () => ({ ...deriveFacts({ name: tool }), id: tool }), undefined, { intent });
  const request: Request = {
    id: "r",
    principal: { agent: "a" },
    action: { type: "tool.call", tool, args: { id: "7" } },
    content: [],
    read: [said({ kind: "user" }, asked), said({ kind: "tool", id: "read_emails" }, "mail 7 is unread")],
    context: { time: 0, surface: "test" },
  };
  const label = { ...NEUTRAL_LABEL, integrity: "internal" as const };
  const decision = control.check(request, { decision: { effect: "permit", reasons: [], obligations: [] }, label, passages: [] }, 0);
  return [decision.effect, ...decision.reasons.map(({ id, would }) => (would === undefined ? id : `${id}:${would}`))].join(" ");
}

test("an action is one that the user's words ask for, also where nothing untrusted is in play, if configuration says so", () => {
  verifies("O-06", "P-11");
  assert.equal(checked("Show me my unread mails", "delete_email", "enforce"), "ask flow/intent");
  assert.equal(checked("Zeige mir meine ungelesenen Mails", "delete_email", "enforce"), "ask flow/intent");
  assert.equal(checked("Show me my unread mails", "delete_email", "monitor"), "permit flow/intent:ask");
  assert.equal(checked("Show me my unread mails", "delete_email", "off"), "permit");
  assert.equal(checked("Delete the mail from Anna", "delete_email", "enforce"), "permit");
  assert.equal(checked("Lösche die Mail von Anna", "delete_email", "enforce"), "permit");
  assert.equal(checked("Show me my unread mails", "read_emails", "enforce"), "permit");
});
