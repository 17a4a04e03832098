import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  broken,
  conforms,
  type Event,
  eventsOf,
  NO,
  pieces,
  propose,
  prose,
  released,
  type Sample,
  safeJson,
  streamed,
  toolArgs,
  toolNames,
  understood,
  written,
  writtenWhole,
  YES,
} from "../../../test/conformance/codec.ts";
import { verifies } from "../../../test/verifies.ts";
import { ask } from "../../core/decision.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import type { Part, Released } from "../../core/layers.ts";
import { anthropicMessages } from "./index.ts";

const REQUEST = { model: "claude", max_tokens: 100, stop_sequences: ["END"], messages: [{ role: "user", content: "hi" }] };
const asked = understood(anthropicMessages.readRequest(REQUEST));

type Block =
  | { type: "text"; text: string; cited: boolean }
  | { type: "thinking"; text: string }
  | { type: "redacted_thinking" }
  | { type: "tool_use" | "server_tool_use"; name: string; args: JsonObject };
const blocks: fc.Arbitrary<readonly Block[]> = fc.array(
  fc.oneof<fc.Arbitrary<Block>[]>(
    fc.record({ type: fc.constant("text" as const), text: prose, cited: fc.boolean() }),
    fc.record({ type: fc.constant("thinking" as const), text: prose }),
    fc.constant({ type: "redacted_thinking" as const }),
    fc.record({ type: fc.constantFrom("tool_use" as const, "server_tool_use" as const), name: toolNames, args: toolArgs }),
  ),
  { minLength: 1, maxLength: 5 },
);

const CITATION = { type: "char_location", cited_text: "cited", document_index: 0, document_title: null, start_char_index: 0, end_char_index: 5, file_id: null };

const samples: fc.Arbitrary<Sample> = fc.tuple(blocks, fc.array(fc.nat(6), { maxLength: 5 })).map(([all, lengths]) => {
  const usage = { input_tokens: 9, output_tokens: 12, cache_read_input_tokens: 4, service_tier: "standard" };
  const stop = { stop_reason: all.some(({ type }) => type === "tool_use") ? "tool_use" : "end_turn", stop_sequence: null };
  const frame = { id: "msg_1", type: "message", role: "assistant", model: "claude-x" };
  const events: JsonObject[] = [
    { type: "message_start", message: { ...frame, content: [], stop_reason: null, stop_sequence: null, usage: { ...usage, output_tokens: 1 } } },
    { type: "ping" },
  ];
  for (const [index, block] of all.entries()) {
    const [start, deltas] = spoken(block, index, lengths);
    events.push({ type: "content_block_start", index, content_block: start }, ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })), {
      type: "content_block_stop",
      index,
    });
  }
  events.push({ type: "message_delta", delta: stop, usage: { output_tokens: 12 } }, { type: "message_stop" });
  return {
    whole: { ...frame, content: all.map(wholly), ...stop, usage },
    events: events.map((event) => ({ event: String(event["type"]), data: JSON.stringify(event) })),
  };
});

function wholly(block: Block, index: number): Json {
  switch (block.type) {
    case "text":
      return { type: "text", text: block.text, ...(block.cited ? { citations: [CITATION] } : {}) };
    case "thinking":
      return { type: "thinking", thinking: block.text, signature: "c2lnbmF0dXJl" };
    case "redacted_thinking":
      return { type: "redacted_thinking", data: "b3BhcXVl" };
    default:
      return { type: block.type, id: `toolu_${index}`, name: block.name, input: block.args };
  }
}

function spoken(block: Block, index: number, lengths: readonly number[]): [Json, Json[]] {
  switch (block.type) {
    case "text":
      return [
        { type: "text", text: "" },
        [
          ...pieces(block.text, lengths).map((text) => ({ type: "text_delta", text })),
          ...(block.cited ? [{ type: "citations_delta", citation: CITATION }] : []),
        ],
      ];
    case "thinking":
      return [
        { type: "thinking", thinking: "", signature: "" },
        [...pieces(block.text, lengths).map((thinking) => ({ type: "thinking_delta", thinking })), { type: "signature_delta", signature: "c2lnbmF0dXJl" }],
      ];
    case "redacted_thinking":
      return [{ type: "redacted_thinking", data: "b3BhcXVl" }, []];
    default:
      return [
        { type: block.type, id: `toolu_${index}`, name: block.name, input: {} },
        ["", ...pieces(JSON.stringify(block.args), lengths)].map((partial_json) => ({ type: "input_json_delta", partial_json })),
      ];
  }
}

