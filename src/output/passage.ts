import { compareMatches, type Match, type Passage, rejoined, resolve, type Scanner } from "../core/index.ts";

/** How many UTF-16 code units of a text the log gets. */
export const LOGGED = 4_000;
/** Enough more text that what begins before the bound is recognised. */
const BEYOND = 2_000;

/** The beginning of a text that went out, as it was before anything was masked. */
export interface Logged {
  add(text: string): void;
  /** Keeps what was matched already; what only had to be reported is looked for at the end, once. */
  found(match: Match): void;
  /** The answer ended with what invisible characters stood in: what came after it is not of the record, however the answer was cut. */
  endsWith(isLast: (match: Match) => boolean): void;
  passage(at: string): Passage;
}

/** `reporting` finds what may leave but is to be known of, `holding` the rest: it is asked again for what invisible characters stood in. */
export function logged({ holding, reporting }: { readonly holding: Scanner; readonly reporting: Scanner }): Logged {
  let text = "";
  const matches: Match[] = [];
  let isLast: (match: Match) => boolean = () => false;
  return {
    add(more) {
      if (text.length < LOGGED + BEYOND) text += more.slice(0, LOGGED + BEYOND - text.length);
    },
    found(match) {
      if (match.start < LOGGED) matches.push(match);
    },
    endsWith(given) {
      isLast = given;
    },
    passage(at) {
      const gone = resolve(matches.filter(({ kind }) => kind === "smuggling").sort(compareMatches));
      const whole = [holding, reporting].flatMap((scanner) => rejoined(scanner, text, "model", gone)).sort(compareMatches);
      text = text.slice(0, whole.find(isLast)?.end);
      const all = [...matches, ...reporting.matches(text, "model"), ...whole].sort(compareMatches);
      const kept = text.slice(0, LOGGED);
      // A finding that the bound cuts is still one: the part of it that is kept must be masked in the log.
      const findings = resolve(all).flatMap((finding) => (finding.start < kept.length ? [{ ...finding, end: Math.min(finding.end, kept.length) }] : []));
      return { at, text: kept, findings };
    },
  };
}
