import type { Span } from "../../src/core/detector.ts";
import type { Labelled } from "./rows.ts";

export interface Count {
  rows: number;
  /** Rows in which something was found. */
  hit: number;
  names: number;
  /** Names that one finding covers from end to end, and names of which a finding covers a part only. */
  found: number;
  parts: number;
  /** Findings where no name is. */
  wrong: number;
  units: number;
}
export const none = (): Count => ({ rows: 0, hit: 0, names: 0, found: 0, parts: 0, wrong: 0, units: 0 });
export function total<Key>(counts: Map<Key, Count>, key: Key): Count {
  const known = counts.get(key);
  if (known !== undefined) return known;
  const made = none();
  counts.set(key, made);
  return made;
}

/** Of matches that overlap the one that begins first, and of those the longest: as the layers resolve them. */
export function disjoint(matches: readonly Span[]): Span[] {
  let end = 0;
  return [...matches]
    .sort((a, b) => a.start - b.start || b.end - a.end)
    .filter((match) => {
      if (match.start < end) return false;
      end = match.end;
      return true;
    });
}

export function counted({ text, spans }: Labelled, matches: readonly Span[], into: Count, wrong?: (match: Span) => void, missed?: (name: Span) => void): void {
  const found = disjoint(matches);
  into.rows++;
  into.units += text.length;
  into.names += spans.length;
  if (found.length > 0) into.hit++;
  for (const span of spans) {
    if (found.some(({ start, end }) => start <= span.start && end >= span.end)) into.found++;
    else {
      if (found.some(({ start, end }) => start < span.end && span.start < end)) into.parts++;
      missed?.(span);
    }
  }
  for (const match of found) {
    if (spans.some(({ start, end }) => start < match.end && match.start < end)) continue;
    into.wrong++;
    wrong?.(match);
  }
}

/** A name of which a part was found counts as missed, and what was found of it as right. */
export const recallOf = ({ found, names }: Count): number => found / names;
export const precisionOf = ({ found, parts, wrong }: Count): number => (found + parts) / (found + parts + wrong);
export const f1Of = (count: Count): number => {
  const [recall, precision] = [recallOf(count), precisionOf(count)];
  return count.found === 0 ? 0 : (2 * recall * precision) / (recall + precision);
};
