import type { Regime } from "../core/incident.ts";

/**
 * The times within which an incident has to be reported. They begin when somebody becomes aware of it, and who that is, and whether a law
 * applies at all, a person says: nothing here is legal advice, and no clock starts by itself.
 */

/** One report that is due. */
export interface Report {
  readonly id: string;
  readonly due: Due;
}
/** So many hours from becoming aware; or so many months after another report was made, or after it was due while it was not. */
type Due = { readonly hours: number } | { readonly months: number; readonly after: string };

/**
 * The reports of each regime, in the order in which they are due. Regulation (EU) 2016/679 art. 33(1); Directive (EU) 2022/2555 art. 23(4);
 * Regulation (EU) 2024/1689 art. 73(2), (3) and (4).
 */
export const REPORTS: { readonly [regime in Regime]: readonly Report[] } = {
  gdpr: [{ id: "authority", due: { hours: 72 } }],
  nis2: [
    { id: "early-warning", due: { hours: 24 } },
    { id: "notification", due: { hours: 72 } },
    { id: "final-report", due: { months: 1, after: "notification" } },
  ],
  "ai-act": [{ id: "authority", due: { hours: 15 * 24 } }],
  "ai-act-critical": [{ id: "authority", due: { hours: 2 * 24 } }],
  "ai-act-death": [{ id: "authority", due: { hours: 10 * 24 } }],
};

/** A clock that a person started. Times are milliseconds since the epoch. */
export interface Clock {
  readonly regime: Regime;
  readonly aware: number;
  /** Which reports were made, when, and by whom. */
  readonly made: { readonly [report: string]: { readonly at: number; readonly by: string } };
}

/** When a report of this clock is due. */
export function dueAt(clock: Clock, report: Report): number {
  const { due } = report;
  if ("hours" in due) return clock.aware + due.hours * 3_600_000;
  const before = REPORTS[clock.regime].find(({ id }) => id === due.after) as Report;
  return monthsAfter(clock.made[due.after]?.at ?? dueAt(clock, before), due.months);
}

/** The same day and time of a later month, in UTC; its last day where it has no such day. */
export function monthsAfter(time: number, months: number): number {
  const from = new Date(time);
  const last = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + months + 1, 0)).getUTCDate();
  const to = new Date(time);
  to.setUTCMonth(from.getUTCMonth() + months, Math.min(from.getUTCDate(), last));
  return to.getTime();
}
