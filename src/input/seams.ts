import { hash } from "node:crypto";
import { type Finding, resolve, type Scanner } from "../core/index.ts";
import { decodings } from "./decoding/decode.ts";
import { normalise } from "./normalise.ts";
import { generations } from "./remembered.ts";
import type { Found } from "./texts.ts";

/** How much of a text's beginning and end is joined with its neighbours': an order that is longer is found by its parts. */
const EDGE = 200;
/** Texts are joined in groups, and the last few of a group begin the next. */
const GROUP = 64;
const SHARED = 4;

/**
 * Orders that were split over fields, messages or results: neighbouring texts joined as a model reads them, one after the other. Only what
 * crosses a seam counts, and it is named in every text that holds a part of it. One group of texts after the other.
 */
export function seams(words: Scanner): (texts: readonly Found[]) => Generator<ReadonlyMap<number, readonly Finding[]>> {
  const decoded = rememberedCodes(words);
  return (texts) => acrossSeams(words, decoded, texts);
}

function* acrossSeams(words: Scanner, decoded: Decoded, texts: readonly Found[]): Generator<ReadonlyMap<number, readonly Finding[]>> {
  for (let first = 0; first + 1 < texts.length; first += GROUP - SHARED) {
    const group = texts.slice(first, first + GROUP);
    // Most requests are the operator's words and one question: there is no seam.
    if (group.filter(({ source }) => source !== "system").length < 2) continue;
    const parts: { readonly index: number; readonly start: number; readonly end: number; readonly at: number; readonly place: (unit: number) => number }[] = [];
    let joined = "";
    const add = (index: number, text: string, at: number): void => {
      const normal = normalise(text);
      const place = (unit: number): number => at + (normal.place?.(unit).from ?? unit);
      parts.push({ index, start: joined.length, end: joined.length + normal.text.length, at, place });
      joined += normal.text;
    };
    group.forEach(({ text, source }, index) => {
      // The operator's own words are orders; nobody else's go on from them.
      if (source === "system") joined += BREAK;
      else if (text.length <= 2 * EDGE) add(first + index, text, 0);
      else {
        add(first + index, text.slice(0, EDGE), 0);
        joined += BREAK;
        add(first + index, text.slice(-EDGE), text.length - EDGE);
      }
      joined += " ";
    });
    const found = new Map<number, Finding[]>();
    for (const match of words.matches(joined, "tool")) {
      const touched = parts.filter(({ start, end }) => start < match.end && match.start < end);
      if (new Set(touched.map(({ index }) => index)).size < 2) continue;
      for (const { index, start, end, place } of touched) {
        const [from, to] = [place(Math.max(match.start, start) - start), place(Math.min(match.end, end) - 1 - start) + 1];
        const { detector, kind, score } = match;
        found.set(index, [...(found.get(index) ?? []), { detector, kind, score, start: from, end: to }]);
      }
    }
    yield settled(found);
    for (const codes of codesAcross(decoded, group)) yield settled(new Map([...codes].map(([index, findings]) => [first + index, findings])));
  }
}

const settled = (found: ReadonlyMap<number, readonly Finding[]>): ReadonlyMap<number, readonly Finding[]> =>
  new Map(
    [...found].map(([index, findings]) => [
      index,
      resolve([...findings].sort((a, b) => a.start - b.start || b.end - a.end).map((one) => ({ ...one, order: 0 }))),
    ]),
  );

/** By code unit, whether it is a sign of codes. Asked of every sign of every request, where an expression would cost more than all else here. */
const OF_CODES = Uint8Array.from({ length: 128 }, (_, unit) => Number(/[\w+/=-]/.test(String.fromCharCode(unit))));
const isOfCodes = (unit: number): boolean => unit < 128 && OF_CODES[unit] === 1;
const [SHORTEST_PIECE, LONGEST_CODE] = [8, 4_096];

/** Where the code begins with which a text ends, and where the one ends with which it begins. Sign by sign: an expression would try every place of a long run. */
function codeBefore(text: string): number {
  let from = text.length;
  while (from > 0 && text.length - from < LONGEST_CODE && isOfCodes(text.charCodeAt(from - 1))) from--;
  return from;
}
function codeUntil(text: string): number {
  let to = 0;
  while (to < text.length && to < LONGEST_CODE && isOfCodes(text.charCodeAt(to))) to++;
  return to;
}

/** Codes that were cut into pieces: the end of one text, any number of whole ones, and the beginning of another, decoded as one word. What is found in it is named in every piece. */
function* codesAcross(decoded: Decoded, texts: readonly Found[]): Generator<ReadonlyMap<number, readonly Finding[]>> {
  for (let at = 0; at + 1 < texts.length; ) {
    const pieces: { index: number; start: number; end: number }[] = [];
    let code = "";
    for (let index = at; index < texts.length && code.length < LONGEST_CODE; index++) {
      const { text, source } = texts[index] as Found;
      const [start, end] = index === at ? [codeBefore(text), text.length] : [0, codeUntil(text)];
      if (source === "system" || end - start < SHORTEST_PIECE) break;
      pieces.push({ index, start, end });
      code += text.slice(start, end);
      if (index > at && end < text.length) break;
    }
    at += Math.max(1, pieces.length - 1);
    if (pieces.length < 2) continue;
    const found = decoded(code);
    if (found.length === 0) continue;
    yield new Map(pieces.map(({ index, start, end }) => [index, found.map(({ detector, kind, score }) => ({ detector, kind, score, start, end }))]));
  }
}

/** What is found in a code, once it is decoded. */
type Decoded = (code: string) => readonly Pick<Finding, "detector" | "kind" | "score">[];

/**
 * A client says the same of itself with every call, and where its names meet, they look like pieces of a code. As for whole texts (`remembered.ts`) the key
 * is a hash, which nobody can make one code answer for another by, and of the code nothing stays in memory.
 */
function rememberedCodes(words: Scanner): Decoded {
  const known = generations<ReturnType<Decoded>>(MOST_CODES);
  const look: Decoded = (code) =>
    decodings(code).flatMap((layer) => words.matches(layer.text, "tool").map(({ detector, kind, score }) => ({ detector, kind, score })));
  return (code) => {
    const key = hash("sha256", code, "base64");
    return known.get(key) ?? known.keep(key, look(code));
  };
}
const MOST_CODES = 1_000;

/** Ends every phrase. */
const BREAK = "\u0000.;\u0000".repeat(8);
