import { identifier } from "../identifier.ts";

export const usSocialSecurity = identifier({
  id: "us-social-security",
  explain: {
    en: "A US social security or taxpayer number (SSN, ITIN), written with gaps: its parts are ones that are given out.",
    de: "Eine US-Sozialversicherungs- oder Steuernummer (SSN, ITIN), mit Trennzeichen geschrieben: ihre Teile werden so vergeben.",
  },
  examples: {
    hit: ["SSN 078-05-1121", "078 05 1123", "ITIN 911-70-1234"],
    miss: ["000-12-3456", "666-12-3456", "123-00-4567", "123-45-0000", "078-05-1120", "2024-01-0123"],
  },
  form: "(?!000|666)\\d{3}-(?!00)\\d\\d-(?!0000)\\d{4}|(?!000|666)\\d{3} (?!00)\\d\\d (?!0000)\\d{4}|(?!000|666)\\d{3}\\.(?!00)\\d\\d\\.(?!0000)\\d{4}",
  // The two that were printed in advertisements, and what is typed to fill a form.
  valid: (bare) =>
    !["078051120", "219099999", "123456789", "987654321"].includes(bare) &&
    !/^(\d)\1+$/.test(bare) &&
    (!bare.startsWith("9") || /^9\d\d(?:5\d|6[0-5]|7\d|8[0-8]|9[0-24-9])/.test(bare)),
});
