import { HoldfastError } from "./errors.ts";

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };

export { JSON_LIMITS, type JsonLimits, type ParsedJson, parseJson, parseJsonText } from "./json-parse.ts";

/** Serialises what was checked, so that this and nothing else is sent on. Object keys keep their order. */
export function writeJson(value: Json): string {
  return JSON.stringify(value);
}

/**
 * The canonical form of RFC 8785: keys sorted by UTF-16 code units, numbers and strings as ECMAScript writes them, no spaces. Equal
 * values have equal bytes, so this is what is hashed, signed and handed on. Throws `bad-request` on what JSON cannot hold.
 */
export function canonicalJson(value: Json): string {
  return canonical(value, 0);
}

// The deepest value `parseJson` ever lets in is far shallower; this keeps a value made elsewhere from overflowing the stack.
const DEEPEST = 1_000;

function canonical(value: Json, depth: number): string {
  if (depth > DEEPEST) throw new HoldfastError("bad-request", "value is nested too deeply");
  switch (typeof value) {
    case "string":
      if (!value.isWellFormed()) throw new HoldfastError("bad-request", "string holds a lone surrogate");
      return JSON.stringify(value);
    case "number":
      if (!Number.isFinite(value)) throw new HoldfastError("bad-request", "number is not finite");
      return JSON.stringify(value);
    case "boolean":
      return value ? "true" : "false";
    case "object":
      break;
    default:
      throw new HoldfastError("bad-request", "value is not JSON");
  }
  if (value === null) return "null";
  if (isArray(value)) return `[${value.map((item) => canonical(item, depth + 1)).join(",")}]`;
  const members = Object.keys(value)
    .sort()
    .map((key) => `${canonical(key, depth)}:${canonical(value[key] as Json, depth + 1)}`);
  return `{${members.join(",")}}`;
}

/** `Array.isArray` for readonly arrays, which its own type does not know. */
export function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** True for a JSON object: neither null nor an array. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Every string in a value, keys included, in order of reading. */
export function stringsOf(value: Json): string[] {
  const found: string[] = [];
  gather(value, found);
  return found;
}

// Recursion is safe: the depth of what `parseJson` accepted is bounded.
function gather(value: Json, found: string[]): void {
  if (typeof value === "string") found.push(value);
  else if (isArray(value)) for (const item of value) gather(item, found);
  else if (isObject(value)) {
    for (const key of Object.keys(value)) {
      found.push(key);
      gather(value[key] as Json, found);
    }
  }
}
