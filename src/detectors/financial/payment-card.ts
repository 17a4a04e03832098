import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";
import { luhn } from "../personal/check-digits.ts";

// Grouped as printed on the card, or without any gap; one kind of gap only.
const grouped = (gap: string): string => `[2-6]\\d{3}${gap}\\d{4}${gap}\\d{4}${gap}\\d{4}(?:${gap}\\d{3})?|3\\d{3}${gap}\\d{6}${gap}\\d{4,5}`;

export const paymentCard: Detector = {
  id: "payment-card",
  finds: "financial",
  covers: ["O-02"],
  explain: {
    en: "A payment card number: prefix and length of a card scheme, and the Luhn check digit fits.",
    de: "Eine Kartennummer: Anfang und Länge passen zu einem Kartennetz, und die Prüfziffer (Luhn) stimmt.",
  },
  examples: {
    hit: ["Visa 4111 1111 1111 1111", "5555555555554444", "3782-822463-10005", "6011 1111 1111 1117 exp 12/29", "card_2223003122003222"],
    miss: ["4111 1111 1111 1112", "order 9999 9999 9999 9999", "0.4111111111111111", "a4111111111111111f", "0000 0000 0000 0000", "13 digits: 1234567890123"],
  },
  ...pattern(`(?<![0-9A-Za-z])(?<!\\d[.,])(?:[2-68]\\d{11,18}|${["[ \\u00a0]", "-", "\\."].map(grouped).join("|")})(?![0-9A-Za-z])`, {
    accept: (match) => {
      const digits = match.replace(/\D/g, "");
      return isScheme(digits) && luhn(digits) && !/^(.)\1*$/.test(digits);
    },
  }),
};

/** Prefixes and lengths as ISO/IEC 7812 assigns them. */
function isScheme(digits: string): boolean {
  const two = Number(digits.slice(0, 2));
  const four = Number(digits.slice(0, 4));
  switch (digits.length) {
    case 13:
      return digits.startsWith("4");
    case 14:
      return (four >= 3000 && four <= 3059) || two === 36 || two === 38 || two === 39;
    case 15:
      return two === 34 || two === 37;
    case 12:
      return four === 5018 || four === 5020 || four === 5038 || four === 6304;
    case 16:
    case 17:
    case 18:
    case 19: {
      const long =
        digits.startsWith("4") ||
        two === 62 ||
        two === 60 ||
        two === 64 ||
        two === 65 ||
        two === 67 ||
        (four >= 8100 && four <= 8171) ||
        (four >= 3528 && four <= 3589) ||
        [5018, 5020, 5038, 5893, 6304].includes(four);
      return long || (digits.length === 16 && ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720) || (four >= 2200 && four <= 2204)));
    }
    default:
      return false;
  }
}
