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

const table = (alphabet: string): ReadonlyMap<string, number> => new Map(Array.from(alphabet, (sign, value) => [sign, value]));

function bits(run: string, values: ReadonlyMap<string, number>, width: number): Uint8Array {
  const bytes = new Uint8Array(Math.floor((run.length * width) / 8));
  let [held, count, at] = [0, 0, 0];
  for (const sign of run) {
    held = ((held << width) | (values.get(sign) ?? 0)) & 0xffff;
    count += width;
    if (count >= 8) {
      count -= 8;
      bytes[at++] = (held >> count) & 0xff;
    }
  }
  return bytes;
}

const BASE32 = table("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
function base32(run: string): Uint8Array | undefined {
  return /^(?:[A-Z2-7]{20,}|[a-z2-7]{20,})={0,6}$/.test(run) ? bits(run.replace(/=/g, "").toUpperCase(), BASE32, 5) : undefined;
}

const BASE64 = new Map([...table("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"), ["-", 62], ["_", 63]]);
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
/** Adobe's and the one of RFC 1924, which Python and Git write. */
function base85(run: string): Uint8Array | undefined {
  const inner = run.replace(/^<~/, "").replace(/~>$/, "");
  const adobe = /^[!-uz]{20,}$/.test(inner) ? fives(inner, (sign) => sign.charCodeAt(0) - 33) : undefined;
  if (adobe !== undefined && readable(adobe) !== undefined) return adobe;
  return fives(run, (sign) => BASE85.get(sign) ?? -1);
}

function fives(run: string, value: (sign: string) => number): Uint8Array | undefined {
  const bytes: number[] = [];
  for (let at = 0; at < run.length; at += 5) {
    const group = run.slice(at, at + 5);
    let sum = 0;
    for (let index = 0; index < 5; index++) {
      const digit = index < group.length ? value(group[index] as string) : 84;
      if (digit < 0) return undefined;
      sum = sum * 85 + digit;
    }
    if (sum > 0xffffffff) return undefined;
    for (let index = 0; index < group.length - 1; index++) bytes.push((sum / 2 ** (24 - 8 * index)) & 0xff);
  }
  return Uint8Array.from(bytes);
}

function uuencoded(run: string): Uint8Array | undefined {
  const length = (run.charCodeAt(0) - 32) & 63;
  if (!/^[!-`]{20,}$/.test(run) || Math.ceil(length / 3) * 4 !== run.length - 1) return undefined;
  const values = Array.from(run.slice(1), (sign) => (sign.charCodeAt(0) - 32) & 63);
  const all = new Map(values.map((value, at) => [String.fromCharCode(at), value]));
  return bits(values.map((_, at) => String.fromCharCode(at)).join(""), all, 6).subarray(0, length);
}

/** Numbers that stand for signs, one after the other: octets in base 2, 8, 10 or 16. */
export function decodeNumbers(run: string, base: 2 | 8 | 10 | 16): string | undefined {
  const numbers = base === 2 ? run.replace(/[^01]/g, "").match(/[01]{8}/g) : run.match(/[0-9a-fA-F]{2,3}/g);
  return readable(Uint8Array.from(numbers ?? [], (number) => Number.parseInt(number, base)));
}

const MORSE = new Map(
  "a.- b-... c-.-. d-.. e. f..-. g--. h.... i.. j.--- k-.- l.-.. m-- n-. o--- p.--. q--.- r.-. s... t- u..- v...- w.-- x-..- y-.-- z--.. 0----- 1.---- 2..--- 3...-- 4....- 5..... 6-.... 7--... 8---.. 9----. ,--..-- ..-.-.- ?..--.."
    .split(" ")
    .map((entry): [string, string] => [entry.slice(1), entry[0] as string]),
);
/** Undefined where a sign is none of Morse's. */
export function decodeMorse(run: string): string | undefined {
  const words = run
    .trim()
    .replace(/[·•]/g, ".")
    .replace(/[−–—_]/g, "-")
    .split(/\s*[/|]\s*|\s{2,}/)
    .map((word) => word.split(/\s/).map((sign) => (sign === "" ? "" : MORSE.get(sign))));
  return words.flat().includes(undefined) ? undefined : words.map((word) => word.join("")).join(" ");
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
