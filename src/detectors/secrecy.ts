/** Shannon entropy of a text's own letters, in bits per code unit. */
export function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const unit of text) counts.set(unit, (counts.get(unit) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

const STAND_INS =
  /example|placeholder|change[-_ ]?(?:me|it)|your[-_ ]?|dummy|sample|redacted|removed|insert|replace|xxxx|\*\*\*|\.\.\.|<[^>]*>|\$\{|\$\(|\{\{|%[({]|process\.env|os\.environ|getenv|secrets?\.|n[ou]t[-_ ]?set|undefined|todo/i;
const SAMPLES = new Set(
  "password passwd passw0rd pass pwd secret mysecret token user username admin root test testing guest none null true false hunter2 foobar letmein qwerty 12345678 123456789".split(
    " ",
  ),
);

/** True for what people write where a secret will stand: `<your-password>`, `${PASSWORD}`, `changeme`, `********`. */
export function standsIn(value: string): boolean {
  return STAND_INS.test(value) || SAMPLES.has(value.toLowerCase()) || /^(.)\1*$/.test(value) || /^\$[A-Za-z_]/.test(value) || /^%\w+%$/.test(value);
}

/** True for a value of several kinds of letters that does not read like words or code: what a generator made. */
export function looksGenerated(value: string): boolean {
  const kinds = [/[a-z]/, /[A-Z]/, /\d/].filter((kind) => kind.test(value)).length;
  if (kinds < 2 || standsIn(value)) return false;
  return entropy(value) >= (value.length >= 20 ? 3.5 : 2.9);
}
