import type { Detector } from "../../core/detector.ts";
import { isSeparator } from "../follows.ts";
import { pattern } from "../pattern.ts";

const WHOSE = '(?: [^\\d\\n.:=!?;{}()<>"]{1,24})?';
const IS = "(?::| is| ist| lautet)(?: now| jetzt| nun)?[ \\u00a0]{0,2}";

export const toldPin: Detector = {
  id: "told-pin",
  finds: "credential",
  covers: ["O-03"],
  explain: {
    en: "A PIN that is told: “PIN: …”, “the PIN of the card is …”.",
    de: "Eine PIN, die genannt wird: „PIN: …“, „Die PIN der Karte lautet …“.",
  },
  examples: {
    hit: [`PIN: ${"47"}11`, `Die PIN lautet ${"47"}11.`, `My PIN is ${"98"}23`, `Die PIN der Karte ist ${"98"}236.`, `Geheimzahl: ${"47"}11`],
    miss: ["PIN: 560001", "pin: 1234", "PIN 4 is ground", "SPIN: 4711", "The PIN is 4 to 6 digits", "PIN: 0000", "PIN: 1234-5678", "PIN: 12.50"],
  },
  ...pattern(new RegExp(`(?<=(?<![A-Za-z0-9_$-])(?:PIN|Geheimzahl)${WHOSE}${IS})\\d{4,5}(?!\\d|[.,:/-]\\d|[A-Za-z_%])`), {
    literals: { at: "before", any: ["pin", "geheimzahl"] },
    follows: isSeparator,
    // Four times the same is a place held for one.
    accept: (pin) => !/^(\d)\1+$/.test(pin),
    score: 0.6,
  }),
};
