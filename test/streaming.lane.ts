/**
 * Any chunking of any stream gives the same verdict and the same text as the unstreamed answer, through the whole path as it ships: the
 * codec reads, guard decides and filters with the real layers, the codec writes. And no byte of a secret leaves, however it was cut.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Asked, anthropicMessages, type Codec, openaiChat, openaiResponses } from "../src/codecs/index.ts";
import { composeLayers } from "../src/compose/layers.ts";
import { systemClock } from "../src/compose/platform.ts";
import { outOfTheBox } from "../src/config/index.ts";
import type { Json } from "../src/core/json.ts";
import type { Answer, Part, Released } from "../src/core/layers.ts";
import { guard } from "../src/core/monitor.ts";
import type { Request } from "../src/core/request.ts";
import { type Event, eventsOf, gist, propose, understood } from "./conformance/codec.ts";
import { verifies } from "./verifies.ts";

/** What an answer is made of. Secrets are put together here, so that scanners leave this file alone. */
const SECRETS = [
  `${"AKIA"}Y34FZKBOKMUTVV7A`,
  `${"ghp"}_${"a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"}`,
  "DE89 3704 0044 0532 0130 00",
  "4111 1111 1111 1111",
  `${"-----BEGIN"} PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7\nVJTUt9Us8cKj\n${"-----END"} PRIVATE KEY-----`,
];
const PLAIN = [
  "The key is ",
  " and ",
  "\n",
  "Grüße 👩‍💻, ",
  "order 1001 ",
  "see https://a.example/x?y=1 ",
  "a@b.example ",
  "—",
  "AKIA ",
  "DE89 ",
  "41 ",
  '{"a":1} ',
];

const plain = fc.array(fc.constantFrom(...PLAIN), { maxLength: 6 }).map((pieces) => pieces.join(""));

interface Said {
  readonly text: string;
  /** Arguments of the tool calls that follow the text. */
  readonly calls: readonly { readonly [name: string]: string }[];
}
const piece = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...PLAIN) },
  { weight: 1, arbitrary: fc.constantFrom(...SECRETS.map((secret) => ` ${secret} `)) },
  fc.string({ maxLength: 6, unit: "grapheme" }),
);
const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(""));
const said: fc.Arbitrary<Said> = fc.record({
  text,
  calls: fc.array(fc.record({ body: text, to: fc.constantFrom("a@b.example", "Anna") }, { noNullPrototype: true }), { maxLength: 2 }),
});

/** Cuts a text anywhere between two characters; a cut at every place is one of the cases. */
const cutting = fc.oneof(fc.constant(undefined), fc.array(fc.nat(400), { maxLength: 12 }));
function cut(whole: string, places: readonly number[] | undefined): string[] {
  const characters = [...whole];
  if (places === undefined) return characters;
  const at = [...new Set(places.map((place) => place % (characters.length + 1)))].sort((a, b) => a - b);
  return [...at, characters.length].map((end, index) => characters.slice(at[index - 1] ?? 0, end).join("")).filter((one) => one !== "");
}

interface Dialect {
  readonly codec: Codec;
  readonly request: Json;
  whole(said: Said): Json;
  events(said: Said, places: readonly number[] | undefined): Event[];
}

const TOOLS = ["send_mail", "post_note"];
const USAGE = { prompt_tokens: 3, completion_tokens: 5, total_tokens: 8 };
const HEAD = { id: "chatcmpl-1", created: 1, model: "m" };

const openai: Dialect = {
  codec: openaiChat,
  request: {
    model: "m",
    messages: [{ role: "user", content: "go" }],
    tools: TOOLS.map((name) => ({ type: "function", function: { name, parameters: { type: "object" } } })),
  },
  whole: ({ text, calls }) => ({
    ...HEAD,
    object: "chat.completion",
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          content: text,
          ...(calls.length === 0
            ? {}
            : {
                tool_calls: calls.map((args, index) => ({
                  id: `call_${index}`,
                  type: "function",
                  function: { name: TOOLS[index] ?? "", arguments: JSON.stringify(args) },
                })),
              }),
        },
        finish_reason: calls.length === 0 ? "stop" : "tool_calls",
      },
    ],
    usage: USAGE,
  }),
  events({ text, calls }, places) {
    const chunk = (delta: Json, finish: string | null = null): Event => ({
      data: JSON.stringify({ ...HEAD, object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason: finish }] }),
    });
    return [
      chunk({ role: "assistant", content: "" }),
      ...cut(text, places).map((content) => chunk({ content })),
      ...calls.flatMap((args, index) => [
        chunk({ tool_calls: [{ index, id: `call_${index}`, type: "function", function: { name: TOOLS[index] ?? "", arguments: "" } }] }),
        ...cut(JSON.stringify(args), places).map((piece) => chunk({ tool_calls: [{ index, function: { arguments: piece } }] })),
      ]),
      chunk({}, calls.length === 0 ? "stop" : "tool_calls"),
      { data: JSON.stringify({ ...HEAD, object: "chat.completion.chunk", choices: [], usage: USAGE }) },
      { data: "[DONE]" },
    ];
  },
};

