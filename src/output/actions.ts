import type { Finding, FindingKind, Obligation } from "../core/index.ts";

/** What happens to something found on the way out, from loosest to strictest. */
export const OUTPUT_ACTIONS = ["report", "mask", "block"] as const;
export type OutputAction = (typeof OUTPUT_ACTIONS)[number];
export type OutputActions = { readonly [kind in FindingKind]: OutputAction };

/** Text and results go to a reader: what must not be seen is masked. */
export const TEXT_ACTIONS: OutputActions = {
  credential: "mask",
  financial: "mask",
  smuggling: "mask",
  personal: "report",
  name: "report",
  injection: "report",
  internal: "report",
  content: "report",
};

/** Arguments go to a tool. Whether data may go there is for permission and flow rules to say, but a model has no business with credentials. */
export const ARGUMENT_ACTIONS: OutputActions = { ...TEXT_ACTIONS, smuggling: "report" };

export interface Actions {
  readonly kinds: OutputActions;
  /** By detector, where it does something else than its kind: an operator's own rules may say so. */
  readonly own: ReadonlyMap<string, OutputAction>;
  /** Kinds that a decision obliges to mask. */
  readonly obliged: ReadonlySet<FindingKind>;
}

/** An obligation makes stricter, never looser, and stands above what a rule of its own says. */
export function actionOf({ kinds, own, obliged }: Actions, { kind, detector }: Pick<Finding, "kind" | "detector">): OutputAction {
  const action = own.get(detector) ?? kinds[kind];
  return action === "report" && obliged.has(kind) ? "mask" : action;
}

/** The kinds that must be masked. */
export function obligedBy(obligations: readonly Obligation[]): ReadonlySet<FindingKind> {
  return new Set(obligations.flatMap((one) => (one.kind === "mask" ? one.findings : [])));
}

/** What stands in the place of a finding. Invisible characters leave nothing: nobody saw them. */
export function maskOf({ kind, detector }: Pick<Finding, "kind" | "detector">): string {
  return kind === "smuggling" ? "" : `[${detector}]`;
}
