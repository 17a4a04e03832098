import { type Layer, replaced } from "./layer.ts";

/** Asks for a reading where at least so many words of the text are among these (in lower case). */
interface Words {
  readonly any: readonly string[];
  readonly least: number;
}

/** A way to read a whole text otherwise, where something in it asks to be read so. */
export interface Reading {
  readonly name: string;
  readonly words?: Words;
  /** Moves letters of ASCII about, and what was folded to one would be moved with them. */
  readonly cipher?: true;
  /** Asks for it where it matches. */
  readonly calls?: RegExp;
  read(text: string): Layer;
}

const unmoved = (text: string): Layer => ({ text, place: (unit) => ({ from: unit, to: unit + 1 }) });
const swapped = (text: string, swap: (unit: number) => number): Layer =>
  unmoved(String.fromCharCode(...Array.from({ length: text.length }, (_, at) => swap(text.charCodeAt(at)))));
const LETTERS = /[A-Za-z]/;
/** Moves letters within their alphabet and leaves all else. */
const turned = (text: string, turn: (letter: number) => number): Layer =>
  swapped(text, (unit) => {
    if (!LETTERS.test(String.fromCharCode(unit))) return unit;
    const first = unit < 97 ? 65 : 97;
    return first + turn(unit - first);
  });

const ESCAPE =
  /%[cd][0-9a-f]%[89ab][0-9a-f]|%e[0-9a-f](?:%[89ab][0-9a-f]){2}|%f[0-7](?:%[89ab][0-9a-f]){3}|%[0-9a-f]{2}|&#\d{2,7};|&#x[0-9a-f]{2,6};|&(?:lt|gt|amp|quot|apos|nbsp|excl|period|comma|colon|sol|lowbar|NewLine|Tab);|=[0-9A-F]{2}|=\r?\n|\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|\\u\{[0-9a-f]{2,6}\}/gi;
const NAMED: { readonly [name: string]: string } = {
  lt: "<",
  gt: ">",
  amp: "&",
  quot: '"',
  apos: "'",
  nbsp: " ",
  excl: "!",
  period: ".",
  comma: ",",
  colon: ":",
  sol: "/",
  lowbar: "_",
  NewLine: "\n",
  Tab: "\t",
};
const UTF8 = new TextDecoder();
function unescaped(sign: string): string {
  if (/^=\r?\n$/.test(sign)) return "";
  // A letter beyond ASCII is several octets of UTF-8, each with its own sign.
  if (/^%..%/.test(sign)) return UTF8.decode(Uint8Array.from(sign.slice(1).split("%"), (octet) => Number.parseInt(octet, 16)));
  const named = NAMED[sign.slice(1, -1)];
  if (sign.startsWith("&") && named !== undefined) return named;
  const code = sign.startsWith("&#") && !/^&#x/i.test(sign) ? Number(sign.slice(2, -1)) : Number.parseInt(sign.replace(/[^0-9a-f]/gi, ""), 16);
  return code > 0x10ffff ? "" : String.fromCodePoint(code);
}

const LEET: { readonly [sign: string]: string } = { 0: "o", 1: "i", 3: "e", 4: "a", 5: "s", 7: "t", 8: "b", "@": "a", $: "s", "!": "i", "|": "l", "+": "t" };
/** A sign within a word that may stand for a letter. Two of them stand close in a sentence that is written so; one is a part number, and an address none. */
const LEET_SIGN = String.raw`[A-Za-z](?:[013457$!|]|@(?![\w-]{1,30}\.)){1,2}[A-Za-z]`;
const SPACED = /(?<![A-Za-z0-9])[A-Za-z]([ ._*|,-])[A-Za-z](?:\1[A-Za-z]){0,400}(?![A-Za-z0-9])| {2,}/g;
/** The most common words of sentences and orders in both languages: a cipher that hides none of them hides no sentence. */
const COMMON =
  "the and you your all are what with that this ignore forget instructions prompt system tell show everything und die der das alle ist nicht dir mir deine vergiss ignoriere anweisungen aufgabe bist jetzt eine bitte obigen vorherigen ignorieren instruktionen write previous sich wird auch wenn kann nach wort dass dann".split(
    " ",
  );
/** What these words look like in a cipher, but for those that are words themselves then. */
const ciphered = (cipher: (word: string) => string): Words => ({
  any: COMMON.map(cipher).filter((word) => !/^(?:rid|rim|red|era|sad|tis)$/.test(word)),
  least: 1,
});
const shifted =
  (by: number) =>
  (word: string): string =>
    word.replace(/[a-z]/g, (letter) => String.fromCharCode(97 + ((letter.charCodeAt(0) - 97 + by) % 26)));
