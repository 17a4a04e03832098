import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";

const UPPER = "A-ZÄÖÜ\\u00c0-\\u00de";
const WORD = `[${UPPER}][A-Za-z\\u00c0-\\u024f.'-]{0,30}`;
const NUMBER = "\\d{1,4} ?[a-zA-Z]?(?:[-/] ?\\d{1,4}[a-zA-Z]?)?(?![A-Za-z0-9]|[.,]\\d)";
const TOWN = `(?:[,;\\n]{1,2} ?| )(?:D-)?\\d{5} ${WORD}(?: (?:am|an der|im|in|ob der|bei|v\\.|${WORD})){0,2}`;
// The street's kind is the end of its name, or a word of its own.
/** In small letters, as people type, or in capitals, as forms want it: with the town only, and no ends that other words have (`umweg`). */
const TYPED = `(?:[a-zäöüß-]{2,24}(?:stra(?:ß|ss)e|str\\.|gasse|allee)|[A-ZÄÖÜ-]{2,24}(?:STRA(?:SS|ß|ẞ)E|STR\\.|GASSE|WEG|ALLEE|PLATZ|RING|DAMM|UFER)) ${NUMBER}(?:[,;\\n]{1,2} ?| )(?:[dD]-)?\\d{5} (?:[a-zäöüß-]{3,30}|[A-ZÄÖÜ-]{3,30})(?![a-zäöüß])`;
const DAY = `Stra(?:ß|ss)e des \\d{1,2}\\. [${UPPER}][a-zä]{2,10} ${NUMBER}(?:${TOWN})?`;
const BOX = `Postfach \\d{1,2}(?: ?\\d\\d){1,3}(?!\\d)(?:${TOWN})?`;
const STREET = `(?:(?:[${UPPER}][A-Za-z\\u00c0-\\u024f]{1,20}[- ]){0,3}[${UPPER}][a-z\\u00df-\\u024f]{1,24}(?:stra(?:ß|ss)e|str\\.|gasse|weg|allee|platz|ring|damm|ufer|chaussee|steig|hof|stieg)|(?:[${UPPER}][a-z\\u00df-\\u024f-]{1,20}[- ]){1,3}(?:Stra(?:ß|ss)e|Str\\.|Gasse|Weg|Allee|Platz|Ring|Damm|Ufer|Chaussee|Steig|Hof))`;

export const postalAddress: Detector = {
  id: "postal-address",
  finds: "personal",
  covers: ["O-01"],
  explain: {
    en: "A street with a house number in German, or a post office box, with postcode and town where they follow.",
    de: "Eine deutsche Anschrift: Straße mit Hausnummer oder Postfach, mit Postleitzahl und Ort, wo sie folgen.",
  },
  examples: {
    hit: [
      "Trommlerstraße 2-4, 51450 Zerbst",
      "Inken-Atzler-Straße 2",
      "Ernstgasse 97;02551 Bischofswerda",
      "Am Alten Markt 3, 18439 Stralsund",
      "Unter den Linden 77, 10117 Berlin",
      "Straße des 17. Juni 135, 10623 Berlin",
      "Postfach 12 34, 50667 Köln",
      "HAUPTSTRASSE 12, 10115 BERLIN",
      "ich wohne hauptstraße 12, 10115 berlin",
    ],
    miss: [
      "Hauptstraße gesperrt",
      "auf dem Weg 3 Stunden",
      "Straße 2024",
      "Platz 1 im Rennen",
      "Markt 3",
      "auf dem umweg 3, 10000 schritte",
      "Postfach voll",
      "hauptstraße 12",
    ],
  },
  ...pattern(
    {
      source: `(?<![A-Za-z0-9\\u00c0-\\u024f-])(?<!\\d[.,])(?:${DAY}|${BOX}|${TYPED}|${STREET} ${NUMBER}(?:${TOWN})?|[${UPPER}][a-z\\u00df-\\u024f]{1,12} (?:[A-Za-z\\u00c0-\\u024f-]{2,20} ){0,2}[${UPPER}][a-z\\u00df-\\u024f]{2,20} ${NUMBER}(?:${TOWN}))`,
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
          "postfach ",
          "00000 ",
        ],
      },
      score: 0.7,
    },
  ),
};
