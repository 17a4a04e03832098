import type { Released } from "../../core/layers.ts";
import type { ResponsesMark } from "./types.ts";

/** The words go; the item and what is sealed in it stay, because the provider wants them back with the next turn. */
export function withoutReasoning(part: Released): Released | undefined {
  // Marks pass the output layer untouched, so this is what our own reader made.
  if (part.type === "mark") {
    const mark = part.mark as ResponsesMark;
    return mark.kind === "part" && (mark.part === "summary" || mark.part === "reasoning") ? undefined : part;
  }
  return part.channel.startsWith("summary/") || part.channel.startsWith("reasoning/") ? undefined : part;
}
