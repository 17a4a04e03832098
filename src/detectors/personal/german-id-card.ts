import { identifier } from "../identifier.ts";

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
    ],
    miss: ["L01X00T471", "Ausweis bitte bereithalten", "Personalausweisnummer folgt"],
  },
  form: "(?=[A-Z]{0,9}\\d)[CFGHJKLMNPRTVWXYZ0-9]{9}(?:\\d(?:D)?)?|T\\d{8}\\d?",
  words: ["ausweis", "personalausweis", "ausweisnummer", "personalausweisnummer", "dienstausweis", "identity card", "id card", "id-card", "idcard", "perso"],
});
