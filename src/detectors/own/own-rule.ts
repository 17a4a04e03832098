import type { Detector, FindingKind, Span } from "../../core/detector.ts";
import { asLiteral } from "../identifier.ts";
import { leads } from "../leads.ts";
import { pattern } from "../pattern.ts";
import { extent, readRegExp } from "../regexp.ts";
import { making } from "./automaton.ts";

/** What an operator wants found, in the operator's words. */
export interface OwnRule {
  readonly id: string;
  readonly kind: FindingKind;
  /** Whole words and names, in any case, with or without umlauts; between two words up to three blanks, dashes or underscores. */
  readonly words?: readonly string[];
  /** `build.corp.example`: this host. `*.corp.example`: every host below it. */
  readonly hosts?: readonly string[];
  readonly pattern?: string;
  readonly examples: { readonly hit: readonly string[]; readonly miss: readonly string[] };
}

/** The longest match of a pattern, in code units: a stream holds at most this much back for it, and no place costs more steps. */
const LONGEST = 200;
/** So many characters of words make one detector: of more, too many beginnings would have to be told apart. */
const WORDS = 1_000;

/** A rule as detectors, all of its id. Throws a SyntaxError for a pattern that cannot be used; its message says what to write instead. */
export const ownRule = (rule: OwnRule): readonly Detector[] => atOnce(makingRule(rule));

/** The same in steps of some milliseconds, between which others may have a turn. */
export function* makingRule({ id, kind, words = [], hosts = [], pattern: source, examples }: OwnRule): Generator<void, readonly Detector[]> {
  const made: Searching[] = [];
  for (const group of groups(words)) made.push(yield* linear(group.map(wordSource).join("|")));
  const below = hosts.filter((host) => host.startsWith("*."));
  const named = hosts.filter((host) => !host.startsWith("*."));
  if (named.length > 0) made.push(pattern(`(?<![${LABEL}])(?<![${LABEL}]\\.)(?:${named.map(escaped).join("|")})${HOST_END}`));
  if (below.length > 0) {
    const tails = below.map((host) => host.slice(1).toLowerCase());
    made.push(
      pattern(`(?<![${LABEL}])[${LABEL}]{1,63}(?:\\.[${LABEL}]{1,63}){0,7}(?:${tails.map(escaped).join("|")})${HOST_END}`, {
        literals: { at: "within", any: tails.map(asLiteral) },
      }),
    );
  }
  if (source !== undefined) made.push(yield* linear(source, LONGEST));
  const explain = { en: `What the rule \`${id}\` names.`, de: `Was die Regel \`${id}\` nennt.` };
  return made.map((one) => ({ id, finds: kind, covers: ["O-04"], explain, examples, ...one }));
}

/** How many steps a place may cost at most, for patterns: one for each code unit of the longest match, a third where only a fixed beginning is tried. */
export function costOf(source: string): number {
  const tree = readRegExp(source, "plain");
  const fixed = leads(tree)?.every((lead) => lead.length >= 3) ?? false;
  return Math.ceil(extent(tree).width / (fixed ? 3 : 1));
}

/** True for texts that are a match from their first to their last code unit, in this case. Throws like `ownRule`. */
export const wholeMatch = (source: string): WholeMatch => atOnce(makingMatch(source));
export type WholeMatch = (text: string) => boolean;

/** The same in steps. */
export function* makingMatch(source: string): Generator<void, WholeMatch> {
  const { end } = yield* compiled(`(?:${source})`, LONGEST, true);
  return (text) => end(text, 0) === text.length;
}

function atOnce<T>(steps: Generator<void, T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

type Searching = Pick<Detector, "detect" | "at" | "open" | "literals">;

/** The searching half of a detector, from an expression that the operator wrote. No expression takes more than `LONGEST` steps for a place. */
function* linear(source: string, most = Infinity): Generator<void, Searching> {
  const { end, open, longest, beginnings } = yield* compiled(source, most);
  const at: NonNullable<Detector["at"]> = ({ text }, index) => {
    const found = end(text, index);
    return found < 0 ? undefined : { start: index, end: found };
  };
  return {
    ...(beginnings === undefined ? {} : { literals: { at: "start", any: beginnings } }),
    at,
    detect(input) {
      const spans: Span[] = [];
      for (let index = 0; index < input.text.length; index++) {
        const span = at(input, index);
        if (span !== undefined) spans.push(span);
      }
      return spans;
    },
    open(text, from = 0) {
      for (let index = Math.max(from, text.length - longest); index < text.length; index++) if (open(text, index)) return index;
      return text.length;
    },
  };
}

function* compiled(source: string, most: number, exact = false) {
  const tree = readRegExp(source, "plain");
  const { width } = extent(tree);
  if (width === Infinity) throw new SyntaxError("`*`, `+` and `{1,}` have no end, and a stream cannot wait for one: write how many at most, such as `{1,40}`");
  if (width === 0) throw new SyntaxError("it matches nothing but the empty text");
  if (width > most) throw new SyntaxError(`it can match ${width} characters, and at most ${most} are looked at: make its counts smaller`);
  const made = yield* making(tree, exact);
  yield;
  return { ...made, longest: width + 1, beginnings: leads(tree) };
}

/** What a label of a host is made of. */
const LABEL = "A-Za-z0-9_\\u00c0-\\u024f-";
/** Not where the host goes on: `corp.example.net` is another one, and a sentence may end behind it. */
const HOST_END = `(?![${LABEL}]|\\.[${LABEL}])`;
const GAP = "[\\s_\\-]{1,3}";

function groups(words: readonly string[]): readonly (readonly string[])[] {
  const all: string[][] = [];
  let room = 0;
  for (const word of words) {
    if (room < word.length) {
      all.push([]);
      room = WORDS;
    }
    all.at(-1)?.push(word);
    room -= word.length;
  }
  return all;
}

function wordSource(word: string): string {
  const text = word.normalize("NFC").trim();
  const edge = (sign: string | undefined): string => (sign !== undefined && /[\p{L}\p{N}]/u.test(sign) ? "\\b" : "");
  const inner = text.replace(/[\s_-]+|ae|oe|ue|ss|[\s\S]/gi, (piece) => (/^[\s_-]/.test(piece) ? GAP : (PAIRS.get(piece.toLowerCase()) ?? letter(piece))));
  return `${edge(text[0])}${inner}${edge(text.at(-1))}`;
}

/** German letters as they are typed on any keyboard. */
const PAIRS = new Map([
  ["ae", "(?:ae|ä|a\u0308)"],
  ["oe", "(?:oe|ö|o\u0308)"],
  ["ue", "(?:ue|ü|u\u0308)"],
  ["ss", "(?:ss|ß)"],
  ["ä", "(?:ä|ae|a\u0308?)"],
  ["ö", "(?:ö|oe|o\u0308?)"],
  ["ü", "(?:ü|ue|u\u0308?)"],
  ["ß", "(?:ß|ss)"],
]);

/** A letter, also without its accent, and with the accent as a sign of its own. */
function letter(sign: string): string {
  const [base = sign, ...marks] = sign.normalize("NFD");
  if (marks.length === 0) return escaped(sign);
  return `(?:${sign}|${escaped(base)}(?:${marks.join("")})?)`;
}

function escaped(text: string): string {
  return text.replace(/[.$|()[\]{}+*?^\\/]/g, "\\$&");
}
