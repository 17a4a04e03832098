import { type Detector, LOOKBEHIND, type Span } from "../../core/detector.ts";
import { type Buckets, bucketsFor, GIVEN, isCandidate, LEFT, looksOf, mayBegin, placeOf } from "./features.ts";
import { LONGEST_WORD, readWords, SHAPE, WIDEST_GAP, type Words, wordsFor } from "./words.ts";

/** Three linear models: how much a word looks like a name, how much like a given one, and where it stands. Odds are `offset + slope * sum / sqrt(features)`. */
export interface Tagger {
  readonly looks: Linear;
  readonly given: Linear;
  readonly place: Linear;
  /** The least odds with which a name begins, and with which it goes on. */
  readonly begins: number;
  readonly goesOn: number;
}
export interface Linear {
  readonly offset: number;
  readonly slope: number;
  readonly weights: Int8Array;
}

/** A name has at most so many words, and so many small ones in a row between two of them. */
const MOST_WORDS = 5;
const MOST_PARTICLES = 3;
const PARTICLES: ReadonlySet<string> = new Set("von van der den de del della di da dos das du la le el al bin ibn zu zum zur vom ten ter y".split(" "));
const LONGEST_PARTICLE = 5;
/** A name and all that decides about it stand in so many code units, counted from its first letter. */
const REACH = MOST_WORDS * (LONGEST_WORD + (MOST_PARTICLES + 1) * (LONGEST_PARTICLE + 2)) + 2 * (LONGEST_WORD + WIDEST_GAP + 2);

export const odds = ({ offset, slope, weights }: Linear, { buckets, count }: Buckets): number => {
  let sum = 0;
  for (let at = 0; at < count; at++) sum += weights[buckets[at] as number] as number;
  return offset + (slope * sum) / Math.sqrt(count);
};

/** What a word looks like in one number: steps of being a name, each in steps of being a given one. Below GIVEN it is not asked where it stands. */
export function levelOf({ looks, given }: Pick<Tagger, "looks" | "given">, room: Buckets): number {
  return stepOf(STEPS, odds(looks, room)) * GIVEN + stepOf(GIVEN_STEPS, odds(given, room));
}
function stepOf(steps: readonly number[], value: number): number {
  let step = 0;
  while (step < steps.length && value > (steps[step] as number)) step++;
  return step;
}
const STEPS = [-5, -3, -1.75, -0.75, 0.5, 1.75, 3];
const GIVEN_STEPS = [-1, 1];

/** Names as they stand in a text: a match for every word with which one begins, as far as the name goes on behind it. INVARIANT: a match reads at most 2 * LEFT code units to its left, which is LOOKBEHIND. */
export type Names = Pick<Detector, "open"> & { find(text: string): Span[] };

