import { HoldfastError } from "../core/errors.ts";
import { isArray, isObject, type Json, type JsonObject, stringsOf } from "../core/json.ts";
import type { Facts } from "../core/outcome.ts";
import type { Misread } from "./codec.ts";

/**
 * Reading foreign JSON field by field. Every function takes the value and the path it stands at, and throws `Misfit` if it is not what
 * the dialect says. Paths are built from the dialect's own names and from indexes, never from keys of the input.
 */
class Misfit extends Error {
  readonly misread: Misread;
  constructor(fault: string, at: string, code: NonNullable<Misread["code"]> = "bad-request") {
    super(fault);
    this.misread = { fault, at, code };
  }
}

/** Stops reading: what stands at `at` cannot be understood. */
export function misfit(fault: string, at: string, code?: NonNullable<Misread["code"]>): never {
  throw new Misfit(fault, at, code);
}

/** The one place where a Misfit ends: as a value, for bodies. */
export function reading<T extends object>(read: () => T): T | Misread {
  try {
    return read();
  } catch (error) {
    if (error instanceof Misfit) return error.misread;
    throw error;
  }
}

/** The same for streams, where a misread answer is a broken upstream. */
export function readingUpstream<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Misfit)
      throw new HoldfastError("upstream-invalid", `the upstream's answer cannot be read at \`${error.misread.at}\`: ${error.misread.fault}`);
    throw error;
  }
}

export function isMisread(result: object): result is Misread {
  return "fault" in result;
}

export function object(value: Json | undefined, at: string): JsonObject {
  return isObject(value) ? value : misfit(value === undefined ? "is missing" : "must be an object", at);
}

/** A list of at most `most` items. */
export function list(value: Json | undefined, at: string, most: number): readonly Json[] {
  if (value === undefined || !isArray(value)) return misfit(value === undefined ? "is missing" : "must be an array", at);
  return value.length <= most ? value : misfit(`must have at most ${most} items`, at, "too-large");
}

export function string(value: Json | undefined, at: string): string {
  return typeof value === "string" ? value : misfit(value === undefined ? "is missing" : "must be a string", at);
}

/** A whole number from 0 to `most`. */
export function count(value: Json | undefined, at: string, most: number = Number.MAX_SAFE_INTEGER): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0 || value > most) return misfit("must be a whole number in range", at);
  return value;
}

/** One of the given words. */
export function oneOf<T extends string>(value: Json | undefined, at: string, words: readonly T[]): T {
  return words.find((word) => word === value) ?? misfit("is not a known value", at);
}

/** Absent and null mean the same in both dialects. */
export function optional<T>(value: Json | undefined, at: string, read: (value: Json, at: string) => T): T | undefined {
  return value === undefined || value === null ? undefined : read(value, at);
}

/** An id that a peer made: a short run of characters that can carry no sentence. */
export function identifier(value: Json | undefined, at: string): string {
  const id = string(value, at);
  return ID.test(id) ? id : misfit("is not an id", at);
}

/** The name of a tool or function. */
export function toolName(value: Json | undefined, at: string): string {
  const name = string(value, at);
  return TOOL.test(name) ? name : misfit("is not a tool name", at);
}

/** A word of configuration: an enum value that may grow, a model's name, a format. */
export function word(value: Json | undefined, at: string): string {
  const text = string(value, at);
  return WORD.test(text) ? text : misfit("is not a word", at);
}

export function flag(value: Json | undefined, at: string): boolean {
  return typeof value === "boolean" ? value : misfit("must be true or false", at);
}

/** An object of switches; their names are words as well, for they are forwarded. */
export function flags(value: Json, at: string): void {
  for (const [name, item] of Object.entries(object(value, at))) {
    word(name, at);
    flag(item, at);
  }
}

/** An object of words only, such as a caching hint or who called a tool; their names are words as well. */
export function words(value: Json, at: string): JsonObject {
  const read = object(value, at);
  for (const [name, item] of Object.entries(read)) {
    word(name, at);
    word(item, at);
  }
  return read;
}

/** A word, or an object in which no string at any depth is prose: names, types, modes and efforts. */
export function wordsIn(value: Json, at: string): void {
  for (const text of typeof value === "string" ? [value] : stringsOf(object(value, at))) word(text, at);
}

/** Base64 in either alphabet. Opaque: it passes because only its maker can read it. */
export function base64(value: Json | undefined, at: string): string {
  const text = string(value, at);
  return BASE64.test(text) ? text : misfit("is not base64", at);
}

/** Bytes of a file in base64, in one piece or in lines: encoders break it (MIME, Python's `encodebytes`), and every provider reads on. */
export function bytesIn(value: Json | undefined, at: string): string {
  const text = string(value, at);
  return isBytes(text) ? text : misfit("is not base64", at);
}

export function isBytes(text: string): boolean {
  let end = text.length;
  // ATTACK: megabytes of nothing but line breaks, each of which an expression for the end would begin at.
  while (end > 0 && BREAKS.has(text.charAt(end - 1))) end--;
  return LINES.test(text.slice(0, end));
}

const ID = /^[A-Za-z0-9_.:|-]{1,256}$/;
const TOOL = /^[A-Za-z0-9_.:/-]{1,128}$/;
const WORD = /^[A-Za-z0-9_.:/@+-]{1,128}$/;
const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;
const LINES = /^[A-Za-z0-9+/_\r\n-]*={0,2}$/;
const BREAKS: ReadonlySet<string> = new Set("\r\n");

/**
 * The numbers of a usage report, nested at most twice, and the few words that vendors put among them. What is neither is dropped: a
 * usage report is passed on without being scanned, so it must not be able to hold text.
 */
export function usageOf(value: Json | undefined, depth = 0): JsonObject {
  const kept: { [key: string]: Json } = {};
  if (!isObject(value)) return kept;
  for (const [key, item] of Object.entries(value).slice(0, 64)) {
    if (!/^[a-z0-9_]{1,64}$/.test(key)) continue;
    if (typeof item === "number" || item === null) kept[key] = item;
    else if (USAGE_WORDS.has(key) && typeof item === "string" && /^[a-z_]{1,32}$/.test(item)) kept[key] = item;
    else if (isObject(item) && depth < 2) kept[key] = usageOf(item, depth + 1);
  }
  return kept;
}

const USAGE_WORDS = new Set(["service_tier", "speed", "inference_geo"]);

/** Token counts under our names, as codecs of OpenAI's dialects report them: the counts, and beside each its details. */
export function tokensOf(value: Json | undefined, input: string, output: string): Facts {
  const usage = usageOf(value);
  const detail = (of: string, name: string): Json | undefined => {
    const details = usage[`${of}_details`];
    return isObject(details) ? details[name] : undefined;
  };
  const counts = {
    input_tokens: usage[input],
    output_tokens: usage[output],
    cached_tokens: detail(input, "cached_tokens"),
    reasoning_tokens: detail(output, "reasoning_tokens"),
  };
  return Object.fromEntries(Object.entries(counts).flatMap(([name, count]) => (typeof count === "number" ? [[name, count]] : [])));
}
