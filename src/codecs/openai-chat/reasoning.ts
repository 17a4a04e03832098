import type { Released } from "../../core/layers.ts";
import type { ChatMark } from "./types.ts";

/** Reasoning has fields of its own, which nobody needs again. */
export function withoutReasoning(part: Released): Released | undefined {
  // Marks pass the output layer untouched, so this is what our own reader made.
  if (part.type === "mark") return (part.mark as ChatMark).kind === "reasoning" ? undefined : part;
  return part.channel.startsWith("reasoning/") ? undefined : part;
}
