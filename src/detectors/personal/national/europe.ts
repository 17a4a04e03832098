import { irish, spanishPerson } from "../../financial/vat-number.ts";
import { identifier } from "../../identifier.ts";
import { isDay, luhn, mod1110, weighted } from "../check-digits.ts";

const n = (text: string, at: number): number => Number(text[at]);
/** Six digits of a date, year first or last. */
const yearFirst = (text: string): boolean => isDay(Number(text.slice(4, 6)), Number(text.slice(2, 4)));
const dayFirst = (text: string): boolean => isDay(Number(text.slice(0, 2)), Number(text.slice(2, 4)));

interface Row {
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

/** National numbers of persons. Those that are digits only need one of their names before them: every tenth or hundredth number would fit. */
const ROWS: readonly Row[] = [
  {
    id: "polish-pesel",
    country: { en: "Poland", de: "Polen" },
    name: "PESEL",
    form: "\\d{11}",
    words: ["pesel"],
    valid: (d) => isDay(Number(d.slice(4, 6)), Number(d.slice(2, 4)) % 20) && (10 - (weighted(d, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10 === n(d, 10),
    hit: "PESEL 44051401359",
    miss: "PESEL 44051401358",
  },
  {
    id: "polish-id-card",
    country: { en: "Poland", de: "Polen" },
    name: "dowód osobisty",
    form: "[A-Z]{3} ?\\d{6}",
    words: ["dowód", "dowod", "identity card", "id card"],
    valid: (d) => [7, 3, 1, 9, 7, 3, 1, 7, 3].reduce((sum, weight, at) => sum + weight * Number.parseInt(d[at] as string, 36), 0) % 10 === 0,
    hit: "dowód osobisty ABA300000",
    miss: "dowód osobisty ABA300001",
  },
  {
    id: "italian-fiscal-code",
    country: { en: "Italy", de: "Italien" },
    name: "codice fiscale",
    form: "[A-Z]{6}[\\dLMNP-V]{2}[A-EHLMPR-T][\\dLMNP-V]{2}[A-Z][\\dLMNP-V]{3}[A-Z]",
    valid: italian,
    hit: "RSSMRA85T10A562S",
    miss: "RSSMRA85T10A562T",
  },
  {
    id: "spanish-nif",
    country: { en: "Spain", de: "Spanien" },
    name: "DNI, NIE",
    form: "[XYZ]?-?\\d{7,8}-?[A-Z]",
    valid: (d) => /^(?:[XYZ]\d{7}|\d{8})[A-Z]$/.test(d) && spanishPerson(d),
    hit: "DNI 12345678Z",
    miss: "12345678A",
  },
  {
    id: "french-nir",
    country: { en: "France", de: "Frankreich" },
    name: "numéro de sécurité sociale",
    form: "[12] ?\\d\\d ?(?:0[1-9]|1[0-2]|[2-9]\\d) ?(?:\\d\\d|2[AB]) ?\\d{3} ?\\d{3} ?\\d\\d",
    valid: (d) => 97 - (Number(d.slice(0, 13).replace("2A", "19").replace("2B", "18")) % 97) === Number(d.slice(13)),
    hit: "2 95 10 99 126 111 93",
    miss: "2 95 10 99 126 111 94",
  },
  {
    id: "dutch-bsn",
    country: { en: "the Netherlands", de: "die Niederlande" },
    name: "burgerservicenummer",
    form: "\\d{9}",
    words: ["bsn", "burgerservicenummer", "sofinummer"],
    valid: (d) => weighted(d, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0,
    hit: "BSN 111222333",
    miss: "BSN 111222334",
  },
  {
    id: "belgian-national-number",
    country: { en: "Belgium", de: "Belgien" },
    name: "rijksregisternummer",
    form: "\\d\\d[. ]?\\d\\d[. ]?\\d\\d[- ]?\\d{3}[. ]?\\d\\d",
    words: ["rijksregister", "rijksregisternummer", "registre national", "numéro national", "national number", "niss", "insz"],
    valid: (d) => [Number(d.slice(0, 9)), Number(`2${d.slice(0, 9)}`)].some((number) => 97 - (number % 97) === Number(d.slice(9))),
    hit: "rijksregisternummer 85.07.30-033.28",
    miss: "rijksregisternummer 85.07.30-033.29",
  },
  {
    id: "portuguese-nif",
    country: { en: "Portugal", de: "Portugal" },
    name: "NIF",
    form: "[1-9]\\d{2} ?\\d{3} ?\\d{3}",
    words: ["nif", "contribuinte"],
    valid: (d) => ((11 - (weighted(d, [9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11) % 10 === n(d, 8),
    hit: "NIF 501 964 843",
    miss: "NIF 501 964 842",
  },
  {
    id: "swedish-personal-number",
    country: { en: "Sweden", de: "Schweden" },
    name: "personnummer",
    form: "(?:19|20)?\\d{6}[-+]?\\d{4}",
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
    id: "czech-birth-number",
    country: { en: "Czechia and Slovakia", de: "Tschechien und die Slowakei" },
    name: "rodné číslo",
    form: "\\d{6}/?\\d{4}",
    words: ["rodné číslo", "rodne cislo", "rč", "r.č.", "birth number"],
    valid: (d) =>
      isDay(Number(d.slice(4, 6)), (Number(d.slice(2, 4)) % 50) % 20) && (Number(d) % 11 === 0 || ((Number(d.slice(0, 9)) % 11) % 10 === 0 && n(d, 9) === 0)),
    hit: "rodné číslo 710319/2745",
    miss: "rodné číslo 710319/2746",
  },
  {
    id: "romanian-cnp",
    country: { en: "Romania", de: "Rumänien" },
    name: "CNP",
    form: "[1-9]\\d{12}",
    words: ["cnp", "cod numeric personal"],
    valid: (d) =>
      yearFirst(d.slice(1)) &&
      (weighted(d, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11) % 10 ===
        (n(d, 12) === 1 && weighted(d, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11 === 10 ? 0 : n(d, 12)),
    hit: "CNP 1630615123457",
    miss: "CNP 1630615123458",
  },
  {
    id: "bulgarian-egn",
    country: { en: "Bulgaria", de: "Bulgarien" },
    name: "EGN",
    form: "\\d{10}",
    words: ["egn", "егн"],
    valid: (d) => isDay(Number(d.slice(4, 6)), Number(d.slice(2, 4)) % 20) && (weighted(d, [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11) % 10 === n(d, 9),
    hit: "EGN 7523169263",
    miss: "EGN 7523169264",
  },
  {
    id: "croatian-oib",
    country: { en: "Croatia", de: "Kroatien" },
    name: "OIB",
    form: "\\d{11}",
    words: ["oib"],
    valid: mod1110,
    hit: "OIB 33392005961",
    miss: "OIB 33392005962",
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
    valid: (d) => d.startsWith("32") || (dayFirst(d) && (1101 - weighted(d, [1, 6, 3, 7, 9, 10, 5, 8, 4, 2])) % 11 === n(d, 10)),
    hit: "personas kods 161175-19997",
    miss: "personas kods 161375-19997",
  },
  {
    id: "irish-pps",
    country: { en: "Ireland", de: "Irland" },
    name: "PPS number",
    form: "\\d{7}[A-W][A-IW]?",
    words: ["pps", "ppsn", "pps number", "pps no"],
    valid: irish,
    hit: "PPS number 6433435F",
    miss: "PPS number 6433435E",
  },
  {
    id: "austrian-social-insurance",
    country: { en: "Austria", de: "Österreich" },
    name: "Sozialversicherungsnummer",
    form: "[1-9]\\d{3} ?\\d{6}",
    words: ["sozialversicherungsnummer", "svnr", "sv-nr", "sv-nummer", "versicherungsnummer"],
    valid: (d) => weighted(d, [3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11 === n(d, 3),
    hit: "SVNR 1237 010180",
    miss: "SVNR 2237 010180",
  },
  {
    id: "swiss-ahv",
    country: { en: "Switzerland", de: "die Schweiz" },
    name: "AHV-Nummer",
    form: "756[. ]?\\d{4}[. ]?\\d{4}[. ]?\\d\\d",
    valid: (d) => weighted(d, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 === 0,
    hit: "756.9217.0769.85",
    miss: "756.9217.0769.84",
  },
  {
    id: "slovenian-emso",
    country: { en: "Slovenia", de: "Slowenien" },
    name: "EMŠO",
    form: "\\d{13}",
    words: ["emšo", "emso", "jmbg"],
    valid: (d) => dayFirst(d) && ((11 - (weighted(d, [7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11) % 10 === n(d, 12),
    hit: "EMŠO 0101006500006",
    miss: "EMŠO 0101006500007",
  },
  {
    id: "greek-afm",
    country: { en: "Greece", de: "Griechenland" },
    name: "AFM",
    form: "\\d{9}",
    words: ["afm", "αφμ", "α.φ.μ."],
    valid: (d) => (weighted(d, [256, 128, 64, 32, 16, 8, 4, 2]) % 11) % 10 === n(d, 8),
    hit: "AFM 094259216",
    miss: "AFM 094259217",
  },
  {
    id: "british-nhs-number",
    country: { en: "the United Kingdom", de: "das Vereinigte Königreich" },
    name: "NHS number",
    form: "\\d{3}[- ]?\\d{3}[- ]?\\d{4}",
    words: ["nhs", "nhs number", "nhs no"],
    valid: (d) => (11 - (weighted(d, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11 === n(d, 9),
    hit: "NHS number 943 476 5919",
    miss: "NHS number 943 476 5918",
  },
  {
    id: "british-national-insurance",
    country: { en: "the United Kingdom", de: "das Vereinigte Königreich" },
    name: "National Insurance number",
    form: "(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\\d\\d ?\\d\\d ?\\d\\d ?[A-D]",
    valid: () => true,
    hit: "AB 12 34 56 C",
    miss: "QQ123456C",
  },
];

export const europeanIds = ROWS.map(({ id, country, name, form, valid, words, hit, miss }) =>
  identifier({
    id,
    explain: {
      en: `A number of a person in ${country.en} (${name})${words === undefined ? "" : ", behind a word that says so"}: the form and the check digit fit.`,
      de: `Die Nummer einer Person (${name}; ${country.de})${words === undefined ? "" : ", hinter einem Wort, das sie nennt"}: Form und Prüfziffer stimmen.`,
    },
    examples: { hit: [hit], miss: [miss, words === undefined ? hit.replace(/(?=[A-Z]*\d)/, "x") : hit.replace(/^[^\d]*(?=\d|[A-Z]{3}\d)/, "")] },
    form,
    valid,
    ...(words === undefined ? {} : { words }),
  }),
);

function italian(text: string): boolean {
  const odd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
  let sum = 0;
  for (let at = 0; at < 15; at++) {
    const sign = text[at] as string;
    const value = sign >= "A" ? sign.charCodeAt(0) - 65 : Number(sign);
    sum += at % 2 === 0 ? (odd[value] as number) : value;
  }
  return String.fromCharCode(65 + (sum % 26)) === text[15];
}

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
