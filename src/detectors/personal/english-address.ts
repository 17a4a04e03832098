import type { Detector } from "../../core/detector.ts";
import { isOutsideWord } from "../follows.ts";
import { pattern } from "../pattern.ts";

const KINDS =
  "Street|St\\.?|Avenue|Ave\\.?|Road|Rd\\.?|Lane|Ln\\.?|Drive|Dr\\.?|Boulevard|Blvd\\.?|Court|Ct\\.?|Way|Place|Pl\\.?|Terrace|Square|Parkway|Highway";
const TOWN = "(?:,? (?:[A-Z][A-Za-z.'-]{1,20} ?){1,3},? [A-Z]{2} \\d{5}(?:-\\d{4})?)?";

const found = pattern(
  {
    source: `(?<![A-Za-z0-9_])(?<!\\d[.,])\\d{1,5}[A-Z]? (?:(?:N|S|E|W|North|South|East|West)\\.? )?(?:[A-Z][a-z'-]{1,20} ){1,3}(?:${KINDS})(?![A-Za-z])(?:,? (?:Apt|Suite|Unit|#)\\.? ?\\w{1,6})?${TOWN}`,
    flags: "",
  },
  { literals: { at: "start", any: ["0"] }, follows: isOutsideWord, score: 0.7 },
);

export const englishAddress: Detector = {
  id: "english-address",
  finds: "personal",
  covers: ["O-01"],
  explain: {
    en: "A house number and a street in English, with town, state and code where they follow.",
    de: "Eine englische Anschrift: Hausnummer und Straße, mit Ort, Staat und Postleitzahl, wo sie folgen.",
  },
  examples: {
    hit: ["1600 Pennsylvania Avenue", "221B Baker Street, Springfield, IL 62701", "456 N. Oakwood Dr. Apt 4"],
    miss: ["10 Downing people", "5 Street lamps", "in 2024 Main events", "3,8 Millionen St"],
  },
  ...found,
};
