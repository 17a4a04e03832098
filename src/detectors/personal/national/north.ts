import { isDay, luhn, weighted } from "../check-digits.ts";
import { dayFirst, digitAt, type National, national, yearFirst } from "./national.ts";

const ROWS: readonly National[] = [
  {
    id: "swedish-personal-number",
    country: { en: "Sweden", de: "Schweden" },
    name: "personnummer",
    form: "(?:18|19|20)?\\d{6}[-+]?\\d{4}",
    words: ["personnummer", "personnr", "samordningsnummer", "personal number", "person number"],
    valid: (d) => isDay(Number(d.slice(-6, -4)) % 60, Number(d.slice(-8, -6))) && luhn(d.slice(-10)),
    hit: "personnummer 811218-9876",
    miss: "personnummer 811218-9875",
  },
  {
    id: "finnish-personal-code",
    country: { en: "Finland", de: "Finnland" },
    name: "henkilötunnus",
    form: "\\d{6}[-+A-FU-Y]\\d{3}[0-9A-FHJ-NPR-Y]",
    valid: finnish,
    hit: "131052-308T",
    miss: "131052-308U",
  },
  {
    id: "danish-cpr",
    country: { en: "Denmark", de: "Dänemark" },
    name: "CPR-nummer",
    form: "\\d{6}-?\\d{4}",
    words: ["cpr", "cpr-nummer", "cpr-nr", "personnummer"],
    valid: dayFirst,
    hit: "CPR 211062-5629",
    miss: "CPR 991362-5629",
  },
  {
    id: "norwegian-birth-number",
    country: { en: "Norway", de: "Norwegen" },
    name: "fødselsnummer",
    form: "\\d{6} ?\\d{5}",
    words: ["fødselsnummer", "fodselsnummer", "personnummer", "fnr", "d-nummer"],
    valid: (d) => weighted(d, [3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11 === 0 && weighted(d, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0,
    hit: "fødselsnummer 15108695088",
    miss: "fødselsnummer 15108695077",
  },
  {
    id: "baltic-personal-code",
    country: { en: "Estonia and Lithuania", de: "Estland und Litauen" },
    name: "isikukood, asmens kodas",
    form: "[1-6]\\d{10}",
    words: ["isikukood", "asmens kodas", "personal code", "national id"],
    valid: baltic,
    hit: "isikukood 36805280109",
    miss: "isikukood 36805280108",
  },
  {
    id: "latvian-personal-code",
    country: { en: "Latvia", de: "Lettland" },
    name: "personas kods",
    form: "\\d{6}-?\\d{5}",
    words: ["personas kods", "personal code"],
    valid: (d) => d.startsWith("32") || (dayFirst(d) && ((1101 - weighted(d, [1, 6, 3, 7, 9, 10, 5, 8, 4, 2])) % 11) % 10 === digitAt(d, 10)),
    hit: "personas kods 161175-19997",
    miss: "personas kods 161375-19997",
  },
];

export const northernIds = ROWS.map(national);

/** The sign of the century may be a hyphen, which the bare number has lost. */
function finnish(text: string): boolean {
  const digits = text.slice(0, 6) + text.slice(-4, -1);
  return dayFirst(text) && "0123456789ABCDEFHJKLMNPRSTUVWXY"[Number(digits) % 31] === text.at(-1);
}

function baltic(digits: string): boolean {
  const first = weighted(digits, [1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
  const check = first < 10 ? first : (weighted(digits, [3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11) % 10;
  return yearFirst(digits.slice(1)) && check === Number(digits[10]);
}
