import type { Decision, Obligation, Reason } from "../core/decision.ts";
import type { Finding } from "../core/detector.ts";
import type { Label } from "../core/label.ts";
import type { Decided } from "../core/monitor.ts";
import type { Passage } from "../core/outcome.ts";

/** The answer of `decide`, on the command line and over HTTP. `labels` is the label of everything the request carries, joined. */
export interface DecidedForm {
  readonly effect: Decision["effect"];
  readonly reasons: readonly Reason[];
  readonly obligations: readonly Obligation[];
  readonly labels: Label;
}

export function decidedForm({ decision, inspection }: Pick<Decided, "decision" | "inspection">): DecidedForm {
  return { effect: decision.effect, reasons: decision.reasons, obligations: decision.obligations, labels: inspection.label };
}

/** A finding with the place it stood in: `content/0`, `args/body`, `text/0`. Never the text that was found. */
export type PlacedFinding = Finding & { readonly at: string };

export function placed(passages: readonly Passage[]): PlacedFinding[] {
  return passages.flatMap(({ at, findings }) => findings.map((finding) => ({ ...finding, at })));
}
