import { type ErrorCode, isAlias, isMap, isNode, isPair, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument, visit } from "yaml";
import type { Fault, Problem } from "./fault.ts";
import { hideReferences, showReferences } from "./references.ts";

/** A parsed file that still knows where everything stood. */
export interface Source {
  readonly file: string;
  readonly value: unknown;
  /** Gives a problem its line and column. A path that the file does not have is placed at the nearest part that it has. */
  locate(problem: Problem): Fault;
}

/** A configuration is read whole and on the main thread, also while the gateway serves: this keeps a reload short. */
export const MOST_BYTES = 1 << 20;
const MOST_ALIASES = 64;
const MOST_DEPTH = 32;
const FORBIDDEN_KEYS = new Set(["__proto__", "constructor", "prototype"]);

export type Parsed = { readonly ok: true; readonly source: Source } | { readonly ok: false; readonly faults: readonly Fault[] };

/** Reads YAML text under limits on size, depth and aliases; duplicate keys, foreign tags and `__proto__` are faults, not surprises. */
export function parseSource(file: string, text: string): Parsed {
  const refuse = (message: string, hint?: string): Parsed => ({
    ok: false,
    faults: [{ file, line: 1, column: 1, message, ...(hint === undefined ? {} : { hint }) }],
  });
  if (Buffer.byteLength(text) > MOST_BYTES) return refuse(`the file is larger than ${MOST_BYTES} bytes`);
  const hidden = hideReferences(text);
  if (hidden === undefined) return refuse("the file contains characters from Unicode's private use area");
  const lines = new LineCounter();
  const place = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const document = parseDocument(hidden, { lineCounter: lines, prettyErrors: false, uniqueKeys: true, strict: true });
  const faults: Fault[] = [...document.errors, ...document.warnings].map((error) => ({
    file,
    ...place(error.pos[0]),
    message: `not valid YAML: ${OBJECTIONS[error.code] ?? "this is not understood"}`,
  }));
  if (faults.length > 0) return { ok: false, faults };
  let depth = 0;
  visit(document, (_key, node, ancestors) => {
    if (isAlias(node) && ancestors.some((ancestor) => ancestor === node.resolve(document)))
      faults.push({ file, ...place(node.range?.[0] ?? 0), message: `the alias \`${node.source}\` stands inside what it repeats` });
    depth = Math.max(depth, ancestors.filter((ancestor) => isMap(ancestor) || isSeq(ancestor)).length);
    if (isPair(node) && isScalar(node.key) && FORBIDDEN_KEYS.has(String(node.key.value)))
      faults.push({ file, ...place(node.key.range?.[0] ?? 0), message: `the key \`${String(node.key.value)}\` is not allowed` });
    else if (isPair(node) && !(isScalar(node.key) && typeof node.key.value === "string") && isNode(node.key))
      faults.push({ file, ...place(node.key.range?.[0] ?? 0), message: "a key must be a plain word" });
    if (isScalar(node) && typeof node.value === "string") node.value = showReferences(node.value);
  });
  if (faults.length > 0) return { ok: false, faults };
  if (depth > MOST_DEPTH) return refuse(`values are nested more than ${MOST_DEPTH} deep`);
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MOST_ALIASES }) ?? {};
  } catch {
    return refuse("too many aliases");
  }
  const locate = ({ path, message, hint, offset, at }: Problem): Fault => {
    const rest = { message, ...(hint === undefined ? {} : { hint }) };
    return { file, ...place(offsetOf(hidden, document.contents, path, offset, at)), ...rest };
  };
  return { ok: true, source: { file, value, locate } };
}

/** Walks `path` as far as the file has it. */
function offsetOf(text: string, root: Node | null, path: readonly (string | number)[], offset: number | undefined, at: "key" | undefined): number {
  let node: Node | null | undefined = root;
  let found = root?.range?.[0] ?? 0;
  let whole = true;
  for (const [index, step] of path.entries()) {
    if (isAlias(node)) break;
    const pair: Pair<unknown, unknown> | undefined = isMap(node) ? node.items.find((item) => isScalar(item.key) && item.key.value === step) : undefined;
    const next: unknown = isSeq(node) && typeof step === "number" ? node.items[step] : pair?.value;
    const keyAt = pair !== undefined && isScalar(pair.key) ? pair.key.range?.[0] : undefined;
    if (pair === undefined && next === undefined) {
      whole = false;
      break;
    }
    const last = index === path.length - 1;
    found = (last && at === "key" ? keyAt : undefined) ?? (isNode(next) ? next.range?.[0] : undefined) ?? keyAt ?? found;
    node = isNode(next) ? next : null;
  }
  return whole && offset !== undefined && isScalar(node) ? found + within(text, node.type, found, offset) : found;
}

/** Where a character of a scalar's value stands in the file, as far as that is certain: quotes shift by one, folded text is not followed. */
function within(text: string, type: string | undefined, start: number, offset: number): number {
  const shift = type === "PLAIN" ? 0 : type === "QUOTE_DOUBLE" || type === "QUOTE_SINGLE" ? 1 : undefined;
  if (shift === undefined) return 0;
  const between = text.slice(start + shift, start + shift + offset);
  const folded = between.includes("\n") || (shift === 1 && (type === "QUOTE_DOUBLE" ? between.includes("\\") : between.includes("''")));
  return folded ? 0 : shift + offset;
}

/** The parser's objections in words of ours: its own hold what stands in the file, and none is known in another language. */
const OBJECTIONS: { readonly [code in ErrorCode]?: string } = {
  BAD_ALIAS: "an alias is a `*` and a name",
  BAD_DIRECTIVE: "there is no such directive",
  BAD_DQ_ESCAPE: "there is no such escape in a text in double quotes",
  BAD_INDENT: "this is not indented as what it belongs to",
  BAD_SCALAR_START: "a text that begins with this character stands in quotes",
  BLOCK_AS_IMPLICIT_KEY: "a second `:` on one line, or a key that is not indented as its neighbours",
  BLOCK_IN_FLOW: "what stands between brackets is not written as lines of its own",
  DUPLICATE_KEY: "this key is there twice",
  MISSING_CHAR: "something is missing before this: a bracket, a quote, a comma, a space or a `:`",
  MULTILINE_IMPLICIT_KEY: "a key stands on one line, with its `:`",
  MULTIPLE_DOCS: "a file holds one document, and another begins here",
  TAB_AS_INDENT: "lines are indented with spaces, not with tabs",
  TAG_RESOLVE_FAILED: "there is no such tag",
  UNEXPECTED_TOKEN: "this is not expected here",
};
