/** A word longer than this is no name; of one beside it no more than this is read. */
export const LONGEST_WORD = 24;
/** Words further apart than this have nothing to do with each other. */
export const WIDEST_GAP = 8;

/** The words of a text and its runs of digits, in order. `hashes` are of their letters without case. */
export interface Words {
  count: number;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly hashes: Int32Array;
  readonly shapes: Uint8Array;
}

export const SHAPE = { small: 0, capital: 1, initial: 2, capitals: 3, mixed: 4, digits: 5 } as const;

export const wordsFor = (length: number): Words => ({
  count: 0,
  starts: new Int32Array((length >> 1) + 2),
  ends: new Int32Array((length >> 1) + 2),
  hashes: new Int32Array((length >> 1) + 2),
  shapes: new Uint8Array((length >> 1) + 2),
});

/** Reads the words from `from` on. An apostrophe belongs to a word behind its first letter only: `O'Brien` is one, `Anna's` ends before it. */
export function readWords(text: string, from: number, into: Words): void {
  const { starts, ends, hashes, shapes } = into;
  let count = 0;
  for (let at = from; at < text.length; ) {
    const first = classOf(text.charCodeAt(at));
    if (first === NONE) {
      at++;
      continue;
    }
    const start = at;
    let [hash, capitals, smalls] = [0, 0, 0];
    for (; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      const kind = classOf(unit);
      if (kind === NONE) {
        const joins = (unit === 0x27 || unit === 0x2019) && at === start + 1 && first === CAPITAL && classOf(text.charCodeAt(at + 1)) === CAPITAL;
        if (!joins) break;
      } else if ((kind === DIGIT) !== (first === DIGIT)) break;
      if (kind === CAPITAL) capitals++;
      else if (kind === SMALL) smalls++;
      // Digits are one class, and what is too long for a name is read no further.
      if (kind !== NONE && at - start <= LONGEST_WORD) hash = kind === DIGIT ? 1 : Math.imul(hash ^ folded(unit), 0x01000193) + 7;
    }
    starts[count] = start;
    ends[count] = at;
    hashes[count] = hash;
    shapes[count++] = shapeOf(first, capitals, smalls);
  }
  into.count = count;
}

function shapeOf(first: number, capitals: number, smalls: number): number {
  if (first === DIGIT) return SHAPE.digits;
  if (first !== CAPITAL) return SHAPE.small;
  if (smalls === 0) return capitals === 1 ? SHAPE.initial : SHAPE.capitals;
  return capitals === 1 ? SHAPE.capital : SHAPE.mixed;
}

const [NONE, SMALL, CAPITAL, DIGIT] = [0, 1, 2, 3] as const;
const LETTER = /\p{L}/u;
/** Latin letters with everything that stands on them. Letters of other scripts make words, and none that could be a name: nothing was learned of them. */
const LATIN = 0x250;
const [FURTHER, FURTHEST] = [0x1e00, 0x1f00];
const CLASS = new Uint8Array(LATIN + FURTHEST - FURTHER);
const FOLDED = new Uint16Array(CLASS.length);
for (let at = 0; at < CLASS.length; at++) {
  const unit = at < LATIN ? at : at - LATIN + FURTHER;
  const sign = String.fromCharCode(unit);
  const small = sign.toLowerCase();
  FOLDED[at] = small.charCodeAt(0);
  if (unit >= 48 && unit < 58) CLASS[at] = DIGIT;
  // What has two cases is a letter; the others have to be asked for.
  else if (small !== sign) CLASS[at] = CAPITAL;
  else if (sign.toUpperCase() !== sign || LETTER.test(sign)) CLASS[at] = SMALL;
}

/** Which class a code unit is of; NaN, where the text has ended, is of none. */
function classOf(unit: number): number {
  if (unit < LATIN) return CLASS[unit] as number;
  if (unit >= FURTHER && unit < FURTHEST) return CLASS[unit - FURTHER + LATIN] as number;
  return (unit >= 0x300 && unit < 0x590) || (unit >= 0x3040 && unit < 0xd800) ? SMALL : NONE;
}

export function folded(unit: number): number {
  if (unit < LATIN) return FOLDED[unit] as number;
  return unit >= FURTHER && unit < FURTHEST ? (FOLDED[unit - FURTHER + LATIN] as number) : unit;
}
