import type { Node } from "./regexp.ts";

const DIGITS = Array.from("0123456789");

/** True for a code unit function that says of every digit that no match begins behind it. */
export const barsDigits = (follows: (unit: number) => boolean): boolean => DIGITS.every((digit) => !follows(digit.charCodeAt(0)));

/** True where the expression itself rules out that a match begins right behind a digit: what it looks back at is no digit, or must not be one. */
export function neverBehindDigit(node: Node): boolean {
  switch (node.kind) {
    case "unit":
    case "edge":
      return false;
    case "look": {
      if (node.sign === "<!") return isEveryDigit(node.item);
      const end = node.sign === "<=" ? endOf(node.item) : undefined;
      return end !== undefined && !end.digit && !end.empty;
    }
    case "any":
      return node.items.every(neverBehindDigit);
    case "all":
      for (const item of node.items) {
        if (neverBehindDigit(item)) return true;
        if (item.kind !== "look" && item.kind !== "edge") return false;
      }
      return false;
    case "repeat":
      return node.least > 0 && neverBehindDigit(node.item);
  }
}

function isEveryDigit(node: Node): boolean {
  if (node.kind === "any") return node.items.some(isEveryDigit);
  if (node.kind === "all") return node.items.length === 1 && isEveryDigit(node.items[0] as Node);
  return node.kind === "unit" && DIGITS.every((digit) => matches(node.source, digit));
}

/** Whether what a node takes may end with a digit, and whether it may be nothing. */
function endOf(node: Node): { readonly digit: boolean; readonly empty: boolean } {
  switch (node.kind) {
    case "unit":
      return { digit: DIGITS.some((digit) => matches(node.source, digit)), empty: false };
    case "edge":
    case "look":
      return { digit: false, empty: true };
    case "any": {
      const ends = node.items.map(endOf);
      return { digit: ends.some(({ digit }) => digit), empty: ends.some(({ empty }) => empty) };
    }
    case "all":
      for (const item of node.items.toReversed()) {
        const end = endOf(item);
        if (end.digit || !end.empty) return end;
      }
      return { digit: false, empty: true };
    case "repeat": {
      const { digit, empty } = endOf(node.item);
      return { digit, empty: empty || node.least === 0 };
    }
  }
}

const matches = (source: string, sign: string): boolean => new RegExp(`^${source}$`).test(sign);
