import type { Released } from "../../core/layers.ts";
import type { MessageMark } from "./types.ts";

/**
 * The words of a thinking block are left away; the block and its signature stay, in the form in which the vendor itself omits thinking. The
 * vendor reads the thinking out of the signature when it comes back, and without it refuses the results of the calls that followed it.
 */
export function withoutReasoning(part: Released): Released | undefined {
  if (part.type === "text") return part.channel.startsWith("thinking/") ? undefined : part;
  if (part.type !== "mark") return part;
  // Marks pass the output layer untouched, so this is what our own reader made.
  const mark = part.mark as MessageMark;
  return mark.kind === "signature" ? { type: "mark", mark: { ...mark, seal: 0 } satisfies MessageMark } : part;
}
