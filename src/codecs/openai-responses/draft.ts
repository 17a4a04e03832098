import { canonicalJson, type Json, type JsonObject } from "../../core/json.ts";
import type { Released } from "../../core/layers.ts";
import { type CallsMark, type Settled, settle } from "../calls.ts";
import { channelOf } from "../channel.ts";
import type { Asked } from "../codec.ts";
import { type Incomplete, type ItemStatus, type OpenItem, PARTS, type PartKind, type ResponsesMark } from "./types.ts";

interface DraftPart {
  readonly kind: PartKind;
  /** Its place in its list of the item. */
  readonly index: number;
  text: string;
  annotations: readonly Json[];
}

interface DraftItem {
  readonly index: number;
  readonly id: string;
  readonly type: OpenItem;
  readonly phase?: string;
  readonly parts: DraftPart[];
  action?: Json;
  sealed?: string;
}

/** Tells of each thing that a stream's reader is told of: the event's name, and its fields. */
export type Tell = (type: string, fields: JsonObject) => void;

/** Puts a response together from what was released. Calls that were not permitted stand as messages in their place. */
export function draftOf(asked: Asked, tell: Tell): { push(part: Released): void; finish(): JsonObject } {
  // Only our own `readRequest` makes what a codec is asked with; another surface's own Asked has nothing to repeat.
  const repeated = "repeated" in asked ? (asked.repeated as JsonObject) : {};
  const output: Json[] = [];
  const open = new Map<number, DraftItem>();
  const places = new Map<number, { readonly item: DraftItem; readonly part: DraftPart }>();
  let start: (ResponsesMark & { kind: "start" }) | undefined;
  let finish: { readonly status: "completed" | "incomplete"; readonly reason?: Incomplete } | undefined;
  let usage: JsonObject | undefined;
  let calls: CallsMark | undefined;
  let begun = false;

  const response = (status: string, reason?: Incomplete): JsonObject => ({
    ...repeated,
    id: start?.id ?? "resp_0",
    object: "response",
    created_at: start?.created ?? 0,
    model: start?.model ?? asked.model,
    ...(start?.tier === undefined ? {} : { service_tier: start.tier }),
    status,
    error: null,
    incomplete_details: reason === undefined ? null : { reason },
    output: status === "in_progress" ? [] : output,
    usage: usage ?? null,
  });

  function begin(): void {
    if (begun) return;
    begun = true;
    for (const type of ["response.created", "response.in_progress"]) tell(type, { response: response("in_progress") });
  }

  /** Takes the next place in the output. Its item stands there once it is done. */
  function added(item: (index: number) => JsonObject): number {
    begin();
    const index = output.push(null) - 1;
    tell("response.output_item.added", { output_index: index, item: item(index) });
    return index;
  }

  function done(index: number, item: JsonObject): void {
    output[index] = item;
    tell("response.output_item.done", { output_index: index, item });
  }

  function addItem({ type, id, phase }: Omit<ResponsesMark & { kind: "item" }, "kind" | "at">): DraftItem {
    const made = (index: number): DraftItem => ({ index, id: id ?? ownId(type, index), type, parts: [], ...(phase === undefined ? {} : { phase }) });
    const index = added((place) => itemOf(made(place), type === "reasoning" ? undefined : "in_progress"));
    return made(index);
  }

  function addPart(into: DraftItem, kind: PartKind, index: number): DraftPart {
    const part: DraftPart = { kind, index, text: "", annotations: [] };
    into.parts.push(part);
    tell(`${kind === "summary" ? "response.reasoning_summary_part" : "response.content_part"}.added`, { ...placeOf(into, part), part: partOf(part) });
    return part;
  }

  function say(item: DraftItem, part: DraftPart, text: string): void {
    part.text += text;
    tell(`response.${EVENTS[part.kind]}.delta`, { ...placeOf(item, part), delta: text, ...(part.kind === "text" ? { logprobs: [] } : {}) });
  }

  function close(item: DraftItem, status: ItemStatus | undefined): void {
    for (const part of item.parts) {
      for (const [annotation_index, annotation] of part.annotations.entries())
        tell("response.output_text.annotation.added", { ...placeOf(item, part), annotation_index, annotation });
      const words = part.kind === "refusal" ? { refusal: part.text } : { text: part.text };
      tell(`response.${EVENTS[part.kind]}.done`, { ...placeOf(item, part), ...words, ...(part.kind === "text" ? { logprobs: [] } : {}) });
      tell(`${part.kind === "summary" ? "response.reasoning_summary_part" : "response.content_part"}.done`, { ...placeOf(item, part), part: partOf(part) });
    }
    done(item.index, itemOf(item, status));
  }

  function called(one: Settled): void {
    if (one.permitted) {
      const { id, name, form, extra, args } = one;
      const custom = form === "custom_tool_call";
      const given = args["input"] ?? "";
      // INVARIANT: the arguments are the canonical form of exactly what was decided. An approver may have made something else of a custom tool's text.
      const words = custom && typeof given === "string" ? given : canonicalJson(custom ? given : args);
      const field = custom ? "input" : "arguments";
      const item = (index: number, said: string, status: ItemStatus): JsonObject & { id: string } => ({
        id: typeof extra["id"] === "string" ? extra["id"] : ownId(form, index),
        type: form,
        status,
        call_id: id,
        name,
        [field]: said,
      });
      const index = added((place) => item(place, "", "in_progress"));
      const whole = item(index, words, "completed");
      const of = { item_id: whole.id, output_index: index };
      const event = custom ? "response.custom_tool_call_input" : "response.function_call_arguments";
      tell(`${event}.delta`, { ...of, delta: words });
      tell(`${event}.done`, { ...of, [field]: words });
      done(index, whole);
      return;
    }
    const item = addItem({ type: "message" });
    say(item, addPart(item, "text", 0), one.text);
    close(item, "completed");
  }

  function mark(given: ResponsesMark): void {
    switch (given.kind) {
      case "start":
        start = given;
        begin();
        return;
      case "item":
        open.set(given.at, addItem(given));
        return;
      case "part": {
        const item = open.get(given.item);
        if (item !== undefined) places.set(given.at, { item, part: addPart(item, given.part, given.index) });
        return;
      }
      case "sealed": {
        const item = open.get(given.at);
        if (item !== undefined) item.sealed = given.data;
        return;
      }
      case "closed": {
        const item = open.get(given.at);
        open.delete(given.at);
        if (item !== undefined) close(item, given.status ?? (item.type === "reasoning" ? undefined : "completed"));
        return;
      }
      case "calls":
        calls = given;
        return;
      case "finish":
        finish = given;
        return;
      case "usage":
        usage = given.usage;
        return;
    }
  }

  return {
    push(part) {
      // Marks pass the output layer untouched, so this is what our own reader made.
      if (part.type === "mark") return mark(part.mark as ResponsesMark);
      if (part.type === "calls") {
        for (const one of settle(calls, part.calls)) called(one);
        return;
      }
      const { kind, at } = channelOf(part.channel);
      const into = kind === "search" ? undefined : places.get(at);
      if (part.type === "text" && into !== undefined) say(into.item, into.part, part.text);
      else if (part.type === "value" && into !== undefined) into.part.annotations = part.value as readonly Json[];
      else if (part.type === "value") {
        const item = open.get(at);
        if (item !== undefined) item.action = part.value;
      }
    },
    finish() {
      begin();
      // No end at all: the rest was withheld.
      for (const item of open.values()) close(item, "incomplete");
      const { status, reason } = finish ?? { status: "incomplete", reason: "content_filter" };
      const whole = response(status, reason);
      tell(`response.${status}`, { response: whole });
      return whole;
    },
  };
}

