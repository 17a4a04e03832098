/** The syntax of patterns, read into a tree. Code units, as JavaScript reads a pattern without flags. */
export type Node =
  | { readonly kind: "char"; readonly accepts: (code: number) => boolean }
  | { readonly kind: "assert"; readonly what: "^" | "$" | "b" | "B" }
  | { readonly kind: "sequence"; readonly items: readonly Node[] }
  | { readonly kind: "either"; readonly items: readonly Node[] }
  | { readonly kind: "repeat"; readonly item: Node; readonly least: number; readonly most: number | undefined };

const MOST_REPEATS = 200;
const MOST_DEPTH = 50;

class Unsupported extends Error {}

export function parsePattern(source: string): Node | { readonly fault: string } {
  if (source.length > 1000) return { fault: "the pattern is longer than 1000 characters" };
  try {
    const reader = new Reader(source);
    const node = reader.alternatives(0);
    return reader.done ? node : { fault: "the pattern has a `)` too many" };
  } catch (error) {
    if (error instanceof Unsupported) return { fault: error.message };
    throw error;
  }
}

type Accepts = (code: number) => boolean;
const between =
  (low: number, high: number): Accepts =>
  (code) =>
    code >= low && code <= high;
const digit = between(48, 57);
const word: Accepts = (code) => digit(code) || code === 95 || between(65, 90)(code) || between(97, 122)(code);
const space: Accepts = (code) => /\s/.test(String.fromCharCode(code));
const not =
  (accepts: Accepts): Accepts =>
  (code) =>
    !accepts(code);
const CLASSES: Readonly<Record<string, Accepts>> = { d: digit, D: not(digit), w: word, W: not(word), s: space, S: not(space) };
const CONTROLS: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11 };
const anyButLineEnd: Accepts = (code) => code !== 10 && code !== 13 && code !== 0x2028 && code !== 0x2029;

class Reader {
  #at = 0;
  readonly #source: string;
  constructor(source: string) {
    this.#source = source;
  }

  get done(): boolean {
    return this.#at >= this.#source.length;
  }

  alternatives(depth: number): Node {
    if (depth > MOST_DEPTH) throw new Unsupported("the pattern is nested too deep");
    const items = [this.#sequence(depth)];
    while (this.#take("|")) items.push(this.#sequence(depth));
    return items.length === 1 ? items[0]! : { kind: "either", items };
  }

  #sequence(depth: number): Node {
    const items: Node[] = [];
    while (!this.done && this.#peek() !== "|" && this.#peek() !== ")") items.push(this.#repeated(this.#atom(depth)));
    return { kind: "sequence", items };
  }

  #atom(depth: number): Node {
    const char = this.#next();
    if (char === "(") {
      if (this.#take("?") && !this.#take(":")) throw new Unsupported("look-around and named groups are not supported in a pattern");
      const node = this.alternatives(depth + 1);
      if (!this.#take(")")) throw new Unsupported("the pattern has a `(` that is not closed");
      return node;
    }
    if (char === "[") return { kind: "char", accepts: this.#set() };
    if (char === ".") return { kind: "char", accepts: anyButLineEnd };
    if (char === "^" || char === "$") return { kind: "assert", what: char };
    if (char === "\\") {
      const next = this.#peek();
      if (next === "b" || next === "B") {
        this.#next();
        return { kind: "assert", what: next };
      }
      return { kind: "char", accepts: this.#escape() };
    }
    if ("*+?{}]".includes(char)) throw new Unsupported(`the pattern has a \`${char}\` that repeats nothing; write \`\\${char}\` for the character`);
    return one(char.charCodeAt(0));
  }

  #repeated(item: Node): Node {
    let least = 0;
    let most: number | undefined;
    if (this.#take("*")) most = undefined;
    else if (this.#take("+")) least = 1;
    else if (this.#take("?")) most = 1;
    else if (this.#peek() === "{") {
      const counted = /^\{(\d{1,3})(,(\d{0,3}))?\}/.exec(this.#source.slice(this.#at));
      if (counted === null) throw new Unsupported("the pattern has a `{` that is no repetition");
      this.#at += counted[0].length;
      least = Number(counted[1]);
      most = counted[2] === undefined ? least : counted[3] === "" ? undefined : Number(counted[3]);
      if (least > MOST_REPEATS || (most ?? 0) > MOST_REPEATS || (most !== undefined && most < least))
        throw new Unsupported(`a repetition is at most ${MOST_REPEATS}`);
    } else return item;
    if (item.kind === "assert") throw new Unsupported("the pattern repeats an assertion");
    // Lazy or not makes no difference to whether there is a match.
    this.#take("?");
    if ("*+{?".includes(this.#peek() || "x")) throw new Unsupported("the pattern repeats a repetition");
    return { kind: "repeat", item, least, most };
  }

  #set(): Accepts {
    const negated = this.#take("^");
    const parts: Accepts[] = [];
    for (;;) {
      if (this.done) throw new Unsupported("the pattern has a `[` that is not closed");
      if (this.#take("]")) break;
      const low = this.#member();
      if (this.#peek() === "-" && this.#source[this.#at + 1] !== "]" && this.#at + 1 < this.#source.length) {
        this.#next();
        const high = this.#member();
        if (typeof low !== "number" || typeof high !== "number" || high < low) throw new Unsupported("the pattern has a range that is none");
        parts.push(between(low, high));
      } else parts.push(typeof low === "number" ? between(low, low) : low);
    }
    const accepts: Accepts = (code) => parts.some((part) => part(code));
    return negated ? not(accepts) : accepts;
  }

  #member(): number | Accepts {
    const char = this.#next();
    if (char !== "\\") return char.charCodeAt(0);
    if (this.#take("b")) return 8;
    return this.#escaped();
  }

  #escape(): Accepts {
    const escaped = this.#escaped();
    return typeof escaped === "number" ? between(escaped, escaped) : escaped;
  }

  #escaped(): number | Accepts {
    const char = this.#next();
    const known = CLASSES[char] ?? CONTROLS[char];
    if (known !== undefined) return known;
    const digits = char === "x" ? 2 : char === "u" ? 4 : 0;
    if (digits > 0) {
      const hex = this.#source.slice(this.#at, this.#at + digits);
      if (!/^[0-9a-fA-F]+$/.test(hex) || hex.length !== digits) throw new Unsupported("the pattern has a broken `\\x` or `\\u`");
      this.#at += digits;
      return Number.parseInt(hex, 16);
    }
    if (/[A-Za-z0-9]/.test(char)) throw new Unsupported(`\`\\${char}\` is not supported in a pattern`);
    return char.charCodeAt(0);
  }

  #peek(): string {
    return this.#source[this.#at] ?? "";
  }

  #next(): string {
    const char = this.#source[this.#at++];
    if (char === undefined) throw new Unsupported("the pattern ends too early");
    return char;
  }

  #take(char: string): boolean {
    if (this.#source[this.#at] !== char) return false;
    this.#at++;
    return true;
  }
}

const one = (code: number): Node => ({ kind: "char", accepts: between(code, code) });
