import { isObject, type Json, type JsonObject, parseJsonText } from "../../core/json.ts";
import type { Part } from "../../core/layers.ts";
import type { Facts } from "../../core/outcome.ts";
import { proposeSome } from "../calls.ts";
import type { Asked, Misread, Propose, StreamReader } from "../codec.ts";
import { EVENT_LIMITS } from "../events.ts";
import { count, identifier, list, misfit, object, optional, reading, readingUpstream, tokensOf, usageOf, word } from "../shape.ts";
import { type ChoiceReader, choiceReader } from "./read-choice.ts";
import type { ChatMark } from "./types.ts";

/** Reads `chat.completion`: the framing, every choice in turn, the usage. */
export function readWhole(body: Json, asked: Asked, propose: Propose): { readonly parts: readonly Part[]; readonly facts: Facts } | Misread {
  return reading(() => {
    const answer = object(body, "body");
    refuseError(answer);
    const choices = list(answer["choices"], "choices", MOST_CHOICES);
    if (choices.length === 0) misfit("must not be empty", "choices");
    const parts: Part[] = [startPart(answer, asked)];
    const some = proposeSome(propose);
    const seen = new Set<number>();
    for (const [i, item] of choices.entries()) {
      const at = `choices/${i}`;
      const choice = object(item, at);
      const index = count(choice["index"] ?? i, `${at}/index`, MOST_CHOICES - 1);
      if (seen.has(index)) misfit("is the index of another choice", `${at}/index`);
      seen.add(index);
      const reader = choiceReader(index, some);
      parts.push(...reader.delta(object(choice["message"], `${at}/message`), `${at}/message`), ...reader.finish(choice["finish_reason"] ?? null));
    }
    return { parts: [...parts, ...usagePart(answer["usage"])], facts: tokensOf(answer["usage"], "prompt_tokens", "completion_tokens") };
  });
}

/**
 * Reads the stream. One event is one JSON document or the end mark `[DONE]`; named events, other documents, anything after the end, and
 * an end without a finished choice are refused. Log probabilities repeat the text and would pass it unfiltered, so they are dropped;
 * so is the padding against traffic analysis, which the length of what we write does not keep.
 */
export function readStream(asked: Asked, propose: Propose): StreamReader {
  const choices = new Map<number, ChoiceReader>();
  const some = proposeSome(propose);
  let [started, done] = [false, false];
  let usage: Json | undefined;

  function chunk(data: JsonObject): Part[] {
    refuseError(data);
    if (isObject(data["usage"])) usage = data["usage"];
    const items = list(data["choices"] ?? [], "choices", MOST_CHOICES);
    // A first event without choices may have no id yet.
    if (items.length === 0) return [];
    const parts: Part[] = started ? [] : [startPart(data, asked)];
    started = true;
    for (const [i, item] of items.entries()) {
      const at = `choices/${i}`;
      const choice = object(item, at);
      const index = count(choice["index"] ?? 0, `${at}/index`, MOST_CHOICES - 1);
      const reader = choices.get(index) ?? choiceReader(index, some);
      choices.set(index, reader);
      parts.push(...reader.delta(optional(choice["delta"], `${at}/delta`, object) ?? {}, `${at}/delta`));
      const reason = choice["finish_reason"];
      if (reason !== undefined && reason !== null && !reader.finished) parts.push(...reader.finish(choice["finish_reason"] ?? null));
    }
    return parts;
  }

  return {
    push(data, event) {
      return readingUpstream(() => {
        if (done) misfit("goes on after its end", "stream");
        if (event !== undefined && event !== "" && event !== "message") misfit("is an unknown event", "stream");
        if (data !== "[DONE]") {
          const parsed = parseJsonText(data, EVENT_LIMITS);
          return chunk(object(parsed.ok ? parsed.value : misfit(parsed.fault, "stream"), "stream"));
        }
        done = true;
        if (choices.size === 0 || [...choices.values()].some(({ finished }) => !finished)) misfit("ends before its answer does", "stream");
        return usagePart(usage);
      });
    },
    end() {
      return readingUpstream(() => (done ? [] : misfit("ends without its end mark", "stream")));
    },
    // Some servers report as they go: of a stream that was cut, that would be too little.
    facts: () => (done ? tokensOf(usage, "prompt_tokens", "completion_tokens") : {}),
  };
}

const MOST_CHOICES = 128;

function refuseError(answer: JsonObject): void {
  if (answer["error"] !== undefined && answer["error"] !== null) misfit("reports an error", "error");
}

/** Servers leave id or model empty; then ours stand in. What is there must be an id and a word. */
function startPart(answer: JsonObject, asked: Asked): Part {
  const given = (name: string): Json | undefined => (answer[name] === "" ? undefined : answer[name]);
  const fingerprint = optional(given("system_fingerprint"), "system_fingerprint", identifier);
  const tier = optional(given("service_tier"), "service_tier", word);
  const mark: ChatMark = {
    kind: "start",
    id: optional(given("id"), "id", identifier) ?? "chatcmpl-0",
    created: optional(answer["created"], "created", (value, at) => count(typeof value === "number" ? Math.floor(value) : value, at)) ?? 0,
    model: optional(given("model"), "model", word) ?? asked.model,
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(tier === undefined ? {} : { tier }),
  };
  return { type: "mark", mark };
}

function usagePart(usage: Json | undefined): Part[] {
  if (!isObject(usage)) return [];
  const mark: ChatMark = { kind: "usage", usage: usageOf(usage) };
  return [{ type: "mark", mark }];
}
