/** A client's file as a tree that knows where in the text each value stands, so that a change touches nothing else. */
import { createScanner, type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";

export type { Node } from "jsonc-parser";

export interface TextFault {
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export type Document = { readonly ok: true; readonly root: Node } | { readonly ok: false; readonly fault: TextFault };

// The parser calls itself for each level; a file of brackets must be a refusal, not an exhausted stack.
const MOST_LEVELS = 100;

/** Reads JSON with comments and trailing commas. What two readers could understand differently is refused. */
export function readDocument(text: string): Document {
  const refuse = (offset: number, message: string): Document => ({ ok: false, fault: { ...placeOf(text, offset), message } });
  // A byte order mark becomes a blank, so that offsets stay those of the text.
  const plain = text.startsWith("\ufeff") ? ` ${text.slice(1)}` : text;
  const deep = tooDeep(plain);
  if (deep !== undefined) return refuse(deep, `more than ${MOST_LEVELS} levels`);
  const errors: ParseError[] = [];
  const root = parseTree(plain, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first !== undefined) return refuse(first.offset, wordsOf(printParseErrorCode(first.error)));
  if (root?.type !== "object") return refuse(root?.offset ?? 0, "an object was expected");
  const twice = duplicateKey(root);
  // Which of the two counts is the client's secret: we might wrap the one that it never starts.
  if (twice !== undefined) return refuse(twice.offset, "a key that stands there twice");
  return { ok: true, root };
}

/** The value of a key, or undefined. Nodes, not objects: a server may be called `__proto__`. */
export const child = (node: Node | undefined, key: string): Node | undefined => propertiesOf(node).find(([name]) => name.value === key)?.[1];

/** Keys with their values, where the node is an object. */
export function propertiesOf(node: Node | undefined): readonly (readonly [Node, Node])[] {
  if (node?.type !== "object") return [];
  return (node.children ?? []).flatMap(({ children: [key, value] = [] }) => (key === undefined || value === undefined ? [] : [[key, value] as const]));
}

function tooDeep(text: string): number | undefined {
  const scanner = createScanner(text, true);
  let levels = 0;
  for (scanner.scan(); scanner.getTokenLength() > 0; scanner.scan()) {
    const offset = scanner.getTokenOffset();
    const char = text[offset];
    if (char === "{" || char === "[") levels += 1;
    if (char === "}" || char === "]") levels -= 1;
    if (levels > MOST_LEVELS) return offset;
  }
  return undefined;
}

function duplicateKey(node: Node): Node | undefined {
  const seen = new Set<string>();
  for (const [key] of propertiesOf(node)) {
    if (seen.has(key.value)) return key;
    seen.add(key.value);
  }
  for (const inner of node.children ?? []) {
    const found = duplicateKey(inner);
    if (found !== undefined) return found;
  }
  return undefined;
}

function placeOf(text: string, offset: number): Omit<TextFault, "message"> {
  const lines = text.slice(0, offset).split(/\r\n|\r|\n/);
  return { line: lines.length, column: (lines.at(-1) ?? "").length + 1 };
}

/** `PropertyNameExpected` as words. */
const wordsOf = (code: string): string => code.replace(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