const NATO =
  "alfa bravo charlie delta echo foxtrot golf hotel india juliett kilo lima mike november oscar papa quebec romeo sierra tango uniform victor whiskey xray yankee zulu";
const SPELLED = new RegExp(`(?:(?:${NATO.replaceAll(" ", "|")}|alpha|juliet|x-ray|space)[\\s,.-]{1,3}){6}`, "i");
const SPELLING = new RegExp(`(?:${NATO.replaceAll(" ", "|")}|alpha|juliet|x-ray|space)[ ,.-]?`, "gi");
export const readings: readonly Reading[] = [
  {
    name: "escapes",
    calls: /%[0-9a-f]{2}|&#?\w{2,8};|=[0-9A-F]{2}|=\r?\n|\\x[0-9a-f]{2}|\\u[0-9a-f{]/i,
    read: (text) => replaced(text, matches(text, ESCAPE, unescaped)),
  },
  {
    name: "leetspeak",
    calls: new RegExp(`${LEET_SIGN}\\S{0,15}\\s(?:\\S{1,20}\\s){0,5}\\S{0,15}${LEET_SIGN}`),
    read: (text) => unmoved(text.replace(/[013457@$!|+8]/g, (sign) => LEET[sign] ?? sign)),
  },
  {
    name: "spaced letters",
    calls: /(?<![A-Za-z0-9])[A-Za-z]([ ._*|,-])[A-Za-z]\1[A-Za-z]\1[A-Za-z](?![A-Za-z])/,
    read: (text) =>
      replaced(
        text,
        matches(text, SPACED, (run) => run.replace(/[^A-Za-z]/g, "") || " "),
      ),
  },
  {
    name: "rot13",
    cipher: true,
    words: ciphered(shifted(13)),
    read: (text) => turned(text, (letter) => (letter + 13) % 26),
  },
  {
    name: "atbash",
    cipher: true,
    words: ciphered((word) => word.replace(/[a-z]/g, (letter) => String.fromCharCode(219 - letter.charCodeAt(0)))),
    read: (text) => turned(text, (letter) => 25 - letter),
  },
  {
    name: "caesar",
    cipher: true,
    words: ciphered(shifted(3)),
    read: (text) => turned(text, (letter) => (letter + 23) % 26),
  },
  {
    name: "rot47",
    calls: /(?:E96|2==|2\?5|J@F|:8\?@C6)(?![A-Za-z])/,
    read: (text) => swapped(text, (unit) => (unit > 32 && unit < 127 ? 33 + ((unit + 14) % 94) : unit)),
  },
  {
    name: "reversed",
    cipher: true,
    words: ciphered((word) => Array.from(word).reverse().join("")),
    read: (text) => ({
      text: Array.from({ length: text.length }, (_, at) => text[text.length - 1 - at]).join(""),
      place: (unit) => ({ from: text.length - 1 - unit, to: text.length - unit }),
    }),
  },
  {
    name: "spelling alphabet",
    // One may stand behind other letters, as the first does in `8alfa bravo`; the expression looks closer.
    words: { any: `${NATO} alpha juliet ray space`.split(" "), least: 5 },
    calls: SPELLED,
    read: (text) =>
      replaced(
        text,
        matches(text, SPELLING, (word) => (/^space/i.test(word) ? " " : (word[0] as string))),
      ),
  },
  {
    name: "words in reverse",
    // The expression asks for one of them as a whole word, and looks closer.
    words: { any: ["instructions", "rules", "prompts", "prompt", "anweisungen"], least: 1 },
    calls:
      /(?<![a-z])(?:(?:instructions|rules|prompts) (?:previous|prior|above|your|the|all)|prompt system|anweisungen (?:bisherigen|vorherigen|deine|alle))(?![a-z])/i,
    read: backwards,
  },
];

function backwards(text: string): Layer {
  const starts: number[] = [];
  const words = [...text.matchAll(/\S+/g)].reverse();
  let length = 0;
  for (const { 0: word } of words) {
    starts.push(length);
    length += word.length + 1;
  }
  return {
    text: words.map(({ 0: word }) => word).join(" "),
    place(unit) {
      const at = Math.max(
        0,
        starts.findLastIndex((start) => start <= unit),
      );
      const from = (words[at]?.index ?? 0) + Math.min(unit - (starts[at] ?? 0), (words[at]?.[0].length ?? 1) - 1);
      return { from, to: from + 1 };
    },
  };
}

function* matches(text: string, expression: RegExp, by: (match: string) => string): Generator<{ from: number; to: number; by: string }> {
  for (const { 0: match, index } of text.matchAll(expression)) yield { from: index, to: index + match.length, by: by(match) };
}
