import type { Detector } from "../../core/detector.ts";
import { type Names, namesOf } from "./tagger.ts";
import { readTagger } from "./weights.ts";

/** The tagger of names over its weights, which are asked for when the first text comes. */
export function personName(bytes: () => Uint8Array): Detector {
  let made: Names | undefined;
  const names = (): Names => (made ??= namesOf(readTagger(bytes())));
  return {
    id: "person-name",
    finds: "name",
    covers: ["O-01"],
    explain: {
      en: "The name of a person, in English or German text. A trained tagger says so, not a list: it misses some names, and takes some places and companies for names. It looks only where `detectors.names` is set.",
      de: "Der Name eines Menschen in englischem oder deutschem Text. Das sagt ein trainierter Tagger, keine Liste: Manche Namen übersieht er, manche Orte und Firmen hält er für Namen. Er sucht nur, wo `detectors.names` gesetzt ist.",
    },
    examples: {
      hit: [
        "Please send the contract to Katharina Lehmann by Friday.",
        "Dear Mr. Whitfield, your parcel has arrived.",
        "Mit freundlichen Grüßen\nThorsten Brandt",
        "Patientin Ayşe Yılmaz, geboren am 04.05.1980",
        '{"customer": "Miguel Fernández", "city": "Boston"}',
      ],
      miss: [
        "The quarterly report was sent to Finance on Monday.",
        "Die Hauptstadt von Frankreich ist Paris.",
        "const UserAccount = require('./Account');",
        "Der Bundesgerichtshof hat die Revision verworfen.",
        "see the Terms and Conditions of Acme Corporation",
      ],
    },
    detect: ({ text }) => names().find(text),
    open: (text, from) => names().open(text, from),
  };
}
