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

const MORSE = ".- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- --..".split(" ");
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
  "percent signs": (text) => Array.from(bytes(text), (byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""),
  "decimal entities": (text) => each(text, (letter) => `&#${letter.codePointAt(0)};`),
  "hexadecimal entities": (text) => each(text, (letter) => `&#x${hexOf(letter)};`),
  "\\u escapes": (text) => each(text, (letter) => `\\u{${hexOf(letter)}}`),
  "quoted printable": (text) => text.replace(/[a-z]/g, (letter) => `=${hexOf(letter).toUpperCase()}`),
  rot13: (text) => turned(text, 13),
  "caesar, three on": (text) => turned(text, 3),
  atbash: (text) => text.replace(/[a-z]/gi, (letter) => String.fromCharCode((letter < "a" ? 155 : 219) - letter.charCodeAt(0))),
  reversed: (text) => Array.from(text).reverse().join(""),
  morse: (text) =>
    words(text)
      .map((word) => Array.from(word, (letter) => MORSE[letter.charCodeAt(0) - 97]).join(" "))
      .join(" / "),
  binary: (text) => Array.from(bytes(text), (byte) => byte.toString(2).padStart(8, "0")).join(" "),
  "decimal numbers": (text) => [...bytes(text)].join(" "),
  leetspeak: (text) => text.replace(/[aeiost]/gi, (letter) => ({ a: "4", e: "3", i: "1", o: "0", s: "5", t: "7" })[letter.toLowerCase()] ?? letter),
  "spaced letters": (text) =>
    text
      .split(/\s+/)
      .map((word) => Array.from(word).join(" "))
      .join("  "),
  "zero width between": (text) => Array.from(text).join("\u200b"),
  "tag characters": (text) => each(text.replace(/[^ -~]/g, ""), (letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))),
  fullwidth: (text) => text.replace(/[!-~]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0)),
  "combining marks": (text) => each(text, (letter) => `${letter}\u0336`),
  homoglyphs: (text) => text.replace(/[aeopc]/g, (letter) => ({ a: "а", e: "е", o: "о", p: "р", c: "с" })[letter] ?? letter),
};
