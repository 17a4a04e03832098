import { identifier } from "../identifier.ts";
import { germanPension, isDay } from "./check-digits.ts";

export const germanSocialInsurance = identifier({
  id: "german-social-insurance",
  explain: {
    en: "A German pension and social insurance number: area, date of birth, letter of the name, and the check digit fits.",
    de: "Eine Renten- und Sozialversicherungsnummer: Bereich, Geburtsdatum, Buchstabe des Namens, und die Prüfziffer stimmt.",
  },
  examples: {
    hit: ["SV-Nummer 65 170839 J 003", "15070649C103", "Rentenversicherungsnummer: 42140955R167", "65-170839-J-003", "65 17 08 39 J 003"],
    miss: ["65170839J004", "65 990839 J 003", "12345678A123"],
  },
  form: "\\d{2}[ -]?\\d{2} ?\\d{2} ?\\d{2}[ -]?[A-Z][ -]?\\d{3}",
  // The day may be raised by 50 where two would be alike.
  valid: (bare) => isDay(Number(bare.slice(2, 4)) % 50, Number(bare.slice(4, 6))) && germanPension(bare),
});
