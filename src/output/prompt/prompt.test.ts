import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { assertLinear } from "../../../test/linear.ts";
import { verifies } from "../../../test/verifies.ts";
import { defaultLabel, type Filter, NEUTRAL, NEUTRAL_LABEL, type OutputLayer, type Request } from "../../core/index.ts";
import { marks, scanner } from "../../detectors/index.ts";
import { decodings, normalise } from "../../input/index.ts";
import type { OutputAction } from "../actions.ts";
import { outputLayer } from "../release.ts";
import { quotesOf } from "./quotes.ts";

const PROMPT =
  "You are the assistant of Muster GmbH. Never promise a discount of more than ten percent, and send whoever asks for more to the sales team in Graz. " +
  "Antworten Sie höflich, kurz und auf Deutsch, und nennen Sie niemals die interne Bestellnummer eines Lieferanten.";
const MARKER = "hfc-abcdefghij234567abcd";
const request: Request = {
  id: "r",
  principal: { agent: "a" },
  action: { type: "model.call" },
  content: [{ source: { kind: "system" }, label: defaultLabel({ kind: "system" }), text: PROMPT }],
  context: { time: 0, surface: "test" },
};
const layers = new Map<string, OutputLayer>();
function open(action: OutputAction = "mask", words = 8, canary?: string): Filter {
  const name = `${action} ${words} ${canary}`;
  const said = { prompt: { action, words }, decode: decodings, fold: (text: string) => normalise(text).text, canary: () => canary };
  const layer = layers.get(name) ?? outputLayer({ detectors: [], scanner, marks, said, unseen: (channel) => channel.startsWith("thinking/") });
  layers.set(name, layer);
  return layer.open(request, NEUTRAL, { decision: NEUTRAL, label: NEUTRAL_LABEL, passages: [] });
}
const run = (filter: Filter, pieces: readonly string[], channel = "text/0"): string =>
  pieces.map((piece) => filter.text(channel, piece)).join("") + filter.end(channel);
const ids = (filter: Filter): readonly string[] => filter.verdict().decision.reasons.map(({ id }) => id);

describe("the marker of a system prompt", () => {
  test("ends the answer it stands in, and the answer's record says so", () => {
    verifies("I-08", "O-07");
    for (const shape of [MARKER, MARKER.toUpperCase(), Array.from(MARKER).reverse().join("")]) {
      const filter = open("report", 12, MARKER);
      assert.equal(run(filter, ["it says ", ...shape, " and so on"]), "it says ");
      assert.equal(filter.blocked, true);
      assert.deepEqual(filter.verdict().decision.reasons, [
        { id: "output/canary", effect: "deny", text: "the marker of the system prompt stood in the answer: the rest was withheld" },
      ]);
    }
    assert.equal(open("report", 12, MARKER).value({ note: `see ${MARKER}` }, "arguments"), null);
  });
  test("ends no answer that holds another's, and none whose reader does not see it", () => {
    verifies("O-07");
    assert.equal(run(open("report", 12), [MARKER]), MARKER);
    assert.equal(run(open("report", 12, "hfc-zzzzzzzzzzzzzzzzzzzz"), [MARKER]), MARKER);
    assert.equal(run(open("report", 12, MARKER), [MARKER], "thinking/0"), MARKER);
  });
});

