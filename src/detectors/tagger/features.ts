import { folded, LONGEST_WORD, SHAPE, WIDEST_GAP, type Words } from "./words.ts";

/** One signed byte for each of so many buckets: what a word looks like, and where it stands. */
export const LOOKS_BITS = 16;
export const PLACE_BITS = 17;

/** So many code units to the left of a word count for it. */
export const LEFT = 32;

/** How much a word looks like a name, and how much like a given one, as one number; behind these what is no candidate. */
const LEVELS = 8;
export const GIVEN = 3;
const KINDS = LEVELS * GIVEN;
const [NO_WORD, LOWER, NUMBER, LONG] = [KINDS, KINDS + 1, KINDS + 2, KINDS + 3] as const;

export interface Buckets {
  readonly buckets: Int32Array;
  count: number;
}
/** No word has more features than this. */
export const bucketsFor = (): Buckets => ({ buckets: new Int32Array(64), count: 0 });

const feature = (bits: number, kind: number, value: number): number => {
  const hash = Math.imul(value ^ Math.imul(kind + 1, 0x85ebca6b), 0x9e3779b1);
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> (32 - bits);
};

/** A word by its letters alone: the whole, its ends, and runs of three. */
export function looksOf(text: string, start: number, end: number, hash: number, into: Buckets): void {
  const { buckets } = into;
  const length = end - start;
  let count = 0;
  const add = (kind: number, value: number): void => {
    buckets[count++] = feature(LOOKS_BITS, kind, value);
  };
  add(0, hash);
  add(1, length);
  let [head, tail] = [0, 0];
  for (let at = 0; at < 4 && at < length; at++) {
    head = (head << 7) ^ folded(text.charCodeAt(start + at));
    tail = (tail << 7) ^ folded(text.charCodeAt(end - 1 - at));
    if (at > 0) add(2 + at, head);
    add(6 + at, tail);
  }
  let run = 0;
  for (let at = start; at < end; at++) {
    run = ((run << 8) | (folded(text.charCodeAt(at)) & 0xff)) & 0xffffff;
    if (at - start >= 2) add(10, run);
  }
  into.count = count;
}

/** True where the first sign is a capital: however the word goes on, it may be a part of a name. */
export const mayBegin = ({ shapes }: Words, word: number): boolean => shapes[word] !== SHAPE.small && shapes[word] !== SHAPE.digits;

/** True for a word that could be a part of a name. */
export const isCandidate = (words: Words, word: number): boolean =>
  mayBegin(words, word) && (words.ends[word] as number) - (words.starts[word] as number) <= LONGEST_WORD;

/** From these features on it is the word itself that counts, and the words around it: training leaves them out at times. */
export const WORDS = 13;
export const AROUND = 16;

/** What `levels` says of a word, or why it says nothing. */
function levelOf(words: Words, word: number, levels: (word: number) => number): number {
  if (word < 0 || word >= words.count) return NO_WORD;
  if ((words.ends[word] as number) - (words.starts[word] as number) > LONGEST_WORD) return LONG;
  if (words.shapes[word] === SHAPE.digits) return NUMBER;
  return isCandidate(words, word) ? levels(word) : LOWER;
}

/**
 * A word by what stands around it: two words behind it, three before it, the signs between, and how much it and its neighbours look like
 * names. INVARIANT: reads no further to the left than LEFT from the word's start, and to the right no further than two words of
 * LONGEST_WORD behind gaps of WIDEST_GAP.
 */
