/**
 * One value in other notations: `1.234,56` and `1,234.56`, `3. Mai 2026` and `2026-05-03`, an account with and without blanks. A value counts as
 * standing in a text only where both have the same single meaning: what can be read in two ways is no other notation of anything.
 */
import { fold } from "./fold.ts";
import { remembering } from "./remember.ts";

/** Does this value stand in a folded text of somebody who is trusted, in whatever notation? */
export function standsDenoted(value: string, text: string): boolean {
  const wanted = fold(value);
  if (wanted.length > LONGEST || !/\d/.test(wanted)) return false;
  const amount = amountOf(wanted);
  if (amount !== undefined && amountsIn(text).has(amount)) return true;
  const moment = momentsIn(wanted).whole;
  if (moment !== undefined) return standsMoment(moment, momentsIn(text));
  return standsInGroups(wanted, text);
}
const LONGEST = 80;

/** `1234.56`, with its currency where one stands beside it: `1234.56 eur`. */
const amountOf = (text: string): string | undefined => {
  const [, before = "", number = "", after = ""] = AMOUNT.exec(text) ?? [];
  const plain = plainNumber(number);
  const currency = currencyOf(before) ?? currencyOf(after);
  return plain === undefined || (before !== "" && after !== "") || (`${before}${after}` !== "" && currency === undefined)
    ? undefined
    : currency === undefined
      ? plain
      : `${plain} ${currency}`;
};
const SIGNS = "[€$£]|eur|usd|gbp|chf|euros?|dollars?|pounds?|pfund|franken";
const NUMBER = "-?\\d{1,3}(?:[ .,']\\d{3})+(?:[.,]\\d{1,2})?|-?\\d{1,15}(?:[.,]\\d{1,2})?";
const AMOUNT = new RegExp(`^(${SIGNS})? ?(${NUMBER}) ?(${SIGNS})?$`);
const AMOUNTS = new RegExp(`(?<![\\p{L}\\p{N}_.,'])(${SIGNS})? ?(${NUMBER})(?![\\d']|[.,]\\d)(?: ?(${SIGNS})(?!\\p{L}))?`, "gu");

const CURRENCIES: ReadonlyMap<string, string> = new Map(
  Object.entries({ eur: "€ eur euro euros", usd: "$ usd dollar dollars", gbp: "£ gbp pound pounds pfund", chf: "chf franken" }).flatMap(([code, written]) =>
    written.split(" ").map((one) => [one, code] as const),
  ),
);
const currencyOf = (written: string): string | undefined => CURRENCIES.get(written);

