/** Makes sentences of our own templates with names and places of a public collection (faker, MIT): always the same ones. */
import { allLocales } from "@faker-js/faker";
import type { Labelled } from "./rows.ts";
import { WORLD } from "./world.ts";

/** Where names are taken from; the first two are those of the sentences' own languages. */
const LOCALES = "de en de_CH en_IN en_NG en_ZA es es_MX fr fr_CH it pl tr nl sv da nb_NO fi hr cs_CZ sk hu ro pt_PT pt_BR lv sr_RS_latin vi id_ID".split(" ");
const WORD = /^[A-Z\u00c0-\u024f][a-z\u00c0-\u024f'’]+(?:[A-Z][a-z\u00c0-\u024f]+)?$/;

export interface Collection {
  readonly given: readonly string[];
  readonly family: readonly string[];
  readonly cities: readonly string[];
}

const texts = (value: unknown): string[] => {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(texts);
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(texts) : [];
};

export function collectionOf(locale: string): Collection {
  const { person = {}, location = {} } = (
    allLocales as unknown as Readonly<Record<string, { person?: Record<string, unknown>; location?: Record<string, unknown> }>>
  )[locale] ?? { person: {}, location: {} };
  const words = (value: unknown): string[] => [...new Set(texts(value).flatMap((text) => text.split(/[ -]/).filter((word) => WORD.test(word))))];
  const plain = (value: unknown): string[] => texts(value).filter((text) => /^[A-Z\u00c0-\u024f][^{}]+$/.test(text));
  return { given: words(person["first_name"]), family: words(person["last_name"]), cities: plain(location["city_name"]) };
}
export const collections: ReadonlyMap<string, Collection> = new Map(LOCALES.map((locale) => [locale, collectionOf(locale)]));
/** Every word of a name that is known, in the order of the collections. */
export const nameWords: readonly string[] = [...new Set([...collections.values()].flatMap(({ given, family }) => [...given, ...family]))];

const countriesOf = (locale: string): string[] =>
  texts((allLocales as unknown as Readonly<Record<string, { location?: { country?: unknown } }>>)[locale]?.location?.country);
export const PLACES: { readonly [language in "en" | "de"]: { readonly cities: readonly string[]; readonly countries: readonly string[] } } = {
  en: { cities: [...(collections.get("en")?.cities ?? []), ...(collections.get("fr")?.cities ?? [])], countries: countriesOf("en") },
  de: { cities: collections.get("de")?.cities ?? [], countries: countriesOf("de") },
};

const DAYS = {
  en: "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(" "),
  de: "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag".split(" "),
};
const MONTHS = {
  en: "January February March April May June July August September October November December".split(" "),
  de: "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split(" "),
};
const PRODUCTS = {
  en: "Office Chair,Cloud Storage,Python,Windows Server,Visual Studio,React Native,Coffee Machine,Smart Watch,Kubernetes,Chrome,Data Platform,Bluetooth Speaker".split(
    ",",
  ),
  de: "Bürostuhl,Wolkenspeicher,Python,Windows,Kaffeemaschine,Staubsauger,Rasenmäher,Schreibtisch,Drucker,Fahrrad,Laserdrucker,Waschmaschine".split(","),
};
const KINDS_OF_COMPANY = {
  en: "Ltd.,Inc.,LLC,Group,Holdings,& Sons,Corporation,Partners,Systems,Bank,Industries".split(","),
  de: "GmbH,AG,KG,GmbH & Co. KG,e.V.,Stiftung,Versicherung,Bank,Werke,OHG,Gruppe".split(","),
};
const ROADS = { en: "Street,Road,Avenue,Lane,Drive,Way,Court".split(","), de: "straße,weg,platz,allee,gasse,ring".split(",") };
const PARTICLES = { en: ["de", "van", "del", "da", "di"], de: ["von", "zu", "van der", "von der", "de"] };

export interface Draw {
  /** From 0 to 1. */
  next(): number;
  from<T>(list: readonly T[]): T;
}
export function drawing(seed: number): Draw {
  let state = seed;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return { next, from: (list) => list[Math.floor(next() * list.length)] as (typeof list)[number] };
}

/** One sentence of a template, with where its names stand. */
export function sentence(template: string, language: "en" | "de", draw: Draw): Labelled {
  const home = collections.get(language) as Collection;
  const some = (): Collection => (draw.next() < 0.5 ? home : ([...collections.values()][Math.floor(draw.next() * collections.size)] as Collection));
  const [given, family] = [(from: Collection) => draw.from(from.given), (from: Collection) => draw.from(from.family)];
  const chance = draw.next;
  const names: { readonly [slot: string]: () => string } = {
    given: () => given(some()),
    family: () => family(some()) + (chance() < 0.06 ? `-${family(some())}` : ""),
    full: () => {
      const from = some();
      const first = given(from) + (chance() < 0.06 ? `${draw.from(["-", " "])}${given(from)}` : chance() < 0.05 ? ` ${given(from)[0]}.` : "");
      const particle = chance() < 0.05 ? ` ${draw.from(PARTICLES[language])}` : "";
      const last = family(chance() < 0.15 ? some() : from);
      return `${first}${particle} ${chance() < 0.04 ? `O'${last}` : last}${chance() < 0.06 ? `-${family(from)}` : ""}`;
    },
    initial: () => `${given(some())[0]}. ${family(some())}`,
    turned: () => `${family(some())}, ${given(some())}`,
  };
  const { cities, countries } = PLACES[language];
  const others: { readonly [slot: string]: () => string } = {
    city: () => (chance() < 0.15 ? `${Math.floor(10_000 + 89_999 * chance())} ` : "") + draw.from(chance() < 0.4 ? WORLD[language] : cities),
    country: () => draw.from(countries),
    company: () => {
      if (chance() < 0.15) return `${family(home)}, ${family(some())} ${language === "en" ? "and" : "und"} ${family(home)}`;
      if (chance() < 0.1) return `${family(home)}-${family(some())}`;
      const kind = draw.from(KINDS_OF_COMPANY[language]);
      const own = chance() < 0.7 ? family(home) : draw.from(cities);
      return `${own}${chance() < 0.2 ? `${language === "en" ? " & " : " + "}${family(home)}` : ""} ${kind}`;
    },
    street: () => {
      const road = draw.from(ROADS[language]);
      const number = Math.floor(1 + 99 * chance());
      if (language === "en") return `${number} ${family(home)} ${road}`;
      return `${chance() < 0.3 ? `${given(home)}-${family(home)}-${road[0]?.toUpperCase()}${road.slice(1)}` : family(home) + road} ${number}`;
    },
    eponym: () => family(home),
    day: () => draw.from(DAYS[language]),
    month: () => draw.from(MONTHS[language]),
    date: () => `${Math.floor(1 + 27 * chance())}.${Math.floor(1 + 11 * chance())}.${Math.floor(1930 + 80 * chance())}`,
    number: () => String(Math.floor(1_000 + 90_000 * chance())),
    phone: () => `0${Math.floor(100 + 800 * chance())} ${Math.floor(10_000 + 80_000 * chance())}`,
    mail: () => `${given(some())}.${family(some())}@example.${draw.from(["com", "org", "de"])}`.toLowerCase(),
    product: () => draw.from(PRODUCTS[language]),
  };
  let text = "";
  const spans: { start: number; end: number }[] = [];
  const upper = chance() < 0.05;
  for (const part of template.split(/(\{[a-z]+\})/)) {
    const slot = /^\{([a-z]+)\}$/.exec(part)?.[1];
    const name = slot === undefined ? undefined : names[slot];
    if (name === undefined) text += (slot === undefined ? undefined : others[slot]?.()) ?? part;
    else
      for (const [at, piece] of name().split(", ").entries()) {
        if (at > 0) text += ", ";
        spans.push({ start: text.length, end: text.length + piece.length });
        text += piece;
      }
  }
  // Where capitals would move an offset (`ß` becomes two letters), the text stays as it is.
  const capitals = text.toUpperCase();
  return { text: upper && capitals.length === text.length ? capitals : text, spans };
}
