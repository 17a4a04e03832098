import { memoise } from "../../core/memoise.ts";
import { apart, type Node } from "../regexp.ts";

/**
 * An expression as a table of states (Rabin and Scott 1959): one look-up for each code unit, whatever the text, so no expression that an operator
 * writes can take longer than its longest match for a place. That is why the table is made as a whole, at once: an expression whose table would be too
 * large is refused when it is read, and never costs anything later.
 */
export interface Automaton {
  /** Where the longest match that begins at `from` ends; -1 where none does. */
  end(text: string, from: number): number;
  /** True if more text could make or change a match that begins at `from`. */
  open(text: string, from: number): boolean;
}

type Step =
  | { readonly kind: "unit"; readonly source: number; readonly to: number }
  | { readonly kind: "edge"; readonly inside: boolean; readonly to: number }
  | { readonly kind: "fork"; readonly to: readonly number[] }
  | { readonly kind: "end" };

const MOST_STEPS = 20_000;
const MOST_CELLS = 1 << 18;
const DEAD = 0;

/** So much is done between two pauses: some milliseconds. */
const STEP = 8_000;

/**
 * Makes it, in steps between which others may have a turn. Throws a SyntaxError on what it cannot be: looks around, `^` and `$`, too many states.
 * `exact`: with regard to case.
 */
export function* making(tree: Node, exact = false): Generator<void, Automaton> {
  const { steps, sources, start } = plan(tree);
  const { classOf, classes, wordly, accepting } = yield* alphabet(sources, exact ? "" : "i");
  const edged = steps.some(({ kind }) => kind === "edge");
  const end = classes;
  const width = classes + 1;
  const table: number[] = [];
  const kernels: { readonly ids: readonly number[]; readonly behindWord: boolean }[] = [];
  const known = new Map<string, number>();

  const stateOf = (ids: readonly number[], behindWord: boolean): number => {
    if (ids.length === 0) return DEAD;
    const key = `${behindWord && edged ? "w" : ""}${ids.join()}`;
    let state = known.get(key);
    if (state === undefined) {
      state = kernels.push({ ids, behindWord }) - 1;
      if (kernels.length * width > MOST_CELLS) throw new SyntaxError("it needs too many states: make it shorter, or its counts smaller");
      known.set(key, state);
    }
    return state;
  };
  /** What can be reached without a code unit, at a place that is or is not the edge of a word. */
  const closure = (ids: readonly number[], atEdge: boolean): { readonly units: readonly (Step & { kind: "unit" })[]; readonly ends: boolean } => {
    const [seen, units, rest] = [new Set<number>(), [] as (Step & { kind: "unit" })[], [...ids]];
    let ends = false;
    for (let id = rest.pop(); id !== undefined; id = rest.pop()) {
      if (seen.has(id)) continue;
      seen.add(id);
      const step = steps[id] as Step;
      if (step.kind === "unit") units.push(step);
      else if (step.kind === "end") ends = true;
      else if (step.kind === "fork") rest.push(...step.to);
      else if (step.inside !== atEdge) rest.push(step.to);
    }
    return { units, ends };
  };

  kernels.push({ ids: [], behindWord: false });
  const starts = [stateOf([start], false), stateOf([start], true)] as const;
  let done = 0;
  for (let state = 0; state < kernels.length; state++) {
    if (done > STEP) {
      done = 0;
      yield;
    }
    const { ids, behindWord } = kernels[state] as (typeof kernels)[number];
    const [plain, edge] = [closure(ids, false), edged ? closure(ids, true) : undefined];
    const next = [plain, edge ?? plain].map(({ units }) => {
      const by: (Set<number> | undefined)[] = [];
      for (const { source, to } of units) {
        const classesOf = accepting[source] as readonly number[];
        for (const one of classesOf) (by[one] ??= new Set()).add(to);
        done += classesOf.length;
      }
      return by;
    });
    done += ids.length + width;
    for (let one = 0; one < width; one++) {
      const atEdge = behindWord !== (one !== end && wordly[one] === true) && edge !== undefined;
      const to = next[atEdge ? 1 : 0]?.[one];
      const after =
        to === undefined
          ? DEAD
          : stateOf(
              [...to].sort((a, b) => a - b),
              wordly[one] === true,
            );
      table.push(after * 2 + ((atEdge ? edge : plain).ends ? 1 : 0));
    }
  }
  const cells = Int32Array.from(table);
  const begin = (text: string, from: number): number => (edged && from > 0 && isWord(text.charCodeAt(from - 1)) ? starts[1] : starts[0]);
  return {
    end(text, from) {
      let [state, found] = [begin(text, from), -1];
      for (let at = from; ; at++) {
        const cell = cells[state * width + (at < text.length ? classOf(text.charCodeAt(at)) : end)] as number;
        if ((cell & 1) === 1 && at > from) found = at;
        state = cell >> 1;
        if (state === DEAD || at >= text.length) return found;
      }
    },
    open(text, from) {
      let state = begin(text, from);
      for (let at = from; at < text.length && state !== DEAD; at++) state = (cells[state * width + classOf(text.charCodeAt(at))] as number) >> 1;
      return state !== DEAD;
    },
  };
}

