import { type Detector, type FindingKind, LOOKBEHIND } from "../core/detector.ts";
import { isOutsideWord } from "./follows.ts";
import { pattern } from "./pattern.ts";

/** A number that an authority gave to somebody or something. */
export interface Identifier {
  readonly id: string;
  readonly finds?: FindingKind;
  readonly explain: Detector["explain"];
  readonly examples: Detector["examples"];
  /** Its form, without regard to case. */
  readonly form: string;
  /** Its check digit, over the letters and digits alone, in capitals; and as it was written. */
  readonly valid?: (bare: string, written: string) => boolean;
  /** Where form and check digit are too weak to tell: one of these words must stand shortly before it. Lower case. */
  readonly words?: readonly string[];
  readonly score?: number;
}

/** Between the word and the number: a few words without a digit, on one line or the next. */
const GAP = 26;

export function identifier({ id, finds = "personal", explain, examples, form, valid, words, score }: Identifier): Detector {
  const behind = words === undefined ? "" : behindOneOf(words);
  const found = pattern(`(?<![A-Za-z0-9_])(?<!\\d[.,/-])${behind}(?:${withBlanks(form)})(?![A-Za-z0-9_]|[.,-]\\d)`, {
    ...(words === undefined ? {} : { literals: { at: "before" as const, any: words.map(asLiteral) } }),
    ...(valid === undefined ? {} : { accept: (match: string) => valid(match.replace(/[^A-Za-z0-9]/g, "").toUpperCase(), match) }),
    follows: isOutsideWord,
    score: score ?? (valid === undefined ? 0.7 : words === undefined ? 0.9 : 1),
  });
  return {
    id,
    finds,
    covers: [finds === "financial" ? "O-02" : "O-01"],
    explain,
    examples,
    ...found,
  };
}

/** Looks back at one of these words, shortly before the place. */
export function behindOneOf(words: readonly string[]): string {
  const long = words.find((word) => word.length + GAP + 2 > LOOKBEHIND);
  if (long !== undefined) throw new SyntaxError(`\`${long}\` is too long a word to look back at`);
  return `(?<=(?<![a-z])(?:${words.map(wholeWord).join("|")})[^\\d]{0,${GAP}})`;
}

/** A blank of the form may be one that breaks no line: pages and word processors write numbers so. */
export function withBlanks(form: string): string {
  return form.replace(/\[[^\]]*\]| /g, (part) => (part === " " ? `[${BLANKS}]` : part.replace(" ", BLANKS)));
}
const BLANKS = " \\u00a0\\u202f";

/** Long words may go on: German joins them. */
function wholeWord(word: string): string {
  return word.replace(/[.]/g, "\\.") + (word.length < 6 && !word.endsWith(".") ? "(?![a-z\\u00c0-\\u024f])" : "");
}

export function asLiteral(word: string): string {
  return word.replace(/\d/g, "0");
}
