/** Which readings a word asks for, by the hash of the word. Two words may share one: that costs a look, and hides nothing. */
export interface Asking {
  readonly names: ReadonlyMap<number, readonly string[]>;
  /** A mark for each hash's first bits: most words are in no list, and are told by one look-up. */
  readonly marks: Uint8Array;
}

export function asking(words: Iterable<{ readonly word: string; readonly name: string }>): Asking {
  const names = new Map<number, readonly string[]>();
  const marks = new Uint8Array(1 << MARK_BITS);
  for (const { word, name } of words) {
    let hash = 0;
    for (let at = 0; at < word.length; at++) hash = hashed(hash, word.charCodeAt(at));
    names.set(hash, [...(names.get(hash) ?? []), name]);
    marks[markOf(hash)] = 1;
  }
  return { names, marks };
}

/** How many words of a text ask for a reading, by its name: words of Latin letters, in whatever case. */
export function askedIn(text: string, { names, marks }: Asking): ReadonlyMap<string, number> {
  const asked = new Map<string, number>();
  let hash = 0;
  for (let at = 0; at <= text.length; at++) {
    // Past the end this is not a number, which is no letter.
    const letter = text.charCodeAt(at) | 32;
    if (letter >= 97 && letter <= 122) hash = hashed(hash, letter);
    else if (hash !== 0) {
      if (marks[markOf(hash)] === 1) for (const name of names.get(hash) ?? []) asked.set(name, (asked.get(name) ?? 0) + 1);
      hash = 0;
    }
  }
  return asked;
}

const MARK_BITS = 14;
const markOf = (hash: number): number => hash >>> (32 - MARK_BITS);
const hashed = (hash: number, letter: number): number => (Math.imul(hash ^ letter, 0x01000193) + 7) | 0;

/** What codes are made of: rows of numbers, Morse, and words as such. */
export const [NUMBERS, MORSE, WORD] = [1, 2, 4];
const SIGNS = Uint8Array.from({ length: 128 }, (_, unit) => {
  const sign = String.fromCharCode(unit);
  return (/[0-9a-fA-Fx ,:.-]/.test(sign) ? NUMBERS : 0) | (/[._ /|\r\n-]/.test(sign) ? MORSE : 0) | (/[!-~]/.test(sign) ? WORD : 0);
});
/** The dots and dashes of Morse outside ASCII. */
const DOTS = Array.from("·•−", (sign) => sign.charCodeAt(0));

/** Every stretch of at least so many code units of a kind. It looks at every so-maniest only, for each such stretch has one of those in it. */
export function* stretches(text: string, kind: number, least: number): Generator<{ from: number; to: number }> {
  for (let at = least - 1; at < text.length; at += least) {
    if (!isOf(kind, text.charCodeAt(at))) continue;
    let from = at;
    while (from > 0 && isOf(kind, text.charCodeAt(from - 1))) from--;
    at = stretchEnd(text, at, kind);
    if (at - from >= least) yield { from, to: at };
  }
}

export function stretchEnd(text: string, from: number, kind: number): number {
  let at = from;
  while (at < text.length && isOf(kind, text.charCodeAt(at))) at++;
  return at;
}

const isOf = (kind: number, unit: number): boolean => (unit < 128 ? ((SIGNS[unit] as number) & kind) !== 0 : kind === MORSE && DOTS.includes(unit));
