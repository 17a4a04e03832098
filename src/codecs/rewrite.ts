import { isArray, isObject, type Json, type JsonObject, parseJsonText, writeJson } from "../core/json.ts";
import { ARGUMENT_LIMITS } from "./calls.ts";
import { bytesOf, isText, textOf } from "./collect.ts";

/**
 * A request's body with everything changed that a codec counted as content: what people, tools and models said, definitions, arguments, text in
 * base64, the names and long numbers of values. What is a word of the dialect or the name of a tool stays.
 */
export function rewriteBody(body: Json, change: (text: string) => string): Json {
  if (!isObject(body)) return body;
  const parameter = ([name, value]: [string, Json]): [string, Json] => {
    if (ROOT_WORDS.has(name)) return [name, value];
    return [name, PARTS.has(name) || LISTS.has(name) ? member(body, name, value, change) : rewriteValue(value, change)];
  };
  return Object.fromEntries(Object.entries(body).map(parameter));
}

/** A value of the caller's own, of no dialect: every string in it, the names too; a long number that is changed becomes a string. */
export function rewriteValue(value: Json, change: (text: string) => string): Json {
  if (typeof value === "string") return change(value);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value) || value < LONG) return value;
    const [digits, changed] = [String(value), change(String(value))];
    return changed === digits ? value : changed;
  }
  if (value === null || typeof value === "boolean") return value;
  if (isArray(value)) return value.map((item) => rewriteValue(item, change));
  const entries = new Map<string, Json>();
  for (const [key, item] of Object.entries(value)) {
    let name = change(key);
    // Two names that are masked alike must not swallow one another.
    while (entries.has(name)) name += "'";
    entries.set(name, rewriteValue(item, change));
  }
  return Object.fromEntries(entries);
}

/** A number as long as the shortest card number. */
const LONG = 1e11;
/** What goes on in the dialect's own form. */
const PARTS = new Set("messages content system tools functions function custom tool_calls function_call source image_url file input_audio".split(" "));
/** The same, where they are lists: one dialect's list of items is another's arguments of a call. */
const LISTS = new Set(["input", "output", "summary"]);
const ROOT_WORDS = new Set(["model", "tool_choice"]);
const WORDS = new Set("role type media_type toolset_name cache_control encrypted_content".split(" "));

function structure(node: JsonObject, change: (text: string) => string): JsonObject {
  // fromEntries defines, it does not assign: a key `__proto__` stays a key.
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, member(node, key, value, change)]));
}

function member(node: JsonObject, key: string, value: Json, change: (text: string) => string): Json {
  if (WORDS.has(key) || (key === "name" && node["role"] === undefined)) return value;
  if (typeof value === "string") {
    if (key === "data" && typeof node["media_type"] === "string" && node["type"] === "base64") return bytes(node["media_type"], value, change);
    if (key === "data" && node["format"] !== undefined) return value;
    if (key === "arguments") return argumentsText(value, change);
    const url = key === "url" || key === "image_url" || key === "file_data" ? /^data:([^;,]{1,200})[^,]{0,300},/i.exec(value.slice(0, 600)) : null;
    if (url !== null) return url[0] + bytes(url[1] as string, value.slice(url[0].length), change);
    return key === "file_data" ? value : change(value);
  }
  if (!PARTS.has(key) && !(LISTS.has(key) && isArray(value))) return rewriteValue(value, change);
  if (isArray(value)) return value.map((item) => (isObject(item) ? structure(item, change) : rewriteValue(item, change)));
  return isObject(value) ? structure(value, change) : rewriteValue(value, change);
}

function argumentsText(text: string, change: (text: string) => string): string {
  const parsed = parseJsonText(text, ARGUMENT_LIMITS);
  if (!parsed.ok || !isObject(parsed.value)) return change(text);
  const [before, after] = [writeJson(parsed.value), writeJson(rewriteValue(parsed.value, change))];
  return before === after ? text : after;
}

function bytes(mediaType: string, base64: string, change: (text: string) => string): string {
  if (!isText(mediaType)) return base64;
  const text = textOf(base64);
  const changed = text === undefined ? undefined : change(text);
  return changed === undefined || changed === text ? base64 : bytesOf(changed);
}
