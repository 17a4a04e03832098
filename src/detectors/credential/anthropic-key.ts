import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";
import { isIssued } from "../secrecy.ts";

export const anthropicKey: Detector = {
  id: "anthropic-key",
  finds: "credential",
  covers: ["O-03"],
  explain: {
    en: "An Anthropic API key or session token: every call with it is paid by its owner.",
    de: "Ein API-Schlüssel oder Sitzungstoken von Anthropic: jeder Aufruf damit geht zu Lasten des Inhabers.",
  },
  examples: {
    hit: [`x-api-key: ${"sk-ant-"}api03-aB3dE6gH9jK2mN5pQ8sTuV1wX4yZ7aB0cD3eF6gH9jK-AA`],
    miss: ["sk-ant- begins such a key", "sk-anthology"],
  },
  ...pattern(/(?<![A-Za-z0-9])sk-ant-[A-Za-z0-9_-]{24,255}(?![A-Za-z0-9_-])/, { accept: isIssued }),
};
