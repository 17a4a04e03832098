import { identifier } from "../identifier.ts";

export const drivingLicence = identifier({
  id: "driving-licence",
  explain: {
    en: "The number of a driving licence (Germany, United Kingdom, United States), behind a word that says so.",
    de: "Die Nummer eines Führerscheins (Deutschland, Vereinigtes Königreich, USA), hinter einem Wort, das sie nennt.",
  },
  examples: {
    hit: [
      "Führerschein B072RRE2I55",
      "Fuehrerscheinnummer: N0704578035",
      "FS-Nr. B072RRE2I55",
      "driver's license is H12234567",
      "driving licence MORGA657054SM9IJ",
    ],
    miss: ["B072RRE2I55", "Führerschein Klasse B", "driver license agreement"],
  },
  form: "[A-Z]{2}\\d{8}[A-Z0-9]|[A-Z0-9]\\d{2}[A-Z0-9]{6}\\d[A-Z0-9]|[A-Z9]{5}\\d{6}[A-Z9]{2}[A-Z0-9]{3}|[A-Z]\\d{7,8}|[A-Z]\\d{12,14}|\\d{7,9}",
  words: [
    "führerschein",
    "fuehrerschein",
    "führerscheins",
    "führerscheinnummer",
    "fuehrerscheinnummer",
    "führerschein-nr",
    "fs-nr",
    "driver license",
    "driver's license",
    "drivers license",
    "driving license",
    "driving licence",
    "driving licence number",
    "fahrerlaubnis",
  ],
});
