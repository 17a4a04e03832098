import { canonicalJson, type Json, type JsonObject, writeJson } from "../../core/json.ts";
import type { Released } from "../../core/layers.ts";
import { type CallsMark, type Settled, settle } from "../calls.ts";
import { channelOf } from "../channel.ts";
import type { Asked, StreamWriter } from "../codec.ts";
import { type MessageMark, sealed } from "./types.ts";
import { callBlock, emptyBlock, ending, opening, signatureFor } from "./write-whole.ts";

/** Writes the vendor's named events. The input of a call leaves in one piece, once the call is decided. */
export function writeStream(asked: Asked): StreamWriter {
  const calls: Settled[] = [];
  let start: (MessageMark & { kind: "start" }) | undefined;
  let stop: (MessageMark & { kind: "stop" }) | undefined;
  let signature: (MessageMark & { kind: "signature" }) | undefined;
  let usage: JsonObject | undefined;
  let proposed: CallsMark | undefined;
  let started = false;
  /** The open block, and the sum over what was thought in it. */
  let open: number | undefined;
  let seal = 0;

  function begin(): string {
    if (started) return "";
    started = true;
    return event("message_start", { message: { ...opening(start, asked), content: [], stop_reason: null, stop_sequence: null, usage: start?.usage ?? {} } });
  }

  function mark(given: MessageMark): string {
    switch (given.kind) {
      case "start":
        start = given;
        return begin();
      case "stop":
        stop = given;
        return "";
      case "usage":
        usage = given.usage;
        return "";
      case "calls":
        proposed = given;
        return "";
      case "signature":
        signature = given;
        return "";
      case "redacted":
        return begin() + whole(given.at, { type: "redacted_thinking", data: given.data });
      case "block":
        open = given.at;
        seal = 0;
        signature = undefined;
        return begin() + event("content_block_start", { index: given.at, content_block: emptyBlock(given.block) });
    }
  }

  function close(at: number): string {
    open = undefined;
    const signed = signatureFor(signature, seal);
    return (signed === "" ? "" : delta(at, { type: "signature_delta", signature: signed })) + event("content_block_stop", { index: at });
  }

  function text(kind: string, at: number, piece: string): string {
    if (kind !== "thinking") return delta(at, { type: "text_delta", text: piece });
    seal = sealed(seal, piece);
    return delta(at, { type: "thinking_delta", thinking: piece });
  }

  return {
    push(part: Released) {
      // Marks pass the output layer untouched, so this is what our own reader made.
      if (part.type === "mark") return mark(part.mark as MessageMark);
      const { kind, at } = channelOf(part.channel);
      switch (part.type) {
        case "text":
          return text(kind, at, part.text);
        case "end":
          return close(at);
        case "calls": {
          const settled = settle(proposed, part.calls);
          calls.push(...settled);
          return begin() + settled.map((call) => written(at, call)).join("");
        }
        case "value":
          if (kind !== "citations") return begin() + whole(at, part.value);
          return (part.value as readonly Json[]).map((citation) => delta(at, { type: "citations_delta", citation })).join("");
      }
    },
    finish() {
      const cut = begin() + (open === undefined ? "" : close(open));
      const report = usage ?? start?.usage ?? {};
      return `${cut}${event("message_delta", { delta: ending(stop, calls), usage: { output_tokens: 0, ...report } })}${event("message_stop", {})}`;
    },
  };
}

function event(type: string, fields: JsonObject): string {
  return `event: ${type}\ndata: ${writeJson({ type, ...fields })}\n\n`;
}

function delta(index: number, fields: JsonObject): string {
  return event("content_block_delta", { index, delta: fields });
}

/** A block that comes in one piece. */
function whole(index: number, block: Json): string {
  return event("content_block_start", { index, content_block: block }) + event("content_block_stop", { index });
}

function written(at: number, call: Settled): string {
  const block = callBlock(call);
  const [empty, piece] = call.permitted
    ? [
        { ...block, input: {} },
        { type: "input_json_delta", partial_json: canonicalJson(call.args) },
      ]
    : [emptyBlock("text"), { type: "text_delta", text: call.text }];
  return event("content_block_start", { index: at, content_block: empty }) + delta(at, piece) + event("content_block_stop", { index: at });
}