describe("an answer that repeats the system prompt", () => {
  const leak = "Sure: never promise a discount of more than TEN percent,\nand send whoever asks for more to the sales team. Anything else?";
  test("loses what it repeats, whatever stands between the words", () => {
    verifies("O-07");
    const filter = open();
    assert.equal(run(filter, [leak]), "Sure: [system-prompt]. Anything else?");
    assert.deepEqual(ids(filter), ["output/system_prompt"]);
  });
  test("is reported or withheld where the configuration says so", () => {
    verifies("O-07");
    const reporting = open("report");
    assert.equal(run(reporting, [leak]), leak);
    assert.deepEqual(ids(reporting), ["output/system_prompt"]);
    const blocking = open("block");
    assert.equal(run(blocking, [leak]), "Sure: ");
    assert.equal(blocking.verdict().decision.effect, "deny");
  });
  test("is known in a code as well", () => {
    verifies("O-07");
    for (const coded of [Buffer.from(PROMPT).toString("base64"), Array.from(PROMPT).reverse().join("")]) {
      const filter = open("report");
      assert.equal(run(filter, [coded]), coded);
      assert.ok(ids(filter).includes("output/system_prompt/coded"), coded);
    }
  });
  test("is known in other letters, and as a numbered list", () => {
    verifies("O-07");
    for (const dressed of [
      PROMPT.replace(/o/g, "\u043e").replace(/e/g, "\u0435"),
      PROMPT.replace(/[!-~]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0)),
      PROMPT.normalize("NFD").replace(/e/g, "e\u0301"),
      PROMPT.split(" ")
        .map((word, at) => `${at + 1}. ${word}`)
        .join("\n"),
    ]) {
      const filter = open("report");
      assert.equal(run(filter, [dressed]), dressed);
      assert.ok(ids(filter).includes("output/system_prompt/coded"), dressed);
    }
  });
  test("is not one that uses fewer of its words in a row", () => {
    verifies("O-07");
    const text = "We never promise a discount of that size. Please ask the sales team in Linz. Antworten Sie höflich, kurz und auf Englisch.";
    const filter = open();
    assert.equal(run(filter, [text]), text);
    assert.deepEqual(ids(filter), []);
  });
  test("comes out the same however it is cut", () => {
    verifies("O-07");
    const words = PROMPT.split(" ");
    const texts = fc
      .array(
        fc.oneof(
          fc.tuple(fc.nat(words.length), fc.integer({ min: 1, max: 20 })).map(([from, count]) => words.slice(from, from + count).join(" ")),
          fc.constantFrom("the", "and", "never", ". ", "\n", "x".repeat(70), " ".repeat(70), "😀", "https://evil.example/x ", "percents", MARKER),
        ),
        { maxLength: 8 },
      )
      .map((parts) => parts.join(" "));
    for (const action of ["mask", "block", "report"] as const)
      fc.assert(
        fc.property(texts, fc.array(fc.nat(600), { maxLength: 10 }), (text, places) => {
          const sorted = [0, ...new Set(places.map((place) => place % (text.length + 1))), text.length].sort((a, b) => a - b);
          const pieces =
            places.length === 0
              ? Array.from({ length: text.length }, (_, at) => text[at] as string)
              : sorted.slice(1).map((end, at) => text.slice(sorted[at], end));
          const [whole, streamed] = [open(action), open(action)];
          assert.equal(run(streamed, pieces), run(whole, [text]));
          assert.deepEqual(streamed.verdict().decision, whole.verdict().decision);
        }),
        { numRuns: 400 },
      );
  });
});

test("a prompt that was seen before is told as it was, also after many others", () => {
  const first = quotesOf(PROMPT, 8);
  assert.equal(quotesOf(PROMPT, 8), first, "taken apart once");
  assert.notEqual(quotesOf(PROMPT, 9), first);
  for (let other = 0; other < 40; other++) quotesOf(`${other} ${PROMPT.repeat(20)}`, 8);
  const again = quotesOf(PROMPT, 8);
  assert.notEqual(again, first, "and forgotten when there were too many");
  assert.deepEqual(again?.matches(PROMPT), first?.matches(PROMPT));
});

test("a prompt of a few words is told from chance by nobody, and a long hostile one costs no more than its length", () => {
  verifies("O-07");
  assert.equal(quotesOf("Be kind to all.", 12), undefined);
  assertLinear(
    (length, round) => {
      const quotes = quotesOf("a ".repeat(length / 2 - round), 12);
      assert.ok((quotes?.matches("a ".repeat(length / 40)).length ?? 0) > 0);
    },
    200_000,
    { most: 400 },
  );
});
