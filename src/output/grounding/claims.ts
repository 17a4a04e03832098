/** What of an answer can be looked up in what the model was given. */
export const CLAIM_KINDS = ["url", "email", "amount", "date", "id", "quote", "number", "name"] as const;
export type ClaimKind = (typeof CLAIM_KINDS)[number];

export interface Claim {
  readonly kind: ClaimKind;
  /** Half-open, in UTF-16 code units. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const MONTHS =
  "jan(?:uary|uar)?|jän(?:ner)?|feb(?:ruary|ruar|er)?|mar(?:ch)?|märz?|apr(?:il)?|may|mai|june?|juni?|july?|juli?|aug(?:ust)?|sept?(?:ember)?|o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?";
const NUMBER = "\\d(?:[\\d.,'’]{0,30}\\d)?";
/** In groups of three with blanks between them, as German and French write them. */
const GROUPED = "\\d{1,3}(?:[ \\u00a0\\u202f]\\d{3}){1,4}(?:,\\d{1,2})?(?!\\d)";

// INVARIANT: every expression is bounded, and begins where the sign before it rules out that it stands inside a match: the time is linear in the text.
const URL_ = /(?<![A-Za-z0-9])(?:https?:\/\/|www\.)[^\s<>"'`\])}\\|]{1,2000}/gi;
const EMAIL = /(?<![\w.+-])[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6}/g;
const QUOTE = /[“„"»«][^“”„"»«\n]{12,400}[”“"«»]|[‚›][^‚‘’›‹\n]{12,400}[‘’‹]/g;
const DATE = new RegExp(
  `(?<![\\w.])(?:\\d{4}-\\d{2}-\\d{2}|\\d{1,2}[./]\\d{1,2}[./]\\d{2,4}|(?:${MONTHS})\\.?\\s\\d{1,2}(?:st|nd|rd|th)?(?:,?\\s\\d{4})?(?!\\d)|\\d{1,2}(?:st|nd|rd|th|\\.)?\\s(?:${MONTHS})\\b\\.?(?:,?\\s\\d{4})?)`,
  "gi",
);
const AMOUNT = new RegExp(
  `(?<![\\w.,])(?:[$€£¥]\\s?${NUMBER}|(?:USD|EUR|GBP|CHF|US\\$)\\s?${NUMBER}|(?:${GROUPED}|${NUMBER})\\s?(?:[$€£¥%]|(?:USD|EUR|GBP|CHF|Euros?|dollars?|percent|Prozent|Dollar|Franken|Cents?)\\b))`,
  "gi",
);
const ID = /(?<![\w-])#?[A-Za-z0-9]{1,40}(?:[-_][A-Za-z0-9]{1,40}){0,8}(?![\w-])/g;
const PLAIN = new RegExp(`(?<![\\w.,'’-])${NUMBER}(?![\\w-]|\\sUhr\\b)`, "g");
const NAME = /(?<![\p{L}\p{N}])\p{Lu}\p{Ll}{1,30}(?:[ -]\p{Lu}\p{Ll}{1,30}){1,3}(?![\p{L}\p{N}])/gu;
/** In German every noun has a capital: a name is what somebody is addressed by, and what a firm is called. */
const GERMAN_NAME =
  /(?<=(?<!\p{L})(?:Herrn?|Frau|Familie|Dr\.|Prof\.)\s)\p{Lu}\p{Ll}{1,30}(?:[ -]\p{Lu}\p{Ll}{1,30}){0,3}(?![\p{L}\p{N}])|(?<![\p{L}\p{N}-])\p{Lu}\p{Ll}{1,30}(?:[ -]\p{Lu}\p{Ll}{1,30}){0,3}(?= (?:GmbH|AG|KG|SE|OHG|UG|e\.\s?V\.)(?!\p{L}))/gu;
const [GERMAN, ENGLISH] = [
  /(?<!\p{L})(?:der|die|das|den|dem|und|ist|sind|nicht|eine?|für|mit|von|zu[mr]?|auf|im|bei|oder|Sie|Ihre?|vielen|guten|wird)(?!\p{L})/giu,
  /(?<!\p{L})(?:the|and|is|are|of|to|for|with|you|your|not|an?|it|this|that|was|on|at|by|from)(?!\p{L})/giu,
];

/** How much of a text is read, and how many claims of it are looked up. */
const MOST_TEXT = 64 * 1024;
export const MOST_CLAIMS = 64;

/** The claims of a text in their order, each place once: an address is not also a number. */
export function claimsIn(whole: string): readonly Claim[] {
  const text = whole.slice(0, MOST_TEXT);
  const taken: Claim[] = [];
  const free = new Uint8Array(text.length);
  const take = (kind: ClaimKind, expression: RegExp, fits: (found: string) => boolean = () => true): void => {
    for (const match of text.matchAll(expression)) {
      const found = kind === "url" ? match[0].replace(/(?<![.,;:!?*_])[.,;:!?*_]+$/, "") : match[0];
      const [start, end] = [match.index, match.index + found.length];
      if (free[start] !== 0 || free[end - 1] !== 0 || !fits(found)) continue;
      free.fill(1, start, end);
      taken.push({ kind, start, end, text: found });
    }
  };
  take("url", URL_);
  take("email", EMAIL);
  take("date", DATE);
  take("amount", AMOUNT);
  take(
    "id",
    ID,
    (found) =>
      found.length >= 5 && /[A-Za-z]/.test(found) && (found.match(/\d/g)?.length ?? 0) >= 2 && !/^\d+(?:st|nd|rd|th|[ap]m|mb|gb|kb|ms|px|km|kg)$/i.test(found),
  );
  take("number", PLAIN, (found) => found.replace(/\D/g, "").length >= 3);
  // What a quotation holds is in it; it may lie over numbers.
  free.fill(0);
  take("quote", QUOTE, (found) => (found.match(/\s/g)?.length ?? 0) >= 2);
  take("name", (text.match(GERMAN)?.length ?? 0) > (text.match(ENGLISH)?.length ?? 0) ? GERMAN_NAME : NAME);
  return taken.sort((a, b) => a.start - b.start || b.end - a.end).slice(0, MOST_CLAIMS);
}

/** The values that a written number may have: `1.234` is one thing in English and another in German. */
export function valuesOf(written: string): readonly number[] {
  const grouped = new RegExp(GROUPED).exec(written)?.[0];
  // `12 345 €` may be twelve of something for 345.
  if (grouped !== undefined) return [...valuesOf(grouped.replace(/\s/g, "")), ...valuesOf(written.slice(written.search(/\d{3}(?:,\d+)?\D*$/)))];
  const digits = /\d[\d.,'’]*/.exec(written)?.[0].replace(/['’]/g, "") ?? "";
  const english = Number(digits.replace(/,/g, ""));
  const german = Number(digits.replace(/\./g, "").replace(",", "."));
  return [english, german].filter((value) => !Number.isNaN(value));
}

/** What a written date may mean: `month-day`, with the year behind it where one is written. */
export function daysOf(written: string): readonly string[] {
  const [a = 0, b = 0, c = 0] = (written.match(/\d+/g) ?? []).map(Number);
  const word = new RegExp(`(?:${MONTHS})`, "i").exec(written)?.[0].toLowerCase();
  const day = (month: number, date: number, year: number): string => `${month}-${date}${year === 0 ? "" : `-${year < 100 ? 2000 + year : year}`}`;
  if (word !== undefined) return [day(MONTH.findIndex((one) => one.includes(word.slice(0, 3))) + 1, a, b)];
  if (/^\d{4}-/.test(written)) return [day(b, c, a)];
  return [day(b, a, c), day(a, b, c)];
}

const MONTH = ["jan jän", "feb", "mar mär", "apr", "may mai", "jun", "jul", "aug", "sep", "oct okt", "nov", "dec dez"];

/** All dates and all numbers of a text. */
export const datesIn = (text: string): readonly string[] => (text.match(DATE) ?? []).flatMap(daysOf);
export const numbersIn = (text: string): readonly number[] =>
  [...(text.match(new RegExp(NUMBER, "g")) ?? []), ...(text.match(new RegExp(`(?<![\\w.,])${GROUPED}`, "g")) ?? [])].flatMap(valuesOf);
