import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";

const UPPER = "A-ZÄÖÜ\\u00c0-\\u00de";
const WORD = `[${UPPER}][A-Za-z\\u00c0-\\u024f.'-]{0,30}`;
const NUMBER = "\\d{1,4} ?[a-zA-Z]?(?:[-/] ?\\d{1,4}[a-zA-Z]?)?(?![A-Za-z0-9]|[.,]\\d)";
const TOWN = `(?:[,;\\n]{1,2} ?| )(?:D-)?\\d{5} ${WORD}(?: (?:am|an der|im|in|ob der|bei|v\\.|${WORD})){0,2}`;
// The street's kind is the end of its name, or a word of its own.
const STREET = `(?:(?:[${UPPER}][A-Za-z\\u00c0-\\u024f]{1,20}[- ]){0,3}[${UPPER}][a-z\\u00df-\\u024f]{1,24}(?:stra(?:ß|ss)e|str\\.|gasse|weg|allee|platz|ring|damm|ufer|chaussee|steig|hof|stieg)|(?:[${UPPER}][a-z\\u00df-\\u024f-]{1,20}[- ]){1,3}(?:Stra(?:ß|ss)e|Str\\.|Gasse|Weg|Allee|Platz|Ring|Damm|Ufer|Chaussee|Steig|Hof))`;

export const postalAddress: Detector = {
  id: "postal-address",
  finds: "personal",
  covers: ["O-01"],
  explain: {
    en: "A street with a house number in German, with postcode and town where they follow.",
    de: "Eine deutsche Anschrift: Straße mit Hausnummer, mit Postleitzahl und Ort, wo sie folgen.",
  },
  examples: {
    hit: [
      "Trommlerstraße 2-4, 51450 Zerbst",
      "Inken-Atzler-Straße 2",
      "Ernstgasse 97;02551 Bischofswerda",
      "Am Alten Markt 3, 18439 Stralsund",
      "Unter den Linden 77, 10117 Berlin",
    ],
    miss: ["Hauptstraße gesperrt", "auf dem Weg 3 Stunden", "Straße 2024", "Platz 1 im Rennen", "Markt 3"],
  },
  ...pattern(
    {
      source: `(?<![A-Za-z0-9\\u00c0-\\u024f-])(?<!\\d[.,])(?:${STREET} ${NUMBER}(?:${TOWN})?|[${UPPER}][a-z\\u00df-\\u024f]{1,12} (?:[A-Za-z\\u00c0-\\u024f-]{2,20} ){0,2}[${UPPER}][a-z\\u00df-\\u024f]{2,20} ${NUMBER}(?:${TOWN}))`,
      flags: "",
    },
    {
      literals: {
        at: "within",
        any: [
          "stra\u0080e ",
          "strasse ",
          "str. ",
          "gasse ",
          "weg ",
          "allee ",
          "platz ",
          "ring ",
          "damm ",
          "ufer ",
          "chaussee ",
          "steig ",
          "stieg ",
          "hof ",
          "00000 ",
        ],
      },
      score: 0.7,
    },
  ),
};
