import { identifier } from "../identifier.ts";
import { germanHealth } from "./check-digits.ts";

export const germanHealthInsurance = identifier({
  id: "german-health-insurance",
  explain: {
    en: "The number of a person in German health insurance (Krankenversichertennummer): a letter, nine digits, the check digit fits.",
    de: "Eine Krankenversichertennummer: ein Buchstabe, neun Ziffern, die Prüfziffer stimmt.",
  },
  examples: {
    hit: ["Versichertennummer A123456780", "KVNR: A000500015", "KVNR A 123 456 780"],
    miss: ["A123456789", "A 123 456 780", "AB123456780", "Teil X123"],
  },
  // Two blanks make a sum of it, unless a word says what it is.
  form: "[A-Z]\\d{9}|(?<=(?:kvnr|kv-nr|krankenversicher|versicherten)[^\\d]{0,26})[A-Z] ?\\d{3} \\d{3} \\d{3}",
  valid: germanHealth,
});
