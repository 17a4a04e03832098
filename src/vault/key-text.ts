import { crc32 } from "node:zlib";

/**
 * How an API key is written: `hf_`, 43 base62 digits (256 random bits), and 6 digits of a CRC-32. The checksum lets a typo, a scanner
 * and a flood of guesses be told from a key without asking a store; it adds no secrecy.
 */
export const KEY_PATTERN = /^hf_[0-9A-Za-z]{49}$/;
const PREFIX = "hf_";
const SECRET_DIGITS = 43;
const CHECK_DIGITS = 6;
const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Writes 32 random bytes as a key. */
export function writeKey(random: Uint8Array): string {
  if (random.length !== 32) throw new RangeError("a key is made of 32 random bytes");
  const body = PREFIX + base62(BigInt(`0x${Buffer.from(random).toString("hex")}`), SECRET_DIGITS);
  return body + checksum(body);
}

/** True for text that could be a key: the right form and the right checksum. Costs the same for every text of the right length. */
export function isKeyText(text: string): boolean {
  if (!KEY_PATTERN.test(text)) return false;
  const body = text.slice(0, PREFIX.length + SECRET_DIGITS);
  return text === body + checksum(body);
}

function checksum(body: string): string {
  let digits = "";
  for (let rest = crc32(body); digits.length < CHECK_DIGITS; rest = Math.floor(rest / 62)) digits = DIGITS[rest % 62] + digits;
  return digits;
}

function base62(value: bigint, width: number): string {
  let digits = "";
  for (let rest = value; digits.length < width; rest /= 62n) digits = DIGITS[Number(rest % 62n)] + digits;
  return digits;
}
