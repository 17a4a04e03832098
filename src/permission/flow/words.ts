import { memoise } from "../../core/memoise.ts";

/** Text as words, and words as stems: enough to see that `sends`, `sending` and `send` are one word. English and German. */

/** Words in order, with umlauts written out; the capital of a name is kept in `written`. */
export interface Word {
  readonly written: string;
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

export function wordsIn(text: string): Word[] {
  const found: Word[] = [];
  for (const match of text.matchAll(/[\p{L}\p{N}]+(?:['’][\p{L}]+)?/gu)) {
    const written = match[0];
    found.push({ written, word: plainWord(written), start: match.index, end: match.index + written.length });
  }
  return found;
}

/** `GmailSendEmail`, `send_email`, `send-email` → gmail, send, email. */
export const wordsOfName = memoise(2_000, (name: string): readonly string[] =>
  name
    .slice(0, 400)
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "")
    .map(plainWord),
);

export function plainWord(word: string): string {
  return word
    .toLowerCase()
    .replaceAll("ä", "ae")
    .replaceAll("ö", "oe")
    .replaceAll("ü", "ue")
    .replaceAll("ß", "ss")
    .replace(/['’]s$/, "");
}

/** The forms of which one may be in a list: `emails` → emails, email; `invited` is not taken for `invite` (what happened is no order). */
export function formsOf(word: string): readonly string[] {
  const forms = [word];
  if (word.endsWith("ies")) forms.push(`${word.slice(0, -3)}y`);
  if (word.endsWith("es")) forms.push(word.slice(0, -2));
  if (word.endsWith("s") && !word.endsWith("ss")) forms.push(word.slice(0, -1));
  if (word.endsWith("ing") && word.length > 5) {
    const stem = word.slice(0, -3);
    forms.push(stem, `${stem}e`);
    if (stem.at(-1) === stem.at(-2)) forms.push(stem.slice(0, -1));
  }
  // German: `Termine`, `Dateien`, `Nachrichten`, `ueberweise`, `schicken`.
  if (word.endsWith("en") && word.length > 4) forms.push(word.slice(0, -2), word.slice(0, -1));
  if (word.endsWith("e") && word.length > 3) forms.push(word.slice(0, -1));
  if (word.endsWith("n") && word.length > 4) forms.push(word.slice(0, -1));
  return forms;
}

/** Longer than any word. */
const LONGEST_WORD = 40;

/** The same for German compounds: `Zahnarzttermin` is a Termin. The last part decides, if it is long enough to be one. */
export function lookUpThing<T>(table: ReadonlyMap<string, T>, word: string): T | undefined {
  const whole = lookUp(table, word);
  if (whole !== undefined || word.length < 9 || word.length > LONGEST_WORD) return whole;
  for (let at = 3; at <= word.length - 5; at++) {
    const found = lookUp(table, word.slice(at));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What a table of words says of a word in any of its forms. */
export function lookUp<T>(table: ReadonlyMap<string, T>, word: string): T | undefined {
  for (const form of formsOf(word)) {
    const found = table.get(form);
    if (found !== undefined) return found;
  }
  return undefined;
}
