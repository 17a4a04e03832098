import type { Codec } from "../../../codecs/codec.ts";
import { canonicalJson, isObject, type Json, type JsonObject } from "../../../core/json.ts";
import type { Said } from "./model.ts";
import { CREATED, type PracticeEvent, pieces, type Reply, replyTo } from "./reply.ts";
import { responsesAnswer, responsesEvents } from "./responses.ts";

/** The practice model's answer in one piece, in the dialect of the request. The same request always gets the same answer. */
export function practiceAnswer(dialect: Codec["id"], body: Json): Json {
  const reply = replyTo(body);
  if (dialect === "openai-responses") return responsesAnswer(reply);
  const { said, frame, usage, ids } = reply;
  if (dialect === "openai-chat") {
    const message = {
      role: "assistant",
      content: said.text === "" ? null : said.text,
      refusal: null,
      ...(said.calls.length === 0 ? {} : { tool_calls: said.calls.map((call, i) => openaiCall(call, ids[i])) }),
    };
    return {
      ...openaiFrame(frame),
      object: "chat.completion",
      choices: [{ index: 0, message, logprobs: null, finish_reason: openaiStop(said) }],
      usage: openaiUsage(usage),
    };
  }
  const content = [
    ...(said.text === "" ? [] : [{ type: "text", text: said.text }]),
    ...said.calls.map(({ name, args }, i) => ({ type: "tool_use", id: ids[i] ?? "", name, input: args })),
  ];
  return { ...anthropicFrame(frame), content, stop_reason: anthropicStop(said), stop_sequence: null, usage };
}

/** The same answer as the events of a stream, a few words each. */
export function practiceEvents(dialect: Codec["id"], body: Json): readonly PracticeEvent[] {
  const reply = replyTo(body);
  if (dialect === "openai-responses") return responsesEvents(reply);
  return dialect === "openai-chat" ? openaiEvents(reply, wantsUsage(body)) : anthropicEvents(reply);
}

/** An event as the bytes of a stream. */
export function sse({ event, data }: PracticeEvent): string {
  return `${event === undefined ? "" : `event: ${event}\n`}data: ${data}\n\n`;
}

const openaiFrame = ({ id, model }: Reply["frame"]): JsonObject => ({ id: `chatcmpl-${id}`, created: CREATED, model, system_fingerprint: "fp_practice" });
const openaiUsage = ({ input_tokens, output_tokens }: Reply["usage"]): Json => ({
  prompt_tokens: input_tokens,
  completion_tokens: output_tokens,
  total_tokens: input_tokens + output_tokens,
});
const openaiCall = ({ name, args }: Said["calls"][number], id = ""): JsonObject => ({
  id,
  type: "function",
  function: { name, arguments: canonicalJson(args) },
});
const openaiStop = ({ calls }: Said): string => (calls.length > 0 ? "tool_calls" : "stop");
const anthropicFrame = ({ id, model }: Reply["frame"]): JsonObject => ({ id: `msg_${id}`, type: "message", role: "assistant", model });
const anthropicStop = ({ calls }: Said): string => (calls.length > 0 ? "tool_use" : "end_turn");

function openaiEvents({ said, frame, usage, ids }: Reply, withUsage: boolean): PracticeEvent[] {
  const chunk = (fields: JsonObject): PracticeEvent => ({ data: JSON.stringify({ ...openaiFrame(frame), object: "chat.completion.chunk", ...fields }) });
  const delta = (fields: JsonObject, reason: Json = null): PracticeEvent =>
    chunk({ choices: [{ index: 0, delta: fields, logprobs: null, finish_reason: reason }] });
  const calls = said.calls.flatMap((call, index): PracticeEvent[] => {
    const { id, type, function: named } = openaiCall(call, ids[index]) as { id: string; type: string; function: { name: string; arguments: string } };
    const opening = { index, id, type, function: { name: named.name, arguments: "" } };
    return [opening, ...pieces(named.arguments).map((piece) => ({ index, function: { arguments: piece } }))].map((one) => delta({ tool_calls: [one] }));
  });
  return [
    delta({ role: "assistant", content: said.text === "" ? null : "" }),
    ...pieces(said.text).map((content) => delta({ content })),
    ...calls,
    delta({}, openaiStop(said)),
    ...(withUsage ? [chunk({ choices: [], usage: openaiUsage(usage) })] : []),
    { data: "[DONE]" },
  ];
}

function anthropicEvents({ said, frame, usage, ids }: Reply): PracticeEvent[] {
  const event = (type: string, fields: JsonObject = {}): PracticeEvent => ({ event: type, data: JSON.stringify({ type, ...fields }) });
  const block = (index: number, content_block: JsonObject, deltas: readonly JsonObject[]): PracticeEvent[] => [
    event("content_block_start", { index, content_block }),
    ...deltas.map((delta) => event("content_block_delta", { index, delta })),
    event("content_block_stop", { index }),
  ];
  const first = said.text === "" ? 0 : 1;
  return [
    event("message_start", {
      message: { ...anthropicFrame(frame), content: [], stop_reason: null, stop_sequence: null, usage: { ...usage, output_tokens: 1 } },
    }),
    event("ping"),
    ...(first === 0
      ? []
      : block(
          0,
          { type: "text", text: "" },
          pieces(said.text).map((text) => ({ type: "text_delta", text })),
        )),
    ...said.calls.flatMap(({ name, args }, i) =>
      block(
        first + i,
        { type: "tool_use", id: ids[i] ?? "", name, input: {} },
        ["", ...pieces(canonicalJson(args))].map((partial_json) => ({ type: "input_json_delta", partial_json })),
      ),
    ),
    event("message_delta", { delta: { stop_reason: anthropicStop(said), stop_sequence: null }, usage: { output_tokens: usage.output_tokens } }),
    event("message_stop"),
  ];
}

function wantsUsage(body: Json): boolean {
  const options = isObject(body) ? body["stream_options"] : undefined;
  return isObject(options) && options["include_usage"] === true;
}