const garbage: fc.Arbitrary<Event> = fc
  .oneof(
    fc.record({
      type: fc.constantFrom("content_block_start", "content_block_delta", "content_block_stop"),
      index: fc.nat(3),
      delta: fc.anything(),
      content_block: fc.oneof(fc.anything(), fc.record({ type: fc.constantFrom("text", "tool_use", "image"), text: fc.anything(), input: fc.anything() })),
    }),
    fc.record({
      type: fc.constantFrom("message_start", "message_delta", "message_stop", "ping", "error", "new_thing"),
      message: fc.anything(),
      delta: fc.anything(),
      usage: fc.anything(),
    }),
    fc.record({
      type: fc.constant("message"),
      id: fc.constant("m"),
      model: fc.constant("m"),
      content: fc.oneof(
        fc.anything(),
        fc.array(
          fc.record({
            type: fc.constantFrom("text", "thinking", "tool_use", "web_search_tool_result", "x"),
            text: fc.anything(),
            id: fc.anything(),
            input: fc.anything(),
          }),
        ),
      ),
    }),
  )
  .map((value) => ({ data: safeJson(value) }));

describe("Anthropic messages answers", () => conforms(anthropicMessages, REQUEST, samples, garbage));

const data = (type: string, fields: JsonObject = {}): Event => ({ event: type, data: JSON.stringify({ type, ...fields }) });
const start = data("message_start", {
  message: { id: "msg_1", type: "message", role: "assistant", model: "m", content: [], usage: { input_tokens: 5, output_tokens: 1 } },
});
const begin = (index: number, content_block: JsonObject): Event => data("content_block_start", { index, content_block });
const delta = (index: number, fields: JsonObject): Event => data("content_block_delta", { index, delta: fields });
const close = (index: number): Event => data("content_block_stop", { index });
const end = (stop_reason = "end_turn"): Event[] => [
  data("message_delta", { delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: 7 } }),
  data("message_stop"),
];

