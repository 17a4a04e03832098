import type { Source } from "../../core/content.ts";
import { isArray, type Json, type JsonObject, stringsOf } from "../../core/json.ts";
import { attachImage, attachUnknown, type Collector, say, sayArguments, sayFile, sayRest, sayUnread, sayUrl, sayValue, within } from "../collect.ts";
import { base64, identifier, list, misfit, object, oneOf, optional, string, toolName, word } from "../shape.ts";

/** Reads the conversation, in order: a text of the user, or items. Which tool a result came from is looked up in the call it answers. */
export function readItems(input: Json | undefined, into: Collector): void {
  if (typeof input === "string") {
    say(into, { kind: "user" }, input);
    return;
  }
  const called = new Map<string, string>();
  for (const [index, item] of list(input, "input", MOST_ITEMS).entries()) readItem(object(item, `input/${index}`), `input/${index}`, called, into);
}

function readItem(item: JsonObject, at: string, called: Map<string, string>, into: Collector): void {
  const type = item["type"] === undefined || item["type"] === null ? "message" : string(item["type"], `${at}/type`);
  optional(item["id"], `${at}/id`, identifier);
  optional(item["status"], `${at}/status`, word);
  switch (type) {
    case "message":
      readMessage(item, at, into);
      break;
    case "function_call":
    case "custom_tool_call":
      readCall(item, type, at, called, into);
      break;
    case "function_call_output":
    case "custom_tool_call_output": {
      const name = called.get(identifier(item["call_id"], `${at}/call_id`));
      const source: Source = name === undefined ? { kind: "tool" } : { kind: "tool", id: name };
      readContent(item["output"], source, `${at}/output`, into);
      sayRest(into, source, item, RESULT);
      break;
    }
    case "reasoning":
      readReasoning(item, at, into);
      break;
    case "web_search_call": {
      const source: Source = { kind: "model", id: "web_search" };
      optional(item["action"], `${at}/action`, (action, where) => sayValue(into, source, object(action, where)));
      // What it found was told to nobody but the model.
      sayUnread(into, { kind: "web" });
      sayRest(into, source, item, SEARCH);
      break;
    }
    case "item_reference":
      misfit(KEPT, at);
      break;
    default:
      misfit("is an item of a kind that is not known here", `${at}/type`);
  }
}

function readMessage(item: JsonObject, at: string, into: Collector): void {
  const role = oneOf(item["role"], `${at}/role`, ["user", "assistant", "system", "developer"]);
  const source: Source = { kind: role === "user" ? "user" : role === "assistant" ? "model" : "system" };
  optional(item["phase"], `${at}/phase`, word);
  readContent(item["content"], source, `${at}/content`, into);
  sayRest(into, source, item, MESSAGE);
}

function readCall(item: JsonObject, type: "function_call" | "custom_tool_call", at: string, called: Map<string, string>, into: Collector): void {
  const id = identifier(item["call_id"], `${at}/call_id`);
  const name = toolName(item["name"], `${at}/name`);
  // A result names its call by the id alone. Two calls of one id would leave open which tool it came from.
  if (called.has(id)) misfit("is the id of another call", `${at}/call_id`);
  called.set(id, name);
  if (type === "custom_tool_call") say(into, { kind: "model", id: name }, string(item["input"], `${at}/input`));
  else sayArguments(into, name, item["arguments"], `${at}/arguments`);
  sayRest(into, { kind: "model" }, item, type === "function_call" ? CALL : CUSTOM);
}

function readReasoning(item: JsonObject, at: string, into: Collector): void {
  const source: Source = { kind: "model" };
  for (const [name, type] of [
    ["summary", "summary_text"],
    ["content", "reasoning_text"],
  ] as const)
    optional(item[name], `${at}/${name}`, (parts, where) => {
      for (const [index, part] of list(parts, where, MOST_PARTS).entries()) {
        const read = object(part, `${where}/${index}`);
        oneOf(read["type"], `${where}/${index}/type`, [type]);
        say(into, source, string(read["text"], `${where}/${index}/text`));
        sayRest(into, source, read, THOUGHT);
      }
    });
  optional(item["encrypted_content"], `${at}/encrypted_content`, base64);
  sayRest(into, source, item, REASONING);
}

