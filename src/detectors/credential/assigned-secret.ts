import type { Detector } from "../../core/detector.ts";
import { isSeparator } from "../follows.ts";
import { pattern } from "../pattern.ts";
import { looksGenerated } from "../secrecy.ts";

const NAMES =
  "passwo?r[dt]|passwd|passphrase|kennwort|pwd|secret|token|api[-_ ]?key|apikey|access[-_ ]?key|auth[-_ ]?key|private[-_ ]?key|client[-_ ]?secret|credentials?|creds|[-_]auth";
/** What makes of such a name one of something that may be known: `token_type`, `secret_name`, `page_token`. */
const KNOWN = "(?!s?(?:[-_ ]?(?:id|ids|name|type|url|uri|file|path|length|size|count|limit|format|version|expir[a-z]*|endpoint|hash|alias))(?![a-z]))";
const PAGES = "(?<!(?:page|next|csrf|continuation|sync|public)[-_]?token)";

/** A sign, which a table may set apart; a second argument, as build files write it; the default of a variable of Terraform. */
const GIVEN = `\\s{0,3}(?:=>|:=|==|[=:])\\s{0,3}|[=:][ \\t]{4,12}|[ \\t]{0,2},[ \\t]{0,2}['"](?=["'])| ?\\{\\s{1,3}default = `;

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
      `apiKey:            "${"171e84fd57"}f430fc59afa8fad3dbda2a"`,
      `buildConfigField 'String', 'API_KEY', '"${"951bc382db"}9cfee29c68634761dd6e19"'`,
      `variable "api_token" {\n  default = "${"4EWTpRQT"}_HJtG_nL-agxacgzYH"\n}`,
      `SECRET_KEY = '${"k9^e(mago!%"}q(+gr@3cu7'`,
    ],
    miss: [
      'password = "changeme"',
      "password: string",
      "token = process.env.API_TOKEN",
      'secret = "your-secret-here-1234"',
      "tokens: 1048576",
      "the secret of success is work",
      "token = getToken2(request)",
      "page_token=eyJvZmZzZXQiOiIwIiwidiI6Mn0",
      "token = 4f9c2c1e-8f0b-4c57-9d3e-5a0c2f7f5d11",
      "SECRET=shared-test-secret-12345",
    ],
  },
  ...pattern(
    `(?<=(?:${NAMES})${PAGES}${KNOWN}[a-z0-9_]{0,10}["'\`\\])]{0,2}(?:${GIVEN})(?:r?["'\`])?)(?:` +
      `(?<![^\\s"'\`=:>])[a-z0-9!#$%&*+./?@_~-][a-z0-9!#$%&*+./:?@^_~-]{7,255}={0,2}(?=["'\`\\s,;)}\\]<&]|\\\\|(?![\\s\\S]))` +
      `|(?<=["'])[^"'\\s\\\\]{8,128}(?=["']))`,
    {
      literals: {
        at: "before",
        any: ["passwor", "passwd", "passphrase", "kennwort", "pwd", "secret", "token", "key", "credential", "creds", "_auth", "-auth"],
      },
      accept: (value) => !/^(?:[a-z]+:\/\/|arn:|v?\d+\.\d+\.\d)/i.test(value) && looksGenerated(value),
      follows: isSeparator,
      score: 0.7,
    },
  ),
};
