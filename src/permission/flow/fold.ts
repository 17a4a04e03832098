/**
 * The form in which values are compared: one case, one kind of blank, nothing invisible. Deliberately not more: what looks alike is not
 * alike (a homoglyph of the user's target must not count as the user's target), so confusables stay apart.
 */
export function fold(text: string): string {
  // Most text is plain ASCII on one line, and costs one pass.
  if (PLAIN.test(text)) return text.toLowerCase();
  return seen(text.normalize("NFC").toLowerCase());
}

/** What a person sees of a text, on one line. */
export const seen = (text: string): string => text.replace(INVISIBLE, "").replace(BLANKS, " ").trim();

const PLAIN = /^(?! )(?:[!-~]| (?! |$))*$/;
// Line breaks and tabs are blanks: without one the last word of a line would grow together with the first of the next.
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]+/gu;
const BLANKS = /[\s\x85]+/g;

/**
 * True for a value that a person would read as another one: with invisible characters, or in letters that normalise to others. Such a
 * value is never taken to be the one that the user wrote.
 */
export function isDisguised(value: string): boolean {
  return !PLAIN.test(value) && (value.normalize("NFKC") !== value.normalize("NFC") || HIDDEN.test(value));
}

// Line breaks and tabs are ordinary in text.
const HIDDEN = /[\p{Cf}\p{Default_Ignorable_Code_Point}]|(?![\t\n\r])\p{Cc}/u;

/** How much may still be gone through, in steps of some nanoseconds. Below zero nothing is found any more, and no answer counts. */
export interface Search {
  left: number;
}
/** About 50 ms. */
export const newSearch = (): Search => ({ left: 1.2e7 });
/** Signs that are run through in a step, and steps that it takes to look at one place. */
const [SIGNS, PLACE] = [8, 8];
/** What one look at a table, or at one field, costs in signs. */
export const LOOK = 24;
/** True where so much more may be gone through. */
export const mayGoThrough = (search: Search, signs: number): boolean => (search.left -= signs / SIGNS) >= 0;

/**
 * True if `value` stands in `text` as a whole: not as part of a longer word, number, address or path. Both are folded. A sentence may
 * end behind it, so a dot or a dash only joins what goes on behind it (`bob@shop.com` does not stand in `bob@shop.com.evil.org`).
 */
export function standsIn(text: string, value: string, search: Search = { left: Infinity }): boolean {
  if (value === "" || !mayGoThrough(search, text.length)) return false;
  const lead = value.slice(0, LEAD);
  let left = text.length + value.length;
  for (let at = text.indexOf(lead); at >= 0; at = text.indexOf(lead, at + 1)) {
    if ((search.left -= PLACE) < 0) return false;
    if (joins(text, at, -1)) continue;
    if (text.startsWith(value, at) && isWhole(text, at, at + value.length)) return true;
    left -= value.length;
    // ATTACK: a long value that nearly stands everywhere is compared with everything. What has cost as much as the text is long goes on in one pass.
    if (left < 0) return mayGoThrough(search, SIGNS * text.length) && standsBehind(text, value, at + 1);
  }
  return false;
}
/** A value is looked for by so many of its characters. */
const LEAD = 64;

/** The same from `from` on, in a time that does not depend on what is in it (Knuth, Morris and Pratt, 1977). */
function standsBehind(text: string, value: string, from: number): boolean {
  /** How many characters at the beginning of the value are its last ones as well, up to each. */
  const same = new Int32Array(value.length);
  const longer = (known: number, sign: number): number => {
    let length = known;
    while (length > 0 && value.charCodeAt(length) !== sign) length = same[length - 1] as number;
    return value.charCodeAt(length) === sign ? length + 1 : 0;
  };
  for (let at = 1; at < value.length; at++) same[at] = longer(same[at - 1] as number, value.charCodeAt(at));
  for (let at = from, length = 0; at < text.length; at++) {
    length = longer(length, text.charCodeAt(at));
    if (length < value.length) continue;
    if (isWhole(text, at + 1 - length, at + 1)) return true;
    length = same[length - 1] as number;
  }
  return false;
}

function isWhole(text: string, start: number, end: number): boolean {
  return !joins(text, start, -1) && !joins(text, end - 1, 1);
}

/** Does what stands beside the edge at `at`, in direction `step`, belong to the same word or address? */
function joins(text: string, at: number, step: 1 | -1): boolean {
  if (!isWord(text, at)) return false;
  if (isWord(text, at + step)) return true;
  return JOINER.has(text.charCodeAt(at + step)) && isWord(text, at + 2 * step);
}

/** A value of a list may nearly stand in ten thousand places: each is a look at a table. */
function isWord(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code < 128 ? PLAIN_WORD.has(code) : WORD.test(text[at] ?? "");
}
const WORD = /[\p{L}\p{N}_]/u;
const PLAIN_WORD = new Set(Array.from({ length: 128 }, (_, code) => code).filter((code) => WORD.test(String.fromCharCode(code))));
const JOINER = new Set(Array.from("@.+-/\\:~%&=?#$", (sign) => sign.charCodeAt(0)));
