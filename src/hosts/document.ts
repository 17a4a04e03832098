/** A client's file as a tree that knows where in the text each value stands, so that a change touches nothing else. */
import { type MemberNode, parse, type ValueNode } from "@humanwhocodes/momoa";
import { HoldfastError } from "../core/errors.ts";

export type Node = ValueNode;
/** JSON with comments and trailing commas; JSON5 also has keys without quotes and texts in single ones. */
export type Dialect = "jsonc" | "json5";

export interface TextFault {
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Keys as values, not as keys of an object of ours: a server may be called `__proto__`. */
export interface Property extends Span {
  readonly key: string;
  readonly value: Node;
}

export type Document = { readonly ok: true; readonly root: Node } | { readonly ok: false; readonly fault: TextFault };

/** Reads the whole text. What two readers could understand differently is refused. */
export function readDocument(text: string, dialect: Dialect): Document {
  try {
    // A byte order mark is read as a blank, so that places stay those of the text.
    const root = parse(text.replace(/^\ufeff/, " "), { mode: dialect, ranges: true, allowTrailingCommas: true }).body;
    if (root.type !== "Object") return refuse(root.loc.start, "an object was expected");
    const twice = duplicateKey(root);
    // Which of the two counts is the client's secret: we might wrap the one that it never starts.
    return twice === undefined ? { ok: true, root } : refuse(twice.loc.start, "this key stands there twice");
  } catch (error) {
    // The parser calls itself for each level: a file of brackets is a refusal, not an exhausted stack.
    if (error instanceof RangeError) return refuse({ line: 1, column: 1 }, "it is nested too deeply");
    if (!isPlaced(error)) throw error;
    return refuse(error, "something else was expected here");
  }
}

export function propertiesOf(node: Node | undefined): readonly Property[] {
  return node?.type === "Object" ? node.members.map((member) => ({ key: keyOf(member), value: member.value, ...spanOf(member) })) : [];
}

export const child = (node: Node | undefined, key: string): Node | undefined => propertiesOf(node).find((property) => property.key === key)?.value;

export const textOf = (node: Node | undefined): string | undefined => (node?.type === "String" ? node.value : undefined);

export const elementsOf = (node: Node | undefined): readonly Node[] => (node?.type === "Array" ? node.elements.map(({ value }) => value) : []);

export function spanOf({ range }: { readonly range?: readonly number[] }): Span {
  const [start, end] = range ?? [];
  if (start === undefined || end === undefined) throw new HoldfastError("internal", "a value without a place");
  return { start, end };
}

const keyOf = ({ name }: MemberNode): string => (name.type === "String" ? name.value : name.name);

function duplicateKey(root: Node): MemberNode | undefined {
  const left: Node[] = [root];
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    const members = node.type === "Object" ? node.members : [];
    const seen = new Set<string>();
    for (const member of members) {
      if (seen.has(keyOf(member))) return member;
      seen.add(keyOf(member));
      left.push(member.value);
    }
    for (const element of elementsOf(node)) left.push(element);
  }
  return undefined;
}

const refuse = ({ line, column }: Pick<TextFault, "line" | "column">, message: string): Document => ({ ok: false, fault: { line, column, message } });

/** The parser's own message quotes the file; the place is enough. */
const isPlaced = (error: unknown): error is Error & Pick<TextFault, "line" | "column"> =>
  error instanceof Error && "line" in error && typeof error.line === "number" && "column" in error && typeof error.column === "number";
