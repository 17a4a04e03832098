import type { Json, JsonObject } from "../../core/json.ts";
import type { Released } from "../../core/layers.ts";
import { type CallsMark, type Settled, settle } from "../calls.ts";
import { channelOf } from "../channel.ts";
import type { Asked, Writer } from "../codec.ts";
import { type MessageMark, type StopReason, sealed } from "./types.ts";

/** Writes a `message` from what was released. A call that was not permitted is a text block in the place of the call. */
export function writeWhole(asked: Asked): Writer<Json> {
  const blocks = new Map<number, { [key: string]: Json }>();
  const signatures = new Map<number, MessageMark & { kind: "signature" }>();
  const calls: Settled[] = [];
  let start: (MessageMark & { kind: "start" }) | undefined;
  let stop: (MessageMark & { kind: "stop" }) | undefined;
  let usage: JsonObject | undefined;
  let proposed: CallsMark | undefined;

  function mark(given: MessageMark): void {
    switch (given.kind) {
      case "start":
        start = given;
        break;
      case "stop":
        stop = given;
        break;
      case "usage":
        usage = given.usage;
        break;
      case "calls":
        proposed = given;
        break;
      case "signature":
        signatures.set(given.at, given);
        break;
      case "redacted":
        blocks.set(given.at, { type: "redacted_thinking", data: given.data });
        break;
      case "block":
        blocks.set(given.at, emptyBlock(given.block));
        break;
    }
  }

  function add(kind: string, at: number, text: string): void {
    const block = blocks.get(at) ?? emptyBlock(kind === "thinking" ? "thinking" : "text");
    const field = kind === "thinking" ? "thinking" : "text";
    block[field] = `${block[field] as string}${text}`;
    blocks.set(at, block);
  }

  return {
    push(part: Released) {
      if (part.type === "mark") {
        // Marks pass the output layer untouched, so this is what our own reader made.
        mark(part.mark as MessageMark);
        return;
      }
      const { kind, at } = channelOf(part.channel);
      const block = blocks.get(at);
      if (part.type === "text") add(kind, at, part.text);
      else if (part.type === "end") {
        if (block?.["type"] === "thinking") block["signature"] = signatureFor(signatures.get(at), sealed(0, String(block["thinking"])));
      } else if (part.type === "calls") {
        const settled = settle(proposed, part.calls);
        calls.push(...settled);
        for (const call of settled) blocks.set(at, callBlock(call));
      } else if (kind === "citations") {
        if (block !== undefined) block["citations"] = part.value;
      } else blocks.set(at, part.value as { [key: string]: Json });
    },
    finish() {
      const content = [...blocks].sort(([a], [b]) => a - b).map(([, block]) => block);
      return { ...opening(start, asked), content, ...ending(stop, calls), usage: usage ?? start?.usage ?? {} };
    },
  };
}

/** A block before anything was said in it. */
export function emptyBlock(kind: "text" | "thinking"): { [key: string]: Json } {
  return kind === "text" ? { type: "text", text: "" } : { type: "thinking", thinking: "", signature: "" };
}

/** The signature, or nothing if the thinking that left is not the thinking it was made for. */
export function signatureFor(mark: (MessageMark & { kind: "signature" }) | undefined, seal: number): string {
  return mark !== undefined && mark.seal === seal ? mark.signature : "";
}

/** INVARIANT: the input is exactly what was decided. */
export function callBlock(call: Settled): { [key: string]: Json } {
  if (!call.permitted) return { type: "text", text: call.text };
  return { type: "tool_use", id: call.id, name: call.form, input: call.args, ...call.extra };
}

/** The fields that a message begins with, and a stream's first event holds. */
export function opening(start: (MessageMark & { kind: "start" }) | undefined, asked: Asked): JsonObject {
  return {
    id: start?.id ?? "msg_0",
    type: "message",
    role: "assistant",
    model: start?.model ?? asked.model,
    ...(start?.container === undefined ? {} : { container: start.container }),
  };
}

/** Why it stopped. An agent loop goes on while the reason is a call; without a permitted one it must stop. No reason at all: the rest was withheld. */
export function ending(stop: (MessageMark & { kind: "stop" }) | undefined, calls: readonly Settled[]): JsonObject {
  const given: StopReason = stop?.reason ?? "refusal";
  const reason = given === "tool_use" && !calls.some(({ permitted }) => permitted) ? "end_turn" : given;
  const details = stop?.category === undefined ? {} : { stop_details: { type: "refusal", category: stop.category, explanation: null } };
  return { stop_reason: reason, stop_sequence: stop?.sequence ?? null, ...details };
}
