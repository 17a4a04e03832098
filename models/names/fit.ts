import { AROUND, bucketsFor, GIVEN, isCandidate, LOOKS_BITS, looksOf, PLACE_BITS, placeOf, WORDS } from "../../src/detectors/tagger/features.ts";
import { type Linear, levelOf, type Tagger } from "../../src/detectors/tagger/tagger.ts";
import { readWords, SHAPE, type Words, wordsFor } from "../../src/detectors/tagger/words.ts";
import { type Example, fit, quantised } from "../injection/fit.ts";
import { collections, drawing, nameWords, PLACES } from "./draw.ts";
import type { Row } from "./rows.ts";
import { WORLD } from "./world.ts";

/** The words of a row, and for each whether it is a part of a name; undefined where nobody can say. */
interface Read {
  readonly row: Row;
  readonly words: Words;
  readonly labels: readonly (0 | 1 | undefined)[];
}

const LONGEST = 6_000;
const folded = (words: readonly string[]): ReadonlySet<string> => new Set(words.map((word) => word.toLowerCase()));
const known = folded(nameWords);
const givenWords = folded([...collections.values()].flatMap(({ given }) => given));

export function readRow(row: Row): Read {
  const text = row.text.slice(0, LONGEST);
  const words = wordsFor(text.length);
  readWords(text, 0, words);
  const labels = Array.from({ length: words.count }, (_, at): 0 | 1 | undefined => {
    const [start, end] = [words.starts[at] as number, words.ends[at] as number];
    if (row.spans.some((span) => start < span.end && span.start < end)) return 1;
    // A single letter often stands for a person in these texts, and is not marked as one.
    return end - start === 1 && row.set !== "own" ? undefined : 0;
  });
  return { row, words, labels };
}

const wordOf = ({ row, words }: Read, at: number): string => row.text.slice(words.starts[at], words.ends[at]);

/** How often each word stands somewhere as no name, small or in capitals. */
function countsOf(read: readonly Read[]): { readonly all: ReadonlyMap<string, number>; readonly small: ReadonlyMap<string, number> } {
  const [all, small] = [new Map<string, number>(), new Map<string, number>()];
  for (const one of read) {
    for (let at = 0; at < one.words.count; at++) {
      if (one.labels[at] !== 0 || one.words.shapes[at] === SHAPE.digits) continue;
      const word = wordOf(one, at);
      const folded = word.toLowerCase();
      if (folded === word) small.set(folded, (small.get(folded) ?? 0) + 1);
      all.set(folded, (all.get(folded) ?? 0) + 1);
    }
  }
  return { all, small };
}

/** In texts that nobody marked, a word that is known as a name says nothing, unless it is an ordinary word as well. */
function unsure(one: Read, at: number, small: ReadonlyMap<string, number>): boolean {
  const folded = wordOf(one, at).toLowerCase();
  return !one.row.marked && known.has(folded) && (small.get(folded) ?? 0) < 3;
}

const halfOf = (word: string): 0 | 1 => {
  let hash = 7;
  for (let at = 0; at < word.length; at++) hash = (Math.imul(hash, 31) + word.charCodeAt(at)) >>> 0;
  return ((hash >>> 7) & 1) as 0 | 1;
};

const asLinear = (linear: { readonly weights: Float32Array; readonly bias: number }): Linear => {
  const { bytes, step } = quantised(linear);
  return { offset: linear.bias, slope: step, weights: bytes };
};

type Looks = Pick<Tagger, "looks" | "given">;

/**
 * What words look like, learned from every word that is known as a name and every other word. Three times: once with all of them, and once
 * with each half, so that the model of places learns from words as they look to one who never saw them.
 */
