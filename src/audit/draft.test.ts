import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { done, linesOf, openTestLog, permitted, requestOf, testMasking } from "../../test/faults/audit-fixture.ts";
import { verifies } from "../../test/verifies.ts";
import type { Finding, FindingKind } from "../core/detector.ts";
import { NEUTRAL_LABEL } from "../core/label.ts";
import type { Inspection } from "../core/layers.ts";
import type { Passage } from "../core/outcome.ts";
import type { Request } from "../core/request.ts";
import { newShelf, openMemoryLog } from "../stores/memory-log.ts";
import { intentJson } from "./draft.ts";
import { exportLog } from "./export.ts";
import type { IntentRecord } from "./record.ts";
import { MOST_RECORD_BYTES } from "./store.ts";

const passage = (at: string, text: string, ...secrets: readonly (readonly [string, FindingKind])[]): Passage => ({
  at,
  text,
  findings: secrets.map(([secret, kind]): Finding => {
    const start = text.indexOf(secret);
    return { detector: kind, kind, start, end: start + secret.length, score: 1 };
  }),
});
const inspected = (...passages: Passage[]): Inspection => ({ decision: { effect: "permit", reasons: [], obligations: [] }, label: NEUTRAL_LABEL, passages });
const intentOf = (request: Request, inspection: Inspection): IntentRecord =>
  JSON.parse(intentJson(request.id, request, permitted, inspection, "t", testMasking));

test("300 planted canaries, in every place of a request and its answer, are in no byte that is written", async () => {
  verifies("A-03");
  const shelf = newShelf();
  const log = await openTestLog(await openMemoryLog(shelf));
  const canaries: string[] = [];
  const kinds = ["credential", "personal", "financial", "internal", "smuggling"] as const;
  for (let i = 0; i < 60; i++) {
    const kind = kinds[i % kinds.length]!;
    const plant = (what: string): string => {
      const canary = `canary-${what}-${i}-${"x".repeat(i % 7)}`;
      canaries.push(canary);
      return canary;
    };
    const [text, arg, key, out, person] = [plant("text"), plant("arg"), plant("key"), plant("out"), `${plant("person")}@example.org`];
    const longText = `${"a".repeat(1995 - (i % 20))}${text} and more ${text}`;
    const longOut = `${"b".repeat(i * 40)}${out}`;
    const request = requestOf(`r-${i}`, {
      principal: { agent: "support", user: person, session: person },
      action: { type: "tool.call", tool: `crm.${arg}`, args: { deep: [{ [key]: arg, number: 4_111_111_111_111_111, [`${key} spaced`]: [arg] }] } },
      resource: { type: "mailbox", id: i % 2 === 0 ? person : `https://example.org/x/${arg}?token=${key}` },
      content: [
        { source: { kind: "web", id: `https://example.org/${text}` }, label: NEUTRAL_LABEL, text: longText },
        { source: { kind: "tool", id: "crm" }, label: NEUTRAL_LABEL, value: { a: text } },
        // A text that layer 1 did not look at, as where it failed: only its length and its keyed digest may be written.
        { source: { kind: "user" }, label: NEUTRAL_LABEL, text: `never inspected: ${text}` },
      ],
    });
    const twice = passage("content/0", longText, [text, kind]);
    const second = longText.lastIndexOf(text);
    const inspection = inspected(
      { ...twice, findings: [...twice.findings, { detector: kind, kind, start: second, end: second + text.length, score: 1 }] },
      passage("content/1/a", text, [text, kind]),
      passage("args/deep/0/~", key, [key, "credential"]),
      passage("args/deep/0/key", arg, [arg, "credential"]),
      passage("args/deep/0/number", "4111111111111111", ["4111111111111111", "financial"]),
    );
    const entry = log.open(request);
    await entry.decided(request, permitted, inspection);
    if (i % 3 === 0)
      entry.close({ status: "failed", decision: permitted, code: "upstream-invalid", error: new Error(`upstream said ${out}`), facts: { status: 500 } });
    else
      entry.close({ ...done(), verdict: { decision: permitted, passages: [passage("text/0", longOut, [out, kind])] }, facts: { note: out } } as ReturnType<
        typeof done
      >);
  }
  await log.flush();
  await log.shut();
  const exported = await Array.fromAsync(exportLog(await openMemoryLog(shelf)));
  const written = Buffer.concat([...shelf.records, ...shelf.files.values(), ...exported]).toString();
  assert.equal(canaries.length, 300);
  for (const canary of canaries) assert.ok(!written.includes(canary), canary);
  assert.ok(!written.includes("4111111111111111"));
  assert.match(written, /\[credential:h:[0-9a-f]{16}\]/);
  assert.match(written, /\[personal\]/);
});

test("what no detector has looked at is not written, only how long it was and its keyed digest", () => {
  verifies("A-03");
  const request = requestOf("r-1", {
    action: { type: "tool.call", tool: "t", args: { body: "secret body", count: 3, card: 4111111111111111, ok: true, "a secret key": 1 } },
  });
  const record = intentOf(request, inspected());
  assert.deepEqual(record.args, { body: "[not inspected]", count: 3, card: "[not inspected]", ok: true, "[not inspected]": 1 });
  assert.deepEqual(record.input[0]?.excerpts, []);
  assert.equal(record.input[0]?.length, request.content[0]?.text?.length);
  assert.match(record.input[0]?.digest ?? "", /^[\w-]{43}$/);
});

