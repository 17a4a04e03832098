import type { Detector } from "../../core/detector.ts";
import { isSeparator } from "../follows.ts";
import { pattern } from "../pattern.ts";
import { entropy, standsIn } from "../secrecy.ts";

const HEADERS = "authorization|x-(?:[a-z-]{0,15}-)?(?:key|token)|api-?(?:key|token)|private-token";
const SCHEMES = "(?:basic|bearer|token|api-token|apikey|ssws|bot|digest)";

export const authorizationHeader: Detector = {
  id: "authorization-header",
  finds: "credential",
  covers: ["O-03"],
  explain: {
    en: "What a header such as Authorization or X-API-Key carries: a name and a password, or a token.",
    de: "Was eine Kopfzeile wie Authorization oder X-API-Key trägt: Name und Passwort oder ein Token.",
  },
  examples: {
    hit: [
      `Authorization: Basic ${"QWxhZGRpbjpv"}cGVuIHNlc2FtZQ==`,
      `curl -H "Authorization: Bearer ${"mF_9.B5f"}-4.1JqM"`,
      `X-API-Key: ${"5eb4223e-5008"}-46e5-be67-c7b8f2732305`,
    ],
    miss: [
      "Authorization: Bearer <token>",
      "Authorization: Bearer YOUR_ACCESS_TOKEN",
      "Authorization: required",
      "X-API-Key: a1b2c3d4-e5f6-g7h8-i9j0-k1l2m3n4o5p6",
      `authorization: Bearer $${"{TOKEN}"}`,
      "Authorization: Basic dGVzdA==",
    ],
  },
  ...pattern(
    `(?<=(?:${HEADERS})["'\`]{0,2}\\s{0,2}[:=,]\\s{0,3}["'\`]{0,2}(?:${SCHEMES}[ \\t]{1,3})?)(?<![^\\s"'\`:=])(?!${SCHEMES}(?![a-z0-9._=+/~-]))[a-z0-9._~+/@-]{8,4096}={0,3}(?![a-z0-9._~+/@$({-])`,
    {
      literals: { at: "before", any: ["authorization", "api-key", "apikey", "api-token", "-token", "apitoken", "-key"] },
      accept: (value) => isToken(value) || isPair(value),
      follows: isSeparator,
      score: 0.8,
    },
  ),
};

function isToken(value: string): boolean {
  return !standsIn(value) && /\d/.test(value) && /[A-Za-z]/.test(value) && entropy(value) >= 2.8 && !/^[a-z]+(?:[._/-][a-z]+)*\d?$/i.test(value);
}

/** RFC 7617: a name, a colon and a password, in base64. */
function isPair(value: string): boolean {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(value)) return false;
  try {
    return /^[\x20-\x7e]{1,200}:/.test(atob(value.slice(0, 4 * Math.floor(value.length / 4))));
  } catch {
    return false;
  }
}
