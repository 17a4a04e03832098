import { identifier } from "../identifier.ts";

export const medicalPractice = identifier({
  id: "medical-practice",
  explain: {
    en: "The number of a German physician (LANR) or practice (BSNR), behind a word that says so.",
    de: "Eine Arztnummer (LANR) oder Betriebsstättennummer (BSNR), hinter einem Wort, das sie nennt.",
  },
  examples: { hit: ["LANR: 123456601", "Betriebsstättennummer 021234568", "Arztnummer 987654401"], miss: ["123456601", "LANR fehlt", "BSNR 12"] },
  form: "\\d{9}",
  words: ["lanr", "arztnummer", "bsnr", "betriebsstättennummer", "betriebsstaettennummer"],
});
