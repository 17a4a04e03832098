import { call } from "./client.ts";
import { type Effect, effect, fields, items, number, text } from "./read.ts";

/** The decisions of one hour. */
export interface Slice {
  readonly from: string;
  readonly permit: number;
  readonly ask: number;
  readonly deny: number;
}

export interface Timeline {
  readonly slices: readonly Slice[];
  /** What denied or asked most often. */
  readonly reasons: readonly { readonly id: string; readonly effect: Effect; readonly count: number }[];
  readonly whole: boolean;
}

export async function getTimeline(): Promise<Timeline> {
  const it = fields(await call("GET", "/api/v1/audit/timeline"));
  const slices = items(it["slices"]).map(fields);
  const reasons = items(it["reasons"]).map(fields);
  return {
    slices: slices.map((one) => ({ from: text(one["from"]), permit: number(one["permit"]), ask: number(one["ask"]), deny: number(one["deny"]) })),
    reasons: reasons.map((one) => ({ id: text(one["id"]), effect: effect(one["effect"]), count: number(one["count"]) })),
    whole: it["whole"] === true,
  };
}
