import type { JsonObject } from "../../core/json.ts";
import type { CallsMark } from "../calls.ts";

/**
 * The framing of an answer. Channels: `text/P`, `refusal/P`, `summary/P`, `reasoning/P` and `annotations/P` of the part P, counted over the whole
 * answer; `search/N` of the item N; the call that is item N comes as `calls/N`.
 * INVARIANT: a mark holds numbers, enums, checked ids and base64, never text, because marks pass the output layer unread.
 */
export type ResponsesMark =
  | { readonly kind: "start"; readonly id: string; readonly created: number; readonly model: string; readonly tier?: string }
  | { readonly kind: "item"; readonly at: number; readonly type: OpenItem; readonly id?: string; readonly phase?: string }
  | { readonly kind: "part"; readonly at: number; readonly item: number; readonly part: PartKind; readonly index: number }
  /** What the model thought, as only its provider can read it. */
  | { readonly kind: "sealed"; readonly at: number; readonly data: string }
  | { readonly kind: "closed"; readonly at: number; readonly status?: ItemStatus }
  | CallsMark
  | { readonly kind: "finish"; readonly status: "completed" | "incomplete"; readonly reason?: Incomplete }
  | { readonly kind: "usage"; readonly usage: JsonObject };

/** Items that are written piece by piece. A call is none: nothing of it leaves before it is decided. */
export type OpenItem = "message" | "reasoning" | "web_search_call";
export type CallItem = "function_call" | "custom_tool_call";

export const ITEM_STATUS = ["completed", "incomplete", "in_progress", "failed"] as const;
export type ItemStatus = (typeof ITEM_STATUS)[number];

export const INCOMPLETE = ["max_output_tokens", "content_filter"] as const;
export type Incomplete = (typeof INCOMPLETE)[number];

/** A part's channel, beside what the dialect calls it and its list in the item. */
export const PARTS = {
  text: { type: "output_text", list: "content" },
  refusal: { type: "refusal", list: "content" },
  reasoning: { type: "reasoning_text", list: "content" },
  summary: { type: "summary_text", list: "summary" },
} as const;
export type PartKind = keyof typeof PARTS;

/** More items than this in one answer is not an answer but an attack. */
export const MOST_ITEMS = 1_024;
