import { ASCII, marksOf, signsOf } from "./ascii.ts";
import type { Node } from "./regexp.ts";

/** Finds the next place, at `from` or behind it, where the beginning of an expression fits; -1 where there is none. */
export type Seek = (text: string, from: number) => number;

/** Fewer signs than this skip too little. */
const LEAST = 4;
const MOST = 12;

/**
 * Horspool's search (1980) for a row of classes in place of signs: where the sign under the last class is in none of them, all of them are
 * skipped. For expressions that begin with nothing rare, which would else be tried at every place. Undefined where the beginning is not of
 * one length. What is not ASCII fits every class that is not plain ASCII: the expression itself looks closer.
 */
export function seeker(tree: Node, flags: string): Seek | undefined {
  const row: string[] = [];
  begin(row, tree);
  const classes = row.slice(0, MOST);
  const length = classes.length;
  if (length < LEAST) return undefined;
  // One row of marks for each class.
  const fits = new Uint8Array(length * UNITS);
  classes.forEach((source, at) => {
    fits.set(marksOf(signsOf(source, flags)), at * UNITS);
    fits[at * UNITS + FOREIGN] = isPlain(source) ? 0 : 1;
  });
  const skip = Uint8Array.from({ length: UNITS }, (_, unit) => {
    let nearest = length - 2;
    while (nearest >= 0 && fits[nearest * UNITS + unit] === 0) nearest--;
    return length - 1 - nearest;
  });
  return (text, from) => {
    for (let at = from + length - 1; at < text.length; ) {
      const last = classOf(text.charCodeAt(at));
      let row = (length - 1) * UNITS;
      if (fits[row + last] === 1) {
        let behind = at - 1;
        for (row -= UNITS; row >= 0 && fits[row + classOf(text.charCodeAt(behind))] === 1; row -= UNITS) behind--;
        if (row < 0) return at - length + 1;
      }
      at += skip[last] as number;
    }
    return -1;
  };
}

/**
 * Finds where so many code units of ASCII begin, with a letter, of which no two neighbours are both letters: letters that were spaced out. Looked at from the end of
 * each stretch, most text is skipped.
 */
export function apart(least: number): Seek {
  return (text, from) => {
    for (let start = from; start + least <= text.length; ) {
      if (!isLetter(text.charCodeAt(start))) {
        start++;
        continue;
      }
      let at = start + least - 1;
      for (let letter = false; at >= start; at--) {
        const unit = text.charCodeAt(at);
        const next = isLetter(unit);
        if (unit >= ASCII || (letter && next)) break;
        letter = next;
      }
      if (at < start) return start;
      start = at + 1;
    }
    return -1;
  };
}

const isLetter = (unit: number): boolean => {
  const folded = unit | 32;
  return folded >= 97 && folded <= 122;
};

/** True for a unit of an expression that takes ASCII only, whatever its flags. */
const isPlain = (source: string): boolean => !/[^\0-\x7f]|\\[uxpPWSDs]|^\[\^|^\.$/.test(source);

const FOREIGN = ASCII;
const UNITS = FOREIGN + 1;
const classOf = (unit: number): number => (unit < FOREIGN ? unit : FOREIGN);

/** Adds the classes of the code units with which every match begins, as far as that is one row; false where the row ends in this node. */
function begin(row: string[], node: Node): boolean {
  switch (node.kind) {
    case "edge":
    case "look":
      return true;
    case "unit":
      row.push(node.source);
      return true;
    case "text":
      row.push(...node.source);
      return true;
    case "all":
      return node.items.every((item) => begin(row, item));
    case "any":
      return false;
    case "repeat":
      for (let time = 0; time < Math.min(node.least, MOST); time++) if (!begin(row, node.item)) return false;
      return node.least === node.most;
  }
}
