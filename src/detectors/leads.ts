import type { Node } from "./regexp.ts";

/** Long enough to be rare in a text, short enough to be few. */
const LENGTH = 7;
const MOST = 600;
/** Stands for every sign outside ASCII. */
export const FOREIGN = "\u0080";

interface Lead {
  readonly text: string;
  /** True if what follows may be anything. */
  readonly closed: boolean;
}
const EMPTY: Lead = { text: "", closed: false };

/** What a match can begin with, folded as `Literals` says: every match begins with one of these. Undefined where that says nothing. */
export function leads(node: Node): readonly string[] | undefined {
  const found = [...new Set(walk(node).map(({ text }) => text))];
  // One that begins with another adds nothing.
  const least = found.filter((text) => !found.some((other) => other !== text && text.startsWith(other)));
  return least.includes("") || least.length > MOST ? undefined : least;
}

function walk(node: Node): readonly Lead[] {
  switch (node.kind) {
    case "edge":
    case "look":
      return [EMPTY];
    case "unit": {
      const signs = folded(node.source);
      return signs === undefined ? [{ text: "", closed: true }] : signs.map((text) => ({ text, closed: false }));
    }
    case "any":
      return few(node.items.flatMap(walk));
    case "all":
      return node.items.reduce<readonly Lead[]>((before, item) => (before.some(({ closed }) => !closed) ? chain(before, walk(item)) : before), [EMPTY]);
    case "repeat": {
      const once = walk(node.item);
      let all: readonly Lead[] = [EMPTY];
      for (let time = 0; time < Math.min(node.least, LENGTH); time++) all = chain(all, once);
      if (node.least === node.most) return all;
      const more = chain(all, once).map(({ text }): Lead => ({ text, closed: true }));
      return few([...all, ...more]);
    }
  }
}

function chain(before: readonly Lead[], after: readonly Lead[]): readonly Lead[] {
  return few(
    before.flatMap((lead) => {
      if (lead.closed) return [lead];
      return after.map(({ text, closed }) => {
        const joined = (lead.text + text).slice(0, LENGTH);
        return { text: joined, closed: closed || joined.length === LENGTH };
      });
    }),
  );
}

function few(all: readonly Lead[]): readonly Lead[] {
  return [...new Map(all.map((lead) => [`${lead.closed} ${lead.text}`, lead])).values()];
}

const SIGN = String.raw`(?:\\u[0-9a-fA-F]{4}|\\[\s\S]|[^\\])`;
const PART = new RegExp(`${SIGN}(?:-${SIGN})?`, "g");
const RANGE = new RegExp(`^(${SIGN})-(${SIGN})$`);

/** The folded signs that a unit stands for, if they are few. */
function folded(source: string): readonly string[] | undefined {
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
      if (high > "\x7f") signs.add(FOREIGN);
    }
    if (signs.size > 8) return undefined;
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
  if (text > "\x7f") return FOREIGN;
  return /\d/.test(text) ? "0" : text.toLowerCase();
}
