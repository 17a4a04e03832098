import type { Source } from "../../core/content.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import { attachImage, attachUnknown, type Collector, say, sayBytes, sayRest, sayUnread, sayUrl, sayValue, within } from "../collect.ts";
import { base64, flag, identifier, list, misfit, object, oneOf, optional, string, toolName, word, words } from "../shape.ts";

/** Where blocks are collected, and which tool each call so far was made to. */
export interface BlockReader {
  readonly into: Collector;
  readonly called: Map<string, string>;
}

export function blockReader(into: Collector): BlockReader {
  return { into, called: new Map() };
}

/** Reads content as a string or as blocks. `source` is who speaks; what a tool, a page or a document says inside has its own. */
export function readBlocks(content: Json | undefined, source: Source, at: string, reader: BlockReader): void {
  if (typeof content === "string") say(reader.into, source, content);
  else for (const [index, block] of list(content, at, 100_000).entries()) readBlock(object(block, `${at}/${index}`), source, `${at}/${index}`, reader);
}

function readBlock(block: JsonObject, source: Source, at: string, reader: BlockReader): void {
  const { into, called } = reader;
  const type = string(block["type"], `${at}/type`);
  optional(block["cache_control"], `${at}/cache_control`, words);
  // ATTACK: a tool that answers in blocks would speak as the model, or as another tool.
  if (source.kind === "tool" && OF_TURNS.has(type)) misfit("is no block of a result", `${at}/type`);
  switch (type) {
    case "text":
      say(into, source, string(block["text"], `${at}/text`));
      break;
    case "image":
    case "document":
      readBinary(block, type, within(source, { kind: "document" }), `${at}/source`, reader);
      break;
    case "search_result":
      readBlocks(block["content"], within(source, { kind: "web" }), `${at}/content`, reader);
      break;
    case "thinking":
      say(into, { kind: "model" }, string(block["thinking"], `${at}/thinking`));
      base64(block["signature"] ?? "", `${at}/signature`);
      break;
    case "redacted_thinking":
      base64(block["data"], `${at}/data`);
      break;
    case "tool_use":
    case "server_tool_use": {
      const toolset = optional(block["toolset_name"], `${at}/toolset_name`, toolName);
      const name = toolName(block["name"], `${at}/name`);
      const id = toolset === undefined ? name : `${toolset}.${name}`;
      called.set(identifier(block["id"], `${at}/id`), id);
      optional(block["caller"], `${at}/caller`, words);
      sayValue(into, { kind: "model", id }, object(block["input"], `${at}/input`));
      break;
    }
    case "tool_result":
      readResult(block, at, reader);
      break;
    default:
      if (!/^[a-z_]{1,64}_tool_result$|^(?:container_upload|tool_reference|browser_state)$/.test(type)) misfit("is an unknown kind of block", `${at}/type`);
      if (type === "container_upload") {
        attachUnknown(into);
        sayUnread(into, within(source, { kind: "document" }));
      }
      readProviderBlock(block, type, source, at, reader);
  }
  sayRest(into, restSource(type, source), block, KNOWN[type] ?? PLAIN);
}

/** The result of a call. Everything in it, also a document, speaks for the tool. */
function readResult(block: JsonObject, at: string, reader: BlockReader): void {
  const name = reader.called.get(identifier(block["tool_use_id"], `${at}/tool_use_id`));
  optional(block["toolset_name"], `${at}/toolset_name`, toolName);
  const source: Source = name === undefined ? { kind: "tool" } : { kind: "tool", id: name };
  optional(block["content"], `${at}/content`, (content, where) => readBlocks(content, source, where, reader));
  optional(block["is_error"], `${at}/is_error`, flag);
}

function readBinary(block: JsonObject, type: "image" | "document", source: Source, at: string, reader: BlockReader): void {
  const { into } = reader;
  const from = object(block["source"], at);
  if (type === "image")
    attachImage(
      into,
      [from["data"], from["url"]].reduce((sum: number, given) => sum + (typeof given === "string" ? given.length : 0), 0),
    );
  else if (from["type"] !== "text" && from["type"] !== "content") attachUnknown(into);
  const kind = oneOf(from["type"], `${at}/type`, ["base64", "url", "file", "text", "content"]);
  switch (kind) {
    case "base64":
      sayBytes(into, source, word(from["media_type"], `${at}/media_type`), from["data"], `${at}/data`);
      break;
    case "url":
      sayUrl(into, source, source, from["url"], `${at}/url`);
      break;
    case "file":
      identifier(from["file_id"], `${at}/file_id`);
      sayUnread(into, source);
      break;
    case "text":
      say(into, source, string(from["data"], `${at}/data`));
      break;
    case "content":
      readBlocks(from["content"], source, `${at}/content`, reader);
      break;
  }
  if (type === "image" && (kind === "text" || kind === "content")) misfit("is not a kind of image", `${at}/type`);
  sayRest(into, source, from, SOURCE[kind]);
}

/** What the provider's own tools answered: pages of the web, output of code. Its ids and encrypted parts count as content, too: they only ever come back from the provider. */
function readProviderBlock(block: JsonObject, type: string, source: Source, at: string, reader: BlockReader): void {
  optional(block["tool_use_id"], `${at}/tool_use_id`, identifier);
  const { content } = block;
  if (content !== undefined) sayValue(reader.into, restSource(type, source), content);
}

/** Who speaks in what of a block has no place of its own; of a provider's block, in all of it. */
export function restSource(type: string, source: Source): Source {
  if (type.startsWith("web_") || type === "search_result") return within(source, { kind: "web" });
  if (type === "document" || type === "image") return within(source, { kind: "document" });
  return type.endsWith("_tool_result") ? within(source, { kind: "tool", id: type.slice(0, -"_tool_result".length) }) : source;
}

/** What only a turn of a conversation holds. */
const OF_TURNS = new Set(["thinking", "redacted_thinking", "tool_use", "server_tool_use", "tool_result"]);
/** A provider's own. */
const PLAIN = new Set(["type", "cache_control", "content", "tool_use_id"]);
/** ATTACK: a field that is read in one kind is nobody's in another, and is forwarded there all the same. So each kind has its own. */
const SOURCE = {
  base64: new Set(["type", "media_type", "data"]),
  url: new Set(["type", "url"]),
  file: new Set(["type", "file_id"]),
  text: new Set(["type", "media_type", "data"]),
  content: new Set(["type", "content"]),
};
const KNOWN: { readonly [type: string]: ReadonlySet<string> } = {
  text: new Set(["type", "cache_control", "text"]),
  image: new Set(["type", "cache_control", "source"]),
  document: new Set(["type", "cache_control", "source"]),
  search_result: new Set(["type", "cache_control", "content"]),
  thinking: new Set(["type", "cache_control", "thinking", "signature"]),
  redacted_thinking: new Set(["type", "cache_control", "data"]),
  tool_use: new Set(["type", "cache_control", "id", "name", "input", "caller", "toolset_name"]),
  server_tool_use: new Set(["type", "cache_control", "id", "name", "input", "caller"]),
  tool_result: new Set(["type", "cache_control", "tool_use_id", "content", "is_error", "toolset_name"]),
};
