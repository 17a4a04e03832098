import { isDay, mod1110, weighted } from "../check-digits.ts";
import { dayFirst, digitAt, type National, national, yearFirst } from "./national.ts";

const ROWS: readonly National[] = [
  {
    id: "polish-pesel",
    country: { en: "Poland", de: "Polen" },
    name: "PESEL",
    form: "\\d{11}",
    words: ["pesel"],
    valid: (d) => isDay(Number(d.slice(4, 6)), Number(d.slice(2, 4)) % 20) && (10 - (weighted(d, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10 === digitAt(d, 10),
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
    id: "czech-birth-number",
    country: { en: "Czechia and Slovakia", de: "Tschechien und die Slowakei" },
    name: "rodné číslo",
    form: "\\d{6}/?\\d{4}",
    words: ["rodné číslo", "rodne cislo", "rč", "r.č.", "birth number"],
    valid: (d) =>
      isDay(Number(d.slice(4, 6)), (Number(d.slice(2, 4)) % 50) % 20) &&
      (Number(d) % 11 === 0 || ((Number(d.slice(0, 9)) % 11) % 10 === 0 && digitAt(d, 9) === 0)),
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
        (digitAt(d, 12) === 1 && weighted(d, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11 === 10 ? 0 : digitAt(d, 12)),
    hit: "CNP 1630615123457",
    miss: "CNP 1630615123458",
  },
  {
    id: "bulgarian-egn",
    country: { en: "Bulgaria", de: "Bulgarien" },
    name: "EGN",
    form: "\\d{10}",
    words: ["egn", "егн"],
    valid: (d) => isDay(Number(d.slice(4, 6)), Number(d.slice(2, 4)) % 20) && (weighted(d, [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11) % 10 === digitAt(d, 9),
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
    id: "slovenian-emso",
    country: { en: "Slovenia", de: "Slowenien" },
    name: "EMŠO",
    form: "\\d{13}",
    words: ["emšo", "emso", "jmbg"],
    valid: (d) => dayFirst(d) && ((11 - (weighted(d, [7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11) % 10 === digitAt(d, 12),
    hit: "EMŠO 0101006500006",
    miss: "EMŠO 0101006500007",
  },
];

export const easternIds = ROWS.map(national);
