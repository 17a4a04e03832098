import { LOOK_ALIKES } from "../core/look-alikes.ts";
import { memoise } from "../core/memoise.ts";

/**
 * Text as a reader takes it, for looking for words in it: compatibility forms, accents and look-alike letters folded, what cannot be seen
 * taken out. It is only ever looked at; what is handed on stays as it was.
 */
export interface Normalised {
  readonly text: string;
  /** Where the character that a code unit of `text` stands for begins and ends in the given text. Absent where nothing was changed. */
  readonly place?: (unit: number) => Place;
}
export interface Place {
  readonly from: number;
  readonly to: number;
}

const UNSEEN = /\p{Default_Ignorable_Code_Point}|\p{Cf}|\p{M}/u;
const PLAIN = /^[\0-\x7f]*$/;
const FOREIGN = /[^\0-\x7f]+/g;
// What a character becomes is looked up once. The table forgets everything when it is full, so that no text can make it grow.
const MOST = 20_000;

/** Each code point is folded by itself, so the result for a text is that of its pieces, one after the other. */
export function normalise(text: string): Normalised {
  if (PLAIN.test(text)) return { text };
  let out = "";
  let copied = 0;
  // Of every folded character: where its form begins and ends in the result, and where it stood. Between them nothing moves.
  const folds: Fold[] = [];
  for (const { 0: run, index } of text.matchAll(FOREIGN)) {
    out += text.slice(copied, index);
    copied = index;
    for (const letter of run) {
      const start = out.length;
      out += fold(letter.codePointAt(0) as number);
      folds.push({ start, end: out.length, from: copied, to: copied + letter.length });
      copied += letter.length;
    }
  }
  out += text.slice(copied);
  return { text: out, place: (unit) => placeOf(folds, unit) };
}

interface Fold extends Place {
  readonly start: number;
  readonly end: number;
}

/** By bisection: the last fold that begins at or before the unit. What was taken out has an empty form, and the text after it begins there. */
function placeOf(folds: readonly Fold[], unit: number): Place {
  let [low, high] = [0, folds.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((folds[middle] as Fold).start <= unit) low = middle + 1;
    else high = middle;
  }
  const last = folds[low - 1];
  if (last === undefined) return { from: unit, to: unit + 1 };
  if (unit < last.end) return last;
  const from = last.to + unit - last.end;
  return { from, to: from + 1 };
}

const fold = memoise(MOST, (code: number): string => {
  let piece = "";
  // Tag characters mirror ASCII, and those behind them would mirror Latin-1: what they say is read, not dropped.
  if ((code >= 0xe0020 && code <= 0xe007e) || (code >= 0xe00a0 && code <= 0xe00ff)) piece = fold(code - 0xe0000);
  // So do variation selectors that carry octets, one for each.
  else if (code >= 0xe0110 && code <= 0xe016e) piece = String.fromCharCode(code - 0xe00f0);
  // The letters that flags are made of.
  else if (code >= 0x1f1e6 && code <= 0x1f1ff) piece = String.fromCharCode(code - 0x1f1e6 + 97);
  // Of Braille the signs that say how the next one is meant.
  else if (code !== 0xe007f && code !== 0xe0001 && code !== 0x2820 && code !== 0x283c) {
    for (const letter of String.fromCodePoint(code).normalize("NFKD")) if (!UNSEEN.test(letter)) piece += LOOK_ALIKES.get(letter) ?? letter;
  }
  return piece;
});
