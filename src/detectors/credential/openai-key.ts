import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";
import { isIssued } from "../secrecy.ts";

export const openaiKey: Detector = {
  id: "openai-key",
  finds: "credential",
  covers: ["O-03"],
  explain: {
    en: "An OpenAI API key (or one in the same form): every call with it is paid by its owner.",
    de: "Ein API-Schlüssel von OpenAI oder in gleicher Form: jeder Aufruf damit geht zu Lasten des Inhabers.",
  },
  examples: {
    hit: [`OPENAI_API_KEY=${"sk-"}aB3dE6gH9jK2mN5pQ8sTT3BlbkFJuV1wX4yZ7aB0cD3eF6gH`, `${"sk-"}proj-aB3dE6gH9jK2mN5pQ8sTuV1wX4yZ7aB0cD3_eF6-gH`],
    miss: ["sk-learn is a library", "task-force-of-thirty-two-characters-and-more", "sk-proj-short"],
  },
  ...pattern(/(?<![A-Za-z0-9])sk-(?:(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{20,255}|[A-Za-z0-9]{32,64})(?![A-Za-z0-9_-])/, { accept: isIssued }),
};
