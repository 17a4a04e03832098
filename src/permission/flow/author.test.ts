import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../../test/verifies.ts";
import { type Content, defaultLabel, type Source } from "../../core/content.ts";
import { deriveFacts } from "../defaults.ts";
import type { ToolConfig } from "../policy-config.ts";
import { conversationOf } from "./conversation.ts";
import { objectionsTo } from "./judge.ts";
import { manifestOf } from "./manifest.ts";

const ACCOUNT = "DE89370400440532013000";
const SENDERS = { "anna@corp.example": "untrusted", "@corp.example": "internal", "me@home.example": "user" } as const;

const said = (source: Source, text: string): Content => ({ source, label: defaultLabel(source), text });

/** What speaks against paying what stands in these mails. */
function against(mails: readonly object[], inbox: ToolConfig = { senders: SENDERS }, account = ACCOUNT): string {
  const read = [
    said({ kind: "user" }, "Pay the invoice that is in my inbox"),
    { source: { kind: "model", id: "mail.read_inbox" } as const, label: defaultLabel({ kind: "model" }), value: {} },
    said({ kind: "tool", id: "mail.read_inbox" }, JSON.stringify(mails)),
  ];
  const configured = { manifest: (tool: string) => (tool === "mail.read_inbox" ? manifestOf(inbox, "untrusted") : undefined), bits: 0 };
  const described = {
    ...deriveFacts({ name: "pay", inputSchema: { type: "object" } }),
    manifest: manifestOf({ args: { recipient: { needs: "internal" } } }, "untrusted"),
  };
  return objectionsTo({ tool: "bank.pay", args: { recipient: account, amount: 700 } }, described, conversationOf(read, configured))
    .filter(({ argument }) => argument === "recipient")
    .map(({ id }) => id)
    .join(" ");
}

const mail = (from: string, more: object = {}): object => ({ from, subject: "Invoice", account: ACCOUNT, ...more });

test("what a sender wrote is trusted as configuration says of this sender: by address, by domain, and of nobody who only looks like it", () => {
  verifies("P-09");
  assert.equal(against([mail("ben@corp.example")]), "");
  assert.equal(against([mail("Ben Kern <Ben@Corp.Example>")]), "");
  assert.equal(against([mail("me@home.example")]), "", "as little as is needed, or more");
  for (const from of [
    "anna@corp.example",
    "eve@evil.example",
    "ben@corp.example.evil.example",
    "ben@mail.corp.example",
    "ben@corp.example, eve@evil.example",
    "ben@corp.example <eve@evil.example>",
    "<ben@corp.example> <eve@evil.example>",
    "eve@evil.example <ben@corp.example>",
    "ben@c\u043erp.example",
    "ben@corp.exa\u200bmple",
    "@corp.example",
    "Ben",
    "",
  ])
    assert.notEqual(against([mail(from)]), "", JSON.stringify(from));
});

test("a sender is who every field says that names one, of this record and of no other", () => {
  verifies("P-09");
  assert.notEqual(against([mail("ben@corp.example", { sender: "eve@evil.example" })]), "");
  assert.notEqual(against([{ sender: "eve@evil.example", ...mail("ben@corp.example") }]), "");
  assert.notEqual(against([mail("ben@corp.example", { author: "anna@corp.example" })]), "");
  assert.equal(against([mail("ben@corp.example", { sender: "me@home.example" })]), "");
  assert.notEqual(against([mail("eve@evil.example"), mail("ben@corp.example", { account: "DE02120300000000202051" })]), "");
  assert.notEqual(against([{ from: "ben@corp.example", attachment: { name: "invoice.pdf", account: ACCOUNT } }]), "", "what is attached is somebody's");
  assert.notEqual(against([{ from: "eve@evil.example", body: JSON.stringify(mail("ben@corp.example")) }]), "", "a text in a record names nobody");
});

test("what is said of a field comes before what is said of a sender, and a sender may be trusted less than the rest", () => {
  verifies("P-09", "P-10");
  assert.notEqual(against([mail("ben@corp.example")], { senders: SENDERS, paths: { account: "untrusted" } }), "");
  assert.equal(against([mail("eve@evil.example")], { senders: SENDERS, paths: { account: "internal" } }), "");
  assert.equal(manifestOf({ senders: { "@partner.example": "untrusted" } }, "internal")?.floor, "untrusted", "the whole is trusted as its least part");
});
