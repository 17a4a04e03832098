import { EFFECTS } from "../api/read.ts";

/** What the list is narrowed to: the search part of the address, word for word. Absent means "all". */
export interface Filters {
  readonly effect?: string;
  readonly agent?: string;
  readonly action?: string;
  readonly tool?: string;
  readonly text?: string;
  /** A span back from now (`15m`, `1h`, `24h`, `7d`) or a moment in local time (`2026-11-21T09:00`). */
  readonly since?: string;
  readonly until?: string;
}

export const FILTERS = ["effect", "agent", "action", "tool", "text", "since", "until"] as const;
export const SPANS = { "15m": 15, "1h": 60, "24h": 24 * 60, "7d": 7 * 24 * 60 } as const;
export const SPAN_NAMES = ["15m", "1h", "24h", "7d"] as const;

const MOST_LETTERS = 200;

/** Takes the known filters out of an address; what is not understood is left out. */
export function readFilters(search: { readonly [name: string]: unknown }): Filters {
  const kept: { [name: string]: string } = {};
  for (const name of FILTERS) {
    const value = search[name];
    if (typeof value !== "string" || value === "" || value.length > MOST_LETTERS) continue;
    if (name === "effect" && !EFFECTS.some((effect) => effect === value)) continue;
    if ((name === "since" || name === "until") && momentOf(value, 0) === undefined) continue;
    kept[name] = value;
  }
  return kept;
}

/** The same filters as the API takes them, with moments in UTC. */
export function queryOf(filters: Filters, now: number): { readonly [name: string]: string } {
  const query: { [name: string]: string } = {};
  for (const name of FILTERS) {
    const value = filters[name];
    if (value === undefined) continue;
    const sent = name === "since" || name === "until" ? momentOf(value, now) : value;
    if (sent !== undefined) query[name] = sent;
  }
  return query;
}

export const anyFilter = (filters: Filters): boolean => FILTERS.some((name) => filters[name] !== undefined);

function momentOf(value: string, now: number): string | undefined {
  const span = SPAN_NAMES.find((name) => name === value);
  const date = span === undefined ? new Date(value) : new Date(now - SPANS[span] * 60_000);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
