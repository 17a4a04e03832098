const bytes = (text: string): Buffer => Buffer.from(text);
const each = (text: string, change: (letter: string) => string): string => Array.from(text, change).join("");
const hexOf = (letter: string): string => (letter.codePointAt(0) as number).toString(16);
const turned = (text: string, by: number): string =>
  text.replace(/[a-z]/gi, (letter) => {
    const first = letter < "a" ? 65 : 97;
    return String.fromCharCode(first + ((letter.charCodeAt(0) - first + by) % 26));
  });

function base32(text: string): string {
  const bits = Array.from(bytes(text), (byte) => byte.toString(2).padStart(8, "0")).join("");
  return (bits.match(/.{1,5}/g) ?? []).map((five) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[Number.parseInt(five.padEnd(5, "0"), 2)]).join("");
}

function ascii85(text: string): string {
  const all = bytes(text);
  let out = "";
  for (let at = 0; at < all.length; at += 4) {
    const group = Buffer.alloc(4);
    const count = all.copy(group, 0, at);
    let value = group.readUInt32BE();
    let signs = "";
    for (let digit = 0; digit < 5; digit++) {
      signs = String.fromCharCode(33 + (value % 85)) + signs;
      value = Math.floor(value / 85);
    }
    out += signs.slice(0, count + 1);
  }
  return out;
}

/** ITU-R M.1677-1 with the German letters. */
const MORSE = new Map(
  "a.- b-... c-.-. d-.. e. f..-. g--. h.... i.. j.--- k-.- l.-.. m-- n-. o--- p.--. q--.- r.-. s... t- u..- v...- w.-- x-..- y-.-- z--.. 0----- 1.---- 2..--- 3...-- 4....- 5..... 6-.... 7--... 8---.. 9----. ,--..-- ..-.-.- ?..--.. :---... ;-.-.-. '.----. \".-..-. !-.-.-- @.--.-. --....- ä.-.- ö---. ü..-- ß...--.."
    .split(" ")
    .map((entry): [string, string] => [entry[0] as string, entry.slice(1)]),
);
/** What a code has no sign for is lost. */
const morse = (words: readonly string[], between: string): string =>
  words.map((word) => Array.from(word.toLowerCase(), (letter) => MORSE.get(letter) ?? "").join(" ")).join(between);
