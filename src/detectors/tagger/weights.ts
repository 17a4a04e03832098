import { LOOKS_BITS, PLACE_BITS } from "./features.ts";
import type { Linear, Tagger } from "./tagger.ts";

/** The models in the order in which they lie behind the numbers, each with its size. */
const PARTS = [
  ["looks", 1 << LOOKS_BITS],
  ["given", 1 << LOOKS_BITS],
  ["place", 1 << PLACE_BITS],
] as const;
/** Offset and slope of each, and the two thresholds. */
const HEADER = (2 * PARTS.length + 2) * 8;
const LENGTH = PARTS.reduce((sum, [, size]) => sum + size, HEADER);

export function readTagger(bytes: Uint8Array): Tagger {
  if (bytes.length !== LENGTH) throw new RangeError("the weights of the tagger of names have another length");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const number = (at: number): number => view.getFloat64(at * 8, true);
  let from = HEADER;
  const part = (at: 0 | 1 | 2): Linear => {
    const size = PARTS[at][1];
    const weights = new Int8Array(bytes.buffer, bytes.byteOffset + from, size);
    from += size;
    return { offset: number(2 * at), slope: number(2 * at + 1), weights };
  };
  return { looks: part(0), given: part(1), place: part(2), begins: number(6), goesOn: number(7) };
}

export function writeTagger(tagger: Tagger): Uint8Array {
  const bytes = new Uint8Array(LENGTH);
  const view = new DataView(bytes.buffer);
  let from = HEADER;
  PARTS.forEach(([name, size], at) => {
    const { offset, slope, weights } = tagger[name];
    view.setFloat64(at * 16, offset, true);
    view.setFloat64(at * 16 + 8, slope, true);
    bytes.set(new Uint8Array(weights.buffer, weights.byteOffset, size), from);
    from += size;
  });
  view.setFloat64(48, tagger.begins, true);
  view.setFloat64(56, tagger.goesOn, true);
  return bytes;
}
