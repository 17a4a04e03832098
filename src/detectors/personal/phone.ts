import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";

// Digits in the national part, by country code; E.164 allows 15 in all.
const NATIONAL: { readonly [code: string]: readonly [least: number, most: number] } = { 1: [10, 10], 41: [9, 9], 43: [6, 13], 44: [9, 10], 49: [7, 12] };
const GAP = "[ \\u00a0./()-]{0,3}";

/** `x814`, `ext. 12` */
const EXTENSION = "(?: ?(?:x|ext\\.? ?)\\d{1,5})?";

/** Behind four digits and a blank, what begins with four digits is the next group of a card or an account. */
const NO_GROUPS = "(?:(?<!\\d{4} )|(?!\\d{4} \\d{1,4}(?!\\d)))";
const international = `(?<![\\w+.])(?:\\+|${NO_GROUPS}00 ?(?=49|4[134]|1[ -]))[1-9](?:${GAP}\\d){7,14}${EXTENSION}(?![\\w])`;
/** Germany, Austria, Switzerland, United Kingdom: a trunk zero, an area, and a gap that tells it from other numbers. */
const national = `(?<![\\w.,:+/-])${NO_GROUPS}\\(?0[1-9]\\d{1,4}\\)?(?: ?[/-] ?| )\\d{2,8}(?:[ -]\\d{1,6}){0,3}(?![\\w.,:/-]\\d|\\w)`;
const mobile = "(?<![\\w.,:+/-])01[567]\\d{8,9}(?!\\w)";
const american = `(?<![\\w.+-])(?:1[ .-])?(?:\\([2-9]\\d\\d\\) ?|[2-9]\\d\\d[-.])[2-9]\\d\\d[-.]\\d{4}${EXTENSION}(?![\\w-])`;
const named =
  "(?<=(?:tel|phone|call|telefon|mobil|mobile|handy|fax|rufnummer|telefonnummer)(?: ?(?:number|nr\\.?))?(?:[\"']?[.:=]{1,2}[ \\u00a0]{0,2}[\"']?|[ \\u00a0]{1,2})(?:(?:is|ist|lautet) )?)\\(?0?\\d(?:[ ()/-]{0,2}\\d){5,13}(?!\\w)";

/** A label behind the number, as cards and directories write it. */
const labelled = `(?<![\\w.:+/-])(?<!\\d,)\\(?\\d(?:[ ().-]{0,2}\\d){5,13}${EXTENSION}(?=[ -](?:office|fax|mobile|cell|mobil|handy|b(?:ü|ue)ro)(?![a-z-]| [a-z]))`;

/** Numbers as people write them. No number plan judges them: it would take away more than it adds (decision 66). */
export const phone: Detector = {
  id: "phone",
  finds: "personal",
  covers: ["O-01"],
  explain: {
    en: "A telephone number: international, or in the national form of Germany, Austria, Switzerland, the United Kingdom or North America.",
    de: "Eine Telefonnummer: international oder in der nationalen Schreibweise von Deutschland, Österreich, der Schweiz, Großbritannien oder Nordamerika.",
  },
  examples: {
    hit: [
      "+49 30 901820",
      "0049 (0)171 1234567",
      "030/901820-15",
      "0171 2345678",
      "01712345678",
      "(212) 555-0142",
      "+1-212-555-0142",
      "020 7946 0958",
      "044 668 18 00",
      "Tel.: 08912345678",
      "(978) 645-9740x11144",
      "089 72 63 41 office",
      "06-10446904-Fax",
      "Raum 1234 030 901820",
    ],
    miss: [
      "2024-01-02",
      "12:30-14:00",
      "192.168.178.1",
      "+1234",
      "0.1712345678",
      "555-0142",
      "01-02-2024",
      "invoice 0815",
      "1999-2024",
      "300000 mobile users",
      "4634 0147 3563 7652",
      "DE96 5848 0210 4102 5723",
      "3704 0044 0532 0130 01",
    ],
  },
  ...pattern([international, national, mobile, american, named, labelled].join("|"), {
    accept: (match) => {
      const digits = match
        .replace(/ ?(?:x|ext).*$/i, "")
        .replace(/\D/g, "")
        .replace(/^00/, "");
      if (!/^(?:\+|00)/.test(match)) return digits.length >= (digits.startsWith("0") ? 8 : 6) && digits.length <= 15;
      const code = Object.keys(NATIONAL).find((known) => digits.startsWith(known));
      const [least, most] = (code === undefined ? undefined : NATIONAL[code]) ?? [6, 13];
      const rest = digits.slice(code?.length ?? 2).replace(/^0/, "");
      return rest.length >= least && rest.length <= most;
    },
    score: 0.7,
  }),
};
