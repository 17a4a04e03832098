import type { Page } from "../api/client.ts";
import type { Summary } from "../api/read.ts";

/** What of the log is at hand: decisions, newest first and without a gap, and where the older ones go on. */
export interface Rows {
  readonly decisions: readonly Summary[];
  readonly next?: number;
}

/** Rows that are kept when new ones come on top of a list that nobody is reading: a tab left open for a week must not hold the week. */
export const MOST_UNREAD = 300;

export function withOlder({ decisions }: Rows, page: Page): Rows {
  return { decisions: [...decisions, ...page.decisions], ...(page.next === undefined ? {} : { next: page.next }) };
}

/** Which of a page's decisions are newer than all rows. */
export function newerIn({ decisions }: Rows, page: Page): readonly Summary[] {
  const newest = decisions[0]?.seq ?? -1;
  return page.decisions.filter(({ seq }) => seq > newest);
}

/** Puts the page on top. Where it has only new ones, there are more between it and the rows: the list then begins anew. */
export function withNewer(rows: Rows, page: Page): Rows {
  const newer = newerIn(rows, page);
  if (newer.length === page.decisions.length && page.next !== undefined) return page;
  const all = [...newer, ...rows.decisions];
  if (all.length <= MOST_UNREAD) return { ...rows, decisions: all };
  const decisions = all.slice(0, MOST_UNREAD);
  return { decisions, next: decisions.at(-1)!.seq };
}

/** Rows change in place, as their outcomes come. */
export function withChanged(rows: Rows, changed: readonly Summary[]): Rows {
  const places = changed.flatMap((decision) => {
    const place = placeOf(rows.decisions, decision.seq);
    return place === undefined ? [] : [[place, decision] as const];
  });
  if (places.length === 0) return rows;
  const decisions = [...rows.decisions];
  for (const [place, decision] of places) decisions[place] = decision;
  return { ...rows, decisions };
}

/** Where the decision of this number stands. */
export function placeOf(decisions: readonly Summary[], seq: number): number | undefined {
  let [low, high] = [0, decisions.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const there = decisions[middle]!.seq;
    if (there === seq) return middle;
    if (there > seq) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
}