test("arguments keep their shape, with what was found in them masked", () => {
  const args = { to: "a@example.org", lines: [{ text: "hello" }, null, 1.5], empty: "" };
  const record = intentOf(
    requestOf("r-1", { action: { type: "tool.call", args } }),
    inspected(passage("args/to", "a@example.org", ["a@example.org", "personal"]), passage("args/lines/0/text", "hello")),
  );
  assert.deepEqual(record.args, { to: "[personal]", lines: [{ text: "hello" }, null, 1.5], empty: "" });
});

test("the newest content is kept first, and a record always fits into an entry, whatever came in", () => {
  verifies("A-01");
  const text = fc.string({ unit: fc.constantFrom("a", "ä", "\u{1F600}", "\u202e", '"', "\n", "\u0001"), minLength: 0, maxLength: 3000 });
  fc.assert(
    fc.property(fc.array(text, { maxLength: 40 }), fc.nat(300), (texts, copies) => {
      const all = [...texts, ...Array.from({ length: copies }, () => texts[0] ?? "x")];
      const request = requestOf("r-1", {
        content: all.map((one) => ({ source: { kind: "web" as const, id: "u".repeat(3000) }, label: { ...NEUTRAL_LABEL, origins: all }, text: one })),
        action: { type: "tool.call", tool: "t".repeat(5000), args: Object.fromEntries(all.map((one, i) => [`arg${i}`, one])) },
        resource: { type: "r".repeat(9000), id: "\u0001".repeat(9000) },
      });
      const json = intentJson(
        request.id,
        request,
        permitted,
        inspected(...all.flatMap((one, i) => [passage(`content/${i}`, one), passage(`args/arg${i}`, one)])),
        "t",
        testMasking,
      );
      assert.ok(Buffer.byteLength(json) < MOST_RECORD_BYTES - 70);
      const record: IntentRecord = JSON.parse(json);
      assert.equal((record.omitted ?? 0) + record.input.length, all.length);
      assert.equal(record.input[0]?.at ?? `content/${all.length - 1}`, `content/${all.length - 1}`);
    }),
    { numRuns: 60 },
  );
});

test("a long conversation shows its newest excerpts and says how much was left out", () => {
  const content = Array.from({ length: 100 }, (_, i) => ({ source: { kind: "user" as const }, label: NEUTRAL_LABEL, text: `${i}: ${"word ".repeat(600)}` }));
  const record = intentOf(requestOf("r-1", { content }), inspected(...content.map(({ text }, i) => passage(`content/${i}`, text))));
  assert.equal(record.input[0]?.at, "content/99");
  assert.equal(record.input[0]?.excerpts[0]?.truncated, content[99]!.text.length - 2000);
  assert.equal(record.input.at(-1)?.excerpts.length, 0);
  assert.equal(record.omitted, 36);
});

test("an id that is a person's address is a pseudonym in all records of the request", async () => {
  verifies("A-03");
  const log = await openTestLog(await openMemoryLog());
  const request = requestOf("anna@example.org");
  const entry = log.open(request);
  await entry.decided(request, permitted, inspected());
  entry.close(done());
  await log.flush();
  const [, intent, outcome] = (await linesOf(log.source)).map((line) => JSON.parse(line));
  assert.match(intent.id, /^h:[0-9a-f]{16}$/);
  assert.equal(outcome.id, intent.id);
  await log.shut();
});

test("what a caller declared is on record with the call, and whom it named is a pseudonym", () => {
  verifies("P-11", "A-01");
  const request = requestOf("r-1");
  const intents = [{ tools: ["crm.*", "sk-live 0123 is no tool"], effect: "read", targets: ["anna@example.org", "canary-token-1"] }] as const;
  const { declared } = intentOf({ ...request, context: { ...request.context, intents } }, inspected());
  const [first] = declared ?? [];
  assert.deepEqual([declared?.length, first?.effect, first?.tools?.[0]], [1, "read", "crm.*"]);
  for (const masked of [first?.tools?.[1], ...(first?.targets ?? [])]) assert.match(masked ?? "", /^h:[0-9a-f]{16}$/);
  assert.equal(intentOf(request, inspected()).declared, undefined);
});

test("a declared tool is on record in plain only where it reads like a name: nobody has looked for keys there", () => {
  verifies("P-11", "A-03");
  const request = requestOf("r-1");
  const recorded = (tools: readonly string[]) =>
    intentOf({ ...request, context: { ...request.context, intents: [{ tools }] } }, inspected()).declared?.[0]?.tools;
  const names = ["*", "crm.*", "crm.find_customer", "net.connect", "mcp__shop__list-orders", "GmailSendEmail", "s3.get_object_v2"];
  assert.deepEqual(recorded(names), names);
  const keys = [`${"AKIA"}IOSFODNN7EXAMPLE`, `${"ghp_"}16C7e42F292c6912E7710c838347Ae178B4a`, `${"xoxb-"}2912-8837-abc1de2fg`, "123-45-6789", "0151.23456789"];
  for (const one of recorded(keys) ?? []) assert.match(one, /^h:[0-9a-f]{16}$/);
});
