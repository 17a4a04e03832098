import type { Detector } from "../../core/detector.ts";
import { withBlanks } from "../identifier.ts";
import { pattern } from "../pattern.ts";
import { mod1110 } from "./check-digits.ts";

export const germanTaxId: Detector = {
  id: "german-tax-id",
  finds: "personal",
  covers: ["O-01"],
  explain: {
    en: "A German tax identification number (Steuer-ID): eleven digits, its rule of repeated digits and its check digit fit.",
    de: "Eine steuerliche Identifikationsnummer (Steuer-ID): elf Ziffern, die Regel der Ziffernwiederholung und die Prüfziffer stimmen.",
  },
  examples: {
    hit: ["Steuer-ID 86 095 742 719", "IdNr. 47036892816", "65929970489", "Steuer-ID:\u00a086\u00a0095\u00a0742\u00a0719", "IdNr.86.095.742.719"],
    miss: ["86 095 742 718", "12345678901", "00000000000", "186095742719", "8609574271", "1.86095742719"],
  },
  ...pattern(withBlanks("(?<!\\w|\\d[.,])[1-9](?:\\d{10}|\\d\\d/\\d{3}/\\d{4}/\\d|\\d(?:[ /.-]\\d{3}){3})(?!\\w|[.,]\\d)"), {
    accept: (match) => isTaxId(match.replace(/\D/g, "")),
  }),
};

/** Section 139b AO: of the first ten digits exactly one occurs twice or three times (not three in a row), the others once at most. */
function isTaxId(digits: string): boolean {
  const ten = digits.slice(0, 10);
  const counts = Array.from("0123456789", (digit) => ten.split(digit).length - 1).filter((count) => count > 1);
  if (counts.length !== 1 || (counts[0] as number) > 3 || /(\d)\1\1/.test(ten)) return false;
  return mod1110(digits);
}
