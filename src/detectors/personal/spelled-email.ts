import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";

const IN = (word: string): string => `(?:\\( ?${word} ?\\)|\\[ ?${word} ?\\]|\\{ ?${word} ?\\})`;
const DOT = `(?: {0,2}${IN("(?:dot|punkt)")} {0,2}|\\.)`;

export const spelledEmail: Detector = {
  id: "spelled-email",
  finds: "personal",
  covers: ["O-01"],
  explain: {
    en: "An e-mail address whose signs are written out in brackets: `name (at) domain (dot) org`.",
    de: "Eine E-Mail-Adresse, deren Zeichen in Klammern ausgeschrieben sind: `name (at) domain (punkt) de`.",
  },
  examples: {
    hit: [
      "max.mustermann (at) firma (dot) example",
      "anna [at] mail.example.org",
      "bob(at)example.com",
      "eva {at} firma {punkt} example",
      "info[at]firma[dot]example[dot]org",
    ],
    miss: ["meet me (at) noon", "values[at].name", "look (at) this.", "rows [at] index", "f(at) + g.x", "list(at)[dot]"],
  },
  ...pattern(`(?<![a-z0-9._%+-])[a-z0-9][a-z0-9._%+-]{0,63} {0,2}${IN("at")} {0,2}(?:[a-z0-9][a-z0-9-]{0,61}${DOT}){1,5}[a-z]{2,24}(?![a-z0-9_-])`, {
    literals: { at: "within", any: ["(at)", "( at ", "[at]", "[ at ", "{at}", "{ at "] },
    score: 0.8,
  }),
};
