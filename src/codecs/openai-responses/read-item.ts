import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import type { Part } from "../../core/layers.ts";
import { ARGUMENT_LIMITS, proposedCalls, readArguments } from "../calls.ts";
import type { Propose } from "../codec.ts";
import { type Collector, sayUnread } from "../collect.ts";
import { base64, count, identifier, list, misfit, object, oneOf, optional, string, toolName } from "../shape.ts";
import { type CallItem, ITEM_STATUS, type ItemStatus, MOST_ITEMS, type OpenItem, PARTS, type PartKind, type ResponsesMark } from "./types.ts";

/** One item of an answer while it is read. An item that came whole is only finished, so both ways give the same parts. */
export interface ItemReader {
  /** INVARIANT: no getter, see decision 81. */
  finished: boolean;
  /** Opens a part of the item, or adds to it. */
  text(kind: PartKind, index: number, text: string, at: string): Part[];
  /** The item is complete: whatever of it was not said yet is said now. */
  finish(item: JsonObject, at: string): Part[];
}

interface OpenPart {
  readonly place: number;
  readonly kind: PartKind;
  said: boolean;
}

/** What the items of one answer share: the count of their parts, the ids of their calls, and what the provider's own search brought. */
export interface Answering {
  readonly propose: Propose;
  readonly ids: Set<string>;
  readonly met: Collector;
  places: number;
}

const OPEN = ["message", "reasoning", "web_search_call"] as const satisfies readonly OpenItem[];
const CALLS = ["function_call", "custom_tool_call"] as const satisfies readonly CallItem[];
const PHASES = ["commentary", "final_answer"] as const;
/** More parts than this in one answer is not an answer but an attack. */
const MOST_PARTS = 4_096;
const KINDS: { readonly [type in OpenItem]: readonly PartKind[] } = { message: ["text", "refusal"], reasoning: ["summary", "reasoning"], web_search_call: [] };

/** Begins an item: `parts` is what can be said at once. Fields that are not known are dropped, since nothing scanned them. */
export function beginItem(
  at: number,
  begun: JsonObject,
  where: string,
  answering: Answering,
): { readonly reader: ItemReader; readonly parts: readonly Part[] } {
  const type = oneOf(begun["type"], `${where}/type`, [...OPEN, ...CALLS]);
  if (type === "function_call" || type === "custom_tool_call") return { reader: callReader(at, type, answering), parts: [] };
  if (type === "message") oneOf(begun["role"] ?? "assistant", `${where}/role`, ["assistant"]);
  const id = begun["id"] === "" ? undefined : optional(begun["id"], `${where}/id`, identifier);
  const phase = type === "message" ? PHASES.find((one) => one === begun["phase"]) : undefined;
  const mark: ResponsesMark = { kind: "item", at, type, ...(id === undefined ? {} : { id }), ...(phase === undefined ? {} : { phase }) };
  return { reader: openReader(at, type, answering), parts: [{ type: "mark", mark }] };
}

