/** A record as bytes. */
import { MOST_RECORD_BYTES } from "./store.ts";

/**
 * Everything that ends a line somewhere, steers a terminal, reorders text or is not seen: controls, formats, unassigned and private
 * characters, line and paragraph separators, and what Unicode says to ignore (fillers, variation selectors, tags).
 */
const UNSAFE = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

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
