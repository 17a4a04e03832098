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

  return {
    matches(text, from = 0) {
      const said = wordsOf(text);
      return said.flatMap((word, first): Match[] => {
        const last = said[first + length - 1];
        if (last === undefined || word.start < from) return [];
        let hash = 0;
        for (let at = first; at < first + length; at++) {
          if (at > first && isApart(said[at - 1], said[at])) return [];
          hash = mixed(hash, (said[at] as Word).hash);
          if (at < first + length - 1 && !beginnings.has(hash)) return [];
        }
        return rows.has(hash) ? [{ detector: PROMPT, kind: "internal", start: word.start, end: last.end, score: 1, order: Number.MAX_SAFE_INTEGER }] : [];
      });
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

/** The words of a text from a place on, `most` at the most; one that goes over the place is left out. */
function wordsOf(text: string, from = 0, most = Infinity): Word[] {
  const expression = /[\p{L}\p{N}]+/gu;
  expression.lastIndex = from;
  const words: Word[] = [];
  for (let match = expression.exec(text); match !== null && words.length < most; match = expression.exec(text)) {
    if (match.index === from && from > 0 && /[\p{L}\p{N}]/u.test(text[from - 1] as string)) continue;
    words.push({ start: match.index, end: match.index + match[0].length, hash: hashOf(match[0].toLowerCase()) });
  }
  return words;
}

/** 48 bits: among some ten thousand rows two that are not equal have the same hash once in a hundred thousand prompts. */
const SPACE = 2 ** 48;
const mixed = (hash: number, word: number): number => (hash * 31 + word + 7) % SPACE;

function hashOf(word: string): number {
  let [a, b] = [0x811c9dc5, 5381];
  for (let at = 0; at < word.length; at++) {
    a = Math.imul(a ^ word.charCodeAt(at), 0x01000193);
    b = (Math.imul(b, 33) + word.charCodeAt(at)) | 0;
  }
  return (a >>> 0) * 32_768 + ((b >>> 0) & 0x7fff);
}
