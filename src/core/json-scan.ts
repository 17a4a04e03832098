import type { JsonLimits } from "./json-parse.ts";

/** Why a document is refused. `offset` counts UTF-16 code units of the decoded text; the fault quotes nothing of it. */
export interface Fault {
  readonly ok: false;
  readonly fault: string;
  readonly code: "bad-request" | "too-large";
  readonly offset: number;
}

export function fault(message: string, offset: number, code: Fault["code"] = "bad-request"): Fault {
  return { ok: false, fault: message, code, offset };
}

/**
 * One pass over a document that judges everything about it but the inside of its strings, in time linear in its length.
 * A class because its position and counters are one moving whole, and it must not allocate per token.
 */
export class Scan {
  private readonly text: string;
  private readonly limits: JsonLimits;
  private at = 0;
  private nodes = 0;
  private backslash: number;
  /** The keys of all open objects, one after the other; an object's own begin at its entry in `bases`, an array's entry is -1. */
  private readonly keys: string[] = [];
  private readonly bases: number[] = [];
  /** The keys of an open object that has many, by depth: with few, comparing is faster than hashing. */
  private readonly many: (Set<string> | undefined)[] = [];

  constructor(text: string, limits: JsonLimits) {
    this.text = text;
    this.limits = limits;
    this.backslash = text.indexOf("\\");
  }

  /** Why the document is refused, or undefined. */
  document(): Fault | undefined {
    const { text, bases, limits } = this;
    for (;;) {
      // Here a value begins.
      if (++this.nodes > limits.nodes) return fault("document has too many values", this.at, "too-large");
      const code = this.space();
      let bad: Fault | undefined;
      if (code === QUOTE) bad = this.string();
      else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
        if (bases.length >= limits.depth) return fault("document is nested too deeply", this.at, "too-large");
        this.at++;
        const array = code === OPEN_BRACKET;
        bases.push(array ? -1 : this.keys.length);
        if (this.space() !== (array ? CLOSE_BRACKET : CLOSE_BRACE)) {
          if (array) continue;
          bad = this.key();
          if (bad !== undefined) return bad;
          continue;
        }
        this.close();
      } else if (code === MINUS || (code >= ZERO && code <= NINE)) bad = this.number(code);
      else bad = this.literal(code);
      if (bad !== undefined) return bad;
      // Here a value has ended.
      for (;;) {
        const next = this.space();
        const base = bases[bases.length - 1];
        if (base === undefined) return this.at === text.length ? undefined : fault("document is followed by more", this.at);
        if (next === COMMA) {
          this.at++;
          if (base >= 0 && (bad = this.key()) !== undefined) return bad;
          break;
        }
        if (next !== (base < 0 ? CLOSE_BRACKET : CLOSE_BRACE)) return this.unexpected();
        this.close();
      }
    }
  }

  /** Skips white space; the code of the character that follows, NaN at the end. */
  private space(): number {
    const { text } = this;
    let at = this.at;
    let code = text.charCodeAt(at);
    while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) code = text.charCodeAt(++at);
    this.at = at;
    return code;
  }

  private unexpected(): Fault {
    return this.at >= this.text.length ? fault("document ends too early", this.at) : fault("unexpected character", this.at);
  }

  private close(): void {
    this.at++;
    const base = this.bases.pop() ?? -1;
    if (base >= 0) this.keys.length = base;
    this.many[this.bases.length] = undefined;
  }

  /** A key with its colon. */
  private key(): Fault | undefined {
    if (this.space() !== QUOTE) return this.unexpected();
    const start = this.at;
    const bad = this.string();
    if (bad !== undefined) return bad;
    let key = this.text.slice(start + 1, this.at - 1);
    if (this.backslash >= 0 && this.backslash < this.at) {
      try {
        key = JSON.parse(this.text.slice(start, this.at)) as string;
      } catch {
        return fault("string holds an invalid escape or a control character", start);
      }
    }
    const { keys, bases } = this;
    const depth = bases.length - 1;
    const base = bases[depth] as number;
    const count = keys.length - base;
    if (count >= this.limits.keys) return fault("object has too many keys", start, "too-large");
    // `__proto__` becomes an own key that a later spread or assign turns into the prototype; the pair below does it by another way.
    if (key === "__proto__") return fault("key is reserved", start);
    if (key === "prototype" && depth > 0 && (bases[depth - 1] as number) >= 0 && keys[base - 1] === "constructor") return fault("key is reserved", start);
    let set = this.many[depth];
    if (set === undefined && count >= 8) this.many[depth] = set = new Set(keys.slice(base));
    if (set === undefined ? keys.includes(key, base) : set.has(key)) return fault("duplicate key", start);
    set?.add(key);
    keys.push(key);
    if (this.space() !== COLON) return this.unexpected();
    this.at++;
    return undefined;
  }

  /** From the opening quote to behind the closing one. The jump over plain text is native; only escapes are walked. */
  private string(): Fault | undefined {
    const { text } = this;
    const start = this.at + 1;
    let end = text.indexOf('"', start);
    if (this.backslash >= 0 && this.backslash < start) this.backslash = text.indexOf("\\", start);
    if (end >= 0 && this.backslash >= 0 && this.backslash < end) {
      const walked = this.escapes(start);
      if (typeof walked !== "number") return walked;
      end = walked;
    }
    if (end < 0) return fault("document ends too early", text.length);
    if (end - start > this.limits.string) return fault("string is too long", start, "too-large");
    this.at = end + 1;
    return undefined;
  }

  /** Where the string with escapes ends (-1: it does not), having seen that every escaped surrogate has its pair. */
  private escapes(start: number): number | Fault {
    const { text } = this;
    let at = this.backslash;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) return at;
      if (code !== BACKSLASH) {
        if (at >= text.length) return -1;
        at++;
      } else if (text.charCodeAt(at + 1) !== LOWER_U) at += 2;
      else {
        const half = surrogate(text, at + 2);
        if (half === LOW) return fault("string holds a lone surrogate", start);
        at += 6;
        if (half !== HIGH) continue;
        const paired = text.charCodeAt(at) === BACKSLASH && text.charCodeAt(at + 1) === LOWER_U && surrogate(text, at + 2) === LOW;
        if (!paired) return fault("string holds a lone surrogate", start);
        at += 6;
      }
    }
  }

  private number(first: number): Fault | undefined {
    const { text } = this;
    const start = this.at;
    let at = first === MINUS ? start + 1 : start;
    const whole = at;
    at = digits(text, at);
    if (at === whole || (at - whole > 1 && text.charCodeAt(whole) === ZERO)) return fault("invalid number", start);
    let plain = true;
    if (text.charCodeAt(at) === DOT) {
      plain = false;
      const from = at + 1;
      at = digits(text, from);
      if (at === from) return fault("invalid number", start);
    }
    if ((text.charCodeAt(at) | 0x20) === LOWER_E) {
      plain = false;
      const sign = text.charCodeAt(at + 1);
      const from = sign === PLUS || sign === MINUS ? at + 2 : at + 1;
      at = digits(text, from);
      if (at === from) return fault("invalid number", start);
    }
    // Converting digits costs more than linear time, and no double needs nearly as many.
    if (at - start > LONGEST_NUMBER) return fault("number is too long", start, "too-large");
    if (!plain || at - whole > 15) {
      const value = Number(text.slice(start, at));
      if (!Number.isFinite(value)) return fault("number is too large", start);
      // A whole number below 1e21 is sent on as digits alone, and a reader with long integers would take those at their word.
      const asDigits = plain || (Number.isInteger(value) && Math.abs(value) < 1e21);
      if (asDigits && !Number.isSafeInteger(value)) return fault("integer is too large to be exact", start);
    }
    this.at = at;
    return undefined;
  }

  private literal(code: number): Fault | undefined {
    const word = code === LOWER_T ? "true" : code === LOWER_F ? "false" : code === LOWER_N ? "null" : undefined;
    if (word === undefined || !this.text.startsWith(word, this.at)) return this.unexpected();
    this.at += word.length;
    return undefined;
  }
}

