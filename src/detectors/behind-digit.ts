import type { Node } from "./regexp.ts";

const DIGITS = Array.from("0123456789");

/** True for a code unit function that says of every digit that no match begins behind it. */
export const barsDigits = (follows: (unit: number) => boolean): boolean => DIGITS.every((digit) => !follows(digit.charCodeAt(0)));

/** True where the expression itself rules out that a match begins right behind a digit. */
export const neverBehindDigit = (node: Node): boolean => DIGITS.every((digit) => neverBehind(node, matching(digit)));

/** For each ASCII code unit 1 where the expression itself rules out that a match begins right behind it. */
export function barredBehind(node: Node, flags: string): Uint8Array {
  const compiled = new Map<string, RegExp>();
  return Uint8Array.from({ length: 128 }, (_, unit) => {
    const sign = String.fromCharCode(unit);
    const fits: Fits = (source) => {
      let one = compiled.get(source);
      if (one === undefined) compiled.set(source, (one = new RegExp(`^${source}$`, flags)));
      return one.test(sign);
    };
    return neverBehind(node, fits) ? 1 : 0;
  });
}

/** Whether a unit's expression takes the sign in question. */
type Fits = (source: string) => boolean;
const matching =
  (sign: string): Fits =>
  (source) =>
    new RegExp(`^${source}$`).test(sign);

/** What the expression looks back at is never this sign, or must not be it. */
function neverBehind(node: Node, fits: Fits): boolean {
  switch (node.kind) {
    case "unit":
    case "edge":
      return false;
    case "look": {
      if (node.sign === "<!") return takes(node.item, fits);
      const end = node.sign === "<=" ? endOf(node.item, fits) : undefined;
      return end !== undefined && !end.sign && !end.empty;
    }
    case "any":
      return node.items.every((item) => neverBehind(item, fits));
    case "all":
      for (const item of node.items) {
        if (neverBehind(item, fits)) return true;
        if (item.kind !== "look" && item.kind !== "edge") return false;
      }
      return false;
    case "repeat":
      return node.least > 0 && neverBehind(node.item, fits);
  }
}

/** Whether the sign alone is one of the things that the node takes. */
function takes(node: Node, fits: Fits): boolean {
  if (node.kind === "any") return node.items.some((item) => takes(item, fits));
  if (node.kind === "all") return node.items.length === 1 && takes(node.items[0] as Node, fits);
  return node.kind === "unit" && fits(node.source);
}

/** Whether what a node takes may end with the sign, and whether it may be nothing. */
function endOf(node: Node, fits: Fits): { readonly sign: boolean; readonly empty: boolean } {
  switch (node.kind) {
    case "unit":
      return { sign: fits(node.source), empty: false };
    case "edge":
    case "look":
      return { sign: false, empty: true };
    case "any": {
      const ends = node.items.map((item) => endOf(item, fits));
      return { sign: ends.some(({ sign }) => sign), empty: ends.some(({ empty }) => empty) };
    }
    case "all":
      for (const item of node.items.toReversed()) {
        const end = endOf(item, fits);
        if (end.sign || !end.empty) return end;
      }
      return { sign: false, empty: true };
    case "repeat": {
      const { sign, empty } = endOf(node.item, fits);
      return { sign, empty: empty || node.least === 0 };
    }
  }
}
