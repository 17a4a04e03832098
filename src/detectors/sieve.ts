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
  const children: Map<number, number>[] = [new Map()];
  const hits: Hit[][] = [[]];
  const ends: Begun[][] = [[]];

  detectors.forEach((detector, index) => {
    for (const literal of prefixFree(detector)) {
      let state = 0;
      for (let at = 0; at < literal.length; at++) {
        const unit = literal.charCodeAt(at) < 128 ? (classOf[literal.charCodeAt(at)] as number) : OUTSIDE;
        let next = children[state]!.get(unit);
        if (next === undefined) {
          next = children.push(new Map()) - 1;
          children[state]!.set(unit, next);
          hits.push([]);
          ends.push([]);
        }
        state = next;
        // Literals of one detector follow one another, so one that is there already stands last.
        if (detector.literals?.at === "start" && ends[state]!.at(-1)?.detector !== index) ends[state]!.push({ detector: index, length: at + 1 });
      }
      hits[state]!.push({ detector: index, ...reach(detector, literal.length) });
    }
  });

  // Breadth first, so that the state a failure leads to is complete before it is needed.
  // A state is the offset of its row in the table; where a literal ends, the complement stands for it: one look-up and one sign per code unit.
  const table = new Int32Array(children.length * classes);
  const fails = new Int32Array(children.length);
  const queue = [0];
  for (let at = 0; at < queue.length; at++) {
    const state = queue[at] as number;
    const fail = fails[state] as number;
    if (state !== 0) {
      hits[state]!.push(...(hits[fail] as Hit[]));
      ends[state]!.push(...(ends[fail] as Begun[]).filter(({ detector }) => !ends[state]!.some((own) => own.detector === detector)));
      table.copyWithin(state * classes, fail * classes, (fail + 1) * classes);
    }
    for (const [unit, next] of children[state] as Map<number, number>) {
      fails[next] = state === 0 ? 0 : (table[fail * classes + unit] as number);
      table[state * classes + unit] = next;
      queue.push(next);
    }
  }

  const literate = children.length > 1;
  for (let entry = 0; entry < table.length; entry++) {
    const state = table[entry] as number;
    table[entry] = (hits[state] as Hit[]).length > 0 ? ~(state * classes) : state * classes;
  }
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
      return ends[state / classes] as Begun[];
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
    begun: (state) => ends[state / classes] as Begun[],
  };
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