function fitLooks(read: readonly Read[], counts: ReturnType<typeof countsOf>): { readonly whole: Looks; readonly halves: readonly [Looks, Looks] } {
  const into = bucketsFor();
  const examples: { readonly buckets: Int32Array; readonly weight: number; readonly half: 0 | 1; readonly name: 0 | 1; readonly given: 0 | 1 }[] = [];
  const add = (word: string, name: 0 | 1, weight: number): void => {
    const words = wordsFor(word.length);
    readWords(word, 0, words);
    if (words.count !== 1) return;
    looksOf(word, 0, word.length, words.hashes[0] as number, into);
    const folded = word.toLowerCase();
    examples.push({ buckets: into.buckets.slice(0, into.count), weight, half: halfOf(folded), name, given: name === 1 && givenWords.has(folded) ? 1 : 0 });
  };
  const names = new Map<string, number>();
  for (const word of nameWords) names.set(word, 1);
  for (const { row, labels, words } of read) {
    if (row.set === "own") continue;
    labels.forEach((label, at) => {
      const word = row.text.slice(words.starts[at], words.ends[at]);
      if (label === 1 && isCandidate(words, at)) names.set(word, (names.get(word) ?? 0) + 0.5);
    });
  }
  for (const [word, count] of names) add(word, 1, Math.min(3, count));
  const places = Object.values(PLACES).flatMap(({ cities, countries }) => [...cities, ...countries].flatMap((text) => text.split(/[ -]/)));
  for (const word of new Set(places)) if (!known.has(word.toLowerCase())) add(word, 0, 1);
  for (const word of new Set(Object.values(WORLD).flatMap((list) => list.flatMap((text) => text.split(/[ -]/))))) add(word, 0, 3);
  for (const [word, count] of counts.all) {
    const ordinary = counts.small.get(word) ?? 0;
    if (known.has(word) && ordinary < 3) continue;
    add(word, 0, Math.min(6, Math.log2(1 + (known.has(word) ? ordinary : count))));
  }
  const of = (wanted: (half: 0 | 1) => boolean): Looks => {
    const some = examples.filter(({ half }) => wanted(half));
    const one = (label: "name" | "given"): Linear =>
      asLinear(
        fit(
          some.map((example) => ({ ...example, label: example[label] })),
          0.5,
          1 << LOOKS_BITS,
        ),
      );
    return { looks: one("name"), given: one("given") };
  };
  return { whole: of(() => true), halves: [of((half) => half === 1), of((half) => half === 0)] };
}

/** What the model of places is trained on: every word of a row that may be a name. */
function placeExamples(read: readonly Read[], looks: ReturnType<typeof fitLooks>, counts: ReturnType<typeof countsOf>): Example[] {
  const into = bucketsFor();
  const room = bucketsFor();
  const draw = drawing(11);
  const sizes = new Map<string, number>();
  for (const { row } of read) sizes.set(`${row.set} ${row.lang}`, (sizes.get(`${row.set} ${row.lang}`) ?? 0) + 1);
  return read.flatMap((one) => {
    const { words, labels, row } = one;
    const text = row.text.slice(0, LONGEST);
    const levels = new Map<number, number>();
    const seenLevel = (word: number): number => {
      const made = levels.get(word);
      if (made !== undefined) return made;
      const folded = wordOf(one, word).toLowerCase();
      const unseen = draw.next() < (labels[word] === 1 ? 0.5 : 0.15);
      looksOf(text, words.starts[word] as number, words.ends[word] as number, words.hashes[word] as number, room);
      const level = levelOf(unseen ? (looks.halves[halfOf(folded)] as Looks) : looks.whole, room);
      levels.set(word, level);
      return level;
    };
    const weight = Math.min(1, 30 / Math.sqrt(sizes.get(`${row.set} ${row.lang}`) as number));
    return labels.flatMap((label, at): Example[] => {
      if (label === undefined || !isCandidate(words, at) || unsure(one, at, counts.small) || seenLevel(at) < GIVEN) return [];
      placeOf(text, words, at, seenLevel, into);
      // What a template or a list says too surely is left out at times, so that the rest is learned as well.
      const withWord = draw.next() >= (label === 1 ? 0.6 : 0.25);
      const withAround = draw.next() >= 0.35;
      const buckets = into.buckets.slice(0, into.count).filter((_, index) => (index < WORDS ? true : index < AROUND ? withWord : withAround));
      return [{ buckets, label, weight }];
    });
  });
}

/** All models from these rows, not calibrated: odds are those of the balanced rows. */
export function fitTagger(rows: readonly Row[]): Tagger {
  const read = rows.filter(({ measuredOnly }) => measuredOnly !== true).map(readRow);
  const counts = countsOf(read);
  const looks = fitLooks(read, counts);
  const place = asLinear(fit(placeExamples(read, looks, counts), 0.5, 1 << PLACE_BITS));
  return { ...looks.whole, place, begins: 0, goesOn: 0 };
}
