/** A record as bytes. */
import { MOST_RECORD_BYTES } from "./store.ts";

/** Code units, first to last, that end a line somewhere, steer a terminal, reorder text or are not seen. */
const UNSAFE_UNITS: readonly (readonly [number, number])[] = [
  [0x7f, 0x9f], // delete, C1 controls
  [0xad, 0xad], // soft hyphen
  [0x61c, 0x61c], // Arabic letter mark
  [0x115f, 0x1160], // Hangul fillers
  [0x17b4, 0x17b5], // Khmer inherent vowels
  [0x180b, 0x180f], // Mongolian selectors and separator
  [0x200b, 0x200f], // zero width, direction marks
  [0x2028, 0x202e], // line and paragraph separator, bidi embedding
  [0x2060, 0x206f], // word joiner, invisible operators, bidi isolates
  [0x3164, 0x3164], // Hangul filler
  [0xfe00, 0xfe0f], // variation selectors
  [0xfeff, 0xfeff], // byte order mark
  [0xffa0, 0xffa0], // halfwidth Hangul filler
  [0xfff0, 0xffff], // interlinear marks, replacement, not characters
];
const unit = (code: number): string => `\\u${code.toString(16).padStart(4, "0")}`;
/** And the whole plane of tags and further variation selectors, U+E0000 on. */
const UNSAFE = new RegExp(`[${UNSAFE_UNITS.map(([first, last]) => `${unit(first)}-${unit(last)}`).join("")}]|[\\udb40-\\udb43][\\udc00-\\udfff]`, "g");

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
  for (let i = 0; i < character.length; i++) result += unit(character.charCodeAt(i));
  return result;
}

/** Room for `{"seq":…,"prev":"…",` before the rest of a record. */
const HEAD_BYTES = 80;

export const fits = (json: string): boolean => json.length * 3 <= MOST_RECORD_BYTES - HEAD_BYTES || Buffer.byteLength(json) <= MOST_RECORD_BYTES - HEAD_BYTES;
