import { compareMatches, cutAt, type Detector, type Finding, type Judge, LOOKBEHIND, type Match, resolve, resolveInto, type Scanner } from "../core/index.ts";
import { hidden, WINDOW, withHidden } from "./hidden.ts";
import { type Normalised, normalise, type Place } from "./normalise.ts";
import type { Found } from "./texts.ts";

/**
 * Text is looked at in pieces of this many code units, with a pause between them: others wait for one of them at most, or for one window that is
 * decoded and judged. Larger pieces are not faster.
 */
export const SLICE = WINDOW;
/** So many matches are put together in one turn. */
const AT_ONCE = 16_384;

export interface Finder {
  /** What looks for orders in words; the layer also runs it over the seams between texts. */
  readonly words: Scanner;
  /** For a text that is at most SLICE long. */
  now(found: Found): Finding[];
  /** For any text: what `now` would find if it took all of it, with a pause after every slice. */
  slowly(found: Found, pause: () => Promise<void>): Promise<Finding[]>;
}

/**
 * Three passes: orders to a model are looked for in the normalised text, because they are words in whatever letters; all else in the text as
 * it is, because it is exact; and what is decoded or judged window by window.
 */
export function finder(detectors: readonly Detector[], scanner: (detectors: readonly Detector[]) => Scanner, judges: readonly Judge[] = []): Finder {
  const exact = detectors.filter(({ finds }) => finds !== "injection");
  const plain = scanner(exact);
  const words = scanner(detectors.filter(({ finds }) => finds === "injection"));

  /** A match as it stands in the text alone, without what was put before it; undefined where it does not. */
  const inside = ({ text, before }: Found, match: Match, order: number, from: number, to: number): Match | undefined => {
    const [start, end] = [from - before.length, Math.min(to - before.length, text.length)];
    return start >= 0 && start < end ? { ...match, start, end, order: match.order + order } : undefined;
  };

  const dressed = judges.length > 0 || detectors.some(({ finds }) => finds === "injection");
  const more = ({ text, source }: Found, read = normalise): Iterable<readonly Finding[]> => (dressed ? hidden({ words, judges }, text, source, read) : []);
  return {
    words,
    now(found) {
      const text = found.before + found.text;
      const normal = normalise(text);
      const place = normal.place ?? unmoved;
      const matches: Match[] = [];
      const keep = (match: Match, order: number, from: number, to: number): void => {
        const one = inside(found, match, order, from, to);
        if (one !== undefined) matches.push(one);
      };
      for (const match of plain.matches(text, found.source)) keep(match, 0, match.start, match.end);
      for (const match of words.matches(normal.text, found.source)) keep(match, exact.length, place(match.start).from, place(match.end - 1).to);
      const further = [...more(found, (piece) => (piece === text ? normal : normalise(piece)))];
      return withHidden(resolve(matches.sort(compareMatches)), further.flat());
    },
    async slowly(found, pause) {
      const text = found.before + found.text;
      const kept: [Match[], Match[]] = [[], []];
      const keep = (side: 0 | 1) => (match: Match, from: number, to: number) => {
        const one = inside(found, match, side * exact.length, from, to);
        if (one !== undefined) kept[side].push(one);
      };
      await sliced({ text, scanner: plain, read: (piece) => ({ text: piece }) }, found.source, pause, keep(0));
      await sliced({ text, scanner: words, read: normalise }, found.source, pause, keep(1));
      const all: Finding[] = [];
      for (const matches of more(found)) {
        all.push(...matches);
        await pause();
      }
      const findings: Finding[] = [];
      let taken = 0;
      for (const match of merged(...kept)) {
        resolveInto(findings, match);
        if (++taken % AT_ONCE === 0) await pause();
      }
      return withHidden(findings, all);
    },
  };
}

interface Pass {
  readonly text: string;
  readonly scanner: Scanner;
  readonly read: (piece: string) => Normalised;
}
/** A slice of the window: where it begins there, where in the text, and what reading it moved. */
interface Slice {
  readonly start: number;
  readonly at: number;
  readonly place: (unit: number) => Place;
}
const unmoved = (unit: number): Place => ({ from: unit, to: unit + 1 });

/**
 * Hands every match with its place in the given text to `keep`, in order. INVARIANT: finds what one pass over the whole finds. What begins
 * before `open` is settled; the rest is looked at again with the next slice.
 */
async function sliced(
  { text, scanner, read }: Pass,
  source: Found["source"],
  pause: () => Promise<void>,
  keep: (match: Match, from: number, to: number) => void,
): Promise<void> {
  let window = "";
  let settled = 0;
  let slices: Slice[] = [];
  const placeOf = (unit: number): Place => {
    const { start, at, place } = slices.findLast((slice) => slice.start <= unit) as Slice;
    const { from, to } = place(unit - start);
    return { from: at + from, to: at + to };
  };
  for (let at = 0; at < text.length; ) {
    const next = cutAt(text, at + SLICE);
    const piece = read(text.slice(at, next));
    slices.push({ start: window.length, at, place: piece.place ?? unmoved });
    window += piece.text;
    const open = next === text.length ? window.length : scanner.open(window);
    for (const match of scanner.matches(window, source, settled)) {
      if (match.start < open) keep(match, placeOf(match.start).from, placeOf(match.end - 1).to);
    }
    const left = Math.max(0, open - LOOKBEHIND);
    const first = slices.findLastIndex(({ start }) => start <= left);
    slices = slices.slice(first).map((slice) => ({ ...slice, start: slice.start - left }));
    window = window.slice(left);
    settled = open - left;
    at = next;
    await pause();
  }
}

/** Two sorted lists as one: a sort of everything at the end would be the longest step of all. */
function* merged(a: readonly Match[], b: readonly Match[]): Iterable<Match> {
  let next = 0;
  for (const match of a) {
    for (; next < b.length && compareMatches(b[next] as Match, match) < 0; next++) yield b[next] as Match;
    yield match;
  }
  for (; next < b.length; next++) yield b[next] as Match;
}
