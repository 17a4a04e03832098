import { remembering } from "./remember.ts";

/** So many signs in a row are a piece. */
const PIECE = 4;
/** A shorter text is read as fast as its pieces are. */
const SHORTEST = 512;
/** An odd number that spreads pieces over all places. */
const SPREAD = 0x9e3779b1;

/**
 * Which of these texts may hold a value, be it as a part of something longer. A text holds none of which one piece is missing in it, and that is
 * seen without reading the text: only those that may hold the value have to be read.
 */
export function searching<T extends { readonly text: string }>(items: readonly T[]): (value: string) => readonly T[] {
  // Made when somebody asks: most calls are about nothing that has to be looked for.
  let sets: readonly (Uint8Array | undefined)[] | undefined;
  return (value) => {
    if (value.length < PIECE) return items;
    sets ??= items.map(({ text }) => (text.length < SHORTEST ? undefined : piecesOf(text)));
    const wanted = spread(value);
    return items.filter((_, at) => mayHold(sets?.[at], wanted));
  };
}

/** The pieces of a text, each a bit in a table that has one to two for each sign. */
const piecesOf = remembering(
  (text) => {
    const bits = 32 - Math.clz32(text.length - 1);
    const set = new Uint8Array(1 << (bits - 3));
    let piece = 0;
    for (let at = 0; at < text.length; at++) {
      // What stood four signs before is shifted out.
      piece = (piece << 8) ^ text.charCodeAt(at);
      const place = Math.imul(piece, SPREAD) >>> (32 - bits);
      set[place >> 3] = (set[place >> 3] as number) | (1 << (place & 7));
    }
    return set;
  },
  (_, { length }) => length,
);

/** The pieces of a value, of which a table's size takes the first bits. */
function spread(value: string): readonly number[] {
  const found: number[] = [];
  let piece = 0;
  for (let at = 0; at < value.length; at++) {
    piece = (piece << 8) ^ value.charCodeAt(at);
    if (at >= PIECE - 1) found.push(Math.imul(piece, SPREAD));
  }
  return found;
}

function mayHold(set: Uint8Array | undefined, wanted: readonly number[]): boolean {
  if (set === undefined) return true;
  const shift = Math.clz32(set.length) - 2;
  for (const piece of wanted) {
    const place = piece >>> shift;
    if (((set[place >> 3] as number) & (1 << (place & 7))) === 0) return false;
  }
  return true;
}
