import type { Detector } from "../../../core/detector.ts";
import { identifier } from "../../identifier.ts";
import { isDay } from "../check-digits.ts";

/** A number that a country gives to a person. */
export interface National {
  readonly id: string;
  readonly country: { readonly en: string; readonly de: string };
  /** What the country calls it. */
  readonly name: string;
  readonly form: string;
  readonly valid: (bare: string) => boolean;
  readonly words?: readonly string[];
  readonly hit: string;
  readonly miss: string;
}

/** Numbers that are digits only need one of their names before them: every tenth or hundredth number would fit. */
export function national({ id, country, name, form, valid, words, hit, miss }: National): Detector {
  return identifier({
    id,
    explain: {
      en: `A number of a person in ${country.en} (${name})${words === undefined ? "" : ", behind a word that says so"}: the form and the check digit fit.`,
      de: `Die Nummer einer Person (${name}; ${country.de})${words === undefined ? "" : ", hinter einem Wort, das sie nennt"}: Form und Prüfziffer stimmen.`,
    },
    examples: { hit: [hit], miss: [miss, words === undefined ? hit.replace(/(?=[A-Z]*\d)/, "x") : hit.replace(/^[^\d]*(?=\d|[A-Z]{3}\d)/, "")] },
    form,
    valid,
    ...(words === undefined ? {} : { words }),
  });
}

export function digitAt(text: string, at: number): number {
  return Number(text[at]);
}

/** Six digits of a date that begin with the year. */
export function yearFirst(text: string): boolean {
  return isDay(Number(text.slice(4, 6)), Number(text.slice(2, 4)));
}

/** Six digits of a date that begin with the day. */
export function dayFirst(text: string): boolean {
  return isDay(Number(text.slice(0, 2)), Number(text.slice(2, 4)));
}
