import { identifier } from "../identifier.ts";
import { weighted } from "../personal/check-digits.ts";

export const usBankRouting = identifier({
  id: "us-bank-routing",
  finds: "personal",
  explain: {
    en: "A US bank routing number (ABA), behind a word that says so: the check digit fits.",
    de: "Eine US-Bankleitzahl (ABA), hinter einem Wort, das sie nennt: die Prüfziffer stimmt.",
  },
  examples: { hit: ["routing number 121000358", "ABA 3222-7162-7"], miss: ["121000358", "routing number 121000359"] },
  form: "[0-3678]\\d{3}-?\\d{4}-?\\d",
  valid: (digits) => weighted(digits, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 === 0,
  words: ["routing", "routing number", "aba", "bank number", "rtn"],
});
