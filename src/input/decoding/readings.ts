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
  /** What it gives may have to be read so once more. */
  readonly again?: true;
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

/** A letter beyond ASCII is several octets of UTF-8, each with its own sign. */
const octets = (sign: string, digits: string): string =>
  `${sign}[cd]${digits}${sign}[89ab]${digits}|${sign}e${digits}(?:${sign}[89ab]${digits}){2}|${sign}f[0-7](?:${sign}[89ab]${digits}){3}|${sign}${digits}{2}`;
const ESCAPE = new RegExp(
  [
    ...["%", "=", "\\\\x"].map((sign) => octets(sign, "[0-9a-f]")),
    "\\\\3[0-3][0-7]\\\\2[0-7]{2}|\\\\[0-3][0-7]{2}",
    "\\\\[2-7c-f][0-9a-f] ",
    "&#\\d{2,7};|&#x[0-9a-f]{2,6};|&(?:lt|gt|amp|quot|apos|nbsp|excl|period|comma|colon|sol|lowbar|NewLine|Tab);",
    "=\\r?\\n",
    "\\\\u[0-9a-f]{4}|\\\\u\\{[0-9a-f]{2,6}\\}",
  ].join("|"),
  "gi",
);
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
  const bytes = /^(?:(?:[%=]|\\x)[0-9a-f]{2})+$/i.test(sign) ? sign.match(/[0-9a-f]{2}/gi)?.map((octet) => Number.parseInt(octet, 16)) : octal(sign);
  if (bytes !== undefined) return bytes.length === 1 ? String.fromCharCode(...bytes) : UTF8.decode(Uint8Array.from(bytes));
  const named = NAMED[sign.slice(1, -1)];
  if (sign.startsWith("&") && named !== undefined) return named;
  const code = sign.startsWith("&#") && !/^&#x/i.test(sign) ? Number(sign.slice(2, -1)) : Number.parseInt(sign.replace(/[^0-9a-f]/gi, ""), 16);
  return code > 0x10ffff ? "" : String.fromCodePoint(code);
}
const octal = (sign: string): number[] | undefined =>
  /^(?:\\[0-7]{3})+$/.test(sign) ? sign.match(/[0-7]{3}/g)?.map((octet) => Number.parseInt(octet, 8)) : undefined;

const LEET: { readonly [sign: string]: string } = {
  0: "o",
  1: "i",
  3: "e",
  4: "a",
  5: "s",
  7: "t",
  8: "b",
  2: "z",
  6: "g",
  9: "g",
  "@": "a",
  $: "s",
  "!": "i",
  "|": "l",
  "+": "t",
};
/** A sign within a word that may stand for a letter. Two of them stand close in a sentence that is written so; one is a part number, and an address none. */
const LEET_SIGN = String.raw`[A-Za-z](?:[013457$!|]|@(?![\w-]{1,30}\.)){1,2}[A-Za-z]`;
const SPACED = /(?<![A-Za-z0-9])[A-Za-z]([ ._*|,-])[A-Za-z](?:\1[A-Za-z]){0,400}(?![A-Za-z0-9])(?:(?! )\1(?=[^\sA-Za-z0-9]))?| {2,}| [/|] /g;
/** The most common words of sentences and orders in both languages: a cipher that hides none of them hides no sentence. */
const COMMON =
  "the and you your all are what with this ignore forget instructions prompt system tell show everything und die der das alle ist nicht dir mir deine vergiss ignoriere anweisungen aufgabe bist jetzt eine bitte obigen vorherigen ignorieren instruktionen write previous sich wird auch wenn kann nach wort dass dann for from have must should would could when then them they there here been were only into over after before again never always answer user assistant secret message ohne jede jeden dies diese dieser dieses haben oder aber mehr kein keine mein meine dein sein seine noch schon immer wieder nutzer muss sollst kannst nachricht alles den".split(
    " ",
  );
