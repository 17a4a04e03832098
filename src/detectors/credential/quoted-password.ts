import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";
import { standsIn } from "../secrecy.ts";

const NAME = "(?:passwo?r[dt]|passwd|kennwort|passphrase|\\bpwd|[_.]pass)";
const FORMS = [
  // "…" behind a name
  `(?<=${NAME}["'\`]?\\]?[ \\t]{0,8}(?:=>|:=|===?|!==?|[=:])[ \\t]{0,8}[bru]?)(?<![^\\s=:>"'bru])["'](?!\\$)[^<%@.,\\s+'"(){}&/#|\\\\:;\\[\\]-][^<%,\\s'"(){}&|\\\\;\\[\\]]{4,59}["']`,
  // ;Password=…; in a connection string
  `(?<=[;"][ ]{0,2}(?:password|pwd)[ ]{0,2}=[ ]{0,2})[^\\s;"'{}<>$%#*]{3,60}(?=[;"'])`,
  // user = '…' and behind or below it password = '…'
  `(?<=user(?:name)?[ \\t]?=[ \\t]?\\\\?(?:"[^"\\n]{2,18}"|'[^'\\n]{2,18}')[,;]?\\s{1,14}\\$?pass(?:word)?[ \\t]?=[ \\t]?\\\\?)(?:"(?!\\$)[^"\\n]{5,30}"|'[^'\\n]{5,30}')`,
  // user = … and below it password = …
  `(?<=user(?:name)?[ \\t]?=[ \\t]?\\S{2,20}(?:\\r?\\n[ \\t]{0,2}|[; ])\\w{0,10}password[ \\t]?=[ \\t]?)[^\\s$@{<"'#%(\\[][^\\s(){}\\[\\]"';]{4,29}(?=\\s|(?![\\s\\S]))`,
  // NAME_PASSWORD=… in an environment
  "(?<=(?:^|[\\s])[a-z_]{1,30}_pass(?:word)?=)[^\\s$\"'`<{(][^\\s\"'`<>{}()]{5,40}(?=\\s|(?![\\s\\S]))",
  // a secret that code compares with
  `(?<=\\b(?:secret|password|challenge)["']? {0,2}[!=]==? {0,2})(?:"[^"\\n]{3,60}"|'[^'\\n]{3,60}')`,
  // the secret of signed tokens
  `(?<=jwt[:_]?\\s{0,6}secret["']?\\s{0,2}[:=]\\s{0,2})(?:"[^"\\n]{6,200}"|'[^'\\n]{6,200}')`,
];

/** The signs that stand before a value, a space, or the prefix of a string in Python. */
const ASSIGNING = new Set(Array.from("=:> \t\r\n\v\fbBrRuU", (sign) => sign.charCodeAt(0)));
const mayAssign = (unit: number): boolean => ASSIGNING.has(unit) || unit > 0x7f;

export const quotedPassword: Detector = {
  id: "quoted-password",
  finds: "credential",
  covers: ["O-03"],
  explain: {
    en: "A password somebody chose, written between quotes behind its name, or below a user name.",
    de: "Ein selbst gewähltes Passwort, in Anführungszeichen hinter seinem Namen oder unter einem Benutzernamen.",
  },
  examples: {
    hit: [`password => '${"this1s"}mypassword'`, `db_password = "${"4ian"}1234"`, `username=build\npassword=${"open"}_sesame7\n`],
    miss: [
      '"password": "string"',
      "passwordLabel: 'Password:'",
      'password: "********"',
      'type="password" name="password"',
      "password = ''",
      'placeholder="password"',
    ],
  },
  ...pattern(FORMS.join("|"), {
    literals: { at: "before", any: ["kennwort", "pwd", "passwor", "passwd", "passphrase", "_pass", ".pass", "secret", "challenge"] },
    follows: mayAssign,
    // In the forms without quotes nothing but a password can stand, so words count there too.
    accept: (match) => (/^["']/.test(match) ? isChosen(match.slice(1, -1)) : !standsIn(match)),
    score: 0.6,
  }),
};

/** A place in a program, of words: `cms/passwords#update`. */
const PATH = /^[a-z_]+(?:\/[a-z_]+)+(?:#[a-z_]+)?$/i;

/** True for what is neither a stand-in nor the name of a type, a field or a word of code. */
function isChosen(value: string): boolean {
  return (
    (/\d|[a-z][!$@#*+~^=-]+[a-z]/i.test(value) || /^[a-z]{14,}$/.test(value)) &&
    !PATH.test(value) &&
    !standsIn(value) &&
    !/^(?:password|passwort|passwd|pass|pwd)[-_.]?\d{0,3}$/i.test(value) &&
    !/^\d{1,4}$|^[~^]?\d+\./.test(value)
  );
}
