import { identifier } from "../identifier.ts";
import { germanHealth } from "./check-digits.ts";

export const germanHealthInsurance = identifier({
  id: "german-health-insurance",
  explain: {
    en: "The number of a person in German health insurance (Krankenversichertennummer): a letter, nine digits, the check digit fits.",
    de: "Eine Krankenversichertennummer: ein Buchstabe, neun Ziffern, die Prüfziffer stimmt.",
  },
  examples: { hit: ["Versichertennummer A123456780", "KVNR: A000500015"], miss: ["A123456789", "AB123456780", "Teil X123"] },
  form: "[A-Z]\\d{9}",
  valid: germanHealth,
});
