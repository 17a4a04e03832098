import type { Detector } from "../../core/detector.ts";
import { isOutsideWord } from "../follows.ts";
import { pattern } from "../pattern.ts";
import { machineReadable } from "./check-digits.ts";

const LINE = "[ \\t]{0,3}\\r?\\n[ \\t]{0,9}";
const DATES = "\\d{6}\\d[MFX<]\\d{6}\\d";

// ICAO Doc 9303, parts 4 to 6: a passport has two lines of 44, a card three of 30, a visa or an older card two of 44 or 36.
const BOOK = `[PVIAC][A-Z<][A-Z<]{3}[A-Z<]{31,39}${LINE}[A-Z0-9<]{9}\\d[A-Z<]{3}${DATES}[A-Z0-9<]{8,16}`;
const CARD = `[IAC][A-Z<][A-Z<]{3}[A-Z0-9<]{9}\\d[A-Z0-9<]{15}${LINE}${DATES}[A-Z<]{3}[A-Z0-9<]{11}\\d(?:${LINE}[A-Z<]{30})?`;

const EXAMPLE = ["P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"] as const;

export const machineReadableZone: Detector = {
  id: "machine-readable-zone",
  finds: "personal",
  covers: ["O-01"],
  explain: {
    en: "The machine readable zone of a passport, an identity card or a visa, with its check digits: name, number, birth date and nationality.",
    de: "Die maschinenlesbare Zone eines Reisepasses, Personalausweises oder Visums, mit ihren Prüfziffern: Name, Nummer, Geburtsdatum und Staatsangehörigkeit.",
  },
  examples: {
    hit: [
      EXAMPLE.join("\n"),
      "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<",
      "IDD<<T220001293<<<<<<<<<<<<<<<\r\n6408125<2010315D<<<<<<<<<<<<<4",
    ],
    miss: [
      EXAMPLE[0],
      EXAMPLE.join("\n").replace("L898902C36", "L898902C37"),
      EXAMPLE.join("\n").replace("7408122F", "7408123F"),
      "cout << a << b << std::endl;",
      "P<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<",
    ],
  },
  ...pattern(new RegExp(`(?<![A-Z0-9<])(?:${BOOK}|${CARD})(?![A-Z0-9<])`), {
    literals: { at: "within", any: ["<<"] },
    accept: isChecked,
    follows: isOutsideWord,
  }),
};

/** Number, birth date and date of expiry have a check digit each, where they stand by the form. */
function isChecked(zone: string): boolean {
  const [first = "", second = ""] = zone.toUpperCase().split(/\s+/);
  const isCard = first.length === 30;
  const [number, dates] = isCard ? [first.slice(5, 15), second] : [second.slice(0, 10), second.slice(13)];
  return [number, dates.slice(0, 7), dates.slice(8, 15)].every((part) => machineReadable(part.replaceAll("<", "0")));
}
