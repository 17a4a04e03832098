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

// The same list as the log's own: C1 controls, separators, bidi marks, and what Unicode says to ignore.
export const UNSAFE =
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: single characters are meant
  /[\u007f-\u009f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\u{110bd}\u{110cd}\u{13430}-\u{1343f}\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/gu;
