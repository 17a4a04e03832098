import { type Json, type JsonObject, writeJson } from "../../core/json.ts";
import type { Released } from "../../core/layers.ts";
import { type CallsMark, type Settled, settle } from "../calls.ts";
import { channelOf } from "../channel.ts";
import type { Asked, StreamWriter } from "../codec.ts";
import type { ChatMark, ReasoningField } from "./types.ts";
import { callFields, finishReason, header, refusalsOf } from "./write-whole.ts";

interface Choice {
  field: ReasoningField;
  readonly seen: Set<string>;
  calls: readonly Settled[];
  finished: boolean;
}

/** Writes `chat.completion.chunk` events. Arguments of a call leave in one piece, once it is decided. */
export function writeStream(asked: Asked): StreamWriter {
  // Only our own `readRequest` makes what a codec is asked with; another surface's own Asked simply wants no usage.
  const includeUsage = "includeUsage" in asked && asked.includeUsage === true;
  const choices = new Map<number, Choice>();
  let start: (ChatMark & { kind: "start" }) | undefined;
  let usage: JsonObject | undefined;
  let calls: CallsMark | undefined;

  // What every event begins with is written once: most events hold one word besides.
  let opened: string | undefined;
  const event = (fields: JsonObject): string => {
    opened ??= `data: ${writeJson(header(start, asked, "chat.completion.chunk")).slice(0, -1)},`;
    return `${opened}${writeJson(fields).slice(1)}\n\n`;
  };
  const chunk = (index: number, delta: Json, reason: Json = null): string =>
    event({ choices: [{ index, delta, logprobs: null, finish_reason: reason }], ...(includeUsage ? { usage: null } : {}) });

  /** The first event of a choice says whose turn it is; `opening` is empty afterwards. */
  function begin(at: number, content: string | null = null): { readonly choice: Choice; readonly opening: string } {
    const known = choices.get(at);
    if (known !== undefined) return { choice: known, opening: "" };
    const choice: Choice = { field: "reasoning_content", seen: new Set(), calls: [], finished: false };
    choices.set(at, choice);
    return { choice, opening: chunk(at, { role: "assistant", content, refusal: null }) };
  }

  function mark(given: ChatMark): string {
    switch (given.kind) {
      case "start":
        start = given;
        opened = undefined;
        return "";
      case "usage":
        usage = given.usage;
        return "";
      case "calls":
        calls = given;
        return "";
      case "reasoning": {
        const { choice, opening } = begin(given.at);
        choice.field = given.field;
        return opening;
      }
      case "finish": {
        const { choice, opening } = begin(given.at);
        choice.finished = true;
        return opening + chunk(given.at, {}, finishReason(given.reason, choice.calls));
      }
    }
  }

  function text(kind: string, at: number, piece: string): string {
    const { choice, opening } = begin(at, kind === "text" ? "" : null);
    choice.seen.add(kind);
    return opening + chunk(at, { [kind === "text" ? "content" : kind === "reasoning" ? choice.field : "refusal"]: piece });
  }

  function called(at: number, settled: readonly Settled[]): string {
    const { choice, opening } = begin(at);
    choice.calls = [...choice.calls, ...settled];
    const refusals = refusalsOf(settled);
    const sentences = refusals === "" ? "" : chunk(at, { content: choice.seen.has("text") ? `\n\n${refusals}` : refusals });
    const fields = callFields(settled);
    if (fields["tool_calls"] === undefined) return opening + sentences + (fields["function_call"] === undefined ? "" : chunk(at, fields));
    const indexed = (fields["tool_calls"] as readonly JsonObject[]).map((call, index) => ({ index, ...call }));
    return opening + sentences + chunk(at, { tool_calls: indexed });
  }

  return {
    push(part: Released) {
      // Marks pass the output layer untouched, so this is what our own reader made.
      if (part.type === "mark") return mark(part.mark as ChatMark);
      const { kind, at } = channelOf(part.channel);
      switch (part.type) {
        case "text":
          return text(kind, at, part.text);
        case "end":
          // A channel that ended without a word was there all the same: an empty text is not the absence of one.
          return choices.get(at)?.seen.has(kind) === true ? "" : text(kind, at, "");
        case "value":
          return begin(at).opening + chunk(at, { annotations: part.value });
        case "calls":
          return called(at, settle(calls, part.calls));
      }
    },
    finish() {
      const cut = [...choices].filter(([, { finished }]) => !finished).map(([at, choice]) => chunk(at, {}, finishReason(undefined, choice.calls)));
      return `${cut.join("")}${includeUsage && usage !== undefined ? event({ choices: [], usage }) : ""}data: [DONE]\n\n`;
    },
  };
}
