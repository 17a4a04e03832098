import type { Node } from "./regexp.ts";

/** Finds the next place, at `from` or behind it, where the beginning of an expression fits; -1 where there is none. */
export type Seek = (text: string, from: number) => number;

/** Fewer signs than this skip too little. */
const LEAST = 4;
const MOST = 12;

/**
 * Horspool's search (1980) for a row of classes in place of signs: where the sign under the last class is in none of them, all of them are
 * skipped. For expressions that begin with nothing rare, which would else be tried at every place. Undefined where the beginning is not of
 * one length. What is not ASCII fits every class: the expression itself looks closer.
 */
export function seeker(tree: Node, flags: string): Seek | undefined {
  const row: string[] = [];
  begin(row, tree);
  const classes = row.slice(0, MOST);
  const length = classes.length;
  if (length < LEAST) return undefined;
  const fits = classes.map((source) => {
    const one = new RegExp(`^(?:${source})$`, flags);
    return Uint8Array.from({ length: 129 }, (_, unit) => (unit === FOREIGN || one.test(String.fromCharCode(unit)) ? 1 : 0));
  });
  const skip = Uint8Array.from({ length: 129 }, (_, unit) => {
    const nearest = fits.slice(0, -1).findLastIndex((fit) => fit[unit] === 1);
    return length - 1 - nearest;
  });
  return (text, from) => {
    for (let at = from + length - 1; at < text.length; ) {
      let behind = length - 1;
      while (behind >= 0 && fits[behind]?.[classOf(text, at - length + 1 + behind)] === 1) behind--;
      if (behind < 0) return at - length + 1;
      at += skip[classOf(text, at)] as number;
    }
    return -1;
  };
}

const FOREIGN = 128;
const classOf = (text: string, at: number): number => Math.min(text.charCodeAt(at), FOREIGN);

/** Adds the classes of the code units with which every match begins, as far as that is one row; false where the row ends in this node. */
function begin(row: string[], node: Node): boolean {
  switch (node.kind) {
    case "edge":
    case "look":
      return true;
    case "unit":
      row.push(node.source);
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
