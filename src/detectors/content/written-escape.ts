import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";

export const writtenEscape: Detector = {
  id: "written-escape",
  finds: "content",
  covers: ["O-08"],
  explain: {
    en: "A control sequence of a terminal, written out: harmless to read, and obeyed as soon as something prints it unescaped. Programs about terminals hold them too.",
    de: "Eine ausgeschriebene Steuerfolge eines Terminals: beim Lesen harmlos, befolgt aber, sobald etwas sie umgewandelt ausgibt. Auch Programme für Terminals enthalten sie.",
  },
  examples: {
    hit: ["echo -e '\\x1b[2J'", 'printf "\\033[31mred"', "\\u001b]52;c;ZWNobw==", "\\e[0m"],
    miss: ["\\x1b alone", "033[31m", "\\u001c[1m", "\\end{array}"],
  },
  ...pattern(/\\(?:x1b|u001b|u\{1b\}|0?33|e)(?:\[[0-9;?]{0,20}[A-Za-z]|\][0-9]{1,4};)/i, { score: 0.7 }),
};
