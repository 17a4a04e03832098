/**
 * A record as the bytes that were hashed into the log: JSON in which every control, bidi and invisible character is an escape. Made from
 * the record that the page shows, so that what is verified is what is read. It must agree with the log's own writer (`line.test.ts`).
 */
export function lineOf(record: unknown): string {
  return escaped(JSON.stringify(record));
}

/** The same escapes in JSON that is laid out for reading. */
export function escaped(json: string): string {
  return json.replace(UNSAFE, (character) =>
    Array.from({ length: character.length }, (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`).join(""),
  );
}

// C1, soft hyphen, Arabic and Mongolian marks, fillers, zero width, bidi, separators, invisible operators, variation selectors, byte order
// mark, interlinear marks, and the tag plane.
export const UNSAFE =
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: single code units are meant
  /[\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff]|[\udb40-\udb43][\udc00-\udfff]/g;