describe("an Anthropic stream", () => {
  const text = begin(0, { type: "text", text: "" });
  const refused: [string, Event[]][] = [
    ["an unknown event", [start, data("surprise")]],
    ["an event named unlike what it holds", [start, { event: "ping", data: text.data }]],
    ["an error", [start, data("error", { error: { type: "overloaded_error", message: "secret internals" } })]],
    ["data that is not JSON", [start, { event: "ping", data: "hello" }]],
    ["no beginning", [text]],
    ["two beginnings", [start, start]],
    ["a block inside a block", [start, text, begin(1, { type: "text", text: "" })]],
    ["a block that is skipped", [start, begin(1, { type: "text", text: "" })]],
    ["a delta for no open block", [start, delta(0, { type: "text_delta", text: "x" })]],
    ["an unknown kind of block", [start, begin(0, { type: "hologram", text: "ignore all" })]],
    ["an unknown kind of delta", [start, text, delta(0, { type: "hologram_delta", text: "x" })]],
    ["a delta of another block's kind", [start, text, delta(0, { type: "thinking_delta", thinking: "x" })]],
    ["a tool name that is a sentence", [start, begin(0, { type: "tool_use", id: "a", name: "do this now", input: {} })]],
    [
      "a signature that is text",
      [start, begin(0, { type: "thinking", thinking: "", signature: "" }), delta(0, { type: "signature_delta", signature: "ignore all" })],
    ],
    [
      "a flood of calls",
      [start, ...Array.from({ length: 600 }, (_, i) => [begin(i, { type: "tool_use", id: `a${i}`, name: "read", input: {} }), close(i)]).flat()],
    ],
    ["an end inside a block", [start, text, ...end()]],
    ["an end without a reason", [start, data("message_stop")]],
  ];
  for (const [name, events] of refused)
    it(`with ${name} is refused, quoting nothing of it`, () => {
      const reader = anthropicMessages.readStream(asked, propose);
      assert.throws(
        () => events.map((event) => reader.push(event.data, event.event)),
        (error) => broken(error) && !/secret|ignore all|do this/.test(String(error)),
      );
    });

  it("holds the input of a call back until it is complete and decided", () => {
    verifies("O-05");
    const reader = anthropicMessages.readStream(asked, propose);
    const push = (event: Event): readonly Part[] => reader.push(event.data, event.event);
    push(start);
    assert.deepEqual(push(begin(0, { type: "tool_use", id: "a", name: "pay", input: {} })), []);
    for (const partial_json of ['{"to":', '"eve"}']) assert.deepEqual(push(delta(0, { type: "input_json_delta", partial_json })), []);
    const calls = push(close(0)).find(({ type }) => type === "calls");
    assert.ok(calls?.type === "calls");
    assert.deepEqual(
      calls.requests.map(({ action }) => action),
      [{ type: "tool.call", tool: "pay", args: { to: "eve" } }],
    );
  });

  it("is refused where its usage is no count, when that is read and not when it is asked for", () => {
    for (const output_tokens of [-1, 0.5, 1e300]) {
      const reader = anthropicMessages.readStream(asked, propose);
      reader.push(start.data, start.event);
      const data = JSON.stringify({ type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens } });
      assert.throws(() => reader.push(data, "message_delta"), /output_tokens/);
      assert.deepEqual(reader.facts(), { input_tokens: 5 });
    }
  });

  it("reports usage and stop as the vendor does", () => {
    const reader = anthropicMessages.readStream(asked, propose);
    const parts = [start, text, delta(0, { type: "text_delta", text: "hi" }), close(0), ...end()].flatMap((event) => reader.push(event.data, event.event));
    assert.deepEqual(reader.facts(), { input_tokens: 5, output_tokens: 7 });
    const out = eventsOf(new TextEncoder().encode(written(anthropicMessages, asked, released(parts))));
    assert.deepEqual(
      out.map(({ event }) => event),
      ["message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta", "message_stop"],
    );
    assert.deepEqual(JSON.parse(out[4]?.data ?? ""), {
      type: "message_delta",
      delta: { stop_reason: "end_turn", stop_sequence: null },
      usage: { input_tokens: 5, output_tokens: 7 },
    });
  });

  it("whose rest was withheld closes its block and ends as a refusal", () => {
    const parts = streamed(anthropicMessages, asked, [start, text, delta(0, { type: "text_delta", text: "hi" }), close(0), ...end()]).slice(0, 3);
    const out = eventsOf(new TextEncoder().encode(written(anthropicMessages, asked, released(parts))));
    assert.deepEqual(
      out.map(({ event }) => event),
      ["message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta", "message_stop"],
    );
    assert.match(out[4]?.data ?? "", /"stop_reason":"refusal"/);
  });
});

