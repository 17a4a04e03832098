import { identifier } from "../identifier.ts";
import { luhn, mod1110, remainder, weighted } from "./check-digits.ts";

const eleven = (rest: number): number => (rest % 11) % 10;
const n = (text: string, at: number): number => Number(text[at]);
const twice = (digits: string, weights: readonly number[]): number =>
  weights.reduce((sum, weight, at) => sum + Math.floor((weight * n(digits, at)) / 10) + ((weight * n(digits, at)) % 10), 0);

interface Country {
  readonly form: string;
  readonly valid: (digits: string) => boolean;
}

/** By prefix: the form, and the check digit as the member state defines it (python-stdnum and the EU's own test list agree with it). */
const COUNTRIES: { readonly [prefix: string]: Country } = {
  AT: { form: "U\\d{8}", valid: (d) => (10 - ((twice(d.slice(1), [1, 2, 1, 2, 1, 2, 1]) + 4) % 10)) % 10 === n(d, 8) },
  BE: { form: "[01]\\d{9}", valid: (d) => 97 - (Number(d.slice(0, 8)) % 97) === Number(d.slice(8)) },
  CY: {
    form: "\\d{8}[A-Z]",
    valid: (d) =>
      String.fromCharCode(
        65 +
          ([...d.slice(0, 8)].reduce((sum, place, at) => sum + (at % 2 === 0 ? [1, 0, 5, 7, 9, 13, 15, 17, 19, 21][Number(place)]! : Number(place)), 0) % 26),
      ) === d[8],
  },
  CZ: {
    form: "\\d{8}",
    valid: (d) => (11 - (weighted(d, [8, 7, 6, 5, 4, 3, 2]) % 11)) % 10 === n(d, 7) || (11 - (weighted(d, [8, 7, 6, 5, 4, 3, 2]) % 11) === 10 && n(d, 7) === 0),
  },
  DE: { form: "[1-9]\\d{2} ?\\d{3} ?\\d{3}", valid: mod1110 },
  DK: { form: "[1-9]\\d{7}", valid: (d) => weighted(d, [2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0 },
  EE: { form: "10\\d{7}", valid: (d) => weighted(d, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 === 0 },
  EL: { form: "\\d{9}", valid: (d) => eleven(weighted(d, [256, 128, 64, 32, 16, 8, 4, 2])) === n(d, 8) },
  ES: {
    form: "[A-H]\\d{7}[A-Z0-9]|[JNPQRSUV]\\d{7}[A-Z0-9]|[W-Z]\\d{7}[A-Z0-9]|\\d{8}[A-Z]",
    valid: (d) => (/^\d/.test(d) || /^[XYZ]/.test(d) ? spanishPerson(d) : spanishCompany(d)),
  },
  FI: { form: "\\d{8}", valid: (d) => weighted(d, [7, 9, 10, 5, 8, 4, 2, 1]) % 11 === 0 },
  FR: { form: "\\d{2} ?\\d{3} ?\\d{3} ?\\d{3}", valid: (d) => luhn(d.slice(2)) && Number(d.slice(0, 2)) === (12 + 3 * (Number(d.slice(2)) % 97)) % 97 },
  GB: { form: "\\d{3} ?\\d{4} ?\\d{2}", valid: (d) => [0, 55].some((more) => (weighted(d, [8, 7, 6, 5, 4, 3, 2, 10, 1]) + more) % 97 === 0) },
  HR: { form: "\\d{11}", valid: mod1110 },
  HU: { form: "\\d{8}", valid: (d) => weighted(d, [9, 7, 3, 1, 9, 7, 3, 1]) % 10 === 0 },
  IE: { form: "\\d{7}[A-W][A-I]?", valid: irish },
  IT: { form: "\\d{11}", valid: luhn },
  LU: { form: "\\d{8}", valid: (d) => Number(d.slice(0, 6)) % 89 === Number(d.slice(6)) },
  MT: { form: "[1-9]\\d{7}", valid: (d) => weighted(d, [3, 4, 6, 7, 8, 9, 10, 1]) % 37 === 0 },
  NL: { form: "\\d{9}B\\d{2}", valid: (d) => weighted(d, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0 || remainder(`NL${d}`, 97) === 1 },
  PL: { form: "\\d{10}", valid: (d) => weighted(d, [6, 5, 7, 2, 3, 4, 5, 6, 7, -1]) % 11 === 0 },
  PT: { form: "[1-9]\\d{8}", valid: (d) => ((11 - (weighted(d, [9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11) % 10 === n(d, 8) },
  RO: { form: "[1-9]\\d{3,9}", valid: (d) => ((10 * weighted(d.slice(0, -1).padStart(9, "0"), [7, 5, 3, 2, 1, 7, 5, 3, 2])) % 11) % 10 === Number(d.at(-1)) },
  SE: { form: "\\d{10}01", valid: (d) => luhn(d.slice(0, 10)) },
  SI: { form: "[1-9]\\d{7}", valid: (d) => (11 - (weighted(d, [8, 7, 6, 5, 4, 3, 2]) % 11)) % 10 === n(d, 7) },
  SK: { form: "[1-9]\\d{9}", valid: (d) => Number(d) % 11 === 0 },
};

export const vatNumber = identifier({
  id: "vat-number",
  explain: {
    en: "A VAT number of a member state of the European Union or of the United Kingdom: prefix and form of the country, and the check digit fits.",
    de: "Eine Umsatzsteuer-Identifikationsnummer eines EU-Staats oder des Vereinigten Königreichs: Präfix und Form des Landes, und die Prüfziffer stimmt.",
  },
  examples: {
    hit: ["USt-IdNr. DE136695976", "ATU13585627", "FR 40 303 265 045", "VAT: NL004495445B01", "ESA13585625", "IT00743110157"],
    miss: ["DE136695977", "DE12345", "ATU13585626", "XX136695976", "version DE1366959761"],
  },
  form: Object.entries(COUNTRIES)
    .map(([prefix, { form }]) => `${prefix}(?:${form}|[ -](?:${form}))`)
    .join("|"),
  valid: (bare) => COUNTRIES[bare.slice(0, 2)]?.valid(bare.slice(2)) === true && !/^(.)\1*$/.test(bare.slice(2)),
});

const LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE";

export function spanishPerson(text: string): boolean {
  const number = text.replace(/^[XYZ]/, (letter) => String("XYZ".indexOf(letter)));
  return LETTERS[Number(number.slice(0, -1)) % 23] === text.at(-1);
}

function spanishCompany(text: string): boolean {
  const digits = text.slice(1, 8);
  const check = (10 - (twice(digits, [2, 1, 2, 1, 2, 1, 2]) % 10)) % 10;
  return text[8] === String(check) || text[8] === "JABCDEFGHI"[check];
}

export function irish(text: string): boolean {
  const second = text[8] === undefined || text[8] === "W" ? 0 : text.charCodeAt(8) - 64;
  return "WABCDEFGHIJKLMNOPQRSTUV"[(weighted(text, [8, 7, 6, 5, 4, 3, 2]) + 9 * second) % 23] === text[7];
}
