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
  injection: "report",
  internal: "report",
  content: "report",
};

/** Arguments go to a tool. Whether data may go there is for permission and flow rules to say, but a model has no business with credentials. */
export const ARGUMENT_ACTIONS: OutputActions = { ...TEXT_ACTIONS, smuggling: "report" };

/** The actions with what a decision obliges to mask. An obligation makes stricter, never looser. */
export function obliged(actions: OutputActions, obligations: readonly Obligation[]): OutputActions {
  const stricter: { [kind in FindingKind]: OutputAction } = { ...actions };
  for (const one of obligations) {
    if (one.kind === "mask") for (const kind of one.findings) if (stricter[kind] === "report") stricter[kind] = "mask";
  }
  return stricter;
}

/** What stands in the place of a finding. Invisible characters leave nothing: nobody saw them. */
export function maskOf({ kind, detector }: Pick<Finding, "kind" | "detector">): string {
  return kind === "smuggling" ? "" : `[${detector}]`;
}
