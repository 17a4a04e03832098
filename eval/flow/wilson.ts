/** A share with how sure it is. All three are between 0 and 1. */
export interface Share {
  readonly hits: number;
  readonly n: number;
  readonly share: number;
  /** The 95 % Wilson interval: unlike the textbook one it holds for few cases and for shares near 0 and 1. */
  readonly low: number;
  readonly high: number;
}

const Z = 1.959964;

/** `hits` of `n`. Of nothing, nothing is known: the interval is everything. Throws on counts that cannot be. */
export function shareOf(hits: number, n: number): Share {
  if (!Number.isInteger(hits) || !Number.isInteger(n) || hits < 0 || hits > n) throw new Error(`no share: ${hits} of ${n}`);
  if (n === 0) return { hits, n, share: 0, low: 0, high: 1 };
  const p = hits / n;
  const middle = (p + Z ** 2 / (2 * n)) / (1 + Z ** 2 / n);
  const half = (Z / (1 + Z ** 2 / n)) * Math.sqrt((p * (1 - p)) / n + Z ** 2 / (4 * n ** 2));
  return { hits, n, share: p, low: hits === 0 ? 0 : Math.max(0, middle - half), high: hits === n ? 1 : Math.min(1, middle + half) };
}
