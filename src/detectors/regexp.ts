import { memoise } from "../core/memoise.ts";

/**
 * Reads a regular expression as a tree, so that a second expression can be derived from it: one that matches wherever the first could
 * still begin, grow or change if more text came. That is what lets a stream wait for exactly as much as it must.
 */

export type Node =
  /** Takes one code unit: a character, an escape or a class. */
  | { readonly kind: "unit"; readonly source: string }
  /** Takes several units that stand for themselves: most of an expression is words, and a node for each letter would take more room than all that is made of it. */
  | { readonly kind: "text"; readonly source: string }
  /** Takes nothing: `\b`, `\B`, `^`, `$`. */
  | { readonly kind: "edge"; readonly source: string }
  | { readonly kind: "look"; readonly sign: "=" | "!" | "<=" | "<!"; readonly item: Node }
  | { readonly kind: "all"; readonly items: readonly Node[] }
  | { readonly kind: "any"; readonly items: readonly Node[] }
  | { readonly kind: "repeat"; readonly item: Node; readonly least: number; readonly most: number; readonly lazy: boolean };

const COUNT = /(?:\{(\d+)(,?)(\d*)\}|([?*+]))(\??)/y;
/** The last one may be counted. */
const TEXT = /[A-Za-z0-9 ]{2,}(?![?*+{])/y;
const UNIT = /\[\^?(?:\\[\s\S]|[^\]\\])*\]|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\[^1-9ukpP]|[^\\[\](){}?*+]/y;

/**
 * Reads the subset that detectors use. Throws on what it does not know: back references, code-point escapes, and groups that capture; `plain`
 * takes these for groups, because people who capture nothing write them.
 */
export function readRegExp(source: string, groups?: "plain"): Node {
  let at = 0;
  const eat = (text: string): boolean => {
    if (!source.startsWith(text, at)) return false;
    at += text.length;
    return true;
  };
  const fault = (what: string): never => {
    throw new SyntaxError(`${what} at ${at} in a detector's pattern: ${source.slice(Math.max(0, at - 20), at + 20)}`);
  };

  function alternatives(): Node {
    const items = [sequence()];
    while (eat("|")) items.push(sequence());
    return items.length === 1 ? (items[0] as Node) : { kind: "any", items };
  }

  function sequence(): Node {
    const items: Node[] = [];
    while (at < source.length && source[at] !== "|" && source[at] !== ")") items.push(quantified(atom()));
    return { kind: "all", items };
  }

  function quantified(item: Node): Node {
    if (!"?*+{".includes(source[at] ?? "-")) return item;
    COUNT.lastIndex = at;
    const counted = COUNT.exec(source);
    if (counted === null) return item;
    at += counted[0].length;
    const [, low, comma, high, sign, lazy] = counted;
    const least = sign === undefined ? Number(low) : sign === "+" ? 1 : 0;
    const most = sign === "?" ? 1 : sign !== undefined ? Infinity : comma === "" ? least : high === "" ? Infinity : Number(high);
    return { kind: "repeat", item, least, most, lazy: lazy === "?" };
  }

  function atom(): Node {
    const first = source[at] as string;
    if (first === "(") {
      for (const sign of ["=", "!", "<=", "<!"] as const) if (eat(`(?${sign}`)) return { kind: "look", sign, item: closed() };
      if (eat("(?:") || (groups === "plain" && !source.startsWith("(?", at) && eat("("))) return closed();
      return fault("a capturing group");
    }
    if (first === "^" || first === "$") return { kind: "edge", source: source[at++] as string };
    if (first === "\\" && /[bB]/.test(source[at + 1] ?? "")) return { kind: "edge", source: source.slice(at, (at += 2)) };
    TEXT.lastIndex = at;
    const text = TEXT.exec(source);
    if (text !== null) {
      at += text[0].length;
      return { kind: "text", source: text[0] };
    }
    UNIT.lastIndex = at;
    const unit = UNIT.exec(source);
    if (unit === null) return fault("something unknown");
    at += unit[0].length;
    return unitOf(unit[0]);
  }

  function closed(): Node {
    const inner = alternatives();
    if (!eat(")")) fault("an open group");
    return inner;
  }

  const whole = alternatives();
  if (at < source.length) fault("a closing bracket");
  return whole;
}

/** Of the same few signs and classes there are many thousands. */
const unitOf = memoise(2_000, (source: string): Node => ({ kind: "unit", source }));

/** The units of which a node is a row; other nodes as they are. */
export const apart = (node: Node): readonly Node[] => (node.kind === "text" ? Array.from(node.source, unitOf) : [node]);

/** The tree as an expression again. */
export function write(node: Node): string {
  switch (node.kind) {
    case "unit":
    case "text":
    case "edge":
      return node.source;
    case "look":
      return `(?${node.sign}${write(node.item)})`;
    case "all":
      return node.items.map((item) => (item.kind === "any" ? `(?:${write(item)})` : write(item))).join("");
    case "any":
      return node.items.map(write).join("|");
    case "repeat": {
      const single = node.item.kind === "unit" ? node.item.source : `(?:${write(node.item)})`;
      return `${single}{${node.least},${node.most === Infinity ? "" : node.most}}${node.lazy ? "?" : ""}`;
    }
  }
}

