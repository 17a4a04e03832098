import type { Asked, Codec, Propose } from "../../codecs/codec.ts";
import type { Json } from "../../core/json.ts";
import type { Deliver, Part, Released } from "../../core/layers.ts";
import type { Outcome } from "../../core/outcome.ts";
import { type Ending, endingOf } from "../ending.ts";
import { sendJson } from "../http/answer.ts";
import { type ClientStream, clientStream } from "../http/client-stream.ts";
import type { Metrics } from "../http/observe.ts";
import type { Exchange } from "../http/routes.ts";
import { UPSTREAM_WORDS } from "../http/upstream-refusal.ts";

/** The name of this surface in records and metrics. */
export const SURFACE = "llm-gateway";

/** The answer to one client: takes what is released, and ends it as the outcome says. */
export interface Reply {
  readonly deliver: Deliver;
  /** Shows that the line is open, where nothing else can be said yet. An answer in one piece has no way to. */
  readonly beat: () => void;
  /** Sends what is left. The status that the client got. */
  finish(outcome: Outcome): { readonly status: number; readonly effect: Ending["effect"] };
}

export interface ReplyOptions {
  readonly codec: Codec;
  readonly asked: Asked;
  readonly exchange: Exchange;
  /** Says what was blocked in a normal message of the model instead of an error. */
  readonly soft: boolean;
  /** What the model thought stays here. It is filtered and recorded like the rest. */
  readonly dropReasoning: boolean;
}

export function replyTo(options: ReplyOptions): Reply {
  const reply = options.asked.stream ? streamed(options) : whole(options);
  if (!options.dropReasoning) return reply;
  return {
    ...reply,
    deliver(part) {
      const left = options.codec.withoutReasoning(part);
      return left === undefined ? undefined : reply.deliver(left);
    },
  };
}

/** Answers with one value, for the operations that are not model calls. */
export function sendValue({ metrics }: { readonly metrics: Metrics }, codec: Codec, exchange: Exchange, outcome: Outcome, value: () => Json): void {
  const ending = endingOf(outcome);
  if (ending === undefined) sendJson(exchange.response, 200, value(), decisionHeaders(exchange, "permit"));
  else refuse({ codec, exchange }, ending);
  metrics.answered(SURFACE, ending?.effect ?? "permit", ending?.status ?? 200);
}

function whole(options: ReplyOptions): Reply {
  const { codec, asked, exchange } = options;
  const writer = codec.writeWhole(asked);
  const words = upstreamWords();
  return {
    deliver: (part) => (words.took(part) ? undefined : writer.push(part)),
    beat() {},
    finish(outcome) {
      const ending = endingOf(outcome, words.text());
      if (ending === undefined) {
        sendJson(exchange.response, 200, writer.finish(), decisionHeaders(exchange, "permit"));
        return { status: 200, effect: "permit" };
      }
      return softly(options, ending) ?? refuse(options, ending);
    },
  };
}

function streamed(options: ReplyOptions): Reply {
  const { codec, asked, exchange } = options;
  const writer = codec.writeStream(asked);
  const words = upstreamWords();
  // Before something is released it is not known how it ends: a line that is held open has no decision in its head.
  let said = false;
  const stream = clientStream(exchange, () => decisionHeaders(exchange, said ? "permit" : "none"));
  return {
    deliver(part) {
      if (words.took(part)) return;
      const text = writer.push(part);
      if (text === "") return;
      said = true;
      return stream.write(text);
    },
    beat() {
      // A comment: no reader of events takes it for one. From here on a refusal has no status of its own, and is told as an event.
      if (!exchange.response.destroyed) void stream.write(": a person is asked\n\n");
    },
    finish(outcome) {
      const ending = endingOf(outcome, words.text());
      if (ending !== undefined && !said) {
        const softened = softly(options, ending, stream);
        if (softened !== undefined) return softened;
        if (!stream.started) return refuse(options, ending);
      }
      const effect = said || ending === undefined ? "permit" : ending.effect;
      said = true;
      stream.end(ending === undefined ? writer.finish() : codec.errorEvent(ending.code, ending.message));
      return { status: 200, effect };
    },
  };
}

