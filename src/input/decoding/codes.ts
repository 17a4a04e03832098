/** What a run of signs says in the codes that carry text. Undefined where the result does not read as text: most long words are no code. */
export function decodeRun(run: string): string | undefined {
  for (const decode of [hexadecimal, base32, base64, base85, uuencoded]) {
    const bytes = decode(run);
    const text = bytes === undefined ? undefined : readable(bytes);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** Shorter than this no order fits. */
const LEAST = 10;

/** Bytes as text, if they are UTF-8 and nearly all of it is letters and the signs of sentences. */
export function readable(bytes: Uint8Array): string | undefined {
  if (bytes.length < LEAST || plainShare(bytes.subarray(0, 16)) < 0.7 || plainShare(bytes) < 0.85) return undefined;
  const text = new TextDecoder("utf-8").decode(bytes);
  return text.length - text.replaceAll("\ufffd", "").length > 1 ? undefined : text;
}

function plainShare(bytes: Uint8Array): number {
  let plain = 0;
  for (const byte of bytes) if ((byte >= 32 && byte < 127) || byte >= 0xc3 || byte === 10 || byte === 13 || byte === 9) plain++;
  return plain / bytes.length;
}

function hexadecimal(run: string): Uint8Array | undefined {
  const digits = run.replace(/^0x/i, "");
  if (!/^[0-9a-fA-F]{20,}$/.test(digits)) return undefined;
  return Uint8Array.from({ length: digits.length >> 1 }, (_, at) => Number.parseInt(digits.slice(2 * at, 2 * at + 2), 16));
}

/** By code unit the value of a sign; NONE where it has none. */
const table = (...alphabets: readonly string[]): Uint8Array => {
  const values = new Uint8Array(128).fill(NONE);
  for (const alphabet of alphabets) for (let value = 0; value < alphabet.length; value++) values[alphabet.charCodeAt(value)] = value;
  return values;
};
const NONE = 255;
const digitOf = (values: Uint8Array, unit: number): number => (unit < 128 ? (values[unit] as number) : NONE);

function bits(run: string, values: Uint8Array, width: number): Uint8Array {
  const bytes = new Uint8Array(Math.floor((run.length * width) / 8));
  let [held, count, next] = [0, 0, 0];
  for (let at = 0; at < run.length; at++) {
    const value = digitOf(values, run.charCodeAt(at));
    held = ((held << width) | (value === NONE ? 0 : value)) & 0xffff;
    count += width;
    if (count >= 8) {
      count -= 8;
      bytes[next++] = (held >> count) & 0xff;
    }
  }
  return bytes;
}

const BASE32 = table("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
function base32(run: string): Uint8Array | undefined {
  return /^(?:[A-Z2-7]{20,}|[a-z2-7]{20,})={0,6}$/.test(run) ? bits(run.replace(/=/g, "").toUpperCase(), BASE32, 5) : undefined;
}

const LETTERS_AND_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const BASE64 = table(`${LETTERS_AND_DIGITS}+/`, `${LETTERS_AND_DIGITS}-_`);
function base64(run: string): Uint8Array | undefined {
  const signs = /[A-Za-z0-9+/_-]{16,}/.exec(run)?.[0];
  if (signs === undefined) return undefined;
  // A window may begin anywhere in a long run: then the right beginning is one of four.
  for (let phase = 0; phase < 4; phase++) {
    const head = bits(signs.slice(phase, phase + 28), BASE64, 6);
    if (plainShare(head) > 0.9) return bits(signs.slice(phase), BASE64, 6);
  }
  return undefined;
}

const BASE85 = table("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~");
/** Every sign from `!` on is a digit. */
const ADOBE = Uint8Array.from({ length: 128 }, (_, unit) => (unit < 33 ? NONE : unit - 33));
/** Adobe's and the one of RFC 1924, which Python and Git write. */
function base85(run: string): Uint8Array | undefined {
  const inner = run.replace(/^<~/, "").replace(/~>$/, "");
  const adobe = /^[!-uz]{20,}$/.test(inner) ? fives(inner, ADOBE) : undefined;
  if (adobe !== undefined && readable(adobe) !== undefined) return adobe;
  return fives(run, BASE85);
}

function fives(run: string, values: Uint8Array): Uint8Array | undefined {
  // Of every five signs four octets; a rest gives one less than it has signs.
  const bytes = new Uint8Array(4 * Math.floor(run.length / 5) + Math.max(0, (run.length % 5) - 1));
  for (let at = 0, next = 0; at < run.length; at += 5) {
    const group = Math.min(5, run.length - at);
    let sum = 0;
    for (let index = 0; index < 5; index++) {
      const digit = index < group ? digitOf(values, run.charCodeAt(at + index)) : 84;
      if (digit === NONE) return undefined;
      sum = sum * 85 + digit;
    }
    if (sum > 0xffffffff) return undefined;
    for (let index = 0; index < group - 1; index++) bytes[next++] = (sum / 2 ** (24 - 8 * index)) & 0xff;
  }
  return bytes;
}

function uuencoded(run: string): Uint8Array | undefined {
  const length = (run.charCodeAt(0) - 32) & 63;
  if (!/^[!-`]{20,}$/.test(run) || Math.ceil(length / 3) * 4 !== run.length - 1) return undefined;
  return bits(run.slice(1), UUENCODED, 6).subarray(0, length);
}
const UUENCODED = Uint8Array.from({ length: 128 }, (_, unit) => (unit - 32) & 63);

/** Numbers that stand for signs, one after the other: octets in base 2, 8, 10 or 16. */
export function decodeNumbers(run: string, base: 2 | 8 | 10 | 16): string | undefined {
  const numbers = base === 2 ? run.replace(/[^01]/g, "").match(/[01]{8}/g) : run.match(/[0-9a-fA-F]{2,3}/g);
  return readable(Uint8Array.from(numbers ?? [], (number) => Number.parseInt(number, base)));
}

/** ITU-R M.1677-1, and the letters of German and its neighbours. */
const MORSE = new Map(
  "a.- b-... c-.-. d-.. e. f..-. g--. h.... i.. j.--- k-.- l.-.. m-- n-. o--- p.--. q--.- r.-. s... t- u..- v...- w.-- x-..- y-.-- z--.. ä.-.- ö---. ü..-- ß...--.. å.--.- é..-.. ñ--.-- 0----- 1.---- 2..--- 3...-- 4....- 5..... 6-.... 7--... 8---.. 9----. ,--..-- ..-.-.- ?..--.. :---... ;-.-.-. '.----. \".-..-. !-.-.-- (-.--. )-.--.- /-..-. @.--.-. &.-... =-...- +.-.-. --....- _..--.- $...-..-"
    .split(" ")
    .map((entry): [string, string] => [entry.slice(1), entry[0] as string]),
);
/** Undefined where more than one sign in eight is none of Morse's. */
export function decodeMorse(run: string): string | undefined {
  const words = run
    .trim()
    .replace(/[·•]/g, ".")
    .replace(/[−–—_]/g, "-")
    .split(/\s*[/|\n]\s*|\s{2,}/)
    .map((word) => word.split(/\s/).map((sign) => MORSE.get(sign)));
  const signs = words.flat();
  if (signs.filter((sign) => sign === undefined).length > signs.length / 8) return undefined;
  return words.map((word) => word.join("")).join(" ");
}

/** Letters by their number in the alphabet, joined within a word and spaced between words. */
export function decodeLetterNumbers(run: string): string | undefined {
  const words = run.split(/\s+/).map((word) => word.split(/[,.-]+/).map(Number));
  if (words.flat().some((number) => number < 1 || number > 26)) return undefined;
  const text = words.map((word) => String.fromCharCode(...word.map((number) => number + 96)));
  return text.every((word) => word.length === 1) ? text.join("") : text.join(" ");
}

/** Two signs that nobody sees, as the bits of octets; which of them is one is tried. */
export function decodeBits(run: string): string | undefined {
  const [zero] = run;
  const [first, second] = ["0", "1"].map((other) => Array.from(run, (sign) => (sign === zero ? other : other === "0" ? "1" : "0")).join(""));
  return decodeNumbers(first as string, 2) ?? decodeNumbers(second as string, 2);
}