const LONGEST_NUMBER = 1_000;
const [QUOTE, BACKSLASH, COMMA, COLON, DOT, PLUS, MINUS, ZERO, NINE] = [0x22, 0x5c, 0x2c, 0x3a, 0x2e, 0x2b, 0x2d, 0x30, 0x39];
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];
const [LOWER_D, LOWER_E, LOWER_F, LOWER_N, LOWER_T, LOWER_U] = [0x64, 0x65, 0x66, 0x6e, 0x74, 0x75];

/** Where the digits end, or one past the longest number: that one is refused anyway. */
function digits(text: string, from: number): number {
  const most = from + LONGEST_NUMBER + 1;
  let at = from;
  for (let code = text.charCodeAt(at); code >= ZERO && code <= NINE && at < most; code = text.charCodeAt(at)) at++;
  return at;
}

const [NEITHER, HIGH, LOW] = [0, 1, 2];

/** Which half of a pair an escape is whose digits begin at `from`: the first two tell. Digits that are none are left to JSON.parse to refuse. */
function surrogate(text: string, from: number): number {
  if ((text.charCodeAt(from) | 0x20) !== LOWER_D) return NEITHER;
  const code = text.charCodeAt(from + 1) | 0x20;
  if (code === 0x38 || code === 0x39 || code === 0x61 || code === 0x62) return HIGH;
  return code >= 0x63 && code <= 0x66 ? LOW : NEITHER;
}