export function placeOf(text: string, words: Words, word: number, levels: (word: number) => number, into: Buckets): void {
  const { starts, ends, hashes, shapes } = words;
  const { buckets } = into;
  let count = 0;
  const add = (kind: number, value: number): void => {
    buckets[count++] = feature(PLACE_BITS, kind, value);
  };
  const limit = (starts[word] as number) - LEFT;
  // A word that may have begun before the limit is none: one more unit to its left decides that.
  const before = (step: number): number => {
    const at = word - step;
    return at >= 0 && (starts[at] as number) > limit ? at : -1;
  };
  const after = (from: number): number => {
    const next = from + 1;
    if (from < 0 || next >= words.count || (ends[from] as number) - (starts[from] as number) > LONGEST_WORD) return -1;
    return (starts[next] as number) - (ends[from] as number) > WIDEST_GAP ? -1 : next;
  };
  const [one, two, three] = [before(1), before(2), before(3)];
  const next = after(word);
  const second = after(next);
  const hash = (at: number): number => (at < 0 ? 0 : (hashes[at] as number));
  const level = levels(word);
  const [left, right, far] = [levelOf(words, one, levels), levelOf(words, next, levels), levelOf(words, second, levels)];
  const behind = gap(text, one < 0 ? Math.max(0, limit) : (ends[one] as number), starts[word] as number, -1);
  const ahead = gap(text, ends[word] as number, Math.min(text.length, (ends[word] as number) + WIDEST_GAP, next < 0 ? Infinity : (starts[next] as number)), 1);
  const gaps = (behind << 8) | ahead;
  const shape = shapes[word] as number;
  const outline = ((one < 0 ? 7 : (shapes[one] as number)) << 6) | (shape << 3) | (next < 0 ? 7 : (shapes[next] as number));
  const around = (left << 10) | (level << 5) | right;
  const step = (kind: number): number => (kind < KINDS ? Math.trunc(kind / GIVEN) : kind);
  const coarse = (step(left) << 10) | (step(level) << 5) | step(right);
  const own = step(level);

  // What it looks like, and its neighbours, and the signs between.
  add(0, level);
  add(1, (level << 3) | shape);
  add(2, around);
  add(3, Math.imul(around, 65_599) + gaps);
  add(4, Math.imul(coarse, 65_599) + gaps);
  add(5, (level << 10) | (right << 5) | far);
  add(6, (behind << 5) | level);
  add(7, (ahead << 5) | level);
  add(8, (gaps << 5) | level);
  add(9, outline);
  add(10, (outline << 5) | level);
  add(11, Math.imul((outline << 5) | own, 65_599) + gaps);
  add(12, coarse);
  // Which words these are.
  add(WORDS, hash(word));
  add(WORDS + 1, Math.imul(hash(word), 31) + ((left << 5) | right));
  add(WORDS + 2, tailOf(text, starts[word] as number, ends[word] as number));
  add(AROUND, hash(one));
  add(AROUND + 1, Math.imul(hash(one), 32) + level);
  add(AROUND + 2, hash(next));
  add(AROUND + 3, Math.imul(hash(next), 32) + level);
  add(AROUND + 4, Math.imul(hash(two), 31) + hash(one));
  add(AROUND + 5, Math.imul(hash(next), 31) + hash(second));
  add(AROUND + 6, Math.imul(hash(one), 31) + hash(next));
  add(AROUND + 7, hash(two));
  add(AROUND + 8, hash(three));
  add(AROUND + 9, Math.imul(hash(one), 31) + gaps);
  add(AROUND + 10, Math.imul(hash(next), 31) + gaps);
  add(AROUND + 11, Math.imul(hash(second), 32) + level);
  into.count = count;
}

function tailOf(text: string, start: number, end: number): number {
  let tail = 0;
  for (let at = Math.max(start, end - 3); at < end; at++) tail = (tail << 8) ^ folded(text.charCodeAt(at));
  return tail;
}

/** What stands between two words: the sign beside the word, the first one beyond blanks, and whether a line ends. `step` leads away from the word. */
function gap(text: string, from: number, to: number, step: 1 | -1): number {
  if (from >= to) return from === 0 || to === text.length ? 255 : 254;
  const beside = SIGN(text.charCodeAt(step === 1 ? from : to - 1));
  let [sign, line] = [0, 0];
  for (let [at, left] = [step === 1 ? from : to - 1, WIDEST_GAP]; at >= from && at < to && left > 0 && sign === 0; at += step, left--) {
    const unit = text.charCodeAt(at);
    if (unit === 10 || unit === 13) line = 1;
    else if (unit !== 32 && unit !== 9 && unit !== 0xa0) sign = SIGN(unit);
  }
  return (beside * 11 + sign) * 2 + line;
}

const SIGNS: readonly string[] = [" \t\u00a0", "\n\r", ".!?…", ",;", ":=", "\"'`“”„‚‘’«»", "()[]{}", "-–—", "/\\_@#$~|", "<>*&+"];
const SIGN = (unit: number): number => KNOWN[unit < 0x2100 ? unit : 0] as number;
const KNOWN = new Uint8Array(0x2100);
SIGNS.forEach((signs, kind) => {
  for (const sign of signs) KNOWN[sign.charCodeAt(0)] = kind + 1;
});
