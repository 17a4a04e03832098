import { isObject, type Json, type JsonObject, parseJsonText } from "../../core/json.ts";
import type { Part } from "../../core/layers.ts";
import type { Facts } from "../../core/outcome.ts";
import { proposeSome } from "../calls.ts";
import type { Asked, Misread, Propose, StreamReader } from "../codec.ts";
import { collector } from "../collect.ts";
import { EVENT_LIMITS } from "../events.ts";
import { count, identifier, list, misfit, object, oneOf, optional, reading, readingUpstream, string, tokensOf, usageOf, word } from "../shape.ts";
import { type Answering, beginItem, type ItemReader } from "./read-item.ts";
import { INCOMPLETE, MOST_ITEMS, PARTS, type PartKind, type ResponsesMark } from "./types.ts";

function answeringFor(propose: Propose): Answering {
  const met = collector();
  return { ids: new Set(), places: 0, met, propose: proposeSome(propose, met.content) };
}

/** Reads `response`: the framing, every item in turn, the usage. */
export function readWhole(body: Json, asked: Asked, propose: Propose): { readonly parts: readonly Part[]; readonly facts: Facts } | Misread {
  return reading(() => {
    const answer = object(body, "body");
    const ending = endingOf(answer);
    const answering = answeringFor(propose);
    const items = list(answer["output"], "output", MOST_ITEMS).flatMap((item, index) => wholeItem(item, index, answering));
    return { parts: [startPart(answer, asked), ...items, ...ending], facts: tokensOf(answer["usage"], "input_tokens", "output_tokens") };
  });
}

function wholeItem(item: Json, index: number, answering: Answering): readonly Part[] {
  const at = `output/${index}`;
  const { reader, parts } = beginItem(index, object(item, at), at, answering);
  return [...parts, ...reader.finish(object(item, at), at)];
}

/**
 * Reads the stream. Of an event's many repetitions only one counts: words where they come as pieces, all else where its item is done. So nothing
 * can be said twice, and what the closing events repeat is left unread. An event that is not known, one out of order, and an end without every
 * item's end are refused. Log probabilities and padding are dropped.
 */
export function readStream(asked: Asked, propose: Propose): StreamReader {
  const items = new Map<number, ItemReader>();
  const answering = answeringFor(propose);
  let [started, done] = [false, false];
  let usage: Json | undefined;

  function start(answer: JsonObject): Part[] {
    if (started) return [];
    started = true;
    return [startPart(answer, asked)];
  }

  function known(data: JsonObject): ItemReader {
    return items.get(count(data["output_index"], "output_index", MOST_ITEMS - 1)) ?? misfit("belongs to no item", "output_index");
  }

  function end(answer: JsonObject): Part[] {
    done = true;
    ({ usage } = answer);
    const output = list(answer["output"] ?? [], "output", MOST_ITEMS);
    // Some servers tell an item only here, or leave its end to this.
    const late = output.flatMap((item, index) => {
      const reader = items.get(index);
      if (reader === undefined) return wholeItem(item, index, answering);
      return reader.finished ? [] : reader.finish(object(item, `output/${index}`), `output/${index}`);
    });
    const open = [...items].some(([index, { finished }]) => index >= output.length && !finished);
    if (open) misfit("ends before its answer does", "stream");
    return [...start(answer), ...late, ...endingOf(answer)];
  }

  function read(data: JsonObject): readonly Part[] {
    const type = string(data["type"], "type");
    const piece = PIECES.get(type);
    if (piece !== undefined) {
      const index = count(data[piece.index], piece.index, MOST_ITEMS - 1);
      return known(data).text(piece.kind, index, string(data["delta"], "delta"), "stream");
    }
    const opens = LISTS.get(type);
    if (opens !== undefined) {
      const part = object(data["part"], "part");
      const kind = (Object.keys(PARTS) as PartKind[]).find((one) => PARTS[one].list === opens.of && PARTS[one].type === part["type"]);
      if (kind === undefined) misfit("is not a known value", "part/type");
      const text = optional(part[kind === "refusal" ? "refusal" : "text"], "part", string) ?? "";
      return known(data).text(kind, count(data[opens.index], opens.index, MOST_ITEMS - 1), text, "stream");
    }
    if (REPEATED.test(type)) {
      known(data);
      return [];
    }
    switch (type) {
      case "response.created":
      case "response.queued":
      case "response.in_progress":
        return start(object(data["response"], "response"));
      case "response.output_item.added": {
        const index = count(data["output_index"], "output_index", MOST_ITEMS - 1);
        if (items.has(index)) misfit("begins twice", "output_index");
        const { reader, parts } = beginItem(index, object(data["item"], "item"), "item", answering);
        items.set(index, reader);
        return parts;
      }
      case "response.output_item.done":
        return known(data).finish(object(data["item"], "item"), "item");
      case "response.completed":
      case "response.incomplete":
        return end(object(data["response"], "response"));
      case "response.failed":
      case "error":
        return misfit("reports an error", "stream");
      case "keepalive":
        return [];
      default:
        return misfit("is an unknown event", "stream");
    }
  }

  return {
    push(data, event) {
      return readingUpstream(() => {
        if (done) return data === "[DONE]" ? [] : misfit("goes on after its end", "stream");
        const parsed = parseJsonText(data, EVENT_LIMITS);
        const given = object(parsed.ok ? parsed.value : misfit(parsed.fault, "stream"), "stream");
        if (event !== undefined && event !== "" && event !== "message" && event !== given["type"]) misfit("is named otherwise than its event", "stream");
        return read(given);
      });
    },
    end() {
      return readingUpstream(() => (done ? [] : misfit("ends without its end mark", "stream")));
    },
    facts: () => (done ? tokensOf(usage, "input_tokens", "output_tokens") : {}),
  };
}

