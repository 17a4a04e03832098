/**
 * Traces of what a key has read and its models have written: enough to see that a text is one of these again, and nothing of the text itself.
 * Whoever moves foreign text into a new conversation moves its words; what stands there in one piece is found wherever it is put.
 */
import { RUN, SHORTEST, wordsOf } from "./word-prints.ts";

/** Where a text comes from: it is untrusted, it is sensitive, a model wrote it in a conversation with a past, or only some may read it. */
export const [UNTRUSTED, SENSITIVE, WRITTEN, RESTRICTED] = [1, 2, 4, 8] as const;

export interface Found {
  /** All marks of what was found. */
  readonly marks: number;
  /** Where in the text it stands: starts and ends. */
  readonly spans: readonly Span[];
}
export type Span = readonly [start: number, end: number];

export interface Traces {
  add(text: string, marks: number, now: number): void;
  find(text: string, now: number): Found;
  /** Told that something left no trace. */
  miss(now: number): void;
  /** False while something is missing that is younger than traces become. */
  complete(now: number): boolean;
  forget(now: number): void;
  readonly empty: boolean;
  /** Places that are held, used or not, of five bytes each. */
  readonly places: number;
}

/** How long a trace lasts at least. */
export const LASTS_MS = 4 * 60 * 60_000;
/** Traces of one half: words, in fact. */
const MOST = 1 << 18;

/** `seed`: so that nobody can work out texts that count as others. */
export function createTraces(seed: number, most = MOST): Traces {
  let young = new Table();
  let old = new Table();
  let since = Number.NEGATIVE_INFINITY;
  let lost = Number.NEGATIVE_INFINITY;
  const miss = (now: number): void => void (lost = now + LASTS_MS);
  const turn = (now: number): void => {
    if (now - since < LASTS_MS && young.size < most) return;
    // What goes is older than it must be, or it is missed until it would have been.
    if (now - since < LASTS_MS && old.size > 0) miss(now);
    old = now - since < 2 * LASTS_MS ? young : new Table();
    young = new Table();
    since = now;
  };
  const marksOf = (print: number): number => young.get(print) | old.get(print);
  return {
    miss,
    complete: (now) => now >= lost,
    get empty() {
      return young.size + old.size === 0;
    },
    get places() {
      return young.places + old.places;
    },
    forget(now) {
      if (young.size + old.size > 0) miss(now);
      young = new Table();
      old = new Table();
    },
    add(text, marks, now) {
      const { count, runs, units } = wordsOf(text, seed);
      const put = (print: number): void => {
        turn(now);
        // What stands in what was read is that, also where a model repeats it.
        if (marks !== WRITTEN || marksOf(print) === 0) young.put(print, marks);
      };
      for (let at = RUN - 1; at < count; at++) put(runs[at] as number);
      for (const { print } of units) put(print);
    },
    find(text, now) {
      turn(now);
      // The words of a text are worth taking apart only where there is something to find.
      if (young.size + old.size === 0) return NOTHING;
      const { count, runs, units, starts, ends } = wordsOf(text, seed);
      const spans: [start: number, end: number][] = [];
      let marks = 0;
      const note = (found: number, first: number, last: number): void => {
        marks |= found;
        spans.push([starts[first] as number, ends[last] as number]);
      };
      for (let at = RUN - 1, before = 0; at < count; at++) {
        const found = marksOf(runs[at] as number);
        // One alone may be chance among so many; two in a row are not.
        if (found !== 0 && before !== 0) note(found, at - RUN, at);
        before = found;
      }
      for (const { print, first, last } of units) {
        const found = last - first + 1 < SHORTEST ? 0 : marksOf(print);
        if (found !== 0) note(found, first, last);
      }
      return { marks, spans: joined(spans) };
    },
  };
}

export const NOTHING: Found = { marks: 0, spans: [] };

function joined(spans: readonly Span[]): readonly Span[] {
  const found: [start: number, end: number][] = [];
  for (const [start, end] of spans.toSorted(([a], [b]) => a - b)) {
    const last = found.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else found.push([start, end]);
  }
  return found;
}

/** Numbers with their marks. */
class Table {
  size = 0;
  #prints = new Int32Array(64);
  #marks = new Uint8Array(64);

  get places(): number {
    return this.#marks.length;
  }

  get(print: number): number {
    return this.#marks[this.#placeOf(print)] as number;
  }

  put(print: number, marks: number): void {
    const at = this.#placeOf(print);
    if (this.#marks[at] === 0) {
      this.size++;
      this.#prints[at] = print;
    }
    this.#marks[at] = (this.#marks[at] as number) | marks;
    if (this.size * 5 > this.places * 4) this.#grow();
  }

  #placeOf(print: number): number {
    const [prints, marks] = [this.#prints, this.#marks];
    const mask = marks.length - 1;
    let at = print & mask;
    while (marks[at] !== 0 && prints[at] !== print) at = (at + 1) & mask;
    return at;
  }

  #grow(): void {
    const [prints, marks] = [this.#prints, this.#marks];
    this.#prints = new Int32Array(prints.length * 2);
    this.#marks = new Uint8Array(marks.length * 2);
    for (let from = 0; from < marks.length; from++) {
      if (marks[from] === 0) continue;
      const to = this.#placeOf(prints[from] as number);
      this.#prints[to] = prints[from] as number;
      this.#marks[to] = marks[from] as number;
    }
  }
}
