import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { verifies } from "../../test/verifies.ts";
import { defaultLabel, sourceName } from "../core/content.ts";
import type { Json } from "../core/json.ts";
import { faultLine } from "./fault.ts";
import { type Reading, readRequest } from "./request.ts";

const reading: Reading = { id: "req_1", time: 5, surface: "test", label: defaultLabel };
const body = (over: { readonly [name: string]: Json } = {}): Json => ({
  principal: { agent: "support" },
  action: { type: "tool.call", tool: "crm.read_mail" },
  ...over,
});

function read(json: Json, over: Partial<Reading> = {}) {
  const result = readRequest(json, { ...reading, ...over });
  assert.equal(result.fault, undefined, result.fault === undefined ? "" : faultLine(result));
  return result.fault === undefined ? result.request : assert.fail();
}

test("a request reads as it is written", () => {
  const full = body({
    principal: { agent: "support", user: "anna", session: "s1" },
    action: { type: "tool.call", tool: "crm.send_mail", args: { to: "a@example.org", copies: [1, null, { deep: true }] } },
    resource: { type: "tool", id: "crm.send_mail" },
    content: [
      { text: "write to a@example.org", source: "user" },
      { value: { subject: "hi" }, source: "tool:crm.read_mail" },
    ],
    context: { parent: "req_0", traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01`, anything: [1] },
  });
  const content = [
    { text: "write to a@example.org", source: { kind: "user" }, label: defaultLabel({ kind: "user" }) },
    { value: { subject: "hi" }, source: { kind: "tool", id: "crm.read_mail" }, label: defaultLabel({ kind: "tool", id: "crm.read_mail" }) },
  ];
  assert.deepEqual(read(full), {
    id: "req_1",
    principal: { agent: "support", user: "anna", session: "s1" },
    action: { type: "tool.call", tool: "crm.send_mail", args: { to: "a@example.org", copies: [1, null, { deep: true }] } },
    resource: { type: "tool", id: "crm.send_mail" },
    content,
    read: content,
    context: { time: 5, surface: "test", parent: "req_0", traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01` },
  });
});

test("what a caller declares that it is about to do is read strictly, in the body and in the header, and both hold", () => {
  verifies("P-11");
  const intent = { tools: ["crm.*"], effect: "read", targets: ["a@example.org"] };
  assert.deepEqual(read(body({ context: { intent } }), { intent: '{"effect":"read"}' }).context.intents, [{ effect: "read" }, intent]);
  for (const wrong of [{}, { tool: ["crm.*"] }, { tools: [] }, { effect: "all" }, "read"])
    assert.notEqual(readRequest(body({ context: { intent: wrong } }), reading).fault, undefined, JSON.stringify(wrong));
});

test("a source that is no word of ours is untrusted, whatever configuration says of documents", () => {
  verifies("I-09");
  const trusting: Reading["label"] = (source) => ({ ...defaultLabel(source), integrity: "operator" });
  for (const source of ["email", "User", "system ", "userx:1", ":user", "tool-x:y"]) {
    const [content] = read(body({ content: [{ text: "x", source }] }), { label: trusting }).content;
    assert.equal(content?.label.integrity, "untrusted", source);
    assert.deepEqual(content?.label.origins, [`document:${source}`]);
  }
});

test("no body can change whose request it is", () => {
  verifies("P-08");
  const name = fc.constantFrom("support", "admin", "anna", "ben", "");
  fc.assert(
    fc.property(
      fc.record({ agent: name, user: fc.option(name, { nil: undefined }), session: fc.option(name, { nil: undefined }) }),
      fc.boolean(),
      (written, bound) => {
        const caller = { agent: "support", capability: "key_1", ...(bound ? { user: "anna" } : {}) };
        const given = Object.fromEntries(Object.entries(written).filter(([, value]) => value !== undefined)) as { [name: string]: string };
        const result = readRequest(body({ principal: given }), { ...reading, caller });
        if (result.fault !== undefined) return;
        const { principal } = result.request;
        assert.deepEqual([principal.agent, principal.capability], ["support", "key_1"]);
        if (bound) assert.equal(principal.user, "anna");
        else assert.equal(principal.user, given["user"]);
      },
    ),
  );
});

test("without an authenticated caller the body must name the agent", () => {
  const result = readRequest({ action: { type: "model.list" } }, reading);
  assert.deepEqual(result, { fault: "is missing", at: "principal", code: "bad-request" });
});

test("anything that is not a request is a fault, never a throw, and the fault quotes nothing of it", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (json) => {
      const result = readRequest(json as Json, reading);
      if (result.fault !== undefined) assert.ok(faultLine(result).length < 400);
    }),
  );
  const canary = `canary ${"secret"} \u001b[31m`;
  for (const json of [
    body({ [canary]: 1 }),
    body({ action: { type: canary } }),
    body({ content: [{ text: canary }] }),
    body({ principal: { agent: "a", [canary]: "x" } }),
  ]) {
    const result = readRequest(json, reading);
    assert.ok(result.fault !== undefined);
    assert.doesNotMatch(faultLine(result), /canary/);
  }
});

test("a broken trace context is dropped, not carried on", () => {
  for (const traceparent of ["x", `00-${"0".repeat(32)}-${"b".repeat(16)}-01`, `00-${"a".repeat(32)}-${"b".repeat(16)}-01\n`])
    assert.equal(read(body({ context: { traceparent } })).context.traceparent, undefined);
  assert.equal(read(body(), { trace: `00-${"a".repeat(32)}-${"b".repeat(16)}-01` }).context.traceparent, `00-${"a".repeat(32)}-${"b".repeat(16)}-01`);
});

test("every source a core content can have reads back as itself", () => {
  for (const source of [{ kind: "tool", id: "a.b:c" }, { kind: "web", id: "https://example.org/x" }, { kind: "system" }] as const)
    assert.deepEqual(read(body({ content: [{ text: "x", source: sourceName(source) }] })).content[0]?.source, source);
});