/** The id of an item that has none from upstream, and like none from there: clients put items together by their ids. */
const ownId = (type: string, index: number): string => `holdfast_${type}_${index}`;
const EVENTS: { readonly [kind in PartKind]: string } = {
  text: "output_text",
  refusal: "refusal",
  reasoning: "reasoning_text",
  summary: "reasoning_summary_text",
};

const placeOf = (item: DraftItem, { kind, index }: DraftPart): JsonObject => ({
  item_id: item.id,
  output_index: item.index,
  [kind === "summary" ? "summary_index" : "content_index"]: index,
});

function partOf({ kind, text, annotations }: DraftPart): JsonObject {
  const { type } = PARTS[kind];
  if (kind === "refusal") return { type, refusal: text };
  return kind === "text" ? { type, text, annotations, logprobs: [] } : { type, text };
}

function itemOf({ id, type, phase, parts, action, sealed }: DraftItem, status: ItemStatus | undefined): JsonObject {
  const of = (listed: "content" | "summary"): readonly JsonObject[] =>
    parts
      .filter(({ kind }) => PARTS[kind].list === listed)
      .sort((a, b) => a.index - b.index)
      .map(partOf);
  const head = { id, type, ...(status === undefined ? {} : { status }) };
  switch (type) {
    case "message":
      return { ...head, role: "assistant", ...(phase === undefined ? {} : { phase }), content: of("content") };
    case "reasoning": {
      const content = of("content");
      return { ...head, summary: of("summary"), ...(content.length === 0 ? {} : { content }), ...(sealed === undefined ? {} : { encrypted_content: sealed }) };
    }
    case "web_search_call":
      return action === undefined ? head : { ...head, action };
  }
}
