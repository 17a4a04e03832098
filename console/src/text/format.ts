import type { Language } from "./text.ts";

/** The reader's own variant of the chosen language (`en-US`, `de-AT`), where the browser names one. */
const region = (language: Language): string => navigator.languages.find((name) => name.split("-")[0] === language) ?? { en: "en-GB", de: "de-DE" }[language];

type Moment = "clock" | "day" | "full";

const MOMENTS: { readonly [form in Moment]: Intl.DateTimeFormatOptions } = {
  clock: { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
  day: { day: "2-digit", month: "2-digit" },
  full: { dateStyle: "long", timeStyle: "medium" },
};

/** To make one takes a hundred times as long as to use it, and a list draws a moment in every row. */
const made = new Map<string, Intl.DateTimeFormat>();

function moment(form: Moment, language: Language): Intl.DateTimeFormat {
  const place = region(language);
  const known = made.get(`${form} ${place}`);
  if (known !== undefined) return known;
  const one = new Intl.DateTimeFormat(place, MOMENTS[form]);
  made.set(`${form} ${place}`, one);
  return one;
}

/** 14:03:22, in the reader's own time zone; with the day where it is not today. */
export function clockTime(iso: string, language: Language, now: number): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const time = moment("clock", language).format(date);
  const sameDay = date.toDateString() === new Date(now).toDateString();
  return sameDay ? time : `${moment("day", language).format(date)} ${time}`;
}

/** 21 November 2026, 14:03:22 */
export function fullTime(iso: string, language: Language): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : moment("full", language).format(date);
}

/** In 2 days; 3 hours ago: to the hour, and to the minute within one. */
export function remaining(iso: string, language: Language, now: number): string {
  const minutes = Math.round((new Date(iso).getTime() - now) / 60_000);
  if (Number.isNaN(minutes)) return iso;
  const relative = new Intl.RelativeTimeFormat(region(language));
  if (Math.abs(minutes) < 60) return relative.format(minutes, "minute");
  const hours = Math.trunc(minutes / 60);
  return Math.abs(hours) < 48 ? relative.format(hours, "hour") : relative.format(Math.trunc(hours / 24), "day");
}

/** 2 minutes ago; empty once a day has passed, when a date says more. */
export function ago(iso: string, language: Language, now: number): string {
  const seconds = Math.round((new Date(iso).getTime() - now) / 1000);
  if (!(Math.abs(seconds) < 86_400)) return "";
  const relative = new Intl.RelativeTimeFormat(region(language), { numeric: "auto" });
  if (Math.abs(seconds) < 60) return relative.format(seconds, "second");
  if (Math.abs(seconds) < 3600) return relative.format(Math.round(seconds / 60), "minute");
  return relative.format(Math.round(seconds / 3600), "hour");
}

/** 4 min 12 sec: what is left until then, in its two largest units; empty once it is over. */
export function left(iso: string, language: Language, now: number): string {
  const seconds = Math.floor((new Date(iso).getTime() - now) / 1000);
  if (!(seconds > 0)) return "";
  const parts = UNITS.map(([unit, size], i) => [unit, Math.floor((seconds % (UNITS[i - 1]?.[1] ?? Number.POSITIVE_INFINITY)) / size)] as const);
  const first = parts.findIndex(([, n]) => n > 0);
  return parts
    .slice(first, first + 2)
    .map(([unit, n]) => new Intl.NumberFormat(region(language), { style: "unit", unit, unitDisplay: "short" }).format(n))
    .join(" ");
}

/** 30 days: a span of time in the largest unit that says it exactly. */
export function span(seconds: number, language: Language): string {
  const [unit, size] = UNITS.find(([, one]) => seconds >= one && seconds % one === 0) ?? (["second", 1] as const);
  return new Intl.NumberFormat(region(language), { style: "unit", unit, unitDisplay: "long" }).format(seconds / size);
}

const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

export function utc(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : `${date.toISOString().replace("T", " ").replace("Z", "")} UTC`;
}

export function count(n: number, language: Language): string {
  return new Intl.NumberFormat(region(language)).format(n);
}

/** 7.5 */
export function decimal(n: number, language: Language): string {
  return new Intl.NumberFormat(region(language), { maximumFractionDigits: 2 }).format(n);
}

/** 0.9345 as 93 %, or as 93.5 % with one digit more. */
export function percent(share: number, language: Language, digits = 0): string {
  return new Intl.NumberFormat(region(language), { style: "percent", maximumFractionDigits: digits }).format(share);
}

/** Several words as one enumeration: a, b and c. */
export function list(words: readonly string[], language: Language, type: "conjunction" | "disjunction" = "conjunction"): string {
  return new Intl.ListFormat(region(language), { type }).format(words);
}