const anthropic: Dialect = {
  codec: anthropicMessages,
  request: {
    model: "m",
    max_tokens: 100,
    messages: [{ role: "user", content: "go" }],
    tools: TOOLS.map((name) => ({ name, input_schema: { type: "object" } })),
  },
  whole: ({ text, calls }) => ({
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "m",
    content: [{ type: "text", text }, ...calls.map((input, index) => ({ type: "tool_use", id: `toolu_${index}`, name: TOOLS[index] ?? "", input }))],
    stop_reason: calls.length === 0 ? "end_turn" : "tool_use",
    stop_sequence: null,
    usage: { input_tokens: 3, output_tokens: 5 },
  }),
  events({ text, calls }, places) {
    const event = (type: string, rest: { readonly [name: string]: Json }): Event => ({ event: type, data: JSON.stringify({ type, ...rest }) });
    const block = (index: number, start: Json, deltas: readonly Json[]): Event[] => [
      event("content_block_start", { index, content_block: start }),
      ...deltas.map((delta) => event("content_block_delta", { index, delta })),
      event("content_block_stop", { index }),
    ];
    return [
      event("message_start", {
        message: {
          id: "msg_1",
          type: "message",
          role: "assistant",
          model: "m",
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: { input_tokens: 3, output_tokens: 1 },
        },
      }),
      ...block(
        0,
        { type: "text", text: "" },
        cut(text, places).map((piece) => ({ type: "text_delta", text: piece })),
      ),
      ...calls.flatMap((args, index) =>
        block(
          index + 1,
          { type: "tool_use", id: `toolu_${index}`, name: TOOLS[index] ?? "", input: {} },
          cut(JSON.stringify(args), places).map((piece) => ({ type: "input_json_delta", partial_json: piece })),
        ),
      ),
      event("message_delta", { delta: { stop_reason: calls.length === 0 ? "end_turn" : "tool_use", stop_sequence: null }, usage: { output_tokens: 5 } }),
      event("message_stop", {}),
    ];
  },
};

const responsesItems = ({ text, calls }: Said): readonly Json[] => [
  { id: "msg_1", type: "message", status: "completed", role: "assistant", content: [{ type: "output_text", text, annotations: [], logprobs: [] }] },
  ...calls.map((args, index) => ({
    id: `fc_${index}`,
    type: "function_call",
    status: "completed",
    call_id: `call_${index}`,
    name: TOOLS[index] ?? "",
    arguments: JSON.stringify(args),
  })),
];
const responsesWhole = (said: Said): { readonly [name: string]: Json } => ({
  id: "resp_1",
  created_at: 1,
  model: "m",
  status: "completed",
  output: responsesItems(said),
  usage: { input_tokens: 3, output_tokens: 5, total_tokens: 8 },
});

const responses: Dialect = {
  codec: openaiResponses,
  request: { model: "m", input: "go", tools: TOOLS.map((name) => ({ type: "function", name, parameters: { type: "object" } })) },
  whole: responsesWhole,
  events(what, places) {
    const event = (type: string, rest: { readonly [name: string]: Json }): Event => ({ event: type, data: JSON.stringify({ type, ...rest }) });
    const [message, ...called] = responsesItems(what);
    const item = (output_index: number, done: Json, between: readonly Event[]): Event[] => [
      event("response.output_item.added", { output_index, item: { ...(done as object), status: "in_progress", content: [], arguments: "" } }),
      ...between,
      event("response.output_item.done", { output_index, item: done }),
    ];
    const part = { output_index: 0, content_index: 0 };
    const said = cut(what.text, places).map((delta) => event("response.output_text.delta", { ...part, delta }));
    const pieces = (index: number): Event[] =>
      cut(JSON.stringify(what.calls[index]), places).map((delta) => event("response.function_call_arguments.delta", { output_index: index + 1, delta }));
    return [
      event("response.created", { response: { ...responsesWhole(what), output: [] } }),
      ...item(0, message ?? null, [
        event("response.content_part.added", { ...part, part: { type: "output_text", text: "" } }),
        ...said,
        event("response.output_text.done", { ...part, text: what.text }),
      ]),
      ...called.flatMap((done, index) => item(index + 1, done, pieces(index))),
      event("response.completed", { response: responsesWhole(what) }),
    ];
  },
};

const NOWHERE = { open: () => ({ decided: async () => {}, close: () => {} }) };