export function namesOf(model: Tagger): Names {
  let words: Words = wordsFor(0);
  let levels = new Int8Array(0);
  let scores = new Float32Array(0);
  let text = "";
  /** True once a decision read up to the end of the text, where more may come. */
  let touched = false;

  const read = (given: string, from: number): void => {
    text = given;
    if (words.starts.length < ((text.length - from) >> 1) + 2) {
      words = wordsFor(text.length - from);
      levels = new Int8Array(words.starts.length);
      scores = new Float32Array(words.starts.length);
    }
    readWords(text, from, words);
    levels.fill(UNKNOWN, 0, words.count);
    scores.fill(Number.NaN, 0, words.count);
  };

  const looks = bucketsFor();
  const level = (word: number): number => {
    if (levels[word] === UNKNOWN) {
      looksOf(text, words.starts[word] as number, words.ends[word] as number, words.hashes[word] as number, looks);
      levels[word] = levelOf(model, looks);
    }
    return levels[word] as number;
  };
  const place = bucketsFor();
  const score = (word: number): number => {
    if (!isWhole(word)) touched = true;
    if (!isCandidate(words, word) || level(word) < GIVEN) return -Infinity;
    if (Number.isNaN(scores[word])) {
      placeOf(text, words, word, level, place);
      scores[word] = odds(model.place, place);
    }
    if (!touched) touched = growsBehind(word);
    return scores[word] as number;
  };

  /** A word is whole when two more code units are there: an apostrophe and a capital might go on with it. */
  const isWhole = (word: number): boolean => (words.ends[word] as number) + 1 < text.length;
  /** True where the two words behind it may still change. */
  const growsBehind = (word: number): boolean => {
    for (let step = 0, at = word; step < 2; step++, at++) {
      const end = words.ends[at] as number;
      if (step > 0 && end - (words.starts[at] as number) > LONGEST_WORD) return false;
      if (at + 1 >= words.count) return text.length - end <= WIDEST_GAP;
      if ((words.starts[at + 1] as number) - end > WIDEST_GAP) return false;
      if (!isWhole(at + 1)) return true;
    }
    return false;
  };

  /** The word with which a name that has `word` goes on, or -1. */
  const following = (word: number): number => {
    for (let next = word + 1, particles = 0; ; next++) {
      if (next >= words.count) {
        if (text.length - (words.ends[next - 1] as number) <= 2) touched = true;
        return -1;
      }
      if (!follows(text, words, next)) return -1;
      if (isCandidate(words, next)) return score(next) >= model.goesOn ? next : -1;
      if (!isWhole(next)) touched = true;
      if (++particles > MOST_PARTICLES || !isParticle(text, words, next)) return -1;
    }
  };

  /** Before a word that surely is one, half as sure is enough: a given name is known by its family name. */
  const begins = (word: number): boolean => {
    const own = score(word);
    if (own >= model.begins) return true;
    if (own < (model.begins + model.goesOn) / 2) return false;
    const next = following(word);
    return next >= 0 && score(next) >= model.begins;
  };

  /**
   * True for a word behind the first one of a name: the match that begins there has it. Only what stands within LEFT is asked, and where the
   * first word may be further away, or too many words away, the word begins a match of its own, so that none is lost.
   */
  const isInside = (word: number): boolean => {
    for (let current = word, count = 1; count < MOST_WORDS; count++) {
      let before = current - 1;
      while (before >= 0 && current - before <= MOST_PARTICLES && !isCandidate(words, before) && isParticle(text, words, before)) before--;
      if (before < 0 || !isCandidate(words, before) || !follows(text, words, before + 1)) return count > 1;
      if ((words.starts[before] as number) < (words.starts[word] as number) - LEFT) return false;
      if (following(before) !== current || !begins(before)) return count > 1;
      current = before;
    }
    return false;
  };

  const match = (first: number): Span | undefined => {
    touched = false;
    if (!begins(first) || isInside(first)) return undefined;
    // A single letter is the initial of a name that follows, or nothing.
    let [last, best, whole] = [first, score(first), words.shapes[first] !== SHAPE.initial];
    for (let count = 1; count < MOST_WORDS; count++) {
      const next = following(last);
      if (next < 0) break;
      last = next;
      whole ||= words.shapes[last] !== SHAPE.initial;
      best = Math.max(best, score(last));
    }
    return whole ? { start: words.starts[first] as number, end: words.ends[last] as number, score: 1 / (1 + Math.exp(-best)) } : undefined;
  };

  return {
    find(given) {
      read(given, 0);
      const found: Span[] = [];
      for (let word = 0; word < words.count; word++) {
        const one = match(word);
        if (one !== undefined) found.push(one);
      }
      return found;
    },
    open(given, from = 0) {
      const earliest = Math.max(from, given.length - REACH);
      // What stands before `earliest` is read for what it says of the words behind it.
      const behind = Math.max(0, earliest - LOOKBEHIND);
      read(given, behind);
      for (let word = 0; word < words.count; word++) {
        const start = words.starts[word] as number;
        if (start < earliest) continue;
        match(word);
        if (touched && mayBegin(words, word)) return start;
      }
      return given.length;
    },
  };
}

const UNKNOWN = -1;

/** A name goes on over one blank, a dash, or the full stop of an initial. */
function follows(text: string, { starts, ends }: Words, word: number): boolean {
  const [from, to] = [ends[word - 1] as number, starts[word] as number];
  if (to - from > 2) return false;
  const between = text.slice(from, to);
  return between === " " || between === "\u00a0" || between === "-" || ((between === ". " || between === ".") && from - (starts[word - 1] as number) <= 2);
}

function isParticle(text: string, { starts, ends }: Words, word: number): boolean {
  const [start, end] = [starts[word] as number, ends[word] as number];
  return end - start <= LONGEST_PARTICLE && PARTICLES.has(text.slice(start, end));
}
