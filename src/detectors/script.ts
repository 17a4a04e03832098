/**
 * Groups of scripts, for the one pass over literals: a text in Cyrillic must not call for whoever looks for a sign that nobody sees, and one in Chinese for
 * nobody. INVARIANT: a letter stands in the same group in either case, so that comparing without regard to case never misses one.
 */

/** What stands for each group in literals: Latin and Greek; Cyrillic and its neighbours; the writing of East Asia; all else, among it signs and emoji. */
export const SCRIPTS: readonly string[] = ["\u0080", "\u0400", "\u4e00", "\u2000"];

// By blocks of 256 code units, from the first one to the last.
const BLOCKS: readonly (readonly [group: number, first: number, last: number])[] = [
  [0, 0x00, 0x03],
  [1, 0x04, 0x05],
  [1, 0x10, 0x10], // Georgian, whose capitals are in 1C beside some Cyrillic
  [1, 0x1c, 0x1c],
  [0, 0x13, 0x13], // Cherokee, whose small letters are in AB
  [0, 0x1d, 0x1f],
  [0, 0x21, 0x21],
  [0, 0x2c, 0x2c],
  [1, 0x2d, 0x2d],
  [2, 0x30, 0x30],
  [2, 0x32, 0xa5], // 31 has fillers that nobody sees
  [1, 0xa6, 0xa6],
  [0, 0xa7, 0xa7],
  [2, 0xa8, 0xaa],
  [0, 0xab, 0xab],
  [2, 0xac, 0xd7],
];
const groups = new Uint8Array(256).fill(3);
for (const [group, first, last] of BLOCKS) groups.fill(group, first, last + 1);

/** The group of a code unit that is not ASCII: its place in SCRIPTS. */
export const scriptOf = (unit: number): number => groups[unit >> 8] as number;

/** A code unit as literals have it, lower-case letters and digits apart. */
export function scriptSign(unit: number): string {
  if (unit < 128) return isControl(unit) ? CONTROL : String.fromCharCode(unit);
  return SCRIPTS[scriptOf(unit)] as string;
}

/** What stands in literals for what no text means to have: whoever looks for one of these looks for most, and each by itself would make every table longer by a third. */
export const CONTROL = "\0";
export const isControl = (unit: number): boolean => (unit < 32 && !SPACES.has(unit)) || unit === 127;
/** Tab, line feed, form feed, carriage return. */
const SPACES: ReadonlySet<number> = new Set([9, 10, 12, 13]);

/** What stands for what is not ASCII in a range of code units, both ends included. */
export function scriptsWithin(low: number, high: number): readonly string[] {
  const met = new Set<string>();
  for (let block = Math.max(low, 128) >> 8; block <= high >> 8 && high > 127; block++) met.add(SCRIPTS[groups[block] as number] as string);
  return [...met];
}
