import { type Detector, LOOKBEHIND } from "../core/detector.ts";
import { leastOf } from "./leads.ts";

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
  const { states, hits, depth, unit, child, sibling, digits } = inBreadth(plant(detectors, classOf));

  // A row for each state: which state each class leads to, with a mark where a literal ends there. One look-up and one comparison per code unit.
  const mark = states <= SMALL_MARK ? SMALL_MARK : MARK;
  const table = mark === SMALL_MARK ? new Uint16Array(states * classes) : new Uint32Array(states * classes);
  const fails = new Int32Array(states);
  for (let state = 0; state < states; state++) {
    const row = state * classes;
    // What a failure leads to is less deep, so its row is complete already.
    if (state !== 0) table.copyWithin(row, (fails[state] as number) * classes, ((fails[state] as number) + 1) * classes);
    for (let next = child[state] as number; next !== 0; next = sibling[next] as number) {
      const entry = row + (unit[next] as number);
      const fail = (table[entry] as number) & (mark - 1);
      const further = hits[fail];
      // Most states end what another one ends, and nothing of their own: they share its list.
      if (further !== undefined) hits[next] = hits[next]?.concat(further) ?? further;
      fails[next] = fail;
      table[entry] = hits[next] === undefined ? next : next | mark;
    }
  }

  // Where all that ends in a state are digits, and one more stands before them, nobody begins there who never begins behind a digit: of a long
  // run of digits only its beginning is tried.
  const inRun: (readonly Hit[] | undefined)[] = new Array(states);
  const behind = new Uint8Array(states);
  hits.forEach((here, state) => {
    if (digits[state] === 0 || here === undefined) return;
    const apart = here.filter(({ detector, first }) => detectors[detector]?.literals?.notBehindDigit === true && 1 - first <= (digits[state] as number));
    if (apart.length === 0) return;
    behind[state] = Math.max(...apart.map(({ first }) => 1 - first));
    inRun[state] = here.filter((one) => !apart.includes(one));
  });

  const literate = states > 1;
  // Asked for at the end of a text only, so it is made then: most states never are the last.
  const ended = new Map<number, readonly Begun[]>();
  /** Whose beginnings lead through a state: they end in it or deeper. */
  const beyond = (state: number, found = new Set<number>()): ReadonlySet<number> => {
    for (const { detector, first } of hits[state] ?? []) if (detectors[detector]?.literals?.at === "start" && 1 - first === depth[state]) found.add(detector);
    for (let next = child[state] as number; next !== 0; next = sibling[next] as number) beyond(next, found);
    return found;
  };
  const endsAt = (state: number): readonly Begun[] => {
    const known = ended.get(state);
    if (known !== undefined) return known;
    const own = state === 0 ? [] : Array.from(beyond(state), (detector): Begun => ({ detector, length: depth[state] as number }));
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
        state = table[state * classes + (unit < 128 ? (classOf[unit] as number) : OUTSIDE)] as number;
        if (state < mark) continue;
        state &= mark - 1;
        const length = behind[state] as number;
        const here = (length > 0 && isDigit(text.charCodeAt(at - length)) ? inRun : hits)[state] as readonly Hit[];
        for (let one = 0; one < here.length; one++) {
          const { detector, first, last } = here[one] as Hit;
          near(detector, at + first, at + last);
        }
      }
      return endsAt(state);
    },
    step(from, text) {
      let state = from;
      for (let at = 0; literate && at < text.length; at++) {
        const unit = text.charCodeAt(at);
        state = table[state * classes + (unit < 128 ? (classOf[unit] as number) : OUTSIDE)] as number;
        if (state >= mark) return -1;
      }
      return state;
    },
    begun: endsAt,
  };
}

/** The bit over a state's number that says that a literal ends there: most tables fit into half the memory. */
const SMALL_MARK = 2 ** 15;
const MARK = 2 ** 30;

const isDigit = (unit: number): boolean => unit >= 48 && unit <= 57;

/** The literals as a tree of states; 0 is the root, and no other state. */
interface Trie {
  readonly states: number;
  /** By state: the class that leads to it, its first child, the next child of its parent, how deep it lies. */
  readonly unit: Uint8Array;
  readonly child: Int32Array;
  readonly sibling: Int32Array;
  readonly depth: Int32Array;
  /** By state: whose literal ends there. */
  readonly hits: (readonly Hit[] | undefined)[];
  /** By state: with how many digits what leads to it ends. */
  readonly digits: Uint8Array;
}

