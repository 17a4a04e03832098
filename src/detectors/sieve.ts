import { type Detector, type Literals, LOOKBEHIND } from "../core/detector.ts";
import { leastOf } from "./leads.ts";
import { isControl, SCRIPTS, scriptOf } from "./script.ts";

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

/**
 * All literals of all detectors as one automaton (Aho and Corasick 1975) over a dense table: one look-up per code unit, whatever the
 * text and however many detectors. Letters are folded, digits are one class, each group of scripts another.
 */
export function sieve(detectors: readonly Detector[]): Sieve {
  const spelled = spell(detectors);
  const { classOf, classes, owner } = spelled;
  const { states, unit, child, depth, from, ended, until, list, digits } = plant(spelled);

  // A row for each state that goes on: by class, the row of what it leads to, or, with a mark, the state where a literal ends. One look-up and one
  // comparison per code unit.
  const [rowOf, stateOf] = [numbers(states, states), numbers(states, states)];
  let rows = 0;
  for (let state = 0; state < states; state++) {
    if (state !== 0 && child[state] === child[state + 1]) continue;
    rowOf[state] = rows;
    stateOf[rows++] = state;
  }
  const mark = states <= SMALL_MARK ? SMALL_MARK : MARK;
  const table = mark === SMALL_MARK ? new Uint16Array(rows * classes) : new Uint32Array(rows * classes);
  const fails = numbers(states, states);
  // The next of the states a failure leads to in which a literal ends; 0 where there is none.
  const further = numbers(states, states);
  for (let state = 0; state < states; state++) {
    // What a failure leads to is less deep, so its row is complete already. What does not go on, goes on as that does.
    const failed = rowOf[fails[state] as number] as number;
    if (state !== 0 && child[state] === child[state + 1]) {
      rowOf[state] = failed;
      continue;
    }
    const row = (rowOf[state] as number) * classes;
    if (state !== 0) table.copyWithin(row, failed * classes, (failed + 1) * classes);
    for (let next = child[state] as number; next < (child[state + 1] as number); next++) {
      const entry = row + (unit[next] as number);
      const led = table[entry] as number;
      const fail = led < mark ? (stateOf[led] as number) : led & (mark - 1);
      fails[next] = fail;
      further[next] = ended[fail] === from[fail] ? (further[fail] as number) : fail;
      table[entry] = ended[next] === from[next] && further[next] === 0 ? (rowOf[next] as number) : next | mark;
    }
  }

  // What each literal says, in the order in which the states name them: whose it is, and where a match may begin, counted from its last code unit.
  const [whose, first, last] = [new Int32Array(list.length), new Int32Array(list.length), new Int32Array(list.length)];
  // Where all that ends in a state are digits, and one more stands before them, nobody begins there who never begins behind a digit: of a long
  // run of digits only its beginning is tried.
  const apart = new Uint8Array(list.length);
  const behind = new Uint8Array(states);
  for (let state = 1; state < states; state++) {
    const length = depth[state] as number;
    for (let one = from[state] as number; one < (ended[state] as number); one++) {
      const detector = owner[list[one] as number] as number;
      const { at, notBehindDigit } = (detectors[detector] as Detector).literals as Literals;
      whose[one] = detector;
      first[one] = at === "start" ? 1 - length : at === "before" ? 1 : -ANYWHERE;
      last[one] = at === "start" ? 1 - length : at === "before" ? 1 - length + LOOKBEHIND : ANYWHERE;
      if (at !== "start" || notBehindDigit !== true || digits[state] !== length) continue;
      apart[one] = 1;
      behind[state] = length;
    }
    if (behind[state] === 0) behind[state] = behind[further[state] as number] as number;
  }

  const literate = states > 1;
  // Asked for at the end of a text only, so it is made then: most states never are the last.
  const known = new Map<number, readonly Begun[]>();
  const begun = (state: number): readonly Begun[] => {
    if (state === 0) return [];
    const made = known.get(state);
    if (made !== undefined) return made;
    const through = new Set<number>();
    for (let one = from[state] as number; one < (until[state] as number); one++) {
      const detector = owner[list[one] as number] as number;
      if (detectors[detector]?.literals?.at === "start") through.add(detector);
    }
    const own = Array.from(through, (detector): Begun => ({ detector, length: depth[state] as number }));
    const all = [...own, ...begun(fails[state] as number).filter(({ detector }) => !through.has(detector))];
    known.set(state, all);
    return all;
  };
  return {
    run(text, near) {
      let row = 0;
      for (let at = 0; literate && at < text.length; at++) {
        const unit = text.charCodeAt(at);
        row = table[row * classes + (classOf[slotOf(unit)] as number)] as number;
        if (row < mark) continue;
        const state = row & (mark - 1);
        row = rowOf[state] as number;
        const length = behind[state] as number;
        const inRun = length > 0 && isDigit(text.charCodeAt(at - length));
        for (let ends = state; ends !== 0; ends = further[ends] as number) {
          for (let one = from[ends] as number; one < (ended[ends] as number); one++) {
            if (inRun && apart[one] === 1) continue;
            near(whose[one] as number, at + (first[one] as number), at + (last[one] as number));
          }
        }
        if (at === text.length - 1) return begun(state);
      }
      return begun(stateOf[row] as number);
    },
    step(start, text) {
      let row = rowOf[start] as number;
      for (let at = 0; literate && at < text.length; at++) {
        const unit = text.charCodeAt(at);
        row = table[row * classes + (classOf[slotOf(unit)] as number)] as number;
        if (row >= mark) return -1;
      }
      return stateOf[row] as number;
    },
    begun,
  };
}

