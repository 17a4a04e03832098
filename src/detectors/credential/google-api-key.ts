import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";
import { isIssued } from "../secrecy.ts";

export const googleApiKey: Detector = {
  id: "google-api-key",
  finds: "credential",
  covers: ["O-03"],
  explain: {
    en: "A Google API key (Maps, Gemini, Firebase and others).",
    de: "Ein Google-API-Schlüssel (Maps, Gemini, Firebase und andere).",
  },
  examples: {
    hit: [`key=${"AIza"}SyA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q`],
    miss: ["AIza begins a key", `${"AIza"}SyTooShort`],
  },
  ...pattern(/(?<![A-Za-z0-9])AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])/, { accept: isIssued }),
};
