import { identifier } from "../identifier.ts";

export const numberPlate = identifier({
  id: "number-plate",
  explain: {
    en: "A German number plate, behind a word that says so.",
    de: "Ein Kfz-Kennzeichen, hinter einem Wort, das es nennt.",
  },
  examples: {
    hit: ["Kennzeichen HH-S 8347", "Parkverstoß: MS-Z 6370, Halter", "amtl. Kennz. B-MW 1234E", "Kfz M AB 123", "licence plate KA-PA 777"],
    miss: ["HH-S 8347", "Kennzeichen fehlt", "Kennzeichen 1234", "Fahrzeug ist rot"],
  },
  form: "[A-ZÄÖÜ]{1,3}(?:-| - ?| )[A-Z]{1,2}[ -]?[1-9]\\d{0,3}[EH]?",
  valid: (_, written) => written === written.toUpperCase(),
  score: 0.8,
  words: [
    "kennzeichen",
    "kennz.",
    "kfz",
    "kfz-kennzeichen",
    "nummernschild",
    "fahrzeug",
    "parkverstoß",
    "halter",
    "wagen",
    "license plate",
    "licence plate",
    "number plate",
    "registration plate",
  ],
});