/** What these words look like in a cipher, but for those that are words themselves then. */
const ciphered = (cipher: (word: string) => string): Words => ({
  any: COMMON.map(cipher).filter((word) => !/^(?:rid|rim|red|era|sad|tis)$/.test(word)),
  least: 1,
});
const REVERSED = ciphered((word) => Array.from(word).reverse().join(""));
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
    calls: /%[0-9a-f]{2}|&#?\w{2,8};|=[0-9A-F]{2}|=\r?\n|\\x[0-9a-f]{2}|\\u[0-9a-f{]|\\[0-3][0-7]{2}\\[0-3]|\\[2-7][0-9a-f] \\/i,
    again: true,
    read: (text) => replaced(text, matches(text, ESCAPE, unescaped)),
  },
  {
    name: "leetspeak",
    calls: new RegExp(`${LEET_SIGN}\\S{0,15}\\s(?:\\S{1,20}\\s){0,5}\\S{0,15}${LEET_SIGN}`),
    read: (text) => unmoved(text.replace(/[0-9@$!|+]/g, (sign) => LEET[sign] ?? sign)),
  },
  {
    name: "leetspeak with 1 for l",
    calls: /[A-Za-z]1[A-Za-z1]\S{0,15}\s(?:\S{1,20}\s){0,9}\S{0,15}[A-Za-z][013457]{1,2}[A-Za-z]/,
    read: (text) => unmoved(text.replace(/[0-9@$!|+]/g, (sign) => (sign === "1" ? "l" : (LEET[sign] ?? sign)))),
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
  { name: "reversed", cipher: true, words: REVERSED, read: (text) => turnedRound(text, /.+/gs) },
  { name: "lines reversed", cipher: true, words: REVERSED, read: (text) => (text.includes("\n") ? turnedRound(text, /[^\r\n]+/g) : unmoved(text)) },
  { name: "words reversed", cipher: true, words: REVERSED, read: (text) => turnedRound(text, /\S+/g) },
  {
    name: "upside down",
    cipher: true,
    calls: /[ɐɔǝɟƃɥᴉɾʞɯɹʇʌʍʎ]\S{0,12}[ɐɔǝɟƃɥᴉɾʞɯɹʇʌʍʎ]/,
    read: (text) =>
      turnedRound(
        text.replace(/[ɐɔǝɟƃɥᴉɾʞɯɹʇʌʍʎbqdpnu]/g, (sign) => UPRIGHT.get(sign) ?? sign),
        /.+/gs,
      ),
  },
  {
    name: "markup in words",
    calls: /[A-Za-z](?:<!--[^>]{0,40}-->|<\/?[a-z][^<>]{0,40}>|\*{1,3})[A-Za-z]/i,
    read: (text) =>
      replaced(
        text,
        matches(text, /<!--[^>]{0,200}-->|<\/?[a-z][^<>]{0,200}>|\*{1,3}/gi, () => ""),
      ),
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
    words: { any: ["instructions", "rules", "guidelines", "prompts", "prompt", "anweisungen", "vorgaben", "regeln", "everything", "alles"], least: 1 },
    calls:
      /(?<![a-z])(?:(?:instructions|rules|guidelines|prompts?) (?:previous|prior|above|system|initial|your|the|all)|everything (?:forget|ignore)|(?:anweisungen|vorgaben|regeln) (?:bisherigen|vorherigen|obigen|deine|alle)|alles (?:vergiss|ignoriere))(?![a-z])/i,
    read: backwards,
  },
];

/** Each part with its letters from the last to the first; nothing changes its length. */
function turnedRound(text: string, part: RegExp): Layer {
  const places = Array.from({ length: text.length }, (_, at) => at);
  for (const { 0: run, index } of text.matchAll(part)) for (let at = 0; at < run.length; at++) places[index + at] = index + run.length - 1 - at;
  const from = (unit: number): number => places[unit] ?? unit;
  return { text: places.map((at) => text[at]).join(""), place: (unit) => ({ from: from(unit), to: from(unit) + 1 }) };
}
const UPRIGHT = new Map(Array.from("ɐqɔpǝɟƃɥᴉɾʞɯuodbɹʇnʌʍʎ", (sign, at): [string, string] => [sign, "abcdefghijkmnopqrtuvwy"[at] as string]));

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
