import type { Detector } from "../core/detector.ts";
import { pattern } from "./pattern.ts";

/** The form of the markers that are put into system prompts. Whether one is the request's own is for the output layer to say. */
export const canary: Detector = {
  id: "canary",
  finds: "internal",
  covers: ["O-07", "I-08"],
  explain: {
    en: "A marker that was put into a system prompt: where it stands in an answer, the prompt leaked.",
    de: "Eine Markierung, die in einen Systemprompt gesetzt wurde: Steht sie in einer Antwort, ist der Prompt abgeflossen.",
  },
  examples: {
    hit: ["(hfc-abcdefghij234567abcd)", "HFC-ABCDEFGHIJ234567ABCD", "dcba765432jihgfedcba-cfh"],
    miss: ["hfc-134a is a refrigerant", "hfc-abcdefghij234567abc", "abcdefghijklmnopqrst-cf"],
  },
  ...pattern("hfc-[a-z2-7]{20}|(?<![a-z2-7])[a-z2-7]{20}-cfh", { literals: { at: "within", any: ["hfc-", "-cfh"] } }),
};
