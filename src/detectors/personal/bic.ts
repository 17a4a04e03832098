import { identifier } from "../identifier.ts";

export const bic = identifier({
  id: "bic",
  finds: "personal",
  explain: {
    en: "A bank identifier code (BIC, SWIFT), behind a word that says so.",
    de: "Ein Bankcode (BIC, SWIFT), hinter einem Wort, das ihn nennt.",
  },
  examples: { hit: ["BIC: COBADEFFXXX", "SWIFT code DEUTDEFF", "BIC GENODEF1S02"], miss: ["COBADEFFXXX", "BIC: unbekannt", "swift language"] },
  form: "[A-Z]{4}(?:AD|AE|AT|BE|BG|CH|CY|CZ|DE|DK|EE|ES|FI|FR|GB|GR|HR|HU|IE|IS|IT|LI|LT|LU|LV|MC|MT|NL|NO|PL|PT|RO|SE|SI|SK|SM|TR|UA|US|CA|AU|CN|JP|IN|SG|HK|ZA|BR)[A-Z0-9]{2}(?:[A-Z0-9]{3})?",
  words: ["bic", "swift", "swift-bic", "bic/swift"],
  valid: (bare, written) => written === bare,
  score: 0.8,
});
