import { memoise } from "../core/memoise.ts";

/** So many code units are told apart one by one. */
export const ASCII = 128;

/** A set of ASCII code units: the bit of each that is in it. */
export type Signs = bigint;

export const ALL: Signs = (1n << BigInt(ASCII)) - 1n;

/** Those that a unit of an expression takes. Hundreds of expressions are made of the same few units. */
export const signsOf = (source: string, flags: string): Signs => (flags === "" ? exactly : inAnyCase)(source);

const [exactly, inAnyCase] = ["", "i"].map((flags) =>
  memoise(2_000, (source: string): Signs => {
    const one = new RegExp(`^${source}$`, flags);
    let signs = 0n;
    for (let unit = ASCII - 1; unit >= 0; unit--) signs = (signs << 1n) | (one.test(String.fromCharCode(unit)) ? 1n : 0n);
    return signs;
  }),
) as [(source: string) => Signs, (source: string) => Signs];

/** The same set with a mark for each of its code units, for a quick look. Most expressions share one with others. */
export const marksOf = memoise(2_000, (signs: Signs): Uint8Array => {
  const [marks, digits] = [new Uint8Array(ASCII), signs.toString(16)];
  for (let unit = 0; unit < 4 * digits.length; unit++) {
    const digit = Number.parseInt(digits[digits.length - 1 - (unit >> 2)] as string, 16);
    marks[unit] = (digit >> (unit & 3)) & 1;
  }
  return marks;
});
