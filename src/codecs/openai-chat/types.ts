import type { JsonObject } from "../../core/json.ts";
import type { CallsMark } from "../calls.ts";

/**
 * The framing of an answer. Channels: `text/N`, `refusal/N`, `reasoning/N` and `annotations/N` of choice N; its calls come as `calls/N`.
 * INVARIANT: a mark holds numbers, enums and checked ids, never text, because marks pass the output layer unread.
 */
export type ChatMark =
  | { readonly kind: "start"; readonly id: string; readonly created: number; readonly model: string; readonly fingerprint?: string; readonly tier?: string }
  | { readonly kind: "reasoning"; readonly at: number; readonly field: ReasoningField }
  | CallsMark
  | { readonly kind: "finish"; readonly at: number; readonly reason: FinishReason }
  | { readonly kind: "usage"; readonly usage: JsonObject };

export const FINISH_REASONS = ["stop", "length", "tool_calls", "content_filter", "function_call"] as const;
export type FinishReason = (typeof FINISH_REASONS)[number];

/** Reasoning is no part of the vendor's own dialect; servers that speak it use one of these names. */
export const REASONING_FIELDS = ["reasoning_content", "reasoning"] as const;
export type ReasoningField = (typeof REASONING_FIELDS)[number];

/** How a call is written: a tool call of a function or a custom tool, or the older single function call. */
export type CallForm = "function" | "custom" | "function_call";
