/** A record as bytes. */
import { MOST_RECORD_BYTES } from "./store.ts";

// Everything that ends a line somewhere, steers a terminal, reorders or hides text: C1, soft hyphen, Arabic and Mongolian marks, zero
// width, bidi, line separators, invisible operators, variation selectors, byte order mark, interlinear marks, and the tag plane.
const UNSAFE =
  /[\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff]|[\udb40-\udb43][\udc00-\udfff]/g;

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