function openReader(item: number, type: OpenItem, answering: Answering): ItemReader {
  const open = new Map<string, OpenPart>();

  function part(kind: PartKind, index: number, at: string): { readonly one: OpenPart; readonly parts: Part[] } {
    if (!KINDS[type].includes(kind)) misfit("has no place in its item", at);
    const name = `${PARTS[kind].list}/${index}`;
    const known = open.get(name);
    if (known !== undefined) return known.kind === kind ? { one: known, parts: [] } : misfit("changes the kind of a part", at);
    if (answering.places >= MOST_PARTS) misfit("holds too many parts", at, "too-large");
    const one = { place: answering.places++, kind, said: false };
    open.set(name, one);
    const mark: ResponsesMark = { kind: "part", at: one.place, item, part: kind, index };
    return { one, parts: [{ type: "mark", mark }] };
  }

  /** The parts that a list of the item holds: their words where they were not said yet, and in any case what stands beside them. */
  function rest(listed: Json | undefined, kinds: readonly PartKind[], at: string): Part[] {
    return (optional(listed, at, (value) => list(value, at, MOST_ITEMS)) ?? []).flatMap((value, index) => {
      const where = `${at}/${index}`;
      const given = object(value, where);
      const kind = kinds.find((one) => PARTS[one].type === given["type"]) ?? misfit("is not a known value", `${where}/type`);
      const { one, parts } = part(kind, index, where);
      const text = string(given[kind === "refusal" ? "refusal" : "text"], where);
      if (!one.said && text !== "") parts.push({ type: "text", channel: `${kind}/${one.place}`, text });
      const cited = (optional(given["annotations"], where, (notes) => list(notes, where, 1_000)) ?? []).map((note, i) => citation(note, `${where}/${i}`));
      if (kind === "text" && cited.length > 0) parts.push({ type: "value", channel: `annotations/${one.place}`, value: cited });
      return parts;
    });
  }

  const reader: ItemReader = {
    finished: false,
    text(kind, index, text, at) {
      if (reader.finished) misfit("goes on after its end", at);
      const { one, parts } = part(kind, index, at);
      if (text === "") return parts;
      one.said = true;
      return [...parts, { type: "text", channel: `${kind}/${one.place}`, text }];
    },
    finish(given, at) {
      if (reader.finished) misfit("goes on after its end", at);
      reader.finished = true;
      oneOf(given["type"], `${at}/type`, [type]);
      // ATTACK: a page that the provider looked up says what to call, and the model calls it in the same answer.
      if (type === "web_search_call") sayUnread(answering.met, { kind: "web" });
      const parts = [
        ...(type === "web_search_call" ? searched(given["action"], item, at) : []),
        ...rest(given["summary"], ["summary"], `${at}/summary`),
        ...rest(given["content"], type === "message" ? ["text", "refusal"] : ["reasoning"], `${at}/content`),
        ...[...open.values()].map(({ kind, place }): Part => ({ type: "end", channel: `${kind}/${place}` })),
      ];
      const sealed = type === "reasoning" ? optional(given["encrypted_content"], `${at}/encrypted_content`, base64) : undefined;
      const status = optional<ItemStatus>(given["status"], `${at}/status`, (value, where) => oneOf(value, where, ITEM_STATUS));
      const marks: ResponsesMark[] = [
        ...(sealed === undefined ? [] : [{ kind: "sealed", at: item, data: sealed } as const]),
        { kind: "closed", at: item, ...(status === undefined ? {} : { status }) },
      ];
      return [...parts, ...marks.map((mark): Part => ({ type: "mark", mark }))];
    },
  };
  return reader;
}

function callReader(at: number, type: CallItem, { ids, propose }: Answering): ItemReader {
  const reader: ItemReader = {
    finished: false,
    text: (_kind, _index, _text, where) => misfit("has no place in its item", where),
    finish(given, where) {
      if (reader.finished) misfit("goes on after its end", where);
      reader.finished = true;
      oneOf(given["type"], `${where}/type`, [type]);
      const id = identifier(given["call_id"], `${where}/call_id`);
      if (ids.has(id)) misfit("holds two calls of one id", where);
      ids.add(id);
      const own = given["id"] === "" ? undefined : optional(given["id"], `${where}/id`, identifier);
      const written = string(given[type === "custom_tool_call" ? "input" : "arguments"], where);
      if (written.length > ARGUMENT_LIMITS.bytes) misfit("is too long", where, "too-large");
      const args = type === "custom_tool_call" ? { input: written } : readArguments(written);
      const call = { id, name: toolName(given["name"], `${where}/name`), form: type, ...(args === undefined ? {} : { args }) };
      return proposedCalls(at, [own === undefined ? call : { ...call, extra: { id: own } }], propose);
    },
  };
  return reader;
}

/** What a provider's own search did, rebuilt from the fields we know. Its texts are filtered like any value. */
function searched(action: Json | undefined, item: number, at: string): Part[] {
  if (!isObject(action)) return [];
  const texts = (name: string): JsonObject => optional(action[name], at, (value) => ({ [name]: list(value, at, 1_000).map((one) => string(one, at)) })) ?? {};
  const value: JsonObject = {
    type: oneOf(action["type"], `${at}/action/type`, ["search", "open_page", "find_in_page", "find"]),
    ...Object.fromEntries(["query", "url", "pattern"].flatMap((name) => optional(action[name], at, (text) => [[name, string(text, at)]]) ?? [])),
    ...texts("queries"),
    ...(optional(action["sources"], at, (sources) => ({
      sources: list(sources, at, 1_000).map((source) => ({ type: "url", url: string(object(source, at)["url"], at) })),
    })) ?? {}),
  };
  return [{ type: "value", channel: `search/${item}`, value }];
}

/** A citation of the web, rebuilt from the fields we know. */
function citation(value: Json, at: string): Json {
  const cited = object(value, at);
  return {
    type: oneOf(cited["type"], `${at}/type`, ["url_citation"]),
    start_index: count(cited["start_index"] ?? 0, `${at}/start_index`),
    end_index: count(cited["end_index"] ?? 0, `${at}/end_index`),
    url: string(cited["url"], `${at}/url`),
    title: string(cited["title"] ?? "", `${at}/title`),
  };
}