/** Both vendors' clients wait as long as they are told up to here, and beyond try again at once. */
const LONGEST_WAIT = 60;

function refuse({ codec, exchange }: Pick<ReplyOptions, "codec" | "exchange">, ending: Ending): { status: number; effect: Ending["effect"] } {
  const { status, code, message, effect, retryAfter } = ending;
  sendJson(exchange.response, status, codec.errorBody(status, code, message), {
    ...decisionHeaders(exchange, effect),
    ...(retryAfter === undefined ? {} : { "retry-after": String(retryAfter) }),
    // Asked again, policy would answer the same, and so would a limit that is free again later than clients wait.
    ...(ending.policy ||
    (status === 429 && effect === "deny" && (retryAfter ?? 0) > LONGEST_WAIT) ||
    status < 429 ||
    (status === 502 && retryAfter === undefined && code === "upstream-configuration")
      ? { "x-should-retry": "false" }
      : {}),
  });
  return { status, effect };
}

/** The ending as something the model might have said, written by the codec like any answer. Only for what policy decided. */
function softly(options: ReplyOptions, ending: Ending, held?: ClientStream): { status: number; effect: Ending["effect"] } | undefined {
  const { codec, asked, exchange, soft } = options;
  if (!soft || !ending.policy) return undefined;
  const read = codec.readWhole(spoken(codec, asked.model, `[Holdfast] ${ending.message}`), asked, noCalls);
  if ("fault" in read) return undefined;
  const parts = read.parts.flatMap(withoutCalls);
  const headers = decisionHeaders(exchange, ending.effect);
  if (asked.stream) {
    const writer = codec.writeStream(asked);
    const stream = held?.started === true ? held : clientStream(exchange, () => headers);
    stream.end(parts.map((part) => writer.push(part)).join("") + writer.finish());
  } else {
    const writer = codec.writeWhole(asked);
    for (const part of parts) writer.push(part);
    sendJson(exchange.response, 200, writer.finish(), headers);
  }
  return { status: 200, effect: ending.effect };
}

function spoken(codec: Codec, model: string, text: string): Json {
  switch (codec.id) {
    case "openai-chat":
      return {
        id: "chatcmpl-holdfast",
        object: "chat.completion",
        created: 0,
        model,
        choices: [{ index: 0, message: { role: "assistant", content: text }, finish_reason: "stop" }],
        usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
      };
    case "openai-responses":
      return {
        id: "resp_holdfast",
        object: "response",
        created_at: 0,
        status: "completed",
        model,
        output: [{ id: "msg_holdfast", type: "message", status: "completed", role: "assistant", content: [{ type: "output_text", text, annotations: [] }] }],
        usage: { input_tokens: 0, output_tokens: 0, total_tokens: 0 },
      };
    case "anthropic-messages":
      return {
        id: "msg_holdfast",
        type: "message",
        role: "assistant",
        model,
        content: [{ type: "text", text }],
        stop_reason: "end_turn",
        stop_sequence: null,
        usage: { input_tokens: 0, output_tokens: 0 },
      };
  }
}

const noCalls: Propose = () => {
  throw new TypeError("a message of ours calls no tools");
};
const withoutCalls = (part: Part): readonly Released[] => (part.type === "calls" ? [] : [part]);

export function decisionHeaders({ id }: Exchange, effect: Ending["effect"]): { readonly [name: string]: string } {
  // Anthropic's clients read `request-id`.
  return { "x-request-id": id, "x-holdfast-request": id, "request-id": id, ...(effect === "none" ? {} : { "x-holdfast-decision": effect }) };
}

/** Keeps apart what an upstream says of its refusal: it belongs into an error, not into the model's mouth. */
function upstreamWords(): { took(part: Released): boolean; text(): string } {
  let words = "";
  return {
    took(part) {
      if (!("channel" in part) || part.channel !== UPSTREAM_WORDS) return false;
      if (part.type === "text") words += part.text;
      return true;
    },
    text: () => words,
  };
}
