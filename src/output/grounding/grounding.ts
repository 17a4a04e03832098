import { type Content, deny, NEUTRAL, type Request } from "../../core/index.ts";
import type { Question } from "../whole/whole.ts";
import { CLAIM_KINDS, type Claim, type ClaimKind, claimsIn } from "./claims.ts";
import { givenIn, wasGiven } from "./given.ts";

export type Severity = "low" | "medium" | "high";

/** What in an answer does not stand in what the model was given, and how much of it does. */
export interface Grounding {
  /** From 0 (nothing that it claims stands there) to 1 (all of it does, or it claims nothing that could be looked up). */
  readonly score: number;
  readonly unfounded: readonly (Claim & { readonly severity: Severity })[];
}

export interface GroundingOptions {
  readonly action: "off" | "report" | "block";
  /** Below this score an answer is withheld. */
  readonly least: number;
}

/** What each kind weighs in the score. A made-up address does more harm than a word with a capital that is no name. */
const KINDS: { readonly [kind in ClaimKind]: { readonly severity: Severity; readonly weight: number; readonly words: string } } = {
  url: { severity: "high", weight: 4, words: "addresses" },
  email: { severity: "high", weight: 4, words: "e-mail addresses" },
  amount: { severity: "high", weight: 3, words: "amounts" },
  date: { severity: "medium", weight: 2, words: "dates" },
  id: { severity: "medium", weight: 2, words: "ids" },
  quote: { severity: "medium", weight: 2, words: "quotations" },
  number: { severity: "low", weight: 1, words: "numbers" },
  name: { severity: "low", weight: 0.5, words: "names" },
};
const ID = "output/grounding";

/** Undefined where nothing was given that an answer could rest on. Time is linear in both, and both are bounded. */
export function groundingOf(answer: string, content: readonly Content[]): Grounding | undefined {
  if (!wasGiven(content)) return undefined;
  const claims = claimsIn(answer);
  if (claims.length === 0) return { score: 1, unfounded: [] };
  const given = givenIn(content);
  const weigh = (sum: number, { kind }: Claim): number => sum + KINDS[kind].weight;
  const unfounded = claims.filter((claim) => !given.holds(claim)).map((claim) => ({ ...claim, severity: KINDS[claim.kind].severity }));
  const score = 1 - unfounded.reduce(weigh, 0) / claims.reduce(weigh, 0);
  return { score: Math.round(100 * score) / 100, unfounded };
}

export function grounding({ action, least }: GroundingOptions, { content, read, action: { type } }: Request): Question | undefined {
  if (action === "off" || type !== "model.call") return undefined;
  return {
    holds: action === "block",
    ask(text) {
      const found = groundingOf(text, read ?? content);
      if (found === undefined || found.unfounded.length === 0) return NEUTRAL;
      const counts = CLAIM_KINDS.flatMap((kind) => {
        const many = found.unfounded.filter((one) => one.kind === kind).length;
        return many === 0 ? [] : [`${KINDS[kind].words} ${many} (${KINDS[kind].severity})`];
      });
      const reason = { id: ID, text: `stands nowhere in what the model was given: ${counts.join(", ")}; grounded ${found.score.toFixed(2)}` };
      if (found.score < least) return deny(reason);
      return { effect: "permit", reasons: [{ ...reason, effect: "permit" }], obligations: [] };
    },
  };
}
