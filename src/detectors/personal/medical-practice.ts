import { identifier } from "../identifier.ts";
import { weighted } from "./check-digits.ts";

export const medicalPractice = identifier({
  id: "medical-practice",
  explain: {
    en: "The number of a German practice (BSNR), behind a word that says so.",
    de: "Eine Betriebsstättennummer (BSNR), hinter einem Wort, das sie nennt.",
  },
  examples: { hit: ["BSNR: 021234568", "Betriebsstättennummer 021234568"], miss: ["021234568", "BSNR fehlt", "BSNR 12"] },
  form: "\\d{9}",
  words: ["bsnr", "betriebsstättennummer", "betriebsstaettennummer"],
});

export const physicianNumber = identifier({
  id: "physician-number",
  explain: {
    en: "The number of a German physician (LANR), with its check digit, behind a word that says so.",
    de: "Eine Arztnummer (LANR) mit ihrer Prüfziffer, hinter einem Wort, das sie nennt.",
  },
  examples: { hit: ["LANR: 123456601", "Arztnummer 987654401"], miss: ["123456601", "LANR fehlt", "LANR 123456901"] },
  form: "\\d{9}",
  // Six places, weighted 4 9 4 9 4 9, and what is missing to the next ten; the last two name the specialty.
  valid: (bare) => (10 - (weighted(bare, [4, 9, 4, 9, 4, 9]) % 10)) % 10 === Number(bare[6]),
  words: ["lanr", "arztnummer"],
});
