import type { Approval } from "./approval.ts";

/** A model reads it between other things: a question, not a document. The whole of it stands with the ticket. */
const LONGEST = 500;

/**
 * What a person asked last and nobody has answered, as a sentence for the model behind the question. ATTACK: it stands where Holdfast's own words
 * stand, so what a person wrote must not look like them, nor like the markup, the links or the turns of a conversation.
 */
export function inquiryOf({ id, remarks = [], control }: Pick<Approval, "id" | "remarks" | "control">): string | undefined {
  const last = remarks.at(-1);
  if (last?.from !== "person" || control === true) return undefined;
  return `A person who may approve it asks first, in their own words: "${plain(last.text)}" Whoever holds the key of this agent answers with POST /api/v1/tickets/${id}; it lets nothing through.`;
}

export function plain(text: string): string {
  const words = text
    .normalize("NFKC")
    .replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]+/gu, " ")
    .replace(/["\u201c\u201d\u201e\u00ab\u00bb<>[\]{}`|]/g, "'")
    .replace(/ {2,}/g, " ")
    .trim();
  return words.length <= LONGEST ? words : `${words.slice(0, LONGEST).toWellFormed().trimEnd()} \u2026`;
}
