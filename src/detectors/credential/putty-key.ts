import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";

export const puttyKey: Detector = {
  id: "putty-key",
  finds: "credential",
  covers: ["O-03"],
  explain: {
    en: "The private half of a key file of PuTTY (`.ppk`).",
    de: "Die private Hälfte einer Schlüsseldatei von PuTTY (`.ppk`).",
  },
  examples: {
    hit: [`Private-Lines: 2\n${"AAABAQCb"}0Dz6nqIv4ItVVtbEcZ8wHrb\nq1Yk3mT5pW7sX9zA2cE4gI6kM8oQ0sU=\nPrivate-MAC: 3f`],
    miss: ["Private-Lines: 14", "Public-Lines: 2\nAAAAB3NzaC1yc2EAAAABJQAAAQEAhLdL"],
  },
  ...pattern(
    "(?<![A-Za-z0-9-])Private-Lines: \\d{1,3}(?:\\\\r)?(?:\\s{1,8}|\\\\n)[A-Za-z0-9+/=]{16,80}(?:(?:\\s{1,8}|\\\\n)[A-Za-z0-9+/=]{2,80}(?![A-Za-z0-9+/=:-])){0,120}",
  ),
};
