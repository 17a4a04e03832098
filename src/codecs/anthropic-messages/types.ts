import type { JsonObject } from "../../core/json.ts";
import type { CallsMark } from "../calls.ts";

/**
 * The framing of an answer. Channels: `text/N`, `thinking/N` and `citations/N` of block N; its call comes as `calls/N`, a block of the
 * provider's own tools as a value on `block/N`.
 * INVARIANT: a mark holds numbers, enums, checked ids and opaque base64, never text, because marks pass the output layer unread.
 */
export type MessageMark =
  | { readonly kind: "start"; readonly id: string; readonly model: string; readonly usage: JsonObject; readonly container?: JsonObject }
  | { readonly kind: "block"; readonly at: number; readonly block: "text" | "thinking" }
  | { readonly kind: "signature"; readonly at: number; readonly signature: string; readonly seal: number }
  | { readonly kind: "redacted"; readonly at: number; readonly data: string }
  | CallsMark
  | { readonly kind: "stop"; readonly reason: StopReason; readonly sequence: string | null; readonly category?: string }
  | { readonly kind: "usage"; readonly usage: JsonObject };

export const STOP_REASONS = ["end_turn", "max_tokens", "stop_sequence", "tool_use", "pause_turn", "refusal", "model_context_window_exceeded"] as const;
export type StopReason = (typeof STOP_REASONS)[number];

/**
 * A short sum over text, taken piece by piece. The provider's signature covers the thinking as it was; the writer compares sums to see
 * whether the filter changed it. Nothing rests on it: a signature that does not fit is refused by the provider.
 */
export function sealed(seal: number, text: string): number {
  let sum = seal;
  for (let at = 0; at < text.length; at++) sum = (Math.imul(sum, 31) + text.charCodeAt(at)) | 0;
  return sum;
}
