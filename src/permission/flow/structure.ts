import { type Json, parseJsonText } from "../../core/json.ts";
import { fold, isDisguised } from "./fold.ts";

/** One value of a structured result, with the name of the field it fills. */
export interface Leaf {
  /** `2/sender`: where it stands, for the person who asks. */
  readonly path: string;
  /** The last name on the path, lower case; "" in a plain list. */
  readonly field: string;
  /** Folded. */
  readonly text: string;
  /** The values that stand together: the index of the innermost record that holds it. */
  readonly record: number;
  /** What was sent looks like this and is not. */
  readonly disguised?: true;
}

/** The most values that are looked at one by one; a result with more is prose, and so trusted less. */
const MOST_LEAVES = 5_000;

/**
 * The values of a result that is structured through and through: JSON, or the block lists and records that tools print as YAML. Anything
 * that does not fit completely is no structure: text must not become a field by looking like one in part.
 */
export function leavesOf(text: string): readonly Leaf[] | undefined {
  const start = text.trimStart();
  if (start.startsWith("{") || start.startsWith("[")) {
    const parsed = parseJsonText(text);
    if (parsed.ok) return valueLeaves(parsed.value);
  }
  const block = readBlock(text);
  return block === undefined ? undefined : valueLeaves(block);
}

export function valueLeaves(value: Json): readonly Leaf[] | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const leaves: Leaf[] = [];
  let records = 0;
  const walk = (node: Json, path: string, field: string, record: number): void => {
    if (leaves.length > MOST_LEAVES) return;
    if (Array.isArray(node)) for (const [index, item] of node.entries()) walk(item, path === "" ? String(index) : `${path}/${index}`, field, record);
    else if (typeof node === "object" && node !== null) {
      const own = ++records;
      for (const [key, item] of Object.entries(node)) walk(item, path === "" ? key : `${path}/${key}`, key.toLowerCase(), own);
    } else if (node !== null) {
      const written = String(node);
      leaves.push({ path, field, text: fold(written), record, ...(isDisguised(written) ? { disguised: true } : {}) });
    }
  };
  walk(value, "", "", 0);
  return leaves.length > MOST_LEAVES ? undefined : leaves;
}

/**
 * Reads the subset of YAML that dumps consist of: lists of scalars, lists of records, records, nested by indentation, with plain and quoted
 * scalars that may go on in deeper lines. A line that could be read in two ways ends it: undefined.
 */
function readBlock(text: string): Json | undefined {
  const lines = text.trimEnd().split("\n");
  if (lines.length > MOST_LEAVES || !/^(?:- |[A-Za-z_][\w ]{0,60}:(?: |$))/.test(lines[0] ?? "")) return undefined;
  let at = 0;
  let broken = false;
  const indentOf = (line: string): number => line.length - line.trimStart().length;
  const fail = (): Json => {
    broken = true;
    return null;
  };

  /** A value that begins behind `- ` or `key: `, in a line indented by `indent`. */
  function scalar(first: string, indent: number): Json {
    const quote = first[0] === "'" || first[0] === '"' ? first[0] : "";
    return quote === "" ? plainScalar(first, indent) : quotedScalar(first, quote, indent);
  }

  const goesOn = (indent: number): boolean => at < lines.length && (lines[at]?.trim() === "" || indentOf(lines[at] ?? "") > indent);

  function plainScalar(first: string, indent: number): Json {
    const pieces = [first];
    while (goesOn(indent)) {
      const line = (lines[at] ?? "").trim();
      if (line === "") break;
      // In a plain scalar a dump never writes what could be a key or an item: where one stands, somebody made it look so.
      if (/^- |^[^\s'"][^:]{0,200}:(?: |$)/.test(line)) return fail();
      pieces.push(line);
      at++;
    }
    const whole = pieces.join(" ");
    if (/^[[{&*!|>%@`]/.test(whole)) return whole === "[]" || whole === "{}" ? [] : fail();
    return plain(whole);
  }

  /** Up to the quote that ends it; behind that nothing may stand. Each line is looked at once. */
  function quotedScalar(first: string, quote: string, indent: number): Json {
    const pieces: string[] = [];
    for (let line = first.slice(1); ; ) {
      const end = closing(line, quote);
      pieces.push(end < 0 ? line : line.slice(0, end));
      if (end >= 0) return line.slice(end + 1).trim() === "" ? pieces.join(" ").replaceAll(quote === "'" ? "''" : '\\"', quote) : fail();
      if (!goesOn(indent)) return fail();
      line = (lines[at] ?? "").trim();
      at++;
    }
  }

  function node(indent: number, depth: number): Json {
    if (depth > 16) return fail();
    const line = lines[at] ?? "";
    return line.slice(indent).startsWith("- ") || line.slice(indent) === "-" ? list(indent, depth) : record(indent, depth);
  }

  function list(indent: number, depth: number): Json {
    const items: Json[] = [];
    while (at < lines.length && !broken) {
      const line = lines[at] ?? "";
      if (indentOf(line) !== indent || !line.slice(indent).startsWith("- ")) break;
      const rest = line.slice(indent + 2);
      if (KEY.test(rest)) {
        // A record: its first key stands on the line of the dash.
        lines[at] = `${" ".repeat(indent + 2)}${rest}`;
        items.push(record(indent + 2, depth + 1));
      } else {
        at++;
        items.push(scalar(rest, indent));
      }
    }
    return items;
  }

  function record(indent: number, depth: number): Json {
    const fields: { [name: string]: Json } = Object.create(null);
    while (at < lines.length && !broken) {
      const line = lines[at] ?? "";
      if (indentOf(line) !== indent) break;
      const match = KEY.exec(line.slice(indent));
      if (match === null) break;
      const [all, name = ""] = match;
      if (name in fields) return fail();
      at++;
      const rest = line.slice(indent + all.length);
      if (rest !== "") fields[name] = scalar(rest, indent);
      else {
        const next = lines[at] ?? "";
        const deeper = indentOf(next);
        const below = at < lines.length && (deeper > indent || (deeper === indent && next.slice(indent).startsWith("- ")));
        fields[name] = below ? node(deeper, depth + 1) : null;
      }
    }
    return { ...fields };
  }

  const value = node(0, 0);
  return broken || at < lines.length ? undefined : value;
}

const KEY = /^([A-Za-z_][\w ]{0,60}):(?: +|$)/;

/** Where the quote that ends a scalar stands in a line, or -1: `''` and `\\"` are signs of the text. */
function closing(line: string, quote: string): number {
  for (let at = 0; at < line.length; at++) {
    if (quote === '"' && line[at] === "\\") at++;
    else if (line[at] === quote && quote === "'" && line[at + 1] === "'") at++;
    else if (line[at] === quote) return at;
  }
  return -1;
}

function plain(text: string): Json {
  if (text === "null" || text === "~") return null;
  if (text === "true" || text === "false") return text === "true";
  return text;
}