/** The steps of the expression, from its end to its beginning (Thompson 1968). */
function plan(tree: Node): { readonly steps: readonly Step[]; readonly sources: readonly string[]; readonly start: number } {
  const steps: Step[] = [{ kind: "end" }];
  const sources = new Map<string, number>();
  let visits = 0;
  const add = (step: Step): number => steps.push(step) - 1;
  const build = (node: Node, next: number): number => {
    if (++visits > MOST_STEPS) throw new SyntaxError("it is too large: make it shorter, or its counts smaller");
    switch (node.kind) {
      case "unit": {
        const source = sources.get(node.source) ?? sources.size;
        sources.set(node.source, source);
        return add({ kind: "unit", source, to: next });
      }
      case "text":
        return apart(node).reduceRight((after, unit) => build(unit, after), next);
      case "edge":
        if (!/^\\[bB]$/.test(node.source))
          throw new SyntaxError("`^` and `$` have no meaning here: a rule is looked for anywhere; `\\b` is the edge of a word");
        return add({ kind: "edge", inside: node.source === "\\B", to: next });
      case "look":
        throw new SyntaxError("it looks ahead or behind: that is not offered; `\\b` is the edge of a word");
      case "all":
        return node.items.reduceRight((after, item) => build(item, after), next);
      case "any":
        return add({ kind: "fork", to: node.items.map((item) => build(item, next)) });
      case "repeat": {
        let entry = next;
        for (let time = node.most; time > node.least; time--) entry = add({ kind: "fork", to: [build(node.item, entry), next] });
        for (let time = 0; time < node.least; time++) entry = build(node.item, entry);
        return entry;
      }
    }
  };
  const start = build(tree, 0);
  return { steps, sources: [...sources.keys()], start };
}

interface Alphabet {
  readonly classOf: (unit: number) => number;
  readonly classes: number;
  /** By class: letters and digits. */
  readonly wordly: readonly boolean[];
  /** By source: the classes of the code units that it takes. */
  readonly accepting: readonly (readonly number[])[];
}

/** Code units that no part of the expression tells apart are one class. */
function* alphabet(sources: readonly string[], flags: string): Generator<void, Alphabet> {
  const takes: Uint8Array[] = [];
  for (const source of sources) {
    takes.push(taken(`${flags}:${source}`));
    if (takes.at(-1)?.length === ALL) yield;
  }
  const range = takes.every(({ length }) => length === ASCII) ? ASCII : ALL;
  const all = new Uint16Array(range);
  for (let unit = 0; unit < range; unit++) all[unit] = isWord(unit) ? 1 : 0;
  // Beyond the range there are words and all else.
  let classes = 2;
  for (const one of takes) {
    const apart = new Map<number, number>();
    for (let unit = 0; unit < one.length; unit++) {
      if (one[unit] === 0) continue;
      const before = all[unit] as number;
      if (!apart.has(before)) apart.set(before, classes++);
      all[unit] = apart.get(before) as number;
    }
    if (one.length === ALL) yield;
  }
  const wordly = Array.from({ length: classes }, (_, one) => one === 1);
  all.forEach((one, unit) => {
    wordly[one] = isWord(unit);
  });
  const accepting: number[][] = [];
  for (const one of takes) {
    const own = new Set<number>();
    for (let unit = 0; unit < one.length; unit++) if (one[unit] === 1) own.add(all[unit] as number);
    accepting.push([...own]);
    if (one.length === ALL) yield;
  }
  return { classOf: (unit) => (unit < range ? (all[unit] as number) : isWord(unit) ? 1 : 0), classes, wordly, accepting };
}

const ASCII = 128;
const ALL = 0x10000;

/** By code unit, whether a part takes it: for ASCII alone where it takes nothing else (without the flag `u` neither folds into the other). */
const taken = memoise(200, (flagged: string): Uint8Array => {
  const [flags = "", source] = [flagged.slice(0, flagged.indexOf(":")), flagged.slice(flagged.indexOf(":") + 1)];
  const one = new RegExp(`^(?:${source})$`, flags);
  const test = (unit: number): number => (one.test(String.fromCharCode(unit)) ? 1 : 0);
  if (!/[^\0-\x7f]|\\[uWDSxs]|^\[\^|^\.$/.test(source)) return Uint8Array.from({ length: ASCII }, (_, unit) => test(unit));
  if (source.length > 1 || source === ".") return Uint8Array.from({ length: ALL }, (_, unit) => test(unit));
  const all = new Uint8Array(ALL);
  for (const sign of [source, source.toLowerCase(), source.toUpperCase()]) all[sign.charCodeAt(0)] = test(sign.charCodeAt(0));
  return all;
});

let words: Uint8Array | undefined;

/** Letters, digits and the marks upon them, of every script. An underscore joins no words: `falke_2` names the falcon. */
function isWord(unit: number): boolean {
  words ??= Uint8Array.from({ length: ALL }, (_, one) => (/[\p{L}\p{N}\p{M}]/u.test(String.fromCharCode(one)) ? 1 : 0));
  return words[unit] === 1;
}
