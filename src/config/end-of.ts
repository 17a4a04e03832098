import { isCollection, isNode, isPair, isScalar, type Node, type Pair } from "yaml";

/** Where the last character of a node or an entry stands, comments and empty lines behind it not counted. */
export function endOf(node: Node | Pair): number {
  if (isPair(node)) {
    const { key, value } = node;
    const empty = isScalar(value) && value.value === null && value.source === "";
    return isNode(value) && !empty ? endOf(value) : isNode(key) ? (key.range?.[1] ?? 0) + 1 : 0;
  }
  const last: unknown = isCollection(node) && node.flow !== true ? node.items.at(-1) : undefined;
  return isPair(last) || isNode(last) ? endOf(last) : (node.range?.[1] ?? 0);
}

/** Where the line ends in which the last character of a node or an entry stands. */
export function lineEnd(text: string, node: Node | Pair): number {
  const newline = text.indexOf("\n", Math.max(0, endOf(node) - 1));
  return newline < 0 ? text.length : newline;
}
