import { canonicalJson, isObject, type Json } from "../../../core/json.ts";
import { readTurn } from "./conversation.ts";
import { type Said, say } from "./model.ts";

/** One server-sent event. */
export interface PracticeEvent {
  readonly event?: string;
  readonly data: string;
}

/** What the practice model says, before it is put into a dialect. */
export interface Reply {
  readonly said: Said;
  readonly frame: { readonly id: string; readonly model: string };
  readonly usage: { readonly input_tokens: number; readonly output_tokens: number };
  readonly ids: readonly string[];
}

/** The answer to one body, of any dialect. */
export function replyTo(body: Json): Reply {
  const turn = readTurn(body);
  const { text, calls } = say(turn);
  const said: Said = { text, calls: calls.map(({ name, args }) => ({ name: turn.tools.get(name) ?? name, args })) };
  const request = isObject(body) ? body : {};
  const model = typeof request["model"] === "string" ? request["model"] : "assistant";
  return {
    said,
    frame: { id: `practice-${turn.turn}-${turn.said.length}`, model },
    usage: {
      input_tokens: tokens(
        canonicalJson([request["messages"] ?? request["input"] ?? [], request["system"] ?? request["instructions"] ?? "", request["tools"] ?? []]),
      ),
      output_tokens: tokens(text) + tokens(canonicalJson(calls)),
    },
    ids: calls.map((_, i) => `call_${turn.turn}_${i}`),
  };
}

/** About what a real tokeniser counts for plain text. */
const tokens = (text: string): number => Math.ceil(text.length / 4);

/** Pieces of a few words; never a part of a character. */
export const pieces = (text: string): readonly string[] => text.match(/\s*\S{1,40}/gu) ?? [];

// Answers are the same on every day; clients only show this.
export const CREATED = 1_767_225_600;
