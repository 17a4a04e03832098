import { canonicalJson, type JsonObject } from "../../../core/json.ts";
import { CREATED, type PracticeEvent, pieces, type Reply } from "./reply.ts";

/** The practice model's answer as a response of OpenAI's. */
export function responsesAnswer(reply: Reply): JsonObject {
  return { ...frameOf(reply), status: "completed", output: itemsOf(reply), usage: usageOf(reply) };
}

/** The same as the events of a stream, a few words each. */
export function responsesEvents(reply: Reply): readonly PracticeEvent[] {
  let number = 0;
  const event = (type: string, fields: JsonObject): PracticeEvent => ({ event: type, data: JSON.stringify({ type, sequence_number: number++, ...fields }) });
  const begun = { response: { ...frameOf(reply), status: "in_progress", output: [], usage: null } };
  const items = itemsOf(reply).flatMap((item, output_index): PracticeEvent[] => {
    const { type, id } = item as { readonly type: string; readonly id: string };
    const place = { item_id: id, output_index };
    const added = (fields: JsonObject): PracticeEvent =>
      event("response.output_item.added", { output_index, item: { ...item, status: "in_progress", ...fields } });
    const done = (): PracticeEvent => event("response.output_item.done", { output_index, item });
    if (type === "function_call")
      return [
        added({ arguments: "" }),
        ...pieces(String(item["arguments"])).map((delta) => event("response.function_call_arguments.delta", { ...place, delta })),
        event("response.function_call_arguments.done", { ...place, arguments: item["arguments"] ?? "" }),
        done(),
      ];
    const { text } = reply.said;
    const part = { content_index: 0, ...place };
    return [
      added({ content: [] }),
      event("response.content_part.added", { ...part, part: textPart("") }),
      ...pieces(text).map((delta) => event("response.output_text.delta", { ...part, delta, logprobs: [] })),
      event("response.output_text.done", { ...part, text, logprobs: [] }),
      event("response.content_part.done", { ...part, part: textPart(text) }),
      done(),
    ];
  });
  return [event("response.created", begun), event("response.in_progress", begun), ...items, event("response.completed", { response: responsesAnswer(reply) })];
}

const frameOf = ({ frame }: Reply): JsonObject => ({
  id: `resp_${frame.id}`,
  object: "response",
  created_at: CREATED,
  model: frame.model,
  error: null,
  incomplete_details: null,
});

const textPart = (text: string): JsonObject => ({ type: "output_text", text, annotations: [], logprobs: [] });

function itemsOf({ said, frame, ids }: Reply): readonly JsonObject[] {
  const message = { id: `msg_${frame.id}`, type: "message", status: "completed", role: "assistant", content: [textPart(said.text)] };
  const calls = said.calls.map(({ name, args }, i) => ({
    id: `fc_${frame.id}_${i}`,
    type: "function_call",
    status: "completed",
    call_id: ids[i] ?? "",
    name,
    arguments: canonicalJson(args),
  }));
  return said.text === "" ? calls : [message, ...calls];
}

const usageOf = ({ usage: { input_tokens, output_tokens } }: Reply): JsonObject => ({
  input_tokens,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: input_tokens + output_tokens,
});
