import { compareMatches, LOUD, type Match, type Scanner } from "../../core/index.ts";

/** Finds where a text repeats so many words of another in a row, whatever stands between the words. */
export interface Quotes {
  matches(text: string, from?: number): Match[];
  /** The smallest place from which such a row might still begin or grow. */
  open(text: string): number;
}

/** The name under which a repetition is known. */
export const PROMPT = "system-prompt";

/** A longer word, or a longer gap between two, ends a row: what waits for its end must have one. */
const LONGEST = 64;
/** So many words of the other text are known. */
const MOST = 6_000;
/** UTF-16 code units of all texts that are remembered, which bounds what is known of them: 3 MB for ordinary prose, 30 MB for single letters. */
const MOST_KEPT = 131_072;
/** Fewer words in a row are said by chance. */
const FEWEST = 5;

interface Word {
  readonly start: number;
  readonly end: number;
  readonly hash: number;
}

const kept = new Map<string, { readonly quotes: Quotes | undefined }>();
let keptUnits = 0;

/**
 * `row`: how many words make a repetition; a shorter text counts as a whole. Undefined where it is too short to be told from chance.
 * An agent sends the same system prompt with every request, and taking one of 2,000 words apart costs a millisecond: the last few are remembered.
 */
export function quotesOf(original: string, row: number): Quotes | undefined {
  const key = `${row} ${original}`;
  const known = kept.get(key);
  const quotes = known === undefined ? quotesIn(wordsOf(original, 0, MOST), row) : known.quotes;
  if (key.length > MOST_KEPT) return quotes;
  if (!kept.delete(key)) keptUnits += key.length;
  kept.set(key, { quotes });
  for (const oldest of kept.keys()) {
    if (keptUnits <= MOST_KEPT) break;
    kept.delete(oldest);
    keptUnits -= oldest.length;
  }
  return quotes;
}

function quotesIn(words: readonly Word[], row: number): Quotes | undefined {
  const length = Math.min(row, words.length);
  if (length < FEWEST) return undefined;
  /** The hashes of all rows of words, and of the beginnings of them. */
  const [rows, beginnings] = [new Set<number>(), new Set<number>()];
  words.forEach((_, first) => {
    let hash = 0;
    for (let at = first; at < Math.min(words.length, first + length); at++) {
      hash = mixed(hash, (words[at] as Word).hash);
      (at - first + 1 === length ? rows : beginnings).add(hash);
    }
  });

  const isRow = (said: readonly Word[], first: number): boolean => {
    let hash = 0;
    for (let at = first; at < first + length; at++) {
      if (at > first && isApart(said[at - 1], said[at])) return false;
      hash = mixed(hash, (said[at] as Word).hash);
      // Nearly every word of an ordinary answer ends here.
      if (at < first + length - 1 && !beginnings.has(hash)) return false;
    }
    return rows.has(hash);
  };

  return {
    matches(text, from = 0) {
      const said = wordsOf(text);
      const found: Match[] = [];
      for (let first = 0; first + length <= said.length; first++) {
        if ((said[first] as Word).start < from || !isRow(said, first)) continue;
        const [start, end] = [(said[first] as Word).start, (said[first + length - 1] as Word).end];
        found.push({ detector: PROMPT, kind: "internal", start, end, score: 1, order: Number.MAX_SAFE_INTEGER });
      }
      return found;
    },
    open(text) {
      const tail = Math.max(0, text.length - (length + 1) * 2 * LONGEST);
      const said = wordsOf(text, tail);
      for (let first = 0; first < said.length; first++) {
        let hash = 0;
        for (let at = first; at < first + length; at++) {
          const word = said[at];
          if (at > first && word !== undefined && isApart(said[at - 1], word)) break;
          // The end of the text: the word that stands there may grow, and where none stands one may follow.
          if (word === undefined ? text.length - (said[at - 1]?.end ?? 0) <= LONGEST : word.end === text.length && word.end - word.start <= LONGEST)
            return (said[first] as Word).start;
          if (word === undefined) break;
          hash = mixed(hash, word.hash);
          if (!beginnings.has(hash)) break;
        }
      }
      return text.length;
    },
  };
}

/** A scanner that finds repetitions beside what it finds by itself. It is never calm: a row may begin with any word. */
export function withQuotes(scanner: Scanner, quotes: Quotes): Scanner {
  return {
    matches: (text, source, from) => [...scanner.matches(text, source, from), ...quotes.matches(text, from)].sort(compareMatches),
    open: (text) => Math.min(scanner.open(text), quotes.open(text)),
    calm: () => LOUD,
  };
}

const isApart = (a: Word | undefined, b: Word | undefined): boolean =>
  a === undefined || b === undefined || b.start - a.end > LONGEST || a.end - a.start > LONGEST || b.end - b.start > LONGEST;

const IN_WORD = /[\p{L}\p{N}]/u;

/** The words of a text from a place on, `most` at the most; one that goes over the place is left out. */
function wordsOf(text: string, from = 0, most = Infinity): Word[] {
  const words: Word[] = [];
  let at = from;
  if (from > 0 && lengthInWord(text, from - 1) > 0) while (at < text.length && lengthInWord(text, at) > 0) at += lengthInWord(text, at);
  while (at < text.length && words.length < most) {
    const start = at;
    for (let more = lengthInWord(text, at); more > 0; more = lengthInWord(text, at)) at += more;
    if (at > start) words.push({ start, end: at, hash: hashOf(text, start, at) });
    else at++;
  }
  return words;
}

/** How many code units of a word's next sign stand here; 0 where it is none of a word. */
function lengthInWord(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  if (unit < 128) return (unit >= 97 && unit <= 122) || (unit >= 65 && unit <= 90) || (unit >= 48 && unit <= 57) ? 1 : 0;
  const point = text.codePointAt(at);
  return point !== undefined && IN_WORD.test(String.fromCodePoint(point)) ? (point > 0xffff ? 2 : 1) : 0;
}

/** 48 bits: among some ten thousand rows two that are not equal have the same hash once in a hundred thousand prompts. */
const SPACE = 2 ** 48;
const mixed = (hash: number, word: number): number => (hash * 31 + word + 7) % SPACE;

function hashOf(text: string, start: number, end: number): number {
  let [a, b] = [0x811c9dc5, 5381];
  // What a sign beyond ASCII is in small letters may depend on its neighbours: such a word is folded as a whole.
  const word = isAscii(text, start, end) ? undefined : text.slice(start, end).toLowerCase();
  for (let at = word === undefined ? start : 0; at < (word === undefined ? end : word.length); at++) {
    const unit = (word ?? text).charCodeAt(at);
    const small = unit >= 65 && unit <= 90 ? unit + 32 : unit;
    a = Math.imul(a ^ small, 0x01000193);
    b = (Math.imul(b, 33) + small) | 0;
  }
  return (a >>> 0) * 32_768 + ((b >>> 0) & 0x7fff);
}

function isAscii(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (text.charCodeAt(at) >= 128) return false;
  return true;
}