const UMLAUTS: { readonly [letter: string]: string } = { ä: "ae", ö: "oe", ü: "ue", Ä: "Ae", Ö: "Oe", Ü: "Ue", ß: "ss" };
const writtenOut = (text: string): string => text.replace(/[äöüÄÖÜß]/g, (letter) => UMLAUTS[letter] as string);
const tags = (text: string): string => each(text.replace(/[^ -~]/g, ""), (letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0)));
const lettersAs = (letters: string): ((text: string) => string) => {
  const signs = Array.from(letters);
  return (text) => text.replace(/[a-z]/gi, (letter) => signs[letter.toLowerCase().charCodeAt(0) - 97] as string);
};
const percent = (text: string): string => Array.from(bytes(text), (byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
const reversed = (text: string): string => Array.from(text).reverse().join("");
const inLines = (text: string): string => text.replace(/((?:\S+\s+){4})/g, (four) => `${four.trimEnd()}\n`);
const joined = (text: string, by: string): string =>
  text
    .split(/\s+/)
    .map((word) => Array.from(word).join(by))
    .join(" ");

const words = (text: string): string[] =>
  text
    .toLowerCase()
    .replace(/[^a-z\s]/g, "")
    .trim()
    .split(/\s+/);

/** The dress that a text is put into, by name. Letters that a code does not know are lost on the way, as they are for an attacker. */
export const disguises: { readonly [name: string]: (text: string) => string } = {
  base64: (text) => bytes(text).toString("base64"),
  "base64 for addresses": (text) => bytes(text).toString("base64url"),
  "base64 twice": (text) => bytes(bytes(text).toString("base64")).toString("base64"),
  "base64 in lines": (text) => bytes(text).toString("base64").replace(/.{76}/g, "$&\n"),
  base32,
  base16: (text) => bytes(text).toString("hex"),
  "hex pairs": (text) => bytes(text).toString("hex").replace(/../g, "$& "),
  base85: ascii85,
  "percent signs": percent,
  "decimal entities": (text) => each(text, (letter) => `&#${letter.codePointAt(0)};`),
  "hexadecimal entities": (text) => each(text, (letter) => `&#x${hexOf(letter)};`),
  "\\u escapes": (text) => each(text, (letter) => `\\u{${hexOf(letter)}}`),
  "quoted printable": (text) => text.replace(/[a-z]/g, (letter) => `=${hexOf(letter).toUpperCase()}`),
  rot13: (text) => turned(text, 13),
  "caesar, three on": (text) => turned(text, 3),
  atbash: (text) => text.replace(/[a-z]/gi, (letter) => String.fromCharCode((letter < "a" ? 155 : 219) - letter.charCodeAt(0))),
  reversed,
  morse: (text) => morse(words(text), " / "),
  binary: (text) => Array.from(bytes(text), (byte) => byte.toString(2).padStart(8, "0")).join(" "),
  "decimal numbers": (text) => [...bytes(text)].join(" "),
  leetspeak: (text) => text.replace(/[aeiost]/gi, (letter) => ({ a: "4", e: "3", i: "1", o: "0", s: "5", t: "7" })[letter.toLowerCase()] ?? letter),
  "spaced letters": (text) =>
    text
      .split(/\s+/)
      .map((word) => Array.from(word).join(" "))
      .join("  "),
  "zero width between": (text) => Array.from(text).join("\u200b"),
  "tag characters": tags,
  fullwidth: (text) => text.replace(/[!-~]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0)),
  "combining marks": (text) => each(text, (letter) => `${letter}\u0336`),
  homoglyphs: (text) => text.replace(/[aeopc]/g, (letter) => ({ a: "а", e: "е", o: "о", p: "р", c: "с" })[letter] ?? letter),
  "no umlauts": (text) => text.replace(/[äöüÄÖÜß]/g, ""),
  "umlauts written out": writtenOut,
  "morse with its signs": (text) => morse(text.split(/\s+/), " / "),
  "morse in lines": (text) => morse(text.split(/\s+/), "\n"),
  "tag characters, written out": (text) => `\u{e0001}${tags(writtenOut(text))}\u{e007f}`,
  "variation selectors": (text) => `😀${Array.from(bytes(text), (byte) => String.fromCodePoint(byte < 16 ? 0xfe00 + byte : 0xe00f0 + byte)).join("")}`,
  "each word reversed": (text) => text.replace(/\S+/g, reversed),
  "each line reversed": (text) => inLines(text).replace(/.+/g, reversed),
  "lines, reversed as a whole": (text) => reversed(inLines(text)),
  "a line for each word": (text) => text.replace(/\s+/g, "\n"),
  "percent signs twice": (text) => percent(text).replaceAll("%", "%25"),
  "octal escapes": (text) => Array.from(bytes(text), (byte) => `\\${byte.toString(8).padStart(3, "0")}`).join(""),
  "octal numbers": (text) => Array.from(bytes(text), (byte) => byte.toString(8).padStart(3, "0")).join(" "),
  "\\x escapes": (text) => Array.from(bytes(text), (byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join(""),
  "escapes of style sheets": (text) => each(text, (letter) => `\\${hexOf(letter)} `),
  "letters of flags": (text) =>
    each(text, (letter) => (/[a-z]/i.test(letter) ? `${String.fromCodePoint(0x1f1e6 + (letter.charCodeAt(0) | 32) - 97)}\u200b` : letter)),
  "small capitals": lettersAs("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘǫʀꜱᴛᴜᴠᴡxʏᴢ"),
  braille: (text) => lettersAs("⠁⠃⠉⠙⠑⠋⠛⠓⠊⠚⠅⠇⠍⠝⠕⠏⠟⠗⠎⠞⠥⠧⠺⠭⠽⠵")(text).replaceAll(" ", "⠀"),
  "upside down": (text) => reversed(lettersAs("ɐqɔpǝɟƃɥᴉɾʞlɯuodbɹsʇnʌʍxʎz")(text)),
  "dots between letters": (text) => joined(text, "."),
  "hyphens between letters": (text) => joined(text, "-"),
  "comments within words": (text) => text.replace(/(\w{3})(\w)/g, "$1<!-- -->$2"),
  "bold first letters": (text) => text.replace(/\b(\w)(\w+)/g, "**$1**$2"),
};

/** What is not decoded, or in part only. It is measured, so that nobody takes it for decoded. */
export const unread: typeof disguises = {
  "words from the last to the first": (text) => text.split(/\s+/).reverse().join(" "),
  "leetspeak of ten letters": (text) =>
    text.replace(
      /[abegiostlz]/gi,
      (letter) => ({ a: "4", b: "8", e: "3", g: "9", i: "1", o: "0", s: "5", t: "7", l: "1", z: "2" })[letter.toLowerCase()] ?? letter,
    ),
  "underscores for blanks": (text) => text.replaceAll(" ", "_"),
  "one word in camel case": (text) => text.replace(/ (\w)/g, (_, letter: string) => letter.toUpperCase()),
  "caesar, five on": (text) => turned(text, 5),
  "pig latin": (text) => text.replace(/\b([bcdfghjklmnpqrstvwxz]+)(\w+)/gi, "$2$1ay"),
  "base64 of UTF-16": (text) => Buffer.from(text, "utf16le").toString("base64"),
  "base64, word by word": (text) => text.replace(/\S+/g, (word) => bytes(word).toString("base64")),
  "base64, then rot13": (text) => turned(bytes(text).toString("base64"), 13),
  "base64, then reversed": (text) => reversed(bytes(text).toString("base64")),
};
