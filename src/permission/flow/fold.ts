/**
 * The form in which values are compared: one case, one kind of blank, nothing invisible. Deliberately not more: what looks alike is not
 * alike (a homoglyph of the user's target must not count as the user's target), so confusables stay apart.
 */
export function fold(text: string): string {
  // Most text is plain ASCII on one line, and costs one pass.
  if (PLAIN.test(text)) return text.toLowerCase();
  return text.normalize("NFC").toLowerCase().replace(INVISIBLE, "").replace(BLANKS, " ").trim();
}

const PLAIN = /^(?! )(?:[!-~]| (?! |$))*$/;
// Line breaks and tabs are blanks: without one the last word of a line would grow together with the first of the next.
const INVISIBLE = /[\p{Cf}\p{Variation_Selector}\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]+/gu;
const BLANKS = /[\s\x85]+/g;

/**
 * True for a value that a person would read as another one: with invisible characters, or in letters that normalise to others. Such a
 * value is never taken to be the one that the user wrote.
 */
export function isDisguised(value: string): boolean {
  return !PLAIN.test(value) && (value.normalize("NFKC") !== value.normalize("NFC") || HIDDEN.test(value));
}

// Line breaks and tabs are ordinary in text.
const HIDDEN = /[\p{Cf}\p{Variation_Selector}]|(?![\t\n\r])\p{Cc}/u;

/**
 * True if `value` stands in `text` as a whole: not as part of a longer word, number, address or path. Both are folded. A sentence may
 * end behind it, so a dot or a dash only joins what goes on behind it (`bob@shop.com` does not stand in `bob@shop.com.evil.org`).
 */
export function standsIn(text: string, value: string): boolean {
  if (value === "") return false;
  for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1)) if (isWhole(text, at, at + value.length)) return true;
  return false;
}

function isWhole(text: string, start: number, end: number): boolean {
  return !joins(text, start, -1) && !joins(text, end - 1, 1);
}

/** Does what stands beside the edge at `at`, in direction `step`, belong to the same word or address? */
function joins(text: string, at: number, step: 1 | -1): boolean {
  const [edge, beside, beyond] = [text[at] ?? "", text[at + step] ?? "", text[at + 2 * step] ?? ""];
  if (!WORD.test(edge)) return false;
  if (WORD.test(beside)) return true;
  return JOINER.test(beside) && WORD.test(beyond);
}

const WORD = /[\p{L}\p{N}_]/u;
const JOINER = /[@.+\-/\\:~%&=?#$]/;