/** A number in the one way that it can be read; undefined where `1.234` may be either. */
function plainNumber(written: string): string | undefined {
  const [, whole = "", cents] = /^(-?[\d .,']*?)(?:[.,](\d{1,2}))?$/.exec(written) ?? [];
  const separators = new Set(whole.match(/[ .,']/g));
  if (whole === "" || separators.size > 1) return undefined;
  const [separator] = separators;
  // One group behind a dot or a comma could be thousandths.
  if (cents === undefined && (separator === "." || separator === ",") && whole.split(separator).length === 2) return undefined;
  if (cents !== undefined && separator !== undefined && written[whole.length] === separator) return undefined;
  return String(Number(`${whole.replace(/[ .,']/g, "")}.${cents ?? 0}`));
}

const amountsIn = remembering(
  (text): ReadonlySet<string> => {
    const found = new Set<string>();
    for (const [, before = "", number = "", after = ""] of text.matchAll(AMOUNTS)) {
      const plain = plainNumber(number);
      if (plain === undefined) continue;
      found.add(plain);
      for (const sign of [before, after]) if (currencyOf(sign) !== undefined) found.add(`${plain} ${currencyOf(sign)}`);
    }
    return found;
  },
  (_, found) => 20 * found.size,
);

/** A date as `2026-05-03`, and a time of day as `10:00`. */
interface Moment {
  readonly date: string;
  readonly time?: string;
}
interface Moments {
  readonly dates: ReadonlySet<string>;
  readonly times: ReadonlySet<string>;
  /** Where the text is one date and no more. */
  readonly whole: Moment | undefined;
}

const MONTHS = "jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez";
const MONTH_OF = new Map(
  "jan feb mar,mär apr may,mai jun jul aug sep oct,okt nov dec,dez".split(" ").flatMap((one, at) => one.split(",").map((name) => [name, at + 1] as const)),
);
const TIME = "(?:[t ,]+(?:at |um )?(\\d{1,2}):(\\d{2})(?::00(?:\\.0{1,6})?)?(?: ?uhr)?(?:z|\\+00:00)?)?";
const FORMS: readonly (readonly [string, (found: readonly string[]) => readonly (string | undefined)[]])[] = [
  ["(\\d{4})[-/](\\d{1,2})[-/](\\d{1,2})", ([year, month, day]) => [dateOf(year, month, day)]],
  ["(\\d{1,2})\\. ?(\\d{1,2})\\. ?(\\d{4}|\\d{2})", ([day, month, year]) => [dateOf(year, month, day)]],
  [`(\\d{1,2})(?:st|nd|rd|th|\\.)?(?: of)? ?(${MONTHS})\\p{L}{0,6}\\.?,? ?(\\d{4})`, ([day, month, year]) => [dateOf(year, month, day)]],
  [`(${MONTHS})\\p{L}{0,6}\\.? (\\d{1,2})(?:st|nd|rd|th)?,? (\\d{4})`, ([month, day, year]) => [dateOf(year, month, day)]],
  // In some countries the day stands first: it may be either.
  ["(\\d{1,2})/(\\d{1,2})/(\\d{4})", ([one, other, year]) => [dateOf(year, one, other), dateOf(year, other, one)]],
];
const EACH = FORMS.map(([form, read]) => [new RegExp(`(?<![\\p{L}\\p{N}_.-])${form}(?!\\d)`, "gu"), new RegExp(`^${form}${TIME}$`, "u"), read] as const);
const TIMES = /(?<![\p{L}\p{N}_.:])(?:(\d{1,2}):(\d{2})(?!\d)|(\d{1,2}) ?(?:uhr|([ap])\.?m\b))/gu;

function dateOf(year = "", month = "", day = ""): string | undefined {
  const number = MONTH_OF.get(month.slice(0, 3)) ?? Number(month);
  const whole = year.length === 2 ? `20${year}` : year;
  if (!(number >= 1 && number <= 12 && Number(day) >= 1 && Number(day) <= 31)) return undefined;
  return `${whole}-${String(number).padStart(2, "0")}-${day.padStart(2, "0")}`;
}

const momentsIn = remembering(
  (text): Moments => {
    const [dates, times] = [new Set<string>(), new Set<string>()];
    let whole: Moment | undefined;
    for (const [all, only, read] of EACH) {
      for (const [, ...found] of text.matchAll(all)) for (const date of read(found)) if (date !== undefined) dates.add(date);
      const match = text.length <= LONGEST ? only.exec(text) : null;
      const [date, ...others] = match === null ? [] : new Set(read(match.slice(1)).filter((one) => one !== undefined));
      if (match === null || date === undefined || others.length > 0) continue;
      const [hour, minute] = match.slice(-2);
      whole = { date, ...(hour === undefined || `${Number(hour)}:${minute}` === "0:00" ? {} : { time: `${Number(hour)}:${minute}` }) };
    }
    for (const [, hour, minute = "00", alone, half] of text.matchAll(TIMES)) {
      const number = Number(hour ?? alone);
      times.add(`${half === undefined ? number : (number % 12) + (half === "p" ? 12 : 0)}:${minute}`);
    }
    return { dates, times, whole };
  },
  (_, { dates, times }) => 20 * (dates.size + times.size + 1),
);

const standsMoment = ({ date, time }: Moment, { dates, times }: Moments): boolean => dates.has(date) && (time === undefined || times.has(time));

/** Accounts and telephone numbers, which people write in groups. */
const ACCOUNT = /^[a-z]{2}\d{2}(?: ?[a-z\d]){8,30}$/;
const TELEPHONE = /^\+?(?:[ ()/-]{0,2}\d){9,15}$/;

function standsInGroups(value: string, text: string): boolean {
  const apart = ACCOUNT.test(value) ? " ?" : TELEPHONE.test(value) ? "[ ()/-]{0,2}" : undefined;
  if (apart === undefined) return false;
  const signs = [...value.replace(/[ ()/-]/g, "")].map((sign) => (sign === "+" ? "\\+" : sign));
  return new RegExp(`(?<![\\p{L}\\p{N}_+])\\(?${signs.join(apart)}(?![\\p{L}\\p{N}_]|[ ()/-]{1,2}\\d)`, "u").test(text);
}
