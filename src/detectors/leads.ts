import type { Node } from "./regexp.ts";
import { scriptSign, scriptsWithin } from "./script.ts";

/** Long enough to be rare in a text, short enough to be few. */
const LENGTH = 7;
const MOST = 600;
const ENOUGH = 20_000;
/** Written behind a beginning when what follows may be anything. */
const CLOSED = "\uffff";
const isClosed = (lead: string): boolean => lead.endsWith(CLOSED);

/** What a match can begin with, folded as `Literals` says: every match begins with one of these. Undefined where that says nothing. */
export function leads(node: Node): readonly string[] | undefined {
  const found = leastOf(walk(node).map((lead) => (isClosed(lead) ? lead.slice(0, -1) : lead)));
  return found[0] === "" || found.length > MOST ? undefined : found;
}

/** Without those that begin with another one: sorted, they stand behind it. */
export function leastOf(texts: readonly string[]): readonly string[] {
  // Each list is asked for once for each scanner, and most are the least already.
  if (texts.every((text, at) => at === 0 || (text > (texts[at - 1] as string) && !text.startsWith(texts[at - 1] as string)))) return texts;
  const least: string[] = [];
  for (const text of texts.toSorted()) {
    const last = least.at(-1);
    if (last === undefined || !text.startsWith(last)) least.push(text);
  }
  return least;
}

function walk(node: Node): readonly string[] {
  switch (node.kind) {
    case "edge":
    case "look":
      return [""];
    case "unit":
      return folded(node.source) ?? [CLOSED];
    case "text":
      return [joined("", fold(node.source))];
    case "any":
      return few(node.items.flatMap(walk));
    case "all": {
      let all: readonly string[] = [""];
      for (const item of node.items) {
        if (all.every(isClosed)) break;
        all = chain(all, walk(item));
      }
      return all;
    }
    case "repeat": {
      const once = walk(node.item);
      if (once.includes(CLOSED)) return [CLOSED];
      let all: readonly string[] = [""];
      for (let time = 0; time < Math.min(node.least, LENGTH); time++) all = chain(all, once);
      // What may stand there once or not at all is told apart: `["']?safety` begins with a quotation mark only where the word follows.
      if (node.most === node.least + 1) return few([...all, ...chain(all, once)]);
      if (node.least === node.most || all.every(isClosed)) return all;
      const more = chain(all, once).map((lead) => (isClosed(lead) ? lead : lead + CLOSED));
      return few([...all, ...more]);
    }
  }
}

function chain(before: readonly string[], after: readonly string[]): readonly string[] {
  if (after.length === 1 && after[0] === "") return before;
  if (before.length === 1 && after.length === 1) return [joined(before[0] as string, after[0] as string)];
  // An operator's expression may begin with anything: `[a-h]{7}` has two million beginnings.
  if (before.length * after.length > ENOUGH) return few(before.map((lead) => (isClosed(lead) ? lead : lead + CLOSED)));
  return few(before.flatMap((lead) => (isClosed(lead) ? [lead] : after.map((next) => joined(lead, next)))));
}

function joined(lead: string, next: string): string {
  if (isClosed(lead)) return lead;
  const both = lead + next;
  return both.length > LENGTH || (both.length === LENGTH && !isClosed(both)) ? both.slice(0, LENGTH) + CLOSED : both;
}

function few(all: readonly string[]): readonly string[] {
  if (all.includes(CLOSED)) return [CLOSED];
  return all.length < 2 ? all : [...new Set(all)];
}

/** A class of more is no beginning. */
const MOST_SIGNS = 8;
const SIGN = String.raw`(?:\\u[0-9a-fA-F]{4}|\\[\s\S]|[^\\])`;
const PART = new RegExp(`${SIGN}(?:-${SIGN})?`, "g");
const RANGE = new RegExp(`^(${SIGN})-(${SIGN})$`);

/** The folded signs that a unit stands for, if they are few. */
function folded(source: string): readonly string[] | undefined {
  if (source.length === 1) return source === "." ? undefined : [fold(source)];
  if (source === "\\d") return ["0"];
  if (!source.startsWith("[")) return /^\\[wWsSD]$|^\.$/.test(source) ? undefined : [fold(sign(source))];
  const inner = source.slice(1, -1);
  if (inner.startsWith("^")) return undefined;
  const signs = new Set<string>();
  for (const [part] of inner.matchAll(PART)) {
    if (part === "\\d") signs.add("0");
    else if (/^\\[wWsSD]$/.test(part)) return undefined;
    else {
      const range = RANGE.exec(part);
      const [low, high] = [sign(range?.[1] ?? part), sign(range?.[2] ?? part)];
      for (let unit = low.charCodeAt(0); unit <= Math.min(high.charCodeAt(0), 128); unit++) signs.add(fold(String.fromCharCode(unit)));
      for (const script of scriptsWithin(low.charCodeAt(0), high.charCodeAt(0))) signs.add(script);
    }
    if (signs.size > MOST_SIGNS) return undefined;
  }
  return [...signs];
}

const ESCAPES: { readonly [sign: string]: string } = { n: "\n", r: "\r", t: "\t", f: "\f", v: "\v", 0: "\0" };

function sign(source: string): string {
  if (!source.startsWith("\\")) return source;
  if (/^\\[ux]/.test(source)) return String.fromCharCode(Number.parseInt(source.slice(2), 16));
  return ESCAPES[source[1] as string] ?? (source[1] as string);
}

function fold(text: string): string {
  return text.length === 1 && !/[A-Z0-9]/.test(text) ? scriptSign(text.charCodeAt(0)) : text.toLowerCase().replace(/\d/g, "0");
}
