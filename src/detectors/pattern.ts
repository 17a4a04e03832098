import { type Detector, type Literals, LOOKBEHIND, type Span } from "../core/detector.ts";
import { marksOf } from "./ascii.ts";
import { barsDigits } from "./behind-digit.ts";
import { compact } from "./compact.ts";
import { type Derived, derivedOf } from "./derived.ts";
import { readRegExp } from "./regexp.ts";
import { type Seek, seeker } from "./seek.ts";

/** What a pattern may say beside its expression. */
export interface PatternOptions {
  /** Only where no match has a beginning of its own: otherwise the literals are read off the expression. */
  readonly literals?: Literals;
  /** Looks at a match once more: a checksum, a placeholder. */
  readonly accept?: (match: string) => boolean;
  /**
   * Signs with which a match may end but never go on, where waiting for the end of a clause is exact enough: phrases of many words, whose
   * exact second expression would be large and slow to compile.
   */
  readonly breaks?: RegExp;
  /** False for a code unit behind which no match begins (NaN: the text's beginning): spares trying the expression there. */
  readonly follows?: (unit: number) => boolean;
  /** Finds the places at which a match may begin, where the expression begins with nothing rare: it names every one, and others too. */
  readonly seek?: Seek;
  /** 1 where a checksum or a fixed form decides; lower where people would look twice. */
  readonly score?: number;
}

/** The longest match there may be; a stream holds at most this much back for one detector. */
export const LONGEST = 20_000;

/**
 * Makes the searching half of a detector from one regular expression, so that `detect`, `at`, `open` and `literals` cannot disagree. Every
 * place is tried by itself: what is found does not depend on where the text was cut. The expression begins with a look behind that
 * rules out places inside a run it would consume, which is what keeps the whole linear. Throws, when it is first used, if it has no bound, or
 * looks further to the left than a stream remembers. An expression given as text pays no regard to case.
 */
export function pattern(
  expression: Pick<RegExp, "source" | "flags"> | string,
  options: PatternOptions = {},
): Pick<Detector, "detect" | "at" | "open" | "literals"> {
  const source = typeof expression === "string" ? expression : expression.source;
  const flags = typeof expression === "string" ? "i" : expression.flags.replace("g", "");
  if (/[^i]/.test(flags)) throw new SyntaxError("a detector's pattern takes no flag but `i`");
  const { accept, breaks, follows, score = 1 } = options;
  const derived = derivedOf({ source, flags, begins: options.literals === undefined, waits: breaks === undefined });
  const made = once(() => {
    const { barred, grows, joints = [] } = derived();
    const longest = longestOf(derived());
    const here = new RegExp(compact(source, joints), `${flags}y`);
    return { longest, here, grows: grows === undefined ? undefined : new RegExp(grows, `${flags}g`), barred: marksOf(BigInt(`0x${barred}`)) };
  });
  const find = once(() => new RegExp(made().here.source, `${flags}g`));
  // Few are searched for in a whole text: the others need no tree.
  const sought = once(() => options.seek ?? seeker(readRegExp(source), flags));

  const beginnings = options.literals === undefined ? derived().beginnings : undefined;
  const known: Literals | undefined = beginnings === undefined ? options.literals : { at: "start", any: beginnings };
  const isApart = (follows !== undefined && barsDigits(follows)) || (beginnings !== undefined && derived().notBehindDigit);
  const literals: Literals | undefined = known?.at === "start" && isApart ? { ...known, notBehindDigit: true } : known;

  const span = (match: RegExpExecArray | null): Span | undefined => {
    if (match === null || accept?.(match[0]) === false) return undefined;
    return { start: match.index, end: match.index + match[0].length, score };
  };
  const at: Detector["at"] = ({ text }, index) => {
    const behind = text.charCodeAt(index - 1);
    const { here: one, barred } = made();
    // The expression says the same, for three times the cost.
    if (follows?.(behind) === false || (behind < 128 && barred[behind] === 1)) return undefined;
    one.lastIndex = index;
    // Where nobody asks what it says, only where it ends is wanted: a third of the cost.
    if (accept === undefined) return one.test(text) ? { start: index, end: one.lastIndex, score } : undefined;
    return span(one.exec(text));
  };
  return {
    ...(literals === undefined ? {} : { literals }),
    at,
    detect(input) {
      const { text } = input;
      const spans: Span[] = [];
      const next = sought();
      if (next !== undefined) {
        for (let index = next(text, 0); index >= 0; index = next(text, index + 1)) {
          const found = at(input, index);
          if (found !== undefined) spans.push(found);
        }
        return spans;
      }
      const all = find();
      all.lastIndex = 0;
      for (let match = all.exec(text); match !== null; match = all.exec(text)) {
        const found = span(match);
        if (found !== undefined) spans.push(found);
        all.lastIndex = match.index + 1;
      }
      return spans;
    },
    open(text, from = 0) {
      const { longest, grows } = made();
      const earliest = Math.max(from, text.length - longest);
      if (grows !== undefined) {
        grows.lastIndex = earliest;
        return grows.exec(text)?.index ?? text.length;
      }
      let open = text.length;
      while (open > earliest && breaks?.test(text[open - 1] as string) === false) open--;
      return open;
    },
  };
}

function longestOf({ right, left }: Derived): number {
  if (right === null || right > LONGEST) throw new SyntaxError(`a detector's pattern has no bound or one over ${LONGEST}`);
  if (left === null || left > LOOKBEHIND) throw new SyntaxError(`a detector's pattern looks back further than ${LOOKBEHIND}`);
  return right;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