/** What somebody said, or what a tool answered: a text, or parts. */
function readContent(content: Json | undefined, source: Source, at: string, into: Collector): void {
  if (typeof content === "string") say(into, source, content);
  else if (content === undefined || content === null || !isArray(content)) misfit("must be a string or an array of parts", at);
  else for (const [index, part] of list(content, at, MOST_PARTS).entries()) readPart(object(part, `${at}/${index}`), source, `${at}/${index}`, into);
}

function readPart(part: JsonObject, source: Source, at: string, into: Collector): void {
  const type = oneOf(part["type"], `${at}/type`, ["input_text", "output_text", "refusal", "input_image", "input_file"]);
  switch (type) {
    case "input_text":
    case "output_text":
      say(into, source, string(part["text"], `${at}/text`));
      // They come with every text of an answer, mostly empty.
      for (const name of ["annotations", "logprobs"]) say(into, source, stringsOf(part[name] ?? null).join("\n"));
      break;
    case "refusal":
      say(into, source, string(part["refusal"], `${at}/refusal`));
      break;
    case "input_image":
      optional(part["file_id"], `${at}/file_id`, (id, where) => {
        identifier(id, where);
        sayUnread(into, within(source, { kind: "document" }));
      });
      optional(part["detail"], `${at}/detail`, word);
      optional(part["image_url"], `${at}/image_url`, (url, where) => sayUrl(into, source, within(source, { kind: "document" }), url, where));
      attachImage(into, typeof part["image_url"] === "string" ? part["image_url"].length : 0);
      break;
    case "input_file":
      readFile(part, source, at, into);
      break;
  }
  sayRest(into, source, part, PARTS[type]);
}

function readFile(file: JsonObject, source: Source, at: string, into: Collector): void {
  attachUnknown(into);
  const inside = within(source, { kind: "document" });
  optional(file["file_id"], `${at}/file_id`, (id, where) => {
    identifier(id, where);
    sayUnread(into, inside);
  });
  optional(file["detail"], `${at}/detail`, word);
  optional(file["filename"], `${at}/filename`, (name, where) => say(into, source, string(name, where)));
  optional(file["file_url"], `${at}/file_url`, (url, where) => sayUrl(into, source, inside, url, where));
  optional(file["file_data"], `${at}/file_data`, (data, where) => sayFile(into, inside, data, where));
}

/** ATTACK: what the provider keeps is read by the model, and was never read here: an order in it would be nobody's. */
export const KEPT = "names what the provider keeps and nobody here has read; send the whole conversation in `input`";

const MOST_ITEMS = 10_000;
const MOST_PARTS = 10_000;
const MESSAGE = new Set(["type", "id", "status", "phase", "role", "content"]);
const CALL = new Set(["type", "id", "status", "call_id", "name", "arguments"]);
const CUSTOM = new Set(["type", "id", "status", "call_id", "name", "input"]);
const RESULT = new Set(["type", "id", "status", "call_id", "output"]);
const REASONING = new Set(["type", "id", "status", "summary", "content", "encrypted_content"]);
const SEARCH = new Set(["type", "id", "status", "action"]);
/** ATTACK: a field that was read in a part of one kind is nobody's in another, and is forwarded there all the same. */
const PARTS = {
  input_text: new Set(["type", "text", "annotations", "logprobs"]),
  output_text: new Set(["type", "text", "annotations", "logprobs"]),
  refusal: new Set(["type", "refusal"]),
  input_image: new Set(["type", "file_id", "detail", "image_url"]),
  input_file: new Set(["type", "file_id", "detail", "filename", "file_url", "file_data"]),
} as const;
const THOUGHT = new Set(["type", "text"]);
