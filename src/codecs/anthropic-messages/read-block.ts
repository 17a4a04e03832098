import type { Json, JsonObject } from "../../core/json.ts";
import type { Part } from "../../core/layers.ts";
import { ARGUMENT_LIMITS, objectOrNothing, proposedCalls, readArguments } from "../calls.ts";
import type { Propose } from "../codec.ts";
import { type Collector, sayValue } from "../collect.ts";
import { base64, identifier, list, misfit, object, oneOf, optional, string, toolName, words } from "../shape.ts";
import { restSource } from "./read-blocks.ts";
import { type MessageMark, sealed } from "./types.ts";

/** One content block while it is read. A block that came whole is opened and closed, so both ways give the same parts. */
export interface OpenBlock {
  delta(delta: JsonObject, at: string): Part[];
  close(): Part[];
}

/** What is known of an answer while its blocks are read: the ids of the calls so far, and what the provider's own tools brought. */
export interface AnswerSoFar {
  readonly ids: Set<string>;
  readonly met: Collector;
  readonly propose: Propose;
}

/** Begins block `index`. An unknown kind of block is refused: nothing scanned it, and the client would act on it. */
export function openBlock(
  index: number,
  block: JsonObject,
  at: string,
  { ids, met, propose }: AnswerSoFar,
): { readonly open: OpenBlock; readonly parts: Part[] } {
  const type = string(block["type"], `${at}/type`);
  if (type === "text") return openText(index, block, at);
  if (type === "thinking") return openThinking(index, block, at);
  if (type === "redacted_thinking") {
    const mark: MessageMark = { kind: "redacted", at: index, data: base64(block["data"], `${at}/data`) };
    return { open: closed([]), parts: [{ type: "mark", mark }] };
  }
  if (type === "tool_use") return { open: openCall(index, block, at, ids, propose), parts: [] };
  if (type === "server_tool_use") return { open: openProviderCall(index, block, at), parts: [] };
  if (!/^[a-z_]{1,64}_tool_result$|^container_upload$/.test(type)) misfit("is an unknown kind of block", `${at}/type`);
  // ATTACK: a page that the provider looked up says what to call, and the model calls it in the same answer.
  sayValue(met, restSource(type, { kind: "document" }), block);
  return { open: closed([{ type: "value", channel: `block/${index}`, value: block }]), parts: [] };
}

function openText(index: number, block: JsonObject, at: string): { open: OpenBlock; parts: Part[] } {
  const channel = `text/${index}`;
  const citations: Json[] = [];
  const text = (value: Json | undefined, where: string): Part[] => said(channel, string(value, where));
  const cite = (value: Json, where: string): void => {
    oneOf(object(value, where)["type"], `${where}/type`, CITATIONS);
    citations.push(value);
  };
  optional(block["citations"], `${at}/citations`, (value, where) => {
    for (const [i, one] of list(value, where, 10_000).entries()) cite(one, `${where}/${i}`);
  });
  const mark: MessageMark = { kind: "block", at: index, block: "text" };
  return {
    parts: [{ type: "mark", mark }, ...text(block["text"], `${at}/text`)],
    open: {
      delta(delta, where) {
        if (oneOf(delta["type"], `${where}/type`, ["text_delta", "citations_delta"]) === "text_delta") return text(delta["text"], `${where}/text`);
        cite(object(delta["citation"], `${where}/citation`), `${where}/citation`);
        return [];
      },
      close: () => [...(citations.length === 0 ? [] : [{ type: "value", channel: `citations/${index}`, value: citations } as const]), { type: "end", channel }],
    },
  };
}

function openThinking(index: number, block: JsonObject, at: string): { open: OpenBlock; parts: Part[] } {
  const channel = `thinking/${index}`;
  let seal = 0;
  let signature = base64(block["signature"] ?? "", `${at}/signature`);
  const think = (value: Json | undefined, where: string): Part[] => {
    const text = string(value, where);
    seal = sealed(seal, text);
    return said(channel, text);
  };
  const mark: MessageMark = { kind: "block", at: index, block: "thinking" };
  return {
    parts: [{ type: "mark", mark }, ...think(block["thinking"], `${at}/thinking`)],
    open: {
      delta(delta, where) {
        if (oneOf(delta["type"], `${where}/type`, ["thinking_delta", "signature_delta"]) === "thinking_delta")
          return think(delta["thinking"], `${where}/thinking`);
        signature += base64(delta["signature"], `${where}/signature`);
        return [];
      },
      close() {
        const end: Part = { type: "end", channel };
        const signed: MessageMark = { kind: "signature", at: index, signature, seal };
        return signature === "" ? [end] : [{ type: "mark", mark: signed }, end];
      },
    },
  };
}

function openCall(index: number, block: JsonObject, at: string, ids: Set<string>, propose: Propose): OpenBlock {
  const id = identifier(block["id"], `${at}/id`);
  if (ids.has(id)) misfit("is the id of another call", `${at}/id`);
  ids.add(id);
  const local = toolName(block["name"], `${at}/name`);
  const toolset = optional(block["toolset_name"], `${at}/toolset_name`, toolName);
  const caller = optional(block["caller"], `${at}/caller`, words);
  const extra = { ...(toolset === undefined ? {} : { toolset_name: toolset }), ...(caller === undefined ? {} : { caller }) };
  return openInput(block["input"], (args) =>
    proposedCalls(
      index,
      [{ id, name: toolset === undefined ? local : `${toolset}.${local}`, form: local, extra, ...(args === undefined ? {} : { args }) }],
      propose,
    ),
  );
}

/** The provider ran this itself; it is shown to the client, not run by it, and filtered as a value. */
function openProviderCall(index: number, block: JsonObject, at: string): OpenBlock {
  const [id, name] = [identifier(block["id"], `${at}/id`), toolName(block["name"], `${at}/name`)];
  const caller = optional(block["caller"], `${at}/caller`, words);
  return openInput(block["input"], (input) => {
    if (input === undefined) misfit("is not a JSON object", `${at}/input`);
    return [{ type: "value", channel: `block/${index}`, value: { type: "server_tool_use", id, name, input, ...(caller === undefined ? {} : { caller }) } }];
  });
}

/** Collects an input that comes as pieces of JSON, or stood in the block already. */
function openInput(whole: Json | undefined, close: (input: JsonObject | undefined) => Part[]): OpenBlock {
  const pieces: string[] = [];
  let length = 0;
  return {
    delta(delta, at) {
      oneOf(delta["type"], `${at}/type`, ["input_json_delta"]);
      const piece = string(delta["partial_json"], `${at}/partial_json`);
      if ((length += piece.length) > ARGUMENT_LIMITS.bytes) misfit("is too long", `${at}/partial_json`, "too-large");
      if (piece !== "") pieces.push(piece);
      return [];
    },
    close: () => close(pieces.length === 0 ? objectOrNothing(whole ?? {}) : readArguments(pieces.join(""))),
  };
}

function closed(parts: Part[]): OpenBlock {
  return { delta: (_, at) => misfit("goes on in a block that came whole", at), close: () => parts };
}

function said(channel: string, text: string): Part[] {
  return text === "" ? [] : [{ type: "text", channel, text }];
}

const CITATIONS = ["char_location", "page_location", "content_block_location", "web_search_result_location", "search_result_location"] as const;
