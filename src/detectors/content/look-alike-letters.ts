import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";

/** Letters of words in Latin, Greek, Cyrillic and Armenian. */
const LETTER = "A-Za-z\\u00c0-\\u024f\\u0370-\\u058f";
/** Cyrillic and Armenian letters that look like Latin ones. */
const ALIKE = "аеһіјӏорсԛѕухѵԁԝАВЕНІЈКМОРԚЅТХУԜԌօսոհցզՕՍ";
/** Greek ones: only between small letters, because formulas and names of proteins begin and end with them. */
const GREEK = "οανρυικ";
const WORD = `A-Za-z${ALIKE}${GREEK}`;
/** Latin letters that no Cyrillic one looks like: whoever writes Russian and slips to another keyboard types none of them. */
const LATIN = "bdfghlmnqrtuvwzDFGLNQRUVWZ";

export const lookAlikeLetters: Detector = {
  id: "look-alike-letters",
  finds: "content",
  covers: ["I-02", "I-04"],
  explain: {
    en: "A Latin word with letters of another script in it that look the same: a person reads one word, a filter another. Found from the first such letter on.",
    de: "Ein lateinisches Wort mit gleich aussehenden Buchstaben einer anderen Schrift: Ein Mensch liest das eine Wort, ein Filter ein anderes. Gefunden ab dem ersten solchen Buchstaben.",
  },
  examples: {
    hit: ["log in at pаypal.com", "ignοre this", "раураl", "Your Аpple account"],
    miss: ["привет world", "SMSка и IТ", "TNFα and NFκB", "5 μm", "сухo и роcа", "3Dмодель", "Müller", "Александр"],
  },
  ...pattern(
    {
      source:
        `(?:[${ALIKE}]{1,12}(?=[A-Za-z])|(?<=[a-z])[${GREEK}](?=[a-z]))(?<=(?<![${LETTER}])[${WORD}]{1,40})` +
        `(?:(?<=[${LATIN}][${WORD}]{0,40})|(?=[${WORD}]{0,40}[${LATIN}]))[${WORD}]{1,40}(?![${LETTER}])`,
      flags: "",
    },
    { score: 0.8 },
  ),
};
