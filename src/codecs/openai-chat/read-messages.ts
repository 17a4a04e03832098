import type { Source } from "../../core/content.ts";
import { isArray, type Json, type JsonObject } from "../../core/json.ts";
import { MOST_CALLS } from "../calls.ts";
import { attachImage, attachUnknown, type Collector, say, sayArguments, sayFile, sayRest, sayUnread, sayUrl, within } from "../collect.ts";
import { bytesIn, count, identifier, list, misfit, object, oneOf, optional, string, toolName, word, words } from "../shape.ts";

/** Reads the conversation, in order. Which tool a result came from is looked up in the call it answers. */
export function readMessages(messages: Json | undefined, into: Collector): void {
  const read = list(messages, "messages", MOST_MESSAGES);
  if (read.length === 0) misfit("must not be empty", "messages");
  const called = new Map<string, string>();
  for (const [index, message] of read.entries()) readMessage(object(message, `messages/${index}`), `messages/${index}`, called, into);
}

function readMessage(message: JsonObject, at: string, called: Map<string, string>, into: Collector): void {
  const role = oneOf(message["role"], `${at}/role`, ["system", "developer", "user", "assistant", "tool", "function"]);
  switch (role) {
    case "system":
    case "developer":
      readSaid(message, { kind: "system" }, at, into);
      break;
    case "user":
      readSaid(message, { kind: "user" }, at, into);
      break;
    case "assistant":
      readAssistant(message, at, called, into);
      break;
    case "tool": {
      const name = called.get(identifier(message["tool_call_id"], `${at}/tool_call_id`));
      readSaid(message, name === undefined ? { kind: "tool" } : { kind: "tool", id: name }, at, into);
      break;
    }
    case "function":
      readSaid(message, { kind: "tool", id: toolName(message["name"], `${at}/name`) }, at, into);
      break;
  }
}

function readSaid(message: JsonObject, source: Source, at: string, into: Collector): void {
  // Only a caller of a function that answered nothing may leave its content out.
  if (message["content"] === undefined || (message["content"] === null && message["role"] !== "function")) misfit("is missing", `${at}/content`);
  readContent(message["content"], source, `${at}/content`, into);
  sayRest(into, source, message, SAID[message["role"] === "tool" ? "tool" : "else"]);
}

function readAssistant(message: JsonObject, at: string, called: Map<string, string>, into: Collector): void {
  const source: Source = { kind: "model" };
  readContent(message["content"] ?? null, source, `${at}/content`, into);
  optional(message["refusal"], `${at}/refusal`, (text, where) => say(into, source, string(text, where)));
  optional(message["audio"], `${at}/audio`, (audio, where) => {
    identifier(object(audio, where)["id"], `${where}/id`);
    attachUnknown(into);
  });
  optional(message["tool_calls"], `${at}/tool_calls`, (calls, where) => {
    const ids = new Set<string>();
    for (const [index, call] of list(calls, where, MOST_CALLS).entries()) {
      const id = readCall(object(call, `${where}/${index}`), `${where}/${index}`, called, into);
      // A result names its call by the id alone. Two calls of one id in a message would leave open which tool it came from.
      if (ids.has(id)) misfit("is the id of another call", `${where}/${index}/id`);
      ids.add(id);
    }
  });
  optional(message["function_call"], `${at}/function_call`, (call, where) => {
    const read = object(call, where);
    sayArguments(into, toolName(read["name"], `${where}/name`), read["arguments"], `${where}/arguments`);
  });
  sayRest(into, source, message, ASSISTANT);
}

function readCall(call: JsonObject, at: string, called: Map<string, string>, into: Collector): string {
  const type = call["type"] === undefined ? "function" : oneOf(call["type"], `${at}/type`, ["function", "custom"]);
  const id = identifier(call["id"], `${at}/id`);
  const inner = object(call[type], `${at}/${type}`);
  const name = toolName(inner["name"], `${at}/${type}/name`);
  called.set(id, name);
  if (type === "custom") say(into, { kind: "model", id: name }, string(inner["input"], `${at}/custom/input`));
  else sayArguments(into, name, inner["arguments"], `${at}/function/arguments`);
  optional(call["index"], `${at}/index`, count);
  sayRest(into, { kind: "model" }, call, CALL[type]);
  sayRest(into, { kind: "model" }, inner, CALLED[type]);
  return id;
}

function readContent(content: Json | undefined, source: Source, at: string, into: Collector): void {
  if (content === null) return;
  if (typeof content === "string") say(into, source, content);
  else if (content === undefined || !isArray(content)) misfit("must be a string or an array of parts", at);
  else for (const [index, part] of list(content, at, MOST_PARTS).entries()) readPart(object(part, `${at}/${index}`), source, `${at}/${index}`, into);
}

function readPart(part: JsonObject, source: Source, at: string, into: Collector): void {
  const type = oneOf(part["type"], `${at}/type`, ["text", "refusal", "image_url", "input_audio", "file"]);
  optional(part["cache_control"], `${at}/cache_control`, words);
  optional(part["prompt_cache_breakpoint"], `${at}/prompt_cache_breakpoint`, words);
  if (type === "text" || type === "refusal") say(into, source, string(part[type], `${at}/${type}`));
  else {
    const inner = object(part[type], `${at}/${type}`);
    if (type === "image_url") readImage(inner, source, `${at}/${type}`, into);
    else if (type === "input_audio") readSound(inner, source, `${at}/${type}`, into);
    else readFile(inner, source, `${at}/${type}`, into);
    sayRest(into, source, inner, BINARY[type]);
  }
  sayRest(into, source, part, new Set([type, ...PART]));
}

function readImage(image: JsonObject, source: Source, at: string, into: Collector): void {
  sayUrl(into, source, within(source, { kind: "document" }), image["url"], `${at}/url`);
  attachImage(into, String(image["url"]).length);
  optional(image["detail"], `${at}/detail`, word);
}

/** A user who speaks is the user; what a tool plays is the tool's. */
function readSound(sound: JsonObject, source: Source, at: string, into: Collector): void {
  bytesIn(sound["data"], `${at}/data`);
  word(sound["format"], `${at}/format`);
  if (source.kind === "tool") sayUnread(into, source);
}

function readFile(file: JsonObject, source: Source, at: string, into: Collector): void {
  attachUnknown(into);
  const inside = within(source, { kind: "document" });
  optional(file["file_id"], `${at}/file_id`, (id, where) => {
    identifier(id, where);
    sayUnread(into, inside);
  });
  optional(file["filename"], `${at}/filename`, (name, where) => say(into, source, string(name, where)));
  optional(file["file_data"], `${at}/file_data`, (data, where) => sayFile(into, inside, data, where));
}

const MOST_MESSAGES = 10_000;
const MOST_PARTS = 10_000;
/** ATTACK: a field that is read in one kind is nobody's in another, and is forwarded there all the same. So each kind has its own. */
const SAID = { tool: new Set(["role", "content", "tool_call_id"]), else: new Set(["role", "content"]) };
const ASSISTANT = new Set(["role", "content", "refusal", "audio", "tool_calls", "function_call"]);
const CALL = { function: new Set(["id", "type", "index", "function"]), custom: new Set(["id", "type", "index", "custom"]) };
const CALLED = { function: new Set(["name", "arguments"]), custom: new Set(["name", "input"]) };
const PART = ["type", "cache_control", "prompt_cache_breakpoint"];
const BINARY = { image_url: new Set(["url", "detail"]), input_audio: new Set(["data", "format"]), file: new Set(["file_id", "filename", "file_data"]) };
