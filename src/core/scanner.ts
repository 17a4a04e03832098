import type { SourceKind } from "./content.ts";
import type { Finding } from "./detector.ts";

/** What one detector matched; `order` is the detector's place in the list. */
export interface Match extends Finding {
  readonly order: number;
}

/** A list of detectors, prepared to run as one. The layers get it as an argument; `detectors/scan.ts` makes it. */
export interface Scanner {
  /** Everything that begins at or after `from`, in the order of `compareMatches`; matches may overlap. Offsets are UTF-16 code units. */
  matches(text: string, source: SourceKind, from?: number): Match[];
  /**
   * The smallest `open` of all detectors (see Detector): what begins before it is found already, and more text changes nothing about it. With
   * the state that `calm` has behind this text only what stands at its end is looked at.
   */
  open(text: string, state?: number): number;
  /**
   * The short way for most text: reads on from a state (CALM: the beginning) and gives the state after `piece`; LOUD, for good, once something
   * may begin in it. INVARIANT: until then nothing is matched in what was read.
   */
  calm(state: number, piece: string): number;
}
export const CALM = 0;
export const LOUD = -1;

/** Where it begins, then the longer one, then the place in the list. */
export function compareMatches(a: Match, b: Match): number {
  return a.start - b.start || b.end - a.end || a.order - b.order;
}

/**
 * Sorted matches as sorted, disjoint findings with the same cover. Of overlapping matches the one that begins first stands; of those that
 * begin together the longer one; of equal ones the one whose detector comes first in the list. What sticks out of the one before it
 * keeps its rest, and what one detector found without a gap is one finding. It reads from left to right, so a stream can do the same.
 */
export function resolve(matches: Iterable<Match>): Finding[] {
  const findings: Finding[] = [];
  for (const match of matches) resolveInto(findings, match);
  return findings;
}

/** One step of it: what the next match adds to the findings of those before. */
export function resolveInto(findings: Finding[], { detector, kind, start, end, score }: Match): void {
  const last = findings.at(-1);
  const begin = Math.max(start, last?.end ?? 0);
  if (begin >= end) return;
  if (last?.detector === detector && last.end === begin) findings[findings.length - 1] = { ...last, end, score: Math.max(last.score, score) };
  else findings.push({ detector, kind, start: begin, end, score });
}
