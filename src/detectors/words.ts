/**
 * The small language in which the phrases of this folder are written. Words may be joined by a few signs that people and attackers put
 * between them, or by none (letters that were spaced out and drawn together again).
 */
export const GAP = "[\\s\"'*_,/-]{0,6}";

/** One of these words, which are expressions themselves. */
export const one = (...words: readonly string[]): string => `(?:${words.join("|")})`;

/** All of these, in this order. */
export const chain = (...words: readonly string[]): string => words.join(GAP);

/** Up to `most` of these words. */
export const some = (most: number, ...words: readonly string[]): string => `(?:${one(...words)}${GAP}){0,${most}}`;

/** At most `most` words of any kind within one sentence. */
export const few = (most: number): string => `(?:[^\\s,.!?:;]{1,24}[\\s,]{1,3}){0,${most}}`;

/** A phrase begins where a word begins. */
export const phrase = (...alternatives: readonly string[]): string => `(?<![A-Za-z\\u00c0-\\u024f])${one(...alternatives)}`;

/**
 * A phrase of an order to a model. Where it has a blank a line may end; a German letter may stand as it is, folded, written out, or not at all: what
 * carries ASCII only has lost it.
 */
export const order = (...alternatives: readonly string[]): string =>
  phrase(...alternatives).replace(/\\.|\[(?:\\.|[^\]])*\]|[ äöüß]/g, (sign) => FORMS[sign] ?? sign);
const FORMS: { readonly [sign: string]: string } = {
  " ": "(?: |\\r?\\n)",
  "[ -]": "(?: |-|\\r?\\n)",
  ä: "(?:ä|ae?)?",
  ö: "(?:ö|oe?)?",
  ü: "(?:ü|ue?)?",
  ß: "(?:ß|ss?)?",
};

/** German letters as they are typed and as they are folded. */
export const UE = "(?:ü|u|ue)";
export const AE = "(?:ä|a|ae)";
export const OE = "(?:ö|o|oe)";
