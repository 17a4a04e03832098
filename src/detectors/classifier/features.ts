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
export const featuresFor = (length: number): Features => ({
  buckets: new Int32Array(3 * length + 8),
  until: new Int32Array(blocksOf(length) + 1),
  count: 0,
});

const SPREAD = 0x9e3779b1;
const bucket = (hash: number): number => Math.imul(hash ^ (hash >>> 15), SPREAD) >>> (32 - BITS);

/**
 * Hashed words, pairs and triples of words, and runs of four letters across words. Case is folded, digits are one class, all that is no
 * letter is one gap: what a text says counts, not how it is set. Buckets are shared by chance; training sees the same buckets.
 */
export function extract(text: string, into: Features): void {
  const { buckets, until } = into;
  let [count, word, before, last, run, gap, block, edge] = [0, 0, 0, 0, 0x20202020, true, 0, BLOCK];
  for (let at = 0; at <= text.length; at++) {
    const unit = at < text.length ? (CLASS[Math.min(text.charCodeAt(at), 255)] as number) : GAP;
    if (unit === GAP && !gap) {
      buckets[count++] = bucket(word);
      buckets[count++] = bucket(Math.imul(last, 31) + word);
      buckets[count++] = bucket(Math.imul(before, 961) + Math.imul(last, 37) + word);
      before = last;
      last = word;
      word = 0;
    }
    // A word ends before the gap that ends it; a run ends with its last sign.
    if (at === edge) {
      until[block++] = count;
      edge += BLOCK;
    }
    if (unit === GAP) {
      if (gap) continue;
    } else word = Math.imul(word ^ unit, 0x01000193) + 7;
    gap = unit === GAP;
    run = (run << 8) | unit;
    buckets[count++] = bucket(Math.imul(run, 0x85ebca6b) ^ 0x5bd1e995);
  }
  until[blocksOf(text.length) - 1] = count;
  into.count = count;
}

const GAP = 32;
/** Folded signs: lower-case letters, one digit, and the gap. Other scripts are gaps too: nothing was learned about them, so nothing is said. */
const CLASS = Uint8Array.from({ length: 256 }, (_, unit) => {
  const sign = String.fromCharCode(unit);
  if (/\d/.test(sign)) return 48;
  if (unit === 255) return GAP;
  return /[a-z\u00c0-\u00fe]/i.test(sign) ? sign.toLowerCase().charCodeAt(0) : GAP;
});
