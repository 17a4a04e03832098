import type { Decision } from "./decision.ts";
import type { Finding } from "./detector.ts";
import type { ErrorCode } from "./errors.ts";

/** A text and what was found in it. `at` says where it stood: `content/0`, `args/body`, `text/0`. */
export interface Passage {
  readonly at: string;
  readonly text: string;
  readonly findings: readonly Finding[];
}

/** What the output layer says of one answer, once all of it has passed: `deny` means that the rest was withheld. */
export interface Verdict {
  readonly decision: Decision;
  /** What went out, before masking and cut to a bound: for the log, which masks everything found. Never shown. */
  readonly passages: readonly Passage[];
}

/** What then happened. `failed` is not `denied`: once performing began, the effect may exist. */
export type Outcome =
  | { readonly status: "done"; readonly decision: Decision; readonly verdict: Verdict; readonly facts?: Facts }
  | { readonly status: "denied"; readonly decision: Decision }
  | { readonly status: "failed"; readonly decision: Decision; readonly code: ErrorCode; readonly facts?: Facts; readonly error?: unknown }
  | { readonly status: "pending"; readonly decision: Decision; readonly ticket: string; readonly inquiry?: string };

/** Small measured facts about what was done: token counts, an upstream's status. Names are ours, values hold no foreign text. */
export type Facts = { readonly [name: string]: number | string };