function plant(detectors: readonly Detector[], classOf: Uint8Array): Trie {
  const literals = detectors.map(prefixFree);
  const most = 1 + literals.flat().reduce((sum, { length }) => sum + length, 0);
  const [unit, child, sibling, depth] = [new Uint8Array(most), new Int32Array(most), new Int32Array(most), new Int32Array(most)];
  const digits = new Uint8Array(most);
  const hits: Hit[][] = new Array(most);
  let states = 1;

  const step = (from: number, by: number): number => {
    let next = child[from] as number;
    while (next !== 0 && unit[next] !== by) next = sibling[next] as number;
    if (next !== 0) return next;
    unit[states] = by;
    sibling[states] = child[from] as number;
    depth[states] = (depth[from] as number) + 1;
    digits[states] = by === classOf[ZERO] && by !== 0 ? (digits[from] as number) + 1 : 0;
    child[from] = states;
    return states++;
  };
  detectors.forEach((detector, index) => {
    for (const literal of literals[index] as readonly string[]) {
      let state = 0;
      for (let at = 0; at < literal.length; at++) {
        const code = literal.charCodeAt(at);
        state = step(state, code < 128 ? (classOf[code] as number) : OUTSIDE);
      }
      (hits[state] ??= []).push({ detector: index, ...reach(detector, literal.length) });
    }
  });
  return { states, unit, child, sibling, depth, hits, digits };
}

/** The same tree with its states numbered by how deep they lie: what a text mostly passes through lies together. */
function inBreadth(trie: Trie): Trie {
  const { states } = trie;
  const [unit, child, sibling, depth, digits] = [
    new Uint8Array(states),
    new Int32Array(states),
    new Int32Array(states),
    new Int32Array(states),
    new Uint8Array(states),
  ];
  const hits: Trie["hits"] = new Array(states);
  /** By its new number the state's number in the given tree. */
  const order = new Int32Array(states);
  let queued = 1;
  for (let at = 0; at < queued; at++) {
    const state = order[at] as number;
    unit[at] = trie.unit[state] as number;
    depth[at] = trie.depth[state] as number;
    digits[at] = trie.digits[state] as number;
    hits[at] = trie.hits[state];
    let next = trie.child[state] as number;
    if (next !== 0) child[at] = queued;
    for (; next !== 0; next = trie.sibling[next] as number) {
      // Children of one state follow one another.
      if (trie.sibling[next] !== 0) sibling[queued] = queued + 1;
      order[queued++] = next;
    }
  }
  return { states, unit, child, sibling, depth, hits, digits };
}

/** Two beginnings of which one begins with the other would name the same place twice. */
function prefixFree({ literals }: Detector): readonly string[] {
  return literals?.at === "start" ? leastOf(literals.any) : [...new Set(literals?.any)];
}

function reach(detector: Detector, length: number): { first: number; last: number } {
  switch (detector.literals?.at) {
    case "start":
      return { first: 1 - length, last: 1 - length };
    case "before":
      return { first: 1, last: 1 - length + LOOKBEHIND };
    default:
      return { first: -ANYWHERE, last: ANYWHERE };
  }
}

/** Further than any text is long, and with a place added to it still a small integer. */
const ANYWHERE = 2 ** 30;

const ZERO = 48;

/** The class of what is not ASCII. Class 0 is the ASCII that occurs in no literal. */
const OUTSIDE = 1;

function alphabet(detectors: readonly Detector[]): { classOf: Uint8Array; classes: number } {
  const classOf = new Uint8Array(128);
  let classes = OUTSIDE + 1;
  for (const { id, literals } of detectors) {
    for (const literal of literals?.any ?? []) {
      if (literal === "") throw new SyntaxError(`a literal of detector \`${id}\` is empty`);
      for (let at = 0; at < literal.length; at++) {
        const unit = literal.charCodeAt(at);
        if ((unit > 48 && unit < 58) || (unit > 64 && unit < 91)) throw new SyntaxError(`a literal of detector \`${id}\` is not folded`);
        if (unit < 128 && classOf[unit] === 0) classOf[unit] = classes++;
      }
    }
  }
  for (let digit = 1; digit < 10; digit++) classOf[48 + digit] = classOf[48] as number;
  for (let letter = 65; letter <= 90; letter++) classOf[letter] = classOf[letter + 32] as number;
  return { classOf, classes };
}
