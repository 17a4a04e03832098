import type { Json } from "./json.ts";
import { type Fault, fault, Scan } from "./json-scan.ts";

/** How much of a foreign document is read. Bytes and string are lengths, the others counts; all are inclusive. */
export interface JsonLimits {
  /** Of the UTF-8 document. */
  readonly bytes: number;
  /** Of nested objects and arrays. */
  readonly depth: number;
  /** Values of any kind, counted over the whole document. */
  readonly nodes: number;
  /** Keys of one object. */
  readonly keys: number;
  /** UTF-16 code units of one string, as written (an escape counts as its six characters). */
  readonly string: number;
}

/** What a request body may hold. Chosen so that the worst document within them is read in less than 50 ms. */
export const JSON_LIMITS: JsonLimits = { bytes: 8 << 20, depth: 100, nodes: 50_000, keys: 5_000, string: 8 << 20 };

export type ParsedJson = { readonly ok: true; readonly value: Json } | Fault;

/**
 * Reads a JSON document as every careful reader would: what two parsers could understand differently is refused, not guessed. Beyond
 * RFC 8259 it refuses bytes that are not UTF-8, a byte order mark, duplicate keys, whole numbers beyond ±(2^53−1) (written, or to be
 * sent on, as digits alone), numbers too large for a double, lone surrogates, the key `__proto__`, and `prototype` under `constructor`.
 * The result may be spread and assigned.
 */
export function parseJson(bytes: Uint8Array, limits: JsonLimits = JSON_LIMITS): ParsedJson {
  if (bytes.byteLength > limits.bytes) return fault("document is too long", limits.bytes, "too-large");
  let text: string;
  try {
    text = UTF8.decode(bytes);
  } catch {
    return fault("document is not UTF-8", 0);
  }
  return parse(text, limits);
}

/** The same for text that is already decoded, such as an event's data or a tool call's arguments. */
export function parseJsonText(text: string, limits: JsonLimits = JSON_LIMITS): ParsedJson {
  // A code unit is at least one byte and at most three; the exact count is only taken where it decides.
  if (text.length > limits.bytes || (text.length * 3 > limits.bytes && utf8Length(text) > limits.bytes)) {
    return fault("document is too long", limits.bytes, "too-large");
  }
  return text.isWellFormed() ? parse(text, limits) : fault("document holds a lone surrogate", 0);
}

// The mark is kept, so that the scan below refuses it: dropped silently, the bytes read would not be the bytes checked.
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** INVARIANT: the scan runs first and bounds everything, so `JSON.parse` never sees a document that could stall it. */
function parse(text: string, limits: JsonLimits): ParsedJson {
  const found = new Scan(text, limits).document();
  if (found !== undefined) return found;
  try {
    return { ok: true, value: JSON.parse(text) as Json };
  } catch {
    // The scan knows the structure; what only JSON.parse refuses stands inside a string.
    return fault("string holds an invalid escape or a control character", 0);
  }
}

function utf8Length(text: string): number {
  let length = text.length;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 0x7f) length += code > 0x7ff && (code < 0xd800 || code > 0xdfff) ? 2 : 1;
  }
  return length;
}
