import type { Decision } from "./decision.ts";

/** Why a dry run could not count. */
export const UNCOUNTED = ["not-here", "arguments", "unreachable", "undeclared", "denied", "failed", "late", "unreadable"] as const;
export type Uncounted = (typeof UNCOUNTED)[number];

/** How many records an action would change, as a dry run counted them before it was decided about. */
export type Counted = {
  /** The tool that counted. */
  readonly by: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
} & (
  | { readonly records: number; readonly why?: never }
  | { /** It could not be counted: that counts as the most there is. */ readonly why: Uncounted; readonly records?: never }
);

/** So many records it counts as. Nothing where nobody was to count. */
export const recordsIn = (counted: Counted | undefined): number => (counted === undefined ? 0 : (counted.records ?? Number.MAX_SAFE_INTEGER));

/** What was counted for this decision. */
export const countedIn = ({ reasons }: Pick<Decision, "reasons">): Counted | undefined => reasons.find(({ counted }) => counted !== undefined)?.counted;
