import { identifier } from "../identifier.ts";
import { machineReadable } from "./check-digits.ts";

export const germanIdCard = identifier({
  id: "german-id-card",
  explain: {
    en: "The number of a German identity card, behind a word that says so.",
    de: "Die Nummer eines Personalausweises, hinter einem Wort, das sie nennt.",
  },
  examples: {
    hit: [
      "Personalausweisnummer PVHPVGC4C7, ausgestellt",
      "Kopie des Ausweises VLFYV5VWG0 liegt vor",
      "identity card: L01X00T471",
      "Personalausweis T22000129",
      "PA-Nr. L01X00T471",
    ],
    miss: ["L01X00T471", "Ausweis bitte bereithalten", "Personalausweisnummer folgt", "Personalausweis T220001290"],
  },
  form: "(?=[A-Z]{0,9}\\d)[CFGHJKLMNPRTVWXYZ0-9]{9}(?:\\d(?:D)?)?|T\\d{8}\\d?",
  // The tenth place, where it was written too, is the check digit.
  valid: (bare) => bare.length < 10 || machineReadable(bare.slice(0, 10)),
  score: 0.7,
  words: [
    "ausweis",
    "personalausweis",
    "ausweisnummer",
    "personalausweisnummer",
    "dienstausweis",
    "pa-nr",
    "identity card",
    "id card",
    "id-card",
    "idcard",
    "perso",
  ],
});