/** The bit over a state's number that says that a literal ends there: most tables fit into half the memory. */
const SMALL_MARK = 2 ** 15;
const MARK = 2 ** 30;

/** Further than any text is long, and with a place added to it still a small integer. */
const ANYWHERE = 2 ** 30;

const isDigit = (unit: number): boolean => unit >= 48 && unit <= 57;

type Numbers = Uint16Array | Uint32Array;
const numbers = (count: number, most: number): Numbers => (most < 2 ** 16 ? new Uint16Array(count) : new Uint32Array(count));

/** The class of the first group of scripts; the others follow. Class 0 is the ASCII that occurs in no literal. */
const OUTSIDE = 1;
const DIGIT = OUTSIDE + SCRIPTS.length;
const CONTROLS = DIGIT + 1;
const END = 0;

/** Where the class of a code unit stands. */
const slotOf = (unit: number): number => (unit < 128 ? unit : 128 + (unit >> 8));

/** All literals one behind the other, in classes. */
interface Spelled {
  /** By code unit up to 127, and then by block of 256 code units (`slotOf`). */
  readonly classOf: Uint8Array;
  readonly classes: number;
  readonly units: Uint8Array;
  /** By literal: where it begins in `units`, and one more for where the last one ends. */
  readonly starts: Uint32Array;
  /** By literal: whose it is. */
  readonly owner: Uint32Array;
}

function spell(detectors: readonly Detector[]): Spelled {
  const literals = detectors.map(({ literals }) => (literals?.at === "start" ? leastOf(literals.any) : (literals?.any ?? [])));
  let [count, most] = [0, 0];
  for (const any of literals) {
    count += any.length;
    for (let each = 0; each < any.length; each++) most += (any[each] as string).length;
  }
  const [units, starts, owner] = [new Uint8Array(most), new Uint32Array(count + 1), new Uint32Array(count)];
  const classOf = new Uint8Array(128 + 256);
  for (let block = 0; block < 256; block++) classOf[128 + block] = OUTSIDE + scriptOf(block << 8);
  for (let digit = 48; digit < 58; digit++) classOf[digit] = DIGIT;
  for (let unit = 0; unit < 128; unit++) if (isControl(unit)) classOf[unit] = CONTROLS;
  let [classes, literal, end] = [CONTROLS + 1, 0, 0];
  literals.forEach((any, detector) => {
    for (let each = 0; each < any.length; each++) {
      const text = any[each] as string;
      if (text === "") throw new SyntaxError(`a literal of detector \`${detectors[detector]?.id}\` is empty`);
      for (let at = 0; at < text.length; at++) {
        const unit = text.charCodeAt(at);
        if ((unit > 48 && unit < 58) || (unit > 64 && unit < 91) || (unit > 0 && isControl(unit)))
          throw new SyntaxError(`a literal of detector \`${detectors[detector]?.id}\` is not folded`);
        if (unit < 128 && classOf[unit] === 0) classOf[unit] = classes++;
        units[end++] = classOf[slotOf(unit)] as number;
      }
      owner[literal++] = detector;
      starts[literal] = end;
    }
  });
  for (let letter = 65; letter <= 90; letter++) classOf[letter] = classOf[letter + 32] as number;
  return { classOf, classes, units, starts, owner };
}

