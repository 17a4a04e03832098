import { compareMatches, type Finding, type Judge, type Match, resolve, type Scanner, type SourceKind } from "../core/index.ts";
import { decodings, unciphered, unseenBits } from "./decoding/decode.ts";
import type { Layer } from "./decoding/layer.ts";
import { normalise } from "./normalise.ts";

/**
 * What is decoded and judged is looked at in windows that begin at fixed places of the text, so that a text gives the same findings in
 * slices as in one piece. A code over a seam is read from both sides; OVERLAP is the longest order that is certain to be seen whole.
 */
export const WINDOW = 8_192;
export const OVERLAP = 1_024;

export interface Hidden {
  readonly words: Scanner;
  readonly judges: readonly Judge[];
}

/** One window after the other: what is found in it beside what stands there in plain words. All of them together are sorted and disjoint. */
export function* hidden({ words, judges }: Hidden, text: string, source: SourceKind, read = normalise): Generator<readonly Finding[]> {
  let settled = 0;
  for (let at = 0; at === 0 || at + OVERLAP < text.length; at += WINDOW - OVERLAP) {
    const piece = text.slice(at, at + WINDOW);
    const normal = read(piece);
    const straight: Layer["place"] = (unit) => normal.place?.(unit) ?? { from: unit, to: unit + 1 };
    let found: Match[] = [];
    const keep = (match: Match, { place }: Layer): void => {
      const [first, last] = [place(match.start), place(match.end - 1)];
      found.push({ ...match, start: at + Math.min(first.from, last.from), end: at + Math.max(first.to, last.to) });
    };
    const judge = (layer: Layer): void => {
      for (const { id, finds, judge: ask } of judges) {
        for (const { start, end, score = 1 } of ask({ text: layer.text, source })) keep({ detector: id, kind: finds, start, end, score, order: 0 }, layer);
      }
    };
    const layers = decodings(normal.text).map((layer): Layer => ({ text: layer.text, place: (unit) => both(straight, layer.place(unit)) }));
    const unfolded = normal.place === undefined ? [] : [...unseenBits(piece), ...(layers.length > 0 ? unciphered(piece) : [])];
    const readings = [...layers, ...unfolded];
    for (const layer of readings) for (const match of words.matches(layer.text, source)) keep(match, layer);
    const named = resolved(found);
    found = [];
    for (const layer of [{ text: normal.text, place: straight }, ...readings]) judge(layer);
    // A phrase says more than a judgement, so it keeps its name.
    const all = withHidden(named, resolved(found)).flatMap((one) => (one.end > settled ? [{ ...one, start: Math.max(one.start, settled) }] : []));
    settled = all.at(-1)?.end ?? settled;
    yield all;
  }
}

const resolved = (found: readonly Match[]): Finding[] => resolve([...found].sort((a, b) => compareMatches(a, b) || (a.detector < b.detector ? -1 : 1)));

function both(place: Layer["place"], { from, to }: { readonly from: number; readonly to: number }): { from: number; to: number } {
  return { from: place(from).from, to: place(Math.max(from, to - 1)).to };
}

/**
 * Adds more findings to others; both are sorted and disjoint. It names no character that something exact was found in: a judgement over a whole
 * paragraph must not stand in for the key that is in it. Each takes the longest free stretch of its range; where none is free, or the same kind
 * was found in it already, nothing is added.
 */
export function withHidden(findings: readonly Finding[], more: readonly Finding[]): Finding[] {
  if (more.length === 0) return [...findings];
  const added: Finding[] = [];
  let next = 0;
  for (const finding of more) {
    while (next < findings.length && (findings[next] as Finding).end <= finding.start) next++;
    let [begin, best, known] = [finding.start, { start: 0, end: 0 }, false];
    for (let at = next; ; at++) {
      const other = findings[at];
      const stop = Math.min(finding.end, other?.start ?? finding.end);
      if (stop - begin > best.end - best.start) best = { start: begin, end: stop };
      if (other === undefined || other.start >= finding.end) break;
      known ||= other.kind === finding.kind;
      begin = other.end;
    }
    if (!known && best.end > best.start) added.push({ ...finding, ...best });
  }
  return [...findings, ...added].sort((a, b) => a.start - b.start);
}
