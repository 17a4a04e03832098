import { memoise } from "../../core/memoise.ts";

export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

/** When people are not disturbed, in the zone of the configuration. */
export interface Quiet {
  /** Minutes since midnight; `until` may be the next day's. Both or none. */
  readonly from?: number;
  readonly until?: number;
  /** Quiet from midnight to midnight. */
  readonly days: readonly (typeof DAYS)[number][];
  /** Ids of rules whose questions are told nevertheless. */
  readonly through: readonly string[];
}

/** True if a moment (milliseconds since the epoch) is a quiet one. */
export function isQuiet(moment: number, zone: string, { from, until, days }: Quiet): boolean {
  const parts = new Map(
    clockIn(zone)
      .formatToParts(moment)
      .map(({ type, value }) => [type, value]),
  );
  const day = (parts.get("weekday") ?? "").toLowerCase();
  if (days.some((one) => one === day)) return true;
  if (from === undefined || until === undefined) return false;
  const minute = Number(parts.get("hour")) * 60 + Number(parts.get("minute"));
  return from < until ? minute >= from && minute < until : minute >= from || minute < until;
}

const clockIn = memoise(
  8,
  (zone: string) => new Intl.DateTimeFormat("en-GB", { timeZone: zone, weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
);
