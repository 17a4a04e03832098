import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { assertLinear } from "../../../test/linear.ts";
import { HOSTILE, PARTS } from "../../../test/sinks/hostile.ts";
import { verifies } from "../../../test/verifies.ts";
import { ANSWER_SINKS, type AnswerSink, SINK_ACTIONS, type SinkAction } from "../../core/index.ts";
import { SINKS } from "./index.ts";

const cut = (text: string, places: readonly number[]): readonly string[] => {
  if (places.length === 0) return Array.from({ length: text.length }, (_, at) => text[at] as string);
  const sorted = [0, ...new Set(places.map((place) => place % (text.length + 1))), text.length].sort((a, b) => a - b);
  return sorted.slice(1).map((end, at) => text.slice(sorted[at], end));
};

function passed(sink: AnswerSink, action: SinkAction, pieces: readonly string[]): { readonly out: string; readonly found: readonly string[] } {
  const found: string[] = [];
  const channel = SINKS[sink].open?.(action, (what) => found.push(what));
  assert.ok(channel !== undefined);
  return { out: pieces.map((piece) => channel.push(piece)).join("") + channel.end(), found };
}

const texts = fc
  .array(
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.constantFrom(
          ...PARTS,
          "\u001b[2J",
          "\r\n",
          "\u2028",
          "</scr",
          "<!-",
          "`",
          "``",
          "<a@b",
          "\\",
          "|",
          "[a](",
          "[a]: ",
          "https://a.example",
          "word ",
        ),
      },
      { weight: 1, arbitrary: fc.constantFrom(...HOSTILE) },
      { weight: 1, arbitrary: fc.nat(9_000).map((length) => `<b ${"x".repeat(length)}`) },
    ),
    { maxLength: 10 },
  )
  .map((parts) => parts.join(""));
const places = fc.array(fc.nat(20_000), { minLength: 1, maxLength: 12 });

for (const sink of ANSWER_SINKS)
  for (const action of SINK_ACTIONS)
    test(`${sink}: what leaves and what is found is the same however the text is cut (${action})`, () => {
      verifies("O-11");
      fc.assert(
        fc.property(texts, places, (text, at) => {
          const whole = passed(sink, action, [text]);
          assert.deepEqual(passed(sink, action, cut(text, at)), whole);
          if (text.length < 400) assert.deepEqual(passed(sink, action, cut(text, [])), whole);
          if (action === "report" || whole.found.length === 0) return;
          if (action === "block") assert.equal(whole.found.length, 1);
        }),
        { numRuns: 400 },
      );
    });

test("a report changes nothing, and what ends an answer lets out what stands before it and nothing else", () => {
  verifies("O-11");
  fc.assert(
    fc.property(fc.constantFrom(...ANSWER_SINKS), texts, (sink, text) => {
      assert.equal(passed(sink, "report", [text]).out, text);
      const [blocked, safe] = [passed(sink, "block", [text]).out, passed(sink, "escape", [text]).out];
      assert.ok(safe.startsWith(blocked));
      assert.equal(SINKS[sink].found(blocked), undefined);
    }),
    { numRuns: 1_000 },
  );
});

test("a text without an end to what it begins costs no more than its length, letter by letter", () => {
  verifies("O-11");
  for (const sink of ["html", "markdown"] as const)
    for (const piece of [
      "<",
      "<a ",
      "<a b='>",
      '<a b=">',
      "<!--",
      "`",
      "`` ` ",
      "` |",
      "~~~\n",
      "\n",
      "\r",
      "](",
      "](\n",
      "<a@",
      "<ab:",
      "\\",
      "<?",
      "</",
      "<![CDATA[",
      "\n<",
      "\n- ",
      "<b>",
      "<b x>\n",
    ])
      assertLinear((length) => passed(sink, "escape", cut(piece.repeat(length / piece.length), [])), 32_768, {
        most: 800,
        name: `${sink} ${JSON.stringify(piece)}`,
      });
});

test("the address of a link is found behind every blank and line break that may stand before it, wherever the stream is cut", () => {
  verifies("O-11");
  for (const before of ["", "\n", "\r", "\r\n", " \n   ", "\t", " ".repeat(120), `${" ".repeat(99)}\n`, "\n<", `${" ".repeat(60)}\n${" ".repeat(60)}`])
    for (const text of [`[a](${before}javascript:alert(1))`, `![a](${before}vbscript:x)`, `[a]:${before}javascript:alert(1)`]) {
      for (let at = 0; at <= text.length; at++) {
        const { out, found } = passed("markdown", "block", cut(text, [at]));
        assert.deepEqual([found, out.includes("script:")], [["address"], false], `${JSON.stringify(text)} at ${at}`);
      }
      assert.deepEqual(passed("markdown", "block", cut(text, [])).found, ["address"], JSON.stringify(text));
    }
});

test("a style is refused at once, wherever in it a property could begin", () => {
  verifies("O-11");
  for (const style of [`a${":bbbbbbbbbb".repeat(8)}`, "a: ; ".repeat(1_000), `a:${" ".repeat(4_000)}`, "a:rgb(".repeat(500), "a:b ".repeat(9)]) {
    const before = process.cpuUsage();
    assert.deepEqual(passed("html", "escape", [`<p style="${style}@">`]).found, ["style"]);
    const { user, system } = process.cpuUsage(before);
    assert.ok(user + system < 200_000, `${style.slice(0, 20)}: ${user + system} µs`);
  }
});
