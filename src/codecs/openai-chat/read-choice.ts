import type { Json, JsonObject } from "../../core/json.ts";
import type { Part } from "../../core/layers.ts";
import { ARGUMENT_LIMITS, MOST_CALLS, type NamedCall, proposedCalls, readArguments } from "../calls.ts";
import type { Propose } from "../codec.ts";
import { count, identifier, list, misfit, object, oneOf, optional, string, toolName } from "../shape.ts";
import { type CallForm, type ChatMark, FINISH_REASONS, type FinishReason, REASONING_FIELDS } from "./types.ts";

/** One choice of an answer while it is read. A message that came whole is read as one delta, so both ways give the same parts. */
export interface ChoiceReader {
  /** A plain member, as in every object that is made for one answer (`Filter`). */
  readonly finished: boolean;
  delta(delta: JsonObject, at: string): Part[];
  finish(reason: Json): Part[];
}

interface OpenCall {
  id?: string;
  name?: string;
  form: CallForm;
  length: number;
  readonly pieces: string[];
}

/**
 * Reads one choice. Known fields of a wrong type are refused; unknown fields are dropped, since nothing scanned them. Sound is refused.
 * Channels end when the choice does, so that a secret cut in two by something else between its halves still stands in one text.
 */
export function choiceReader(index: number, propose: Propose): ChoiceReader {
  const open = new Set<string>();
  const calls: OpenCall[] = [];
  const annotations: Json[] = [];

  function say(kind: string, value: Json | undefined, at: string): Part[] {
    const text = optional(value, at, string);
    if (text === undefined) return [];
    const channel = `${kind}/${index}`;
    open.add(channel);
    return text === "" ? [] : [{ type: "text", channel, text }];
  }

  function reason(delta: JsonObject, at: string): Part[] {
    const field = REASONING_FIELDS.find((name) => typeof delta[name] === "string");
    if (field === undefined) return [];
    const first = !open.has(`reasoning/${index}`);
    const parts = say("reasoning", delta[field], `${at}/${field}`);
    const mark: ChatMark = { kind: "reasoning", at: index, field };
    return first ? [{ type: "mark", mark }, ...parts] : parts;
  }

  const reader = {
    finished: false,
    delta(delta: JsonObject, at: string): Part[] {
      if (delta["audio"] !== undefined && delta["audio"] !== null) misfit("is sound, which cannot be inspected", `${at}/audio`);
      if (typeof delta["role"] === "string" && delta["role"] !== "") oneOf(delta["role"], `${at}/role`, ["assistant"]);
      const parts = [...reason(delta, at), ...say("text", delta["content"], `${at}/content`), ...say("refusal", delta["refusal"], `${at}/refusal`)];
      optional(delta["annotations"], `${at}/annotations`, (value, where) => {
        for (const [i, one] of list(value, where, 1_000).entries()) annotations.push(citation(one, `${where}/${i}`));
      });
      const before = calls.length;
      optional(delta["tool_calls"], `${at}/tool_calls`, (value, where) => {
        for (const [i, one] of list(value, where, MOST_CALLS).entries()) callDelta(calls, object(one, `${where}/${i}`), `${where}/${i}`);
      });
      optional(delta["function_call"], `${at}/function_call`, (value, where) => {
        calls[0] ??= { id: "function_call", form: "function_call", length: 0, pieces: [] };
        fill(calls[0], undefined, object(value, where), "arguments", where);
      });
      if (reader.finished && (parts.length > 0 || calls.length > before)) misfit("goes on after its end", at);
      return parts;
    },
    finish(reasonGiven: Json): Part[] {
      reader.finished = true;
      const named = calls.map((call, i) => namedCall(call, i, index));
      if (new Set(named.map(({ id }) => id)).size < named.length) misfit("holds two calls of one id", `choices/${index}`);
      const mark: ChatMark = { kind: "finish", at: index, reason: finishReason(reasonGiven) };
      return [
        ...[...open].map((channel): Part => ({ type: "end", channel })),
        ...(annotations.length === 0 ? [] : [{ type: "value", channel: `annotations/${index}`, value: annotations } as const]),
        ...proposedCalls(index, named, propose),
        { type: "mark", mark },
      ];
    },
  };
  return reader;
}

function callDelta(calls: OpenCall[], delta: JsonObject, at: string): void {
  const id = delta["id"] === "" ? undefined : optional(delta["id"], `${at}/id`, identifier);
  // Servers that send each call in one piece leave the index away: an id then begins a new call.
  const index =
    optional(delta["index"], `${at}/index`, (value, where) => count(value, where, MOST_CALLS - 1)) ?? (id === undefined ? calls.length - 1 : calls.length);
  if (index > calls.length || index < 0) misfit("skips a call", `${at}/index`);
  const type =
    optional<CallForm>(delta["type"], `${at}/type`, (value, where) => oneOf(value, where, ["function", "custom"])) ??
    (delta["custom"] === undefined ? "function" : "custom");
  const call = (calls[index] ??= { form: type, length: 0, pieces: [] });
  if (delta["type"] !== undefined && call.form !== type) misfit("changes the kind of a call", `${at}/type`);
  const inner = optional(delta[call.form], `${at}/${call.form}`, object);
  fill(call, id, inner ?? {}, call.form === "custom" ? "input" : "arguments", `${at}/${call.form}`);
}

/** Adds to a call. Its id and name come once; some servers repeat them, and then they must be the same. */
function fill(call: OpenCall, id: string | undefined, inner: JsonObject, field: "arguments" | "input", at: string): void {
  const name = inner["name"] === "" ? undefined : optional(inner["name"], `${at}/name`, toolName);
  if (id !== undefined && id !== (call.id ??= id)) misfit("changes the id of a call", at);
  if (name !== undefined && name !== (call.name ??= name)) misfit("changes the name of a call", at);
  const piece = optional(inner[field], `${at}/${field}`, string) ?? "";
  call.length += piece.length;
  if (call.length > ARGUMENT_LIMITS.bytes) misfit("is too long", `${at}/${field}`, "too-large");
  call.pieces.push(piece);
}

function namedCall({ id, name, form, pieces }: OpenCall, at: number, choice: number): NamedCall {
  const text = pieces.join("");
  const args = form === "custom" ? { input: text } : readArguments(text);
  return {
    id: id ?? `call_${choice}_${at}`,
    name: name ?? misfit("is missing", `choices/${choice}/calls/${at}/name`),
    form,
    ...(args === undefined ? {} : { args }),
  };
}

/** A citation of the web, rebuilt from the fields we know. Its texts are filtered like any value. */
function citation(value: Json, at: string): Json {
  const type = oneOf(object(value, at)["type"], `${at}/type`, ["url_citation"]);
  const cited = object(object(value, at)["url_citation"], `${at}/url_citation`);
  const [from, to] = [count(cited["start_index"] ?? 0, `${at}/start_index`), count(cited["end_index"] ?? 0, `${at}/end_index`)];
  return {
    type,
    url_citation: { start_index: from, end_index: to, url: string(cited["url"], `${at}/url`), title: string(cited["title"] ?? "", `${at}/title`) },
  };
}

/** A reason we do not know says only that the answer is over. */
function finishReason(value: Json): FinishReason {
  return FINISH_REASONS.find((reason) => reason === value) ?? "stop";
}
