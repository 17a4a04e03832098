import { type Concepts, conceptsFor, type Hash, SLOTS, slotOf } from "./concepts.ts";

/** The weights of a model: one signed byte for each of so many buckets. */
export const BITS = 18;

/** A text is read in blocks of this many code units. */
export const BLOCK = 256;

/** The features of a text in the order in which they end: their buckets, and for each block how many end in it or before it. */
export interface Features {
  readonly buckets: Int32Array;
  readonly until: Int32Array;
  count: number;
}

export const blocksOf = (length: number): number => Math.max(1, Math.ceil(length / BLOCK));
/** The most buckets of a text of this length: a word and its gap are two signs at least and end nine of them. */
export const roomFor = (length: number): number => 5 * length + 8;
export const featuresFor = (length: number): Features => ({
  buckets: new Int32Array(roomFor(length)),
  until: new Int32Array(blocksOf(length) + 1),
  count: 0,
});

const SPREAD = 0x9e3779b1;
const bucket = (hash: number): number => Math.imul(hash ^ (hash >>> 15), SPREAD) >>> (32 - BITS);

/**
 * Hashed words, their first five letters, pairs of words; and of the words that have a concept, the concept and its pairs and triples with those
 * before it, however many other words stand between, because German and English order them differently. Case is folded, digits are one class, all
 * that is no letter is one gap: what a text says counts, not how it is set. Buckets are shared by chance; training sees the same buckets.
 */
export function extract(text: string, into: Features): void {
  const { buckets, until } = into;
  const { keys, values } = concepts();
  let [count, word, stem, letters, last, block, edge] = [0, 0, 0, 0, 0, 0, BLOCK];
  let [one, two, three] = [0, 0, 0];
  for (let at = 0; at <= text.length; at++) {
    const unit = at < text.length ? (CLASS[Math.min(text.charCodeAt(at), 255)] as number) : GAP;
    if (unit !== GAP) {
      word = grown(word, unit);
      if (++letters <= STEM) stem = word;
    } else if (letters > 0) {
      buckets[count++] = bucket(word);
      buckets[count++] = bucket(stem ^ 0x01234567);
      buckets[count++] = bucket(Math.imul(last, 31) + word);
      let slot = slotOf(word);
      while (keys[slot] !== word && keys[slot] !== 0) slot = (slot + 1) & (SLOTS - 1);
      const concept = values[slot] as number;
      if (concept !== 0) {
        buckets[count++] = conceptBucket(concept);
        buckets[count++] = conceptBucket(0x10000 | (concept << 8) | one);
        buckets[count++] = conceptBucket(0x20000 | either(concept, one));
        buckets[count++] = conceptBucket(0x20000 | either(concept, two));
        buckets[count++] = conceptBucket(0x20000 | either(concept, three));
        buckets[count++] = conceptBucket(0x40000000 | (concept << 16) | (one << 8) | two);
        three = two;
        two = one;
        one = concept;
      }
      last = word;
      word = 0;
      letters = 0;
    }
    // A word ends before the gap that ends it.
    if (at === edge) {
      until[block++] = count;
      edge += BLOCK;
    }
  }
  until[blocksOf(text.length) - 1] = count;
  into.count = count;
}

const STEM = 5;
const conceptBucket = (code: number): number => bucket(Math.imul(code, 0x2545f491) ^ 0x1b873593);
const either = (a: number, b: number): number => (a < b ? (a << 8) | b : (b << 8) | a);

const GAP = 32;
/** Folded signs: lower-case letters, one digit, and the gap. Other scripts are gaps too: nothing was learned about them, so nothing is said. */
const CLASS = Uint8Array.from({ length: 256 }, (_, unit) => {
  const sign = String.fromCharCode(unit);
  if (/\d/.test(sign)) return 48;
  if (unit === 255) return GAP;
  return /[a-z\u00c0-\u00fe]/i.test(sign) ? sign.toLowerCase().charCodeAt(0) : GAP;
});

const grown = (hash: number, unit: number): number => (Math.imul(hash ^ unit, 0x01000193) + 7) | 0;
const hashed: Hash = (word, from) => {
  let hash = from;
  for (let at = 0; at < word.length; at++) hash = grown(hash, CLASS[word.charCodeAt(at)] as number);
  return hash;
};
let made: Concepts | undefined;
/** Made when the first text comes. */
const concepts = (): Concepts => (made ??= conceptsFor(hashed));
