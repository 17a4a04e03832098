import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";
import { CONTROL } from "../script.ts";

const ESC = "\\u001b";

export const terminalControl: Detector = {
  id: "terminal-control",
  finds: "smuggling",
  covers: ["I-02", "O-08"],
  explain: {
    en: "Control characters and sequences that a terminal obeys: they hide or rewrite what a person reads, set links and titles, or write to the clipboard.",
    de: "Steuerzeichen und -folgen, denen ein Terminal gehorcht: Sie verbergen oder überschreiben, was ein Mensch liest, setzen Links und Titel oder schreiben in die Zwischenablage.",
  },
  examples: {
    hit: [
      "\u001b[31mred\u001b[0m",
      "\u001b]8;;https://example.net\u001b\\label",
      "\u001b]52;c;ZWNobw==\u0007",
      "rm -rf /\b\b\b\b\bls",

      "a\u0000b",
      "\u001bc",
      "\u009b31mred\u009b0m",
      "\u009d52;c;ZWNobw==\u009c",
    ],
    miss: ["tab\tand line\n\r\n", "\\x1b[31m is written", "page\fbreak", "it\u0092s"],
  },
  ...pattern(
    [
      `${ESC}\\[[0-?]{0,64}[ -/]{0,8}[@-~]`, // control sequences: colours, the cursor, erasing
      `${ESC}[\\]PX^_][^\\u0007\\u001b]{0,2000}(?:\\u0007|${ESC}\\\\)`, // strings: links, titles, the clipboard
      `${ESC}[ -/]{0,4}[0-Z\\\\^-~]`,
      ESC,
      // The same in one sign of C1, which terminals in eight bits obey. Nobody sees these signs, so a lone one may go as well.
      "\\u009b[0-?]{0,64}[ -/]{0,8}[@-~]",
      "[\\u0090\\u0098\\u009d-\\u009f][^\\u0007\\u001b\\u0090\\u0098\\u009b-\\u009f]{0,2000}(?:\\u0007|\\u001b\\\\|\\u009c)",
      "[\\u0090\\u009b\\u009d]",
      "[\\u0000-\\u0008\\u000b\\u000e-\\u001a\\u001c-\\u001f\\u007f]",
    ].join("|"),
    { literals: { at: "start", any: [CONTROL, "\u0080"] } },
  ),
};
