import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";
import { looksGenerated } from "../secrecy.ts";

const NAMES =
  "passwo?r[dt]|passwd|passphrase|kennwort|pwd|secret|token|api[-_ ]?key|apikey|access[-_ ]?key|auth[-_ ]?key|private[-_ ]?key|client[-_ ]?secret|credentials?";

export const assignedSecret: Detector = {
  id: "assigned-secret",
  finds: "credential",
  covers: ["O-03"],
  explain: {
    en: "A value that looks generated, given to a name such as password, secret, token or api key.",
    de: "Ein Wert, der wie erzeugt aussieht und einem Namen wie password, secret, token, api key oder Kennwort zugewiesen wird.",
  },
  examples: {
    hit: [
      `password = "${"vK8#pQ2z"}!mR7w"`,
      `API_KEY=${"f3a9c1d27b"}64e8f05a1c9d3b7e2f4a68`,
      `"client_secret": "${"Xy7Kd92LmQ"}4vT8sBn1Rz"`,
      `Kennwort: ${"Rb7tq2Xm"}91zK`,
    ],
    miss: [
      'password = "changeme"',
      "password: string",
      "token = process.env.API_TOKEN",
      'secret = "your-secret-here-1234"',
      "tokens: 1048576",
      "the secret of success is work",
      "token = getToken2(request)",
    ],
  },
  ...pattern(
    `(?<=(?:${NAMES})[a-z0-9_]{0,12}["'\`\\])]{0,2}\\s{0,3}(?:=>|:=|==|[=:])\\s{0,3}["'\`]?)(?<![^\\s"'\`=:>])[a-z0-9!#$%&*+./?@_~-][a-z0-9!#$%&*+./:?@^_~-]{7,255}(?=["'\`\\s,;)}\\]<&]|\\\\|(?![\\s\\S]))`,
    {
      literals: { at: "before", any: ["passwor", "passwd", "passphrase", "kennwort", "pwd", "secret", "token", "key", "credential"] },
      accept: (value) => !/^(?:[a-z]+:\/\/|v?\d+\.\d+\.\d)/i.test(value) && !/^[A-Za-z_]+(?:[.:/-][A-Za-z_]+)*\d?$/.test(value) && looksGenerated(value),
      score: 0.7,
    },
  ),
};
