import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";
import { remainder } from "../personal/check-digits.ts";

/** Total length by country (SWIFT IBAN registry). */
const LENGTHS: { readonly [length: number]: string } = {
  15: "NO",
  16: "BE",
  18: "DK FK FO FI GL NL SD",
  19: "MK SI",
  20: "AT BA EE KZ LT LU MN XK",
  21: "CH HR LI LV",
  22: "BG BH CR DE GB GE IE ME RS VA",
  23: "AE GI IL IQ OM SO TL",
  24: "AD CZ DZ ES MD PK RO SA SE SK TN VG YE",
  25: "AO CV LY MZ PT ST",
  26: "IR IS TR",
  27: "BI DJ FR GR IT MC MR SM",
  28: "AL AZ BY CI CY DO GT HN HU LB MA NI PL SN SV",
  29: "BR EG PS QA UA",
  30: "JO KW MU",
  31: "MT SC",
  32: "LC",
  33: "RU",
};

/** Where an account begins with a bank's letters (SWIFT IBAN registry, 4!a). */
const LETTERS = new Set("BG BH GB GI IE IQ JO KW LV LC MT MU NL PK PS QA RO SC SV VG".split(" "));

const GAP = "[ \\u00a0\\u202f.-]{0,2}";
const GERMAN = new Map([
  ["DE", 18],
  ["AT", 16],
  ["CH", 17],
]);

/** One alternative a country: an IBAN ends where its length says, whatever digits follow after a gap. */
const forms = Object.entries(LENGTHS).map(([length, codes]) => `(?:${codes.replaceAll(" ", "|")})\\d\\d(?:${GAP}[A-Z0-9]){${Number(length) - 4}}`);
/** Digits alone behind a code that stands apart: `at 12` begins a sentence as well. */
const apart = [...GERMAN].map(([code, digits]) => `${code}[ \\u00a0]\\d\\d(?:${GAP}\\d){${digits}}`);

export const iban: Detector = {
  id: "iban",
  finds: "financial",
  covers: ["O-02", "O-01"],
  explain: {
    en: "An international bank account number: the length of its country, and the check digits (mod 97) fit.",
    de: "Eine internationale Kontonummer (IBAN): die Länge passt zum Land, und die Prüfziffern (Modulo 97) stimmen.",
  },
  examples: {
    hit: [
      "DE89 3704 0044 0532 0130 00",
      "IBAN: DE89370400440532013000.",
      "GB29 NWBK 6016 1331 9268 19 bitte",
      "at61 1904 3002 3457 3201",
      "CH9300762011623852957",
      "IBAN: DE 89 3704 0044 0532 0130 00",
      "DE89.3704.0044.0532.0130.00",
    ],
    miss: ["DE89 3704 0044 0532 0130 01", "DE12", "XDE89370400440532013000", "ZZ89370400440532013000", "DE89 3704 0044 0532 0130", "IE95TE8270900834048660"],
  },
  ...pattern(`(?<![A-Z0-9])(?:${[...forms, ...apart].join("|")})(?![A-Z0-9])`, {
    accept: (match) => fits(match.replace(/[^A-Za-z0-9]/g, "")),
  }),
};

/** ISO/IEC 7064 mod 97-10 over the number with its first four places moved to the end. */
function fits(account: string): boolean {
  if (LETTERS.has(account.slice(0, 2).toUpperCase()) && !/^.{4}[A-Z]{4}/i.test(account)) return false;
  return remainder(account.slice(4) + account.slice(0, 4), 97) === 1;
}
