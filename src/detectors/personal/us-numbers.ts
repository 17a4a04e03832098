import { identifier } from "../identifier.ts";
import { luhn } from "./check-digits.ts";

export const usNumbers = [
  identifier({
    id: "us-social-security-bare",
    explain: {
      en: "A US social security or taxpayer number without gaps, behind a word that says so.",
      de: "Eine US-Sozialversicherungs- oder Steuernummer ohne Trennzeichen, hinter einem Wort, das sie nennt.",
    },
    examples: { hit: ["SSN: 078051121", "social security number 536228726"], miss: ["078051121", "SSN: 000123456"] },
    form: "(?!000|666)\\d{3}(?!00)\\d\\d(?!0000)\\d{4}",
    words: ["ssn", "ssns", "social security", "social security number", "itin"],
  }),
  identifier({
    id: "us-provider-number",
    explain: {
      en: "A US health provider number (NPI), behind a word that says so: the check digit fits.",
      de: "Eine US-Nummer eines Leistungserbringers (NPI), hinter einem Wort, das sie nennt: die Prüfziffer stimmt.",
    },
    examples: { hit: ["NPI 1234567893"], miss: ["1234567893", "NPI 1234567894"] },
    form: "[12]\\d{3}-?\\d{3}-?\\d{3}",
    valid: (digits) => luhn(`80840${digits}`),
    words: ["npi", "provider"],
  }),
  identifier({
    id: "us-medicare-number",
    explain: { en: "A US Medicare number (MBI), behind a word that says so.", de: "Eine US-Medicare-Nummer (MBI), hinter einem Wort, das sie nennt." },
    examples: { hit: ["MBI 1EG4-TE5-MK73"], miss: ["1EG4-TE5-MK73", "MBI 1SG4-TE5-MK73"] },
    words: ["mbi", "medicare"],
    form: "[1-9][AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y]\\d-?[AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y]\\d-?[AC-HJKMNP-RT-Y]{2}\\d\\d",
  }),
];