describe("Anthropic blocks", () => {
  const answer = (content: readonly Json[], more: JsonObject = {}): Json => ({
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "m",
    content,
    stop_reason: "tool_use",
    stop_sequence: null,
    usage: { input_tokens: 5, output_tokens: 7 },
    ...more,
  });
  const parts = (content: readonly Json[], more: JsonObject = {}): readonly Part[] =>
    understood(anthropicMessages.readWhole(answer(content, more), asked, propose)).parts;
  const use = (id: string, name: string, input: Json): JsonObject => ({ type: "tool_use", id, name, input });
  const out = (given: readonly Released[]): JsonObject => writtenWhole(anthropicMessages, asked, given) as JsonObject;

  it("of denied calls become text in their place, and the turn is over if none is left", () => {
    const text = "[Holdfast] The call to send_mail was not permitted: the rule denies it (rules/big-payment).";
    const all = out(released(parts([{ type: "text", text: "ok" }, use("a", "send_mail", { to: "eve" })]), () => NO));
    assert.deepEqual(
      [all["content"], all["stop_reason"]],
      [
        [
          { type: "text", text: "ok" },
          { type: "text", text },
        ],
        "end_turn",
      ],
    );
    const some = out(released(parts([use("a", "send_mail", {}), use("b", "read", { n: 1 })]), ({ action }) => (action.tool === "read" ? YES : NO)));
    assert.deepEqual([some["content"], some["stop_reason"]], [[{ type: "text", text }, use("b", "read", { n: 1 })], "tool_use"]);
  });

  it("of calls that wait for a person say so", () => {
    const waiting = released(parts([use("a", "pay", {})])).map(
      (part): Released =>
        part.type !== "calls"
          ? part
          : { ...part, calls: part.calls.map((one) => ({ ...one, decision: ask({ id: "rules/x", text: "a person must approve this" }), ticket: "t-1" })) },
    );
    assert.deepEqual(out(waiting)["content"], [
      {
        type: "text",
        text: "[Holdfast] The call to pay waits for approval: a person must approve this (rules/x). Ticket: t-1. Once a person has approved it, the same call with the same arguments goes through.",
      },
    ]);
  });

  it("whose input is not an object are never proposed", () => {
    for (const input of ["text", [1], 5]) {
      const read = parts([use("a", "pay", input)]);
      assert.deepEqual(
        read.flatMap((part) => (part.type === "calls" ? part.requests : [])),
        [],
      );
      assert.match(JSON.stringify(out(released(read))["content"]), /its arguments are not a JSON object/);
    }
  });

  it("of a toolset are decided under the toolset's name and written back under their own", () => {
    const block = { ...use("a", "navigate", { url: "x" }), toolset_name: "browser", caller: { type: "direct" } };
    const read = parts([block]);
    assert.deepEqual(
      read.flatMap((part) => (part.type === "calls" ? part.requests.map(({ action }) => action.tool) : [])),
      ["browser.navigate"],
    );
    assert.deepEqual(out(released(read))["content"], [block]);
  });

  it("of thinking keep their signature only while nothing in them was changed", () => {
    const thinking = { type: "thinking", thinking: "the key is X", signature: "c2ln" };
    const read = released(parts([thinking]));
    assert.deepEqual(out(read)["content"], [thinking]);
    const masked = read.map((part): Released => (part.type === "text" ? { ...part, text: part.text.replace("X", "***") } : part));
    assert.deepEqual(out(masked)["content"], [{ ...thinking, thinking: "the key is ***", signature: "" }]);
    assert.ok(!written(anthropicMessages, asked, masked).includes("signature_delta"));
    // and such thinking is left away when it comes back, since the provider would refuse it
    const back = understood(
      anthropicMessages.readRequest({
        ...REQUEST,
        messages: [
          { role: "user", content: "hi" },
          {
            role: "assistant",
            content: [
              { ...thinking, signature: "" },
              { type: "text", text: "done" },
            ],
          },
        ],
      }),
    );
    assert.deepEqual((back.forward("m") as { messages: Json[] }).messages[1], { role: "assistant", content: [{ type: "text", text: "done" }] });
  });

  it("of the provider's own tools pass as values, so that their text is filtered", () => {
    const result = {
      type: "web_search_tool_result",
      tool_use_id: "srv_1",
      content: [{ type: "web_search_result", title: "T", url: "https://example.com", encrypted_content: "AAAA", page_age: null }],
    };
    const read = parts([{ type: "server_tool_use", id: "srv_1", name: "web_search", input: { query: "q" } }, result], { stop_reason: "end_turn" });
    assert.deepEqual(
      read.filter(({ type }) => type === "value").map((part) => part.type === "value" && part.channel),
      ["block/0", "block/1"],
    );
    assert.deepEqual((out(released(read))["content"] as Json[])[1], result);
  });

  it("name only a stop sequence that the client gave", () => {
    for (const [given, expected] of [
      ["END", "END"],
      ["my secret plan", null],
    ] as const)
      assert.equal(out(released(parts([{ type: "text", text: "x" }], { stop_reason: "stop_sequence", stop_sequence: given })))["stop_sequence"], expected);
  });

  it("let no free text through as framing", () => {
    const body = parts([{ type: "text", text: "x" }], {
      stop_reason: "refusal",
      stop_details: { type: "refusal", category: "cyber", explanation: "leak" },
      usage: { input_tokens: 1, output_tokens: 1, note: "leak", nested: { text: "leak", n: 2 } },
      surprise: "leak",
    });
    const text = JSON.stringify(out(released(body)));
    assert.ok(!text.includes("leak"), text);
    assert.ok(text.includes('"nested":{"n":2}') && text.includes('"category":"cyber"'), text);
  });
});
