import { weighted } from "../check-digits.ts";
import { irish, spanishPerson } from "../vat-number.ts";
import { digitAt, type National, national } from "./national.ts";

const ROWS: readonly National[] = [
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
    id: "french-tax-number",
    country: { en: "France", de: "Frankreich" },
    name: "numéro fiscal",
    form: "[0-3]\\d ?\\d\\d ?\\d{3} ?\\d{3} ?\\d{3}",
    words: ["numéro fiscal", "numero fiscal", "spi"],
    valid: (d) => Number(d.slice(0, 10)) % 511 === Number(d.slice(10)),
    hit: "numéro fiscal 30 23 217 600 053",
    miss: "numéro fiscal 30 23 217 600 054",
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
    id: "spanish-nif",
    country: { en: "Spain", de: "Spanien" },
    name: "DNI, NIE",
    form: "[XYZ]?-?\\d{7,8}-?[A-Z]",
    valid: (d) => /^(?:[XYZ]\d{7}|\d{8})[A-Z]$/.test(d) && spanishPerson(d),
    hit: "DNI 12345678Z",
    miss: "12345678A",
  },
  {
    id: "portuguese-nif",
    country: { en: "Portugal", de: "Portugal" },
    name: "NIF",
    form: "[1-9]\\d{2} ?\\d{3} ?\\d{3}",
    words: ["nif", "contribuinte"],
    valid: (d) => ((11 - (weighted(d, [9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11) % 10 === digitAt(d, 8),
    hit: "NIF 501 964 843",
    miss: "NIF 501 964 842",
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
    id: "greek-afm",
    country: { en: "Greece", de: "Griechenland" },
    name: "AFM",
    form: "\\d{9}",
    words: ["afm", "αφμ", "α.φ.μ."],
    valid: (d) => (weighted(d, [256, 128, 64, 32, 16, 8, 4, 2]) % 11) % 10 === digitAt(d, 8),
    hit: "AFM 094259216",
    miss: "AFM 094259217",
  },
  {
    id: "austrian-social-insurance",
    country: { en: "Austria", de: "Österreich" },
    name: "Sozialversicherungsnummer",
    form: "[1-9]\\d{3} ?\\d{6}",
    words: ["sozialversicherungsnummer", "svnr", "sv-nr", "sv-nummer", "versicherungsnummer"],
    valid: (d) => weighted(d, [3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11 === digitAt(d, 3),
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
    id: "british-nhs-number",
    country: { en: "the United Kingdom", de: "das Vereinigte Königreich" },
    name: "NHS number",
    form: "\\d{3}[- ]?\\d{3}[- ]?\\d{4}",
    words: ["nhs", "nhs number", "nhs no"],
    valid: (d) => (11 - (weighted(d, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11 === digitAt(d, 9),
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

export const westernIds = ROWS.map(national);

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
