import { identifier } from "../identifier.ts";

export const passport = identifier({
  id: "passport",
  explain: {
    en: "The number of a passport, behind a word that says so.",
    de: "Die Nummer eines Reisepasses, hinter einem Wort, das sie nennt.",
  },
  examples: {
    hit: [
      "Reisepass C01X0006H",
      "passport number: 912803456",
      "Passnummer CF1234567",
      "My passport is X12345678",
      "Mein Pass hat die Nummer C01X00478",
      "Pass-Nr.: C01X00478",
    ],
    miss: ["C01X0006H", "passport.js", "passport 2024", "Reisepass beantragen", "pass 123456789 to it"],
  },
  form: "[CFGHJK][CFGHJKLMNPRTVWXYZ0-9]{8}\\d?(?<=\\d.{0,9})|[A-Z]{1,2}\\d{6,8}|[A-Z]{3}\\d{6}[A-Z]?|[A-Z]\\d{2}[A-Z]{2}\\d{5}|\\d{2}[A-Z]{2}\\d{5}|\\d{9}",
  words: [
    "passport",
    "passports",
    "pass-nr",
    "pass nr",
    "passnr",
    "pass-nummer",
    "pass hat",
    "pass mit",
    "reisepass",
    "reisepasses",
    "passnummer",
    "reisepassnummer",
    "pasaporte",
    "passaporto",
  ],
});
