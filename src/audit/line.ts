/** A record as bytes. */
import { MOST_RECORD_BYTES } from "./store.ts";

/**
 * Everything that ends a line somewhere, steers a terminal, reorders text or is not seen: C1 controls, separators, bidi marks, and what
 * Unicode says to ignore (soft hyphen, fillers, joiners, variation selectors, tags). Written out, not asked of the engine's Unicode: the same
 * record must be the same bytes for every verifier, whatever version it runs on.
 */
const UNSAFE =
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: single characters are meant
  /[\u007f-\u009f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\u{110bd}\u{110cd}\u{13430}-\u{1343f}\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/gu;

/**
 * JSON in which every control, bidi and invisible character is an escape, so that no line of the log can end early, forge another or
 * play with the terminal that shows it. JSON itself escapes what is below U+0020 and lone surrogates.
 */
export function safeJson(value: unknown): string {
  const json = JSON.stringify(value);
  // Nearly all records are plain ASCII, and that is known faster than any pattern can tell.
  return Buffer.byteLength(json) === json.length && !json.includes("\u007f") ? json : json.replace(UNSAFE, escaped);
}

function escaped(character: string): string {
  let result = "";
  for (let i = 0; i < character.length; i++) result += `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`;
  return result;
}

/** Room for `{"seq":…,"prev":"…",` before the rest of a record. */
const HEAD_BYTES = 80;

export const fits = (json: string): boolean => json.length * 3 <= MOST_RECORD_BYTES - HEAD_BYTES || Buffer.byteLength(json) <= MOST_RECORD_BYTES - HEAD_BYTES;
