import { canonicalJson, isObject, type Json, type JsonObject, parseJsonText } from "../core/json.ts";

/** What a value is once it has passed the filter: a copy, as JSON holds it. */
export type AsJson<T> = T extends Json | undefined | void
  ? T
  : T extends AsyncIterable<string>
    ? string
    : T extends { toJSON(): infer Written }
      ? AsJson<Written>
      : T extends object
        ? { [Key in keyof T]: AsJson<T[Key]> }
        : T;

/** As deep as Holdfast reads. */
const DEEPEST = 100;

/**
 * A copy that shares nothing with the original and in which nothing was reinterpreted: what JSON would change or drop (a date, a map, a
 * function) is refused, because then something else would be decided than is done. A member that is `undefined` is one that is not there.
 */
export function copyOf(value: unknown, at: string, depth = 0): Json {
  if (depth > DEEPEST) throw new TypeError(`\`${at}\` is nested too deeply`);
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string" && value.isWellFormed()) return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (Array.isArray(value)) return Array.from(value, (item, index) => copyOf(item, `${at}/${index}`, depth + 1));
  if (typeof value === "object" && isPlain(value)) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    return Object.fromEntries(members.map(([name, member]) => [name, copyOf(member, `${at}/${name}`, depth + 1)]));
  }
  throw new TypeError(`\`${at}\` is not JSON: give text, numbers, booleans, null, arrays and plain objects`);
}

export function copyOfObject(value: unknown, at: string): JsonObject {
  const copy = copyOf(value, at);
  if (!isObject(copy)) throw new TypeError(`\`${at}\` is not an object`);
  return copy;
}

/** The value that bytes of ours mean. Each call gives another copy. */
export function readJson(text: string): Json {
  const parsed = parseJsonText(text);
  if (!parsed.ok) throw new TypeError(`what is asked for is not JSON that can be read safely: ${parsed.fault}`);
  return parsed.value;
}

/** Names a request: equal requests have equal digests, whatever the order of their members. */
export async function digestOf(request: JsonObject): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(canonicalJson(request))));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