/**
 * The literals as a tree of states, numbered by how deep they lie: what a text mostly passes through lies together. 0 is the root, and no other state.
 * The literals that lead through a state stand in `list` one behind the other, and first those that end there.
 */
interface Trie {
  readonly states: number;
  /** By state: the class that leads to it, its first child (they follow one another, up to the first one of the next state), how deep it lies. */
  readonly unit: Uint8Array;
  readonly child: Numbers;
  readonly depth: Numbers;
  /** By state: where its literals stand in `list`, from `from` to `until`; up to `ended` those that end there. */
  readonly from: Numbers;
  readonly ended: Numbers;
  readonly until: Numbers;
  readonly list: Uint32Array;
  /** By state: with how many digits what leads to it ends. */
  readonly digits: Numbers;
}

function plant({ classes, units, starts, owner }: Spelled): Trie {
  const most = units.length + 1;
  const unit = new Uint8Array(most);
  const [child, depth, digits] = [numbers(most + 1, most + 1), numbers(most, most), numbers(most, most)];
  const [from, ended, until] = [numbers(most, owner.length), numbers(most, owner.length), numbers(most, owner.length)];
  const list = new Uint32Array(owner.length);
  for (let literal = 0; literal < list.length; literal++) list[literal] = literal;
  const [moved, goesOn] = [new Uint32Array(list.length), new Uint8Array(list.length)];
  // By class: how many literals go on with it, and then where the next of them is put.
  const place = new Uint32Array(classes);
  const met = new Uint8Array(classes);
  let states = 1;
  until[0] = list.length;
  /** A child of `state`, for the literals from `begin` to `end`. */
  const grow = (state: number, by: number, begin: number, end: number): void => {
    unit[states] = by;
    depth[states] = (depth[state] as number) + 1;
    if (by === DIGIT) digits[states] = (digits[state] as number) + 1;
    from[states] = begin;
    until[states++] = end;
  };
  for (let state = 0; state < states; state++) {
    const begin = from[state] as number;
    const end = until[state] as number;
    const deep = depth[state] as number;
    child[state] = states;
    if (end - begin === 1) {
      // Most states lie on the way of one literal only.
      const literal = list[begin] as number;
      const at = (starts[literal] as number) + deep;
      if (at === starts[literal + 1]) ended[state] = end;
      else {
        ended[state] = begin;
        grow(state, units[at] as number, begin, end);
      }
      continue;
    }
    let kinds = 0;
    for (let one = begin; one < end; one++) {
      const literal = list[one] as number;
      const at = (starts[literal] as number) + deep;
      const by = at === starts[literal + 1] ? END : (units[at] as number);
      if (by !== END && place[by] === 0) met[kinds++] = by;
      (place[by] as number)++;
      moved[one - begin] = literal;
      goesOn[one - begin] = by;
    }
    let at = begin + (place[END] as number);
    ended[state] = at;
    place[END] = begin;
    for (let kind = 0; kind < kinds; kind++) {
      const by = met[kind] as number;
      const count = place[by] as number;
      grow(state, by, at, at + count);
      place[by] = at;
      at += count;
    }
    for (let one = 0; one < end - begin; one++) list[(place[goesOn[one] as number] as number)++] = moved[one] as number;
    place[END] = 0;
    for (let kind = 0; kind < kinds; kind++) place[met[kind] as number] = 0;
  }
  child[states] = states;
  return { states, unit, child, depth, from, ended, until, list, digits };
}
