import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";

// What may stand between the lines of a key: line ends, also written as `\n`, quotes and marks of lists, comments and string concatenation.
const BETWEEN = "[\\s\\\\\"'`nrt,+|>#*;]";
const HEADER = "(?:[A-Za-z][A-Za-z-]{1,30}:[^\\n\\\\]{1,122}(?:\\n|\\r\\n|(?:\\\\{1,4}r)?\\\\{1,4}n)\\s{0,16}){0,6}";
// An open block ends where what follows can be no key any more, a closed one at its last line, whatever stands in it.
const CLOSED = "(?:[^-]|-(?!----)){0,16384}-{4,5} ?END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)? ?-{4,5}";
const OPEN = "(?:[A-Za-z0-9/=_:.]|[\\s\\\\\"'`,+|>#*;]){0,16384}";

export const privateKey: Detector = {
  id: "private-key",
  finds: "credential",
  covers: ["O-03"],
  explain: {
    en: "A private key in PEM armour (PKCS#1, PKCS#8, EC, OpenSSH, PGP, SSH2), whole or cut off, also as a string with written line ends.",
    de: "Ein privater Schlüssel im PEM-Format (PKCS#1, PKCS#8, EC, OpenSSH, PGP, SSH2), ganz oder abgeschnitten, auch als Zeichenkette mit ausgeschriebenen Zeilenenden.",
  },
  examples: {
    hit: [
      `-----BEGIN ${"PRIVATE"} KEY-----\nMC4CAQAwBQYDK2VwBCIEIHxnZS1leGFtcGxlLW9ubHktbm90LWEta2V5\n-----END ${"PRIVATE"} KEY-----`,
      `"-----BEGIN RSA ${"PRIVATE"} KEY-----\\nMIIBOgIBAAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf9Cnzj4p4WGeKLs1Pt8Qu\\n-----END RSA ${"PRIVATE"} KEY-----\\n"`,
      `-----BEGIN RSA ${"PRIVATE"} KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0123456789ABCDEF\n\nMIIBOgIBAAJBAKj34GkxFhD90vcN`,
      `-----BEGIN OPENSSH ${"PRIVATE"} KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ`,
    ],
    miss: [
      `a file that begins with -----BEGIN ${"PRIVATE"} KEY----- is one to keep`,
      "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----",
      "----------",
    ],
  },
  ...pattern(
    new RegExp(
      `(?<!-)-{4,5} ?BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)? ?-{4,5}${BETWEEN}{0,80}${HEADER}${BETWEEN}{0,40}[A-Za-z0-9/+=]{16}(?:${CLOSED}|${OPEN})`,
    ),
  ),
};