/** How many code units a node takes at most, how far it looks to the right of its start with that, and how far to the left of it. */
export interface Extent {
  readonly width: number;
  readonly right: number;
  readonly left: number;
}

export function extent(node: Node): Extent {
  switch (node.kind) {
    case "unit":
      return { width: 1, right: 1, left: 0 };
    case "text":
      return { width: node.source.length, right: node.source.length, left: 0 };
    case "edge":
      return { width: 0, right: 1, left: 1 };
    case "look": {
      const { width, right, left } = extent(node.item);
      // What stands behind is as wide as it is, and may itself look further back.
      return node.sign.startsWith("<") ? { width: 0, right: 0, left: width + left } : { width: 0, right, left };
    }
    case "any": {
      let [width, right, left] = [0, 0, 0];
      for (const one of node.items.map(extent)) [width, right, left] = [Math.max(width, one.width), Math.max(right, one.right), Math.max(left, one.left)];
      return { width, right, left };
    }
    case "all": {
      // To the left, an over-estimate: as if every part stood at the beginning.
      let [width, right, left] = [0, 0, 0];
      for (const one of node.items.map(extent)) [width, right, left] = [width + one.width, Math.max(right, width + one.right), Math.max(left, one.left)];
      return { width, right, left };
    }
    case "repeat": {
      const one = extent(node.item);
      const width = one.width === 0 ? 0 : node.most * one.width;
      return { width, right: node.most === 0 ? 0 : width - one.width + one.right, left: one.left };
    }
  }
}

/**
 * An expression that matches at a place exactly when trying `node` there can run into the end of the text. Where it does not match, more
 * text cannot change what `node` does there. Undefined where `node` never looks at what follows.
 */
export function unfinished(node: Node): string | undefined {
  const open = opened(node);
  return open === undefined ? undefined : `${written(open)}$`;
}

/** What may have been taken when the next code unit is looked at: one of these, or, where `none` is true, nothing yet. */
interface Opened {
  readonly none: boolean;
  readonly taken: readonly Taken[];
}
interface Taken {
  readonly source: string;
  /** True where it fits nothing as well, so that this need not be said again: what is said twice is compiled twice. */
  readonly orNone: boolean;
}
const NOTHING_YET: Opened = { none: true, taken: [] };

/** While `node` is tried, or what follows it: `rest` is what that may have taken. */
function opened(node: Node, rest?: Opened): Opened | undefined {
  switch (node.kind) {
    case "unit":
      return either([NOTHING_YET, after(node, rest)]);
    case "text":
      return apart(node).reduceRight((rest: Opened | undefined, unit) => opened(unit, rest), rest);
    case "edge":
      return either([node.source === "^" ? undefined : NOTHING_YET, after(node, rest)]);
    case "look":
      return either([node.sign.startsWith("<") ? undefined : opened(node.item), after(node, rest)]);
    case "all":
      return node.items.reduceRight((rest: Opened | undefined, item) => opened(item, rest), rest);
    case "any": {
      // What follows stands behind each of them, or all of them once more before it: whichever is shorter.
      if (rest === undefined || (node.items.length - 1) * written(rest).length < write(node).length)
        return either(node.items.map((item) => opened(item, rest)));
      return either([...node.items.map((item) => opened(item)), after(node, rest)]);
    }
    case "repeat": {
      if (node.most === 0) return rest;
      if (node.least === 1 && node.most === 1) return opened(node.item, rest);
      const all = after(node, rest);
      // So many of the same, and then what follows or nothing: fewer of the same are among them.
      if (node.item.kind === "unit" && all?.none === true) return all;
      const last = opened(node.item);
      return either([node.most === 1 ? last : after({ ...node, least: 0, most: node.most - 1, lazy: false }, last), all]);
    }
  }
}

/** What `rest` may have taken, behind all of `node`. */
function after(node: Node, rest: Opened | undefined): Opened | undefined {
  if (rest === undefined) return undefined;
  const orNone = rest.none && node.kind === "repeat" && node.least === 0;
  return { none: orNone, taken: [{ source: write({ kind: "all", items: [node] }) + written(rest), orNone }] };
}

function either(all: readonly (Opened | undefined)[]): Opened | undefined {
  const some = all.filter((one) => one !== undefined);
  if (some.length === 0) return undefined;
  const taken = new Map(some.flatMap(({ taken }) => taken).map((one) => [one.source, one]));
  return { none: some.some(({ none }) => none), taken: [...taken.values()] };
}

function written({ none, taken }: Opened): string {
  const said = !none || taken.some(({ orNone }) => orNone);
  const sources = taken.map(({ source }) => source);
  if (sources.length === 0 || (said && sources.length === 1)) return sources.join("");
  return `(?:${sources.join("|")})${said ? "" : "?"}`;
}
