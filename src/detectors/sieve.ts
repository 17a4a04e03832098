import { type Detector, LOOKBEHIND } from "../core/detector.ts";

/** Says in one pass over a text which detectors could find something in it, and where. */
export interface Sieve {
  /**
   * Tells `near` every range of places (both ends included) at which a match of a detector may begin because of a literal, in the order of
   * the text; returns which detectors' beginnings the end of the text may be the beginning of, and the longest such end.
   */
  run(text: string, near: (detector: number, first: number, last: number) => void): readonly Begun[];
  /** Goes on from a state (0: the beginning of a text): the state behind `text`, or -1 if a literal ended in it. */
  step(state: number, text: string): number;
  /** What `run` returns, for the text that led to a state. */
  begun(state: number): readonly Begun[];
}

export interface Begun {
  readonly detector: number;
  /** How many code units of a literal stand at the end of the text. */
  readonly length: number;
}

interface Hit {
  readonly detector: number;
  /** Where a match may begin, counted from the literal's last code unit. */
  readonly first: number;
  readonly last: number;
}

/**
 * All literals of all detectors as one automaton (Aho and Corasick 1975) over a dense table: one look-up per code unit, whatever the
 * text and however many detectors. Letters are folded, digits are one class, what is not ASCII another.
 */
export function sieve(detectors: readonly Detector[]): Sieve {
  const { classOf, classes } = alphabet(detectors);
  const trie = plant(detectors, classOf, classes);
  const { table, hits, depth, begins } = trie;

  // Breadth first, so that the state a failure leads to is complete before it is needed.
  // A state is the offset of its row in the table; where a literal ends, the complement stands for it: one look-up and one sign per code unit.
  const fails = new Int32Array(trie.states);
  const queue = new Int32Array(trie.states);
  let queued = 1;
  for (let at = 0; at < queued; at++) {
    const state = queue[at] as number;
    const fail = fails[state] as number;
    const further = hits[fail];
    if (state !== 0 && further !== undefined) hits[state] = [...(hits[state] ?? []), ...further];
    for (let unit = 0; unit < classes; unit++) {
      const entry = state * classes + unit;
      const next = table[entry] as number;
      const instead = state === 0 ? 0 : (table[fail * classes + unit] as number);
      if (next === 0) table[entry] = instead;
      else {
        fails[next] = instead;
        queue[queued++] = next;
      }
    }
  }

  const literate = trie.states > 1;
  for (let entry = 0; entry < table.length; entry++) {
    const state = table[entry] as number;
    table[entry] = hits[state] === undefined ? state * classes : ~(state * classes);
  }
  // Asked for at the end of a text only, so it is made then: most states never are the last.
  const ended = new Map<number, readonly Begun[]>();
  const endsAt = (state: number): readonly Begun[] => {
    const known = ended.get(state);
    if (known !== undefined) return known;
    const own = (begins[state] ?? []).map((detector): Begun => ({ detector, length: depth[state] as number }));
    const further = state === 0 ? [] : endsAt(fails[state] as number);
    const all = [...own, ...further.filter(({ detector }) => !own.some((one) => one.detector === detector))];
    ended.set(state, all);
    return all;
  };
  return {
    run(text, near) {
      let state = 0;
      for (let at = 0; literate && at < text.length; at++) {
        const unit = text.charCodeAt(at);
        state = table[state + (unit < 128 ? (classOf[unit] as number) : OUTSIDE)] as number;
        if (state >= 0) continue;
        state = ~state;
        for (const { detector, first, last } of hits[state / classes] as Hit[]) near(detector, at + first, at + last);
      }
      return endsAt(state / classes);
    },
    step(from, text) {
      let state = from;
      for (let at = 0; literate && at < text.length; at++) {
        const unit = text.charCodeAt(at);
        state = table[state + (unit < 128 ? (classOf[unit] as number) : OUTSIDE)] as number;
        if (state < 0) return -1;
      }
      return state;
    },
    begun: (state) => endsAt(state / classes),
  };
}

interface Trie {
  readonly states: number;
  /** By state and class: the next state, 0 where there is none. */
  readonly table: Int32Array;
  readonly depth: Int32Array;
  /** By state: whose literal ends there. */
  readonly hits: (readonly Hit[] | undefined)[];
  /** By state: which detectors' beginnings lead through it. */
  readonly begins: (number[] | undefined)[];
}

function plant(detectors: readonly Detector[], classOf: Uint8Array, classes: number): Trie {
  const literals = detectors.map(prefixFree);
  const most = 1 + literals.flat().reduce((sum, { length }) => sum + length, 0);
  const table = new Int32Array(most * classes);
  const depth = new Int32Array(most);
  const hits: Hit[][] = [];
  const begins: number[][] = [];
  let states = 1;
  detectors.forEach((detector, index) => {
    for (const literal of literals[index] as readonly string[]) {
      let state = 0;
      for (let at = 0; at < literal.length; at++) {
        const code = literal.charCodeAt(at);
        const entry = state * classes + (code < 128 ? (classOf[code] as number) : OUTSIDE);
        if (table[entry] === 0) {
          depth[states] = at + 1;
          table[entry] = states++;
        }
        state = table[entry] as number;
        // Literals of one detector follow one another, so one that is there already stands last.
        if (detector.literals?.at === "start" && begins[state]?.at(-1) !== index) (begins[state] ??= []).push(index);
      }
      (hits[state] ??= []).push({ detector: index, ...reach(detector, literal.length) });
    }
  });
  return { states, table: table.slice(0, states * classes), depth, hits, begins };
}

/** Two beginnings of which one begins with the other would name the same place twice. */
function prefixFree({ literals }: Detector): readonly string[] {
  const any = [...new Set(literals?.any)];
  return literals?.at === "start" ? any.filter((literal) => !any.some((other) => other !== literal && literal.startsWith(other))) : any;
}

function reach(detector: Detector, length: number): { first: number; last: number } {
  switch (detector.literals?.at) {
    case "start":
      return { first: 1 - length, last: 1 - length };
    case "before":
      return { first: 1, last: 1 - length + LOOKBEHIND };
    default:
      return { first: -Infinity, last: Infinity };
  }
}

/** The class of what is not ASCII. Class 0 is the ASCII that occurs in no literal. */
const OUTSIDE = 1;

function alphabet(detectors: readonly Detector[]): { classOf: Uint8Array; classes: number } {
  const classOf = new Uint8Array(128);
  let classes = OUTSIDE + 1;
  for (const { id, literals } of detectors) {
    for (const literal of literals?.any ?? []) {
      if (literal === "" || /[A-Z1-9]/.test(literal)) throw new SyntaxError(`a literal of detector \`${id}\` is empty or not folded`);
      for (let at = 0; at < literal.length; at++) {
        const unit = literal.charCodeAt(at);
        if (unit < 128 && classOf[unit] === 0) classOf[unit] = classes++;
      }
    }
  }
  for (let digit = 1; digit < 10; digit++) classOf[48 + digit] = classOf[48] as number;
  for (let letter = 65; letter <= 90; letter++) classOf[letter] = classOf[letter + 32] as number;
  return { classOf, classes };
}