/** The events that bring words, with the place of the part they belong to. */
const PIECES: ReadonlyMap<string, { readonly kind: PartKind; readonly index: string }> = new Map([
  ["response.output_text.delta", { kind: "text", index: "content_index" }],
  ["response.refusal.delta", { kind: "refusal", index: "content_index" }],
  ["response.reasoning_text.delta", { kind: "reasoning", index: "content_index" }],
  ["response.reasoning_summary_text.delta", { kind: "summary", index: "summary_index" }],
]);

/** The events that open a part, with the list it stands in. */
const LISTS: ReadonlyMap<string, { readonly of: "content" | "summary"; readonly index: string }> = new Map([
  ["response.content_part.added", { of: "content", index: "content_index" }],
  ["response.reasoning_summary_part.added", { of: "summary", index: "summary_index" }],
]);

/** The events that say what is said elsewhere: the end of a part, arguments in pieces, how a search goes on. */
const REPEATED =
  /^response\.(?:(?:content_part|reasoning_summary_part)\.done|(?:output_text|refusal|reasoning_text|reasoning_summary_text)\.done|output_text\.annotation\.added|(?:function_call_arguments|custom_tool_call_input)\.(?:delta|done)|web_search_call\.(?:in_progress|searching|completed))$/;

/** Servers leave id or model empty; then ours stand in. What is there must be an id and a word. */
function startPart(answer: JsonObject, asked: Asked): Part {
  const given = (name: string): Json | undefined => (answer[name] === "" ? undefined : answer[name]);
  const tier = optional(given("service_tier"), "service_tier", word);
  const mark: ResponsesMark = {
    kind: "start",
    id: optional(given("id"), "id", identifier) ?? "resp_0",
    created: optional(answer["created_at"], "created_at", (value, at) => count(typeof value === "number" ? Math.floor(value) : value, at)) ?? 0,
    model: optional(given("model"), "model", word) ?? asked.model,
    ...(tier === undefined ? {} : { tier }),
  };
  return { type: "mark", mark };
}

/** How the answer ended, and what it took. */
function endingOf(answer: JsonObject): Part[] {
  if (answer["error"] !== undefined && answer["error"] !== null) misfit("reports an error", "error");
  const status = oneOf(answer["status"], "status", ["completed", "incomplete"]);
  const given = isObject(answer["incomplete_details"]) ? answer["incomplete_details"]["reason"] : undefined;
  const reason = INCOMPLETE.find((one) => one === given);
  const finish: ResponsesMark = { kind: "finish", status, ...(status === "completed" || reason === undefined ? {} : { reason }) };
  const used: ResponsesMark[] = isObject(answer["usage"]) ? [{ kind: "usage", usage: usageOf(answer["usage"]) }] : [];
  return [finish, ...used].map((mark) => ({ type: "mark", mark }));
}
