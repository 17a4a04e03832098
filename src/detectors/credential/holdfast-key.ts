import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";
import { isIssued } from "../secrecy.ts";

export const holdfastKey: Detector = {
  id: "holdfast-key",
  finds: "credential",
  covers: ["O-03"],
  explain: {
    en: "A key of Holdfast itself (Hugging Face tokens have the same form).",
    de: "Ein Schlüssel von Holdfast selbst (Tokens von Hugging Face sehen gleich aus).",
  },
  examples: {
    hit: [`Authorization: Bearer ${"hf_"}aB3dE6gH9jK2mN5pQ8sTuV1wX4yZ7aB0cD`],
    miss: ["hf_hub_download", "hf_ keys are stored as hashes"],
  },
  ...pattern(/(?<![A-Za-z0-9])hf_(?:[A-Za-z0-9]{49}|[A-Za-z0-9]{34})(?![A-Za-z0-9_-])/, { accept: isIssued }),
};
