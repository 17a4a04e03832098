import { ALL, type Signs, signsOf } from "./ascii.ts";
import type { Node } from "./regexp.ts";

const DIGITS = Array.from("0123456789");

/** True for a code unit function that says of every digit that no match begins behind it. */
export const barsDigits = (follows: (unit: number) => boolean): boolean => DIGITS.every((digit) => !follows(digit.charCodeAt(0)));

/** True where the expression itself rules out that a match begins right behind a digit. */
export const neverBehindDigit = (node: Node): boolean => (signsOf("\\d", "") & ~barredBehind(node, "")) === 0n;

/**
 * The ASCII code units behind which the expression itself rules out that a match begins: what it looks back at is never one of these, or must not be one.
 */
export function barredBehind(node: Node, flags: string): Signs {
  switch (node.kind) {
    case "unit":
    case "text":
    case "edge":
      return 0n;
    case "look": {
      if (node.sign === "<!") return alone(node.item, flags);
      if (node.sign !== "<=") return 0n;
      const { signs, empty } = endOf(node.item, flags);
      return empty ? 0n : ALL & ~signs;
    }
    case "any":
      return node.items.reduce((signs, item) => signs & barredBehind(item, flags), ALL);
    case "all": {
      let signs = 0n;
      for (const item of node.items) {
        signs |= barredBehind(item, flags);
        if (item.kind !== "look" && item.kind !== "edge") break;
      }
      return signs;
    }
    case "repeat":
      return node.least > 0 ? barredBehind(node.item, flags) : 0n;
  }
}

/** The signs that the node takes alone. */
function alone(node: Node, flags: string): Signs {
  if (node.kind === "any") return node.items.reduce((signs, item) => signs | alone(item, flags), 0n);
  if (node.kind === "all") return node.items.length === 1 ? alone(node.items[0] as Node, flags) : 0n;
  return node.kind === "unit" ? signsOf(node.source, flags) : 0n;
}

/** With which signs what a node takes may end, and whether it may be nothing. */
function endOf(node: Node, flags: string): { readonly signs: Signs; readonly empty: boolean } {
  switch (node.kind) {
    case "unit":
      return { signs: signsOf(node.source, flags), empty: false };
    case "text":
      return { signs: signsOf(node.source.at(-1) as string, flags), empty: false };
    case "edge":
    case "look":
      return { signs: 0n, empty: true };
    case "any": {
      const ends = node.items.map((item) => endOf(item, flags));
      return { signs: ends.reduce((all, { signs }) => all | signs, 0n), empty: ends.some(({ empty }) => empty) };
    }
    case "all": {
      let [signs, empty] = [0n, true];
      for (let at = node.items.length - 1; at >= 0 && empty; at--) {
        const end = endOf(node.items[at] as Node, flags);
        signs |= end.signs;
        empty = end.empty;
      }
      return { signs, empty };
    }
    case "repeat": {
      const { signs, empty } = endOf(node.item, flags);
      return { signs, empty: empty || node.least === 0 };
    }
  }
}
