import { test } from "node:test";
import { assertLinear } from "../../../test/linear.ts";
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
