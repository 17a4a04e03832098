import type { Detector } from "../../core/detector.ts";
import { isSeparator } from "../follows.ts";
import { pattern } from "../pattern.ts";
import { standsIn } from "../secrecy.ts";

const SIGNS = "[^\\s\"'<>„“”«»`]";
/** What ends a sentence does not end the password, but for a mark that people like to put there. */
const VALUE = `${SIGNS}{4,62}[^\\s"'<>„“”«»\`.,;:)\\]}]`;
const NAME = "(?:password|passwort|passcode|passphrase|kennwort|kenncode)";
const WHOSE = '(?: [^\\d\\n.:=!?;{}()<>"]{1,32})?';
const IS = "(?::| is| ist| lautet| war| was)(?: now| jetzt| nun)?";

export const toldPassword: Detector = {
  id: "told-password",
  finds: "credential",
  covers: ["O-03"],
  explain: {
    en: "A password in a sentence, a note or an element: “the password is …”, “Passwort von Anna: …”, `<password>…</password>`.",
    de: "Ein Passwort in einem Satz, einer Notiz oder einem Element: „Das Passwort lautet …“, „Passwort von Anna: …“, `<password>…</password>`.",
  },
  examples: {
    hit: [
      `Das Passwort lautet ${"Tr0ub4"}dor&3 und gilt ab heute.`,
      `Mein Passwort ist ${"Sommer"}2024!`,
      `Kennwort: ${"Sommer"}2024`,
      `Passwort von Anna: ${"Hund"}1234!`,
      `The password for the admin account is ${"Tr0ub4"}dor&3.`,
      `Wi-Fi password: ${"blue-"}Horse7!`,
      `<password>${"Tr0ub4"}dor3</password>`,
    ],
    miss: [
      "Das Passwort ist falsch.",
      "Kennwort: vergessen?",
      "The password is base64-encoded.",
      "Das Passwort ist SHA-256-gehasht.",
      "The password is 8-12 characters long",
      "password: user1Password,",
      "password: config.db2.pass",
      "Passwort: ********",
      "The password was changed on 2024-05-01T12:00Z",
      "<password>string</password>",
      "Kennwort: siehe https://intern.example/a1",
      "The password is your-password1",
    ],
  },
  ...pattern(`(?<=(?<![a-z0-9_$-])(?:${NAME}${WHOSE}${IS}|<(?:password|passwort|kennwort)>)[ \\t\\u00a0]{0,2}["'„“»\`]?)(?<=[\\s"'„“»\`>])${VALUE}`, {
    literals: { at: "before", any: ["password", "passwort", "passcode", "passphrase", "kennwort", "kenncode"] },
    follows: isSeparator,
    accept: isChosen,
    score: 0.6,
  }),
};

/** How passwords are kept, counted and spoken of. */
const ABOUT = /^(?:base\d|sha|md\d|pbkdf|[bs]crypt|argon|o?auth|utf|aes|rsa|ascii|iso|rfc|https?|ssl|tls|mfa|2fa|totp|case|v\d)/i;

/** A word that code or prose would put there has no digit, or is joined of words, or is a name with dots. */
function isChosen(value: string): boolean {
  // `vergessen?` asks.
  const signs = value.replace(/[?!]+$/, "").replace(/[\p{L}\p{N}._,;:()/-]/gu, "").length;
  return (
    /\p{L}/u.test(value) &&
    (/\d/.test(value) || signs > 0) &&
    (signs > 0 ? /^[^({[]*$/.test(value) : /^[\p{L}\p{N}-]{6,}[?!]*$/u.test(value) && !/[a-z]\d{1,2}[A-Z][a-z]/.test(value)) &&
    !/^\p{L}*\d*(?:-\p{L}+)+$/u.test(value) &&
    !/^\d[\d-]*[T-]?[\p{L}]*$/u.test(value) &&
    !/:\/\/|@[\w-]+\./.test(value) &&
    !ABOUT.test(value) &&
    !standsIn(value)
  );
}
