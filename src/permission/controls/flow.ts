import { type Decision, NEUTRAL } from "../../core/decision.ts";
import { atLeast } from "../../core/label.ts";
import type { Request } from "../../core/request.ts";
import type { Mode } from "../policy-config.ts";
import type { Control } from "./control.ts";

/** What of an action matters for flow. */
export type EffectOf = (request: Request) => { readonly effect: "read" | "write"; readonly egress: boolean } | undefined;

/**
 * The floor of information flow: while untrusted content is in play, the model may be doing what that content says; so an action that
 * changes something, or through which something leaves, waits for a person. It does not ask what the content says, and cannot be talked over.
 */
export function flowControl(mode: Mode, effectOf: EffectOf): Control {
  const text = "the action changes something or leaves the house, and untrusted content is in play";
  const asks: Decision =
    mode === "enforce"
      ? { effect: "ask", reasons: [{ id: "flow/untrusted-context", effect: "ask", text }], obligations: [] }
      : { effect: "permit", reasons: [{ id: "flow/untrusted-context", effect: "permit", text, would: "ask" }], obligations: [] };
  return {
    id: "flow/untrusted-context",
    check(request, { label }) {
      if (atLeast(label, "internal")) return NEUTRAL;
      const effect = effectOf(request);
      return effect !== undefined && (effect.effect === "write" || effect.egress) ? asks : NEUTRAL;
    },
  };
}
