import { canonicalJson, type Json, type JsonObject } from "../../core/json.ts";
import type { Released } from "../../core/layers.ts";
import { type CallsMark, type Settled, settle } from "../calls.ts";
import { channelOf } from "../channel.ts";
import type { Asked, Writer } from "../codec.ts";
import type { ChatMark, FinishReason, ReasoningField } from "./types.ts";

interface Choice {
  readonly texts: { [kind: string]: string };
  field: ReasoningField;
  annotations?: Json;
  readonly calls: Settled[];
  reason?: FinishReason;
}

/** Writes `chat.completion` from what was released. Calls that were not permitted stand as sentences at the end of the text. */
export function writeWhole(asked: Asked): Writer<Json> {
  const choices = new Map<number, Choice>();
  const framing: { start?: ChatMark & { kind: "start" }; usage?: JsonObject; calls?: CallsMark } = {};

  function choice(at: number): Choice {
    const known = choices.get(at) ?? { texts: {}, field: "reasoning_content", calls: [] };
    choices.set(at, known);
    return known;
  }

  function mark(given: ChatMark): void {
    switch (given.kind) {
      case "start":
        framing.start = given;
        break;
      case "usage":
        framing.usage = given.usage;
        break;
      case "calls":
        framing.calls = given;
        break;
      case "reasoning":
        choice(given.at).field = given.field;
        break;
      case "finish":
        choice(given.at).reason = given.reason;
        break;
    }
  }

  return {
    push(part: Released) {
      if (part.type === "mark") {
        // Marks pass the output layer untouched, so this is what our own reader made.
        mark(part.mark as ChatMark);
        return;
      }
      const { kind, at } = channelOf(part.channel);
      const into = choice(at);
      if (part.type === "text" || part.type === "end") into.texts[kind] = (into.texts[kind] ?? "") + (part.type === "text" ? part.text : "");
      else if (part.type === "value") into.annotations = part.value;
      else into.calls.push(...settle(framing.calls, part.calls));
    },
    finish() {
      return {
        ...header(framing.start, asked, "chat.completion"),
        choices: [...choices].sort(([a], [b]) => a - b).map(([index, one]) => written(index, one)),
        ...(framing.usage === undefined ? {} : { usage: framing.usage }),
      };
    },
  };
}

function written(index: number, { texts, field, annotations, calls, reason }: Choice): Json {
  const refusals = refusalsOf(calls);
  const said = texts["text"];
  const content = refusals === "" ? (said ?? null) : said === undefined || said === "" ? refusals : `${said}\n\n${refusals}`;
  const message = {
    role: "assistant",
    content,
    refusal: texts["refusal"] ?? null,
    ...(texts["reasoning"] === undefined ? {} : { [field]: texts["reasoning"] }),
    ...(annotations === undefined ? {} : { annotations }),
    ...callFields(calls),
  };
  return { index, message, logprobs: null, finish_reason: finishReason(reason, calls) };
}

/** The fields that both forms of an answer begin with. */
export function header(start: (ChatMark & { kind: "start" }) | undefined, asked: Asked, form: string): JsonObject {
  return {
    id: start?.id ?? "chatcmpl-0",
    object: form,
    created: start?.created ?? 0,
    model: start?.model ?? asked.model,
    ...(start?.fingerprint === undefined ? {} : { system_fingerprint: start.fingerprint }),
    ...(start?.tier === undefined ? {} : { service_tier: start.tier }),
  };
}

/** The permitted calls as fields of a message. */
export function callFields(calls: readonly Settled[]): JsonObject {
  const permitted = calls.filter((call) => call.permitted);
  const single = permitted.find(({ form }) => form === "function_call");
  if (single !== undefined) return { function_call: { name: single.name, arguments: canonicalJson(single.args) } };
  if (permitted.length === 0) return {};
  return { tool_calls: permitted.map((call) => toolCall(call)) };
}

/** INVARIANT: the arguments are the canonical form of exactly what was decided. */
function toolCall({ id, name, form, args }: Settled & { permitted: true }): JsonObject {
  if (form !== "custom") return { id, type: "function", function: { name, arguments: canonicalJson(args) } };
  // The input of a custom tool is text; an approver's edit could have made something else of it, which is then handed on as JSON.
  const input = args["input"] ?? "";
  return { id, type: "custom", custom: { name, input: typeof input === "string" ? input : canonicalJson(input) } };
}

/** The sentences for the calls that were not permitted, a paragraph each. */
export function refusalsOf(calls: readonly Settled[]): string {
  return calls.flatMap((call) => (call.permitted ? [] : [call.text])).join("\n\n");
}

/** An agent loop goes on while the reason is a call; without a permitted one it must stop. No reason at all: the rest was withheld. */
export function finishReason(reason: FinishReason | undefined, calls: readonly Settled[]): FinishReason {
  if (reason === undefined) return "content_filter";
  const called = reason === "tool_calls" || reason === "function_call";
  return called && !calls.some(({ permitted }) => permitted) ? "stop" : reason;
}