function layersWith(output: { readonly [kind: string]: string }) {
  const base = outOfTheBox();
  const config = { ...base, output: { ...base.output, text: { ...base.output.text, ...output }, arguments: { ...base.output.arguments, ...output } } };
  return composeLayers(config, NOWHERE, { clock: systemClock, uncounted: true }).layers;
}
const MASKING = layersWith({});
const BLOCKING = layersWith({ credential: "block", financial: "block" });

/** Passes parts along the guarded path; says what left and how it ended. */
async function pass(layers: typeof MASKING, parts: readonly Part[]) {
  const left: Released[] = [];
  const request: Request = {
    id: "asked",
    principal: { agent: "agent" },
    action: { type: "model.call" },
    resource: { type: "model", id: "practice/assistant" },
    content: [],
    context: { time: 0, surface: "test" },
  };
  const answer: Answer = {
    async pump(write) {
      for (const part of parts) await write(part);
    },
  };
  const outcome = await guard(
    layers,
    request,
    async () => answer,
    (part) => void left.push(part),
    new AbortController().signal,
  );
  assert.equal(outcome.status, "done", JSON.stringify(outcome));
  return { left, verdict: outcome.status === "done" ? outcome.verdict.decision : undefined };
}

// Calls are decided as the agent's own: the policy out of the box knows the agent `agent`.
const proposeAs: typeof propose = (call) => ({ ...propose(call), principal: { agent: "agent" } });

function partsOf({ codec, events }: Dialect, asked: Asked, what: Said, places: readonly number[] | undefined, bytesCut: readonly number[]): Part[] {
  const bytes = new TextEncoder().encode(
    events(what, places)
      .map(({ event, data }) => `${event === undefined ? "" : `event: ${event}\n`}data: ${data}\n\n`)
      .join(""),
  );
  const reader = codec.readStream(asked, proposeAs);
  return [...eventsOf(bytes, bytesCut).flatMap(({ data, event }) => reader.push(data, event)), ...reader.end()];
}

const squeezed = (bytes: string): string => bytes.replace(/\\n|[\s-]/g, "");

for (const dialect of [openai, responses, anthropic]) {
  const { codec, whole } = dialect;
  const asked = understood(codec.readRequest(dialect.request));
  const places = fc.array(fc.nat(), { maxLength: 6 });

  test(`${codec.id}: a stream, however it is cut, becomes what the whole answer becomes, and no secret leaves`, async () => {
    verifies("O-05", "O-03", "O-02");
    await fc.assert(
      fc.asyncProperty(said, cutting, places, async (what, deltas, bytesCut) => {
        const one = await pass(MASKING, understood(codec.readWhole(whole(what), asked, proposeAs)).parts);
        const stream = await pass(MASKING, partsOf(dialect, asked, what, deltas, bytesCut));
        assert.deepEqual(stream.verdict, one.verdict);

        const body = codec.writeWhole(asked);
        for (const part of one.left) body.push(part);
        const writer = codec.writeStream(asked);
        const sent = stream.left.map((part) => writer.push(part)).join("") + writer.finish();
        const reader = codec.readStream(asked, proposeAs);
        const again = [...eventsOf(new TextEncoder().encode(sent)).flatMap(({ data, event }) => reader.push(data, event)), ...reader.end()];
        const answered = body.finish();
        assert.deepEqual(gist(again), gist(understood(codec.readWhole(answered, asked, proposeAs)).parts));
        for (const secret of SECRETS) {
          assert.ok(!squeezed(JSON.stringify(answered)).includes(squeezed(secret)), "a secret left in the whole answer");
          assert.ok(!squeezed(sent).includes(squeezed(secret)), "a secret left in the stream");
        }
      }),
      { numRuns: 1500 },
    );
  });

  test(`${codec.id}: of a stream that is blocked nothing of the finding leaves and nothing after it, and the verdict is the whole answer's`, async () => {
    verifies("O-05");
    await fc.assert(
      // Only what is not changed for another reason (invisible characters would be taken out), so that what left is a beginning of it.
      fc.asyncProperty(plain, fc.constantFrom(...SECRETS), plain, cutting, async (before, secret, behind, deltas) => {
        const what = { text: `${before} ${secret} ${behind}END`, calls: [] };
        const one = await pass(BLOCKING, understood(codec.readWhole(whole(what), asked, proposeAs)).parts);
        const stream = await pass(BLOCKING, partsOf(dialect, asked, what, deltas, []));
        assert.equal(one.verdict?.effect, "deny");
        assert.deepEqual(stream.verdict, one.verdict);
        const textOf = (left: readonly Released[]): string => left.map((part) => (part.type === "text" ? part.text : "")).join("");
        const out = textOf(stream.left);
        assert.equal(out, textOf(one.left));
        assert.ok(what.text.startsWith(out) && !out.endsWith("END"));
        for (const one of SECRETS) {
          const at = what.text.indexOf(one);
          if (at >= 0) assert.ok(out.length <= at, "a byte of a blocked secret left");
        }
      }),
      { numRuns: 1000 },
    );
  });
}
