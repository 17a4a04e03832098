/** IP addresses in the one form that is written, the ranges they stand in, and which of them an agent is never led to. */

/** Bytes of an address: 4 or 16. */
type Bytes = readonly number[];

/** A stretch of addresses: all that begin with the first `bits` bits of `bytes`. */
export interface Range {
  readonly bytes: Bytes;
  readonly bits: number;
}

/**
 * The bytes of an address in its usual form, or undefined for what is none. INVARIANT: the short, octal, hexadecimal and decimal forms that some
 * resolvers take (`127.1`, `0x7f.1`, `2130706433`) are no addresses here, so nobody can mean another one by them than we do.
 */
export function bytesOf(text: string): Bytes | undefined {
  return text.includes(":") ? sixteen(text) : four(text);
}

export const isAddress = (text: string): boolean => bytesOf(text) !== undefined;

/** True for two forms of one address. */
export function sameAddress(a: string, b: string): boolean {
  const [x, y] = [bytesOf(a), bytesOf(b)];
  return x !== undefined && y !== undefined && x.length === y.length && agree(x, y, x.length * 8);
}

/** `10.0.0.0/8`, `fd00::/8`, or one address. Undefined for what is none, and where bits are set behind the prefix: somebody meant another range. */
export function parseRange(text: string): Range | undefined {
  const [address = "", prefix, more] = text.split("/");
  const bytes = bytesOf(address);
  if (bytes === undefined || more !== undefined || (prefix !== undefined && !/^(?:0|[1-9]\d{0,2})$/.test(prefix))) return undefined;
  const bits = prefix === undefined ? bytes.length * 8 : Number(prefix);
  if (bits > bytes.length * 8) return undefined;
  const clear = bytes.every((byte, at) => (byte & (0xff >> Math.min(8, Math.max(0, bits - at * 8)))) === 0);
  return clear ? { bytes, bits } : undefined;
}

/** Whether an agent may be led to an address, where `allowed` are ranges that configuration excepts. */
export type Standing =
  | { readonly ok: true }
  /** `kind` names the range, for people; `never`: no exception opens it. */
  | { readonly ok: false; readonly kind: string; readonly never: boolean };

/** INVARIANT: what is no address, and what is not known to be public, is not. */
export function standingOf(text: string, allowed: readonly Range[] = []): Standing {
  const bytes = bytesOf(text);
  if (bytes === undefined) return { ok: false, kind: "not-an-address", never: true };
  return judged(bytes, allowed);
}

/** True for a range that lies where no exception opens anything. */
export function isNever({ bytes, bits }: Range): boolean {
  return neverOf(bytes, bits) !== undefined;
}

function judged(bytes: Bytes, allowed: readonly Range[]): Standing {
  const never = neverOf(bytes, bytes.length * 8);
  if (never !== undefined) return { ok: false, kind: never.kind, never: true };
  const special = SPECIAL.find(({ range }) => within(bytes, range));
  if (special === undefined && (bytes.length === 4 || within(bytes, GLOBAL))) return { ok: true };
  if (!allowed.some((range) => within(bytes, range))) return { ok: false, kind: special?.kind ?? "not-global", never: false };
  // Excepting a translator's range is no exception for everything that can be written in it.
  return NAT64.some((range) => within(bytes, range)) ? judged(bytes.slice(12), allowed) : { ok: true };
}

/** The row of what is never opened in which all addresses of this stretch stand. */
function neverOf(bytes: Bytes, bits: number): Named | undefined {
  if (bytes.length === 16 && bits === 128 && within(bytes, LOOPBACK)) return undefined;
  const found = NEVER.find(({ range }) => bits >= range.bits && within(bytes, range));
  // ISATAP (RFC 5214) may stand under any prefix.
  const isatap = bytes.length === 16 && bits >= 96 && (bytes[8]! & 0xfd) === 0 && bytes[9] === 0 && bytes[10] === 0x5e && bytes[11] === 0xfe;
  return found ?? (isatap ? NEVER.find(({ kind }) => kind === TUNNEL) : undefined);
}

function four(text: string): Bytes | undefined {
  if (!/^(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})$/.test(text)) return undefined;
  const bytes = text.split(".").map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

