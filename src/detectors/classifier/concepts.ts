import { ENDINGS, FRONTS, LEXICON } from "./lexicon.ts";

/** Words by their hash, with the concept that each stands for: open addressing, at most half full. */
export interface Concepts {
  readonly keys: Int32Array;
  readonly values: Uint8Array;
}

const SLOT_BITS = 15;
export const SLOTS = 1 << SLOT_BITS;
/** Where a hash is looked for first; its neighbours follow. */
export const slotOf = (word: number): number => Math.imul(word, 0x9e3779b1) >>> (32 - SLOT_BITS);

/** The hash of a word, going on from that of what stands before; `features.ts` has it, so a word is looked up by what is known of it already. */
export type Hash = (word: string, from: number) => number;

/** Zero is no word. */
export function conceptsFor(hash: Hash): Concepts {
  const [keys, values] = [new Int32Array(SLOTS), new Uint8Array(SLOTS)];
  let used = 0;
  const add = (key: number, concept: number): void => {
    let slot = slotOf(key);
    while (keys[slot] !== 0 && keys[slot] !== key) slot = (slot + 1) & (SLOTS - 1);
    // A word under two concepts stands for the first.
    if (keys[slot] === key) return;
    keys[slot] = key;
    values[slot] = concept;
    if (++used > SLOTS / 2) throw new RangeError("the lexicon holds more words than its table");
  };
  LEXICON.forEach((line, at) => {
    line.split(" | ").forEach((side, which) => {
      for (const entry of side.split(" ")) {
        const stem = entry.replace(/^\+|~$/g, "");
        const endings = entry.endsWith("~") ? (ENDINGS[which] as string[]) : [""];
        for (const front of entry.startsWith("+") ? FRONTS : [""]) {
          const begun = hash(stem, hash(front, 0));
          for (const ending of endings) add(hash(ending, begun), at + 1);
        }
      }
    });
  });
  return { keys, values };
}
