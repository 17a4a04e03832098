/** Shannon entropy of a text's own letters, in bits per code unit. */
export function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const unit of text) counts.set(unit, (counts.get(unit) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

const STAND_INS =
  /example|placeholder|change[-_ ]?(?:me|it)|your[-_ ]?|dummy|sample|redacted|removed|insert|replace|xxxx|\*\*\*|\.\.\.|<[^>]*>|\$\{|\$\(|\{\{|%\(\w+\)s|%\{|process\.env|os\.environ|getenv|secrets?\.|n[ou]t[-_ ]?set|undefined|todo/i;
/** The form of a UUID with letters that none has: typed in order, `a1b2c3d4-e5f6-g7h8-…`. */
const MADE_UP = /(?<![0-9a-z])[0-9a-f]{8}(?=[0-9a-f-]{0,26}[g-z])(?:-[0-9a-z]{4}){3}-[0-9a-z]{12}(?![0-9a-z])/i;
const SAMPLES = new Set(
  "password passwd passw0rd pass pwd secret mysecret token user username admin root test testing guest none null true false hunter2 foobar letmein qwerty 12345678 123456789".split(
    " ",
  ),
);

/** True for what people write where a secret will stand: `<your-password>`, `${PASSWORD}`, `changeme`, `********`. */
export function standsIn(value: string): boolean {
  return isBlank(value) || SAMPLES.has(value.toLowerCase());
}

/** The same, but for words that somebody may really have chosen as a password. */
export function isBlank(value: string): boolean {
  return STAND_INS.test(value) || MADE_UP.test(value) || /^(.)\1*$/.test(value) || /^\$[A-Za-z_]/.test(value) || /^%\w+%$/.test(value) || /^#{4,}$/.test(value);
}

/** True for a key in the form of its service that somebody may really have been given: `ghp_xxxx…` and what manuals print are not. */
export function isIssued(key: string): boolean {
  const body = key.slice(0, 80);
  return !/EXAMPLE(?:KEY)?$/.test(key) && !STAND_INS.test(body) && entropy(body) > 1.4 && !IN_ORDER.test(body) && !PRINTED.has(key.slice(4));
}
const IN_ORDER = /abcdefghijklmnopqrstuvwxyz/i;

/** Keys of Google that stand in its own public samples, without their first four letters. */
const PRINTED = new Set(
  `SyAnLA7NfeLquW1tJFpx_eQCxoX-oo6YyIs SyCkEhVjf3pduRDt6d1yKOMitrUEke8agEM SyDMAScliyLx7F0NPDEJi1QmyCgHIAODrlU SyD3asb-2pEZVqMkmL6M9N6nHZRR_znhrh0
  yDNSXIbFmlXbIE6mCzDLQAqITYefhixbX4A SyAdOS2zB6NCsk1pCdZ4-P6GBdi_UUPwX7c SyASWm6HmTMdYWpgMnjRBjxcQ9CKctWmLd4 SyANUvH9H9BsUccjsu2pCmEkOPjjaXeDQgY
  SyA5_iVawFQ8ABuTZNUdcwERLJv_a_p4wtM SyA4UrcGxgwQFTfaI3no3t7Lt1sjmdnP5sQ SyDSb51JiIcB6OJpwwMicseKRhhrOq1cS7g SyBF2RrAIm4a0mO64EShQfqfd2AFnzAvvuU
  SyBcE-OOIbhjyR83gm4r2MFCu4MJmprNXsw SyB8qGxt4ec15vitgn44duC5ucxaOi4FmqE SyA8vmApnrHNFE0bApF4hoZ11srVL_n0nvY`.split(/\s+/),
);

/** Eight signs in the order of the alphabet, the digits or a keyboard's row: a hand typed them. In a short value they may be somebody's password. */
const TYPED = /01234567|12345678|23456789|34567890|abcdefgh|bcdefghi|qwertyui|asdfghjk/i;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** A word, a name in camel case or capitals, a number; alone or behind a word. */
const WORD = /^(?:[A-Z]?[a-z]*(?:[A-Z][a-z]+)*\d{0,5}|[A-Z]+\d{0,3}|\d{1,12})$/;

/** True for a value of several kinds of letters that does not read like words or code: what a generator made. */
export function looksGenerated(value: string): boolean {
  const kinds = [/[a-z]/, /[A-Z]/, /\d/].filter((kind) => kind.test(value)).length;
  if (kinds < 2 || standsIn(value) || (value.length >= 24 && TYPED.test(value)) || UUID.test(value) || /^(?:sha\d{1,3}|md5|h1)[-:=]/.test(value)) return false;
  if (value.split(/[^A-Za-z0-9]+/).every((piece) => WORD.test(piece))) return false;
  return entropy(value) >= (value.length >= 20 ? 3.5 : 2.9);
}