function sixteen(text: string): Bytes | undefined {
  if (text.length > 45 || !/^[0-9a-fA-F:.]+$/.test(text)) return undefined;
  const sides = text.split("::");
  if (sides.length > 2) return undefined;
  const [head, tail] = sides.map((side) => (side === "" ? [] : groups(side)));
  if (head === undefined || (sides.length === 2 && tail === undefined)) return undefined;
  // An address in dotted form stands at the end only.
  if (sides.length === 2 && sides[0]?.includes(".") === true) return undefined;
  if (tail === undefined) return head.length === 16 ? head : undefined;
  const missing = 16 - head.length - tail.length;
  return missing < 2 ? undefined : [...head, ...new Array<number>(missing).fill(0), ...tail];
}

/** `2001:db8:1.2.3.4` as bytes. */
function groups(side: string): Bytes | undefined {
  const bytes: number[] = [];
  const parts = side.split(":");
  for (const [at, part] of parts.entries()) {
    const dotted = at === parts.length - 1 && part.includes(".") ? four(part) : undefined;
    if (dotted !== undefined) bytes.push(...dotted);
    else if (/^[0-9a-fA-F]{1,4}$/.test(part)) bytes.push(Number.parseInt(part, 16) >> 8, Number.parseInt(part, 16) & 0xff);
    else return undefined;
  }
  return bytes;
}

const within = (bytes: Bytes, range: Range): boolean => bytes.length === range.bytes.length && agree(bytes, range.bytes, range.bits);

function agree(a: Bytes, b: Bytes, bits: number): boolean {
  for (let at = 0; at * 8 < bits; at++) {
    const left = bits - at * 8;
    const mask = left >= 8 ? 0xff : 0xff & (0xff << (8 - left));
    if ((a[at]! & mask) !== (b[at]! & mask)) return false;
  }
  return true;
}

interface Named {
  readonly range: Range;
  readonly kind: string;
}

const named = (rows: readonly (readonly [kind: string, ...ranges: string[]])[]): readonly Named[] =>
  rows.flatMap(([kind, ...ranges]) => ranges.map((range) => ({ kind, range: parseRange(range) as Range })));

const TUNNEL = "ipv4-in-ipv6";

/** Nobody has a reason to lead an agent there: the machine's own credentials, everybody on the link, nobody at all. */
const NEVER = named([
  ["unspecified", "0.0.0.0/8", "::/128"],
  // Where clouds hand out the machine's credentials; the last two are theirs although they look like others.
  ["link-local", "169.254.0.0/16", "fe80::/10", "fd00:ec2::/32", "168.63.129.16/32", "100.100.100.200/32", "192.0.0.192/32"],
  ["multicast", "224.0.0.0/4", "ff00::/8"],
  ["broadcast", "255.255.255.255/32"],
  // An address in another one's clothes: mapped, compatible, translated, 6to4, Teredo. No name on the Internet has one, and attackers do.
  [TUNNEL, "::ffff:0:0/96", "::/96", "::ffff:0:0:0/96", "2002::/16", "2001::/32"],
]);

/** IANA's registries of special-purpose addresses (RFC 6890 and what came after), as far as they lie where public ones do. */
const SPECIAL = named([
  ["loopback", "127.0.0.0/8", "::1/128"],
  ["private", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"],
  ["shared", "100.64.0.0/10"],
  ["protocol", "192.0.0.0/24", "192.88.99.0/24", "2001::/23"],
  ["documentation", "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20"],
  ["benchmark", "198.18.0.0/15"],
  ["reserved", "240.0.0.0/4", "3ffe::/16"],
  ["site-local", "fec0::/10"],
  ["nat64", "64:ff9b::/96", "64:ff9b:1::/48"],
]);

/** What a translator makes of an IPv4 address, which stands at its end (RFC 6052, and RFC 8215 in the usual length). */
const NAT64: readonly Range[] = ["64:ff9b::/96", "64:ff9b:1::/96"].map((range) => parseRange(range) as Range);

const LOOPBACK = parseRange("::1") as Range;
/** All that is given out to the public of IPv6. */
const GLOBAL = parseRange("2000::/3") as Range;
