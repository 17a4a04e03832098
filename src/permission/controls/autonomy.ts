import { ask, type Decision, type Effect, NEUTRAL } from "../../core/decision.ts";
import type { Phase } from "../../core/phase.ts";
import type { Request } from "../../core/request.ts";
import type { Control } from "./control.ts";

/** What the phases of agents are, and whom the dice of a spot check name. */
export interface Autonomy {
  phase(agent: string, tool: string | undefined): Phase;
  /** Whether a person sees this write first, although its agent is only spot-checked. It is asked once for each decision. */
  picks(request: Request): boolean;
}

const SUPERVISED = ask({ id: "autonomy/supervised", text: "the agent is supervised: a person sees everything first that it would change" });
const PICKED = ask({ id: "autonomy/spot-check", text: "the agent is spot-checked, and this call was picked for a person to see" });

/** In its shadow phase an agent proposes and people do. The record says what would have come of the call. */
const shadowed = (would: Effect): Decision => ({
  effect: "deny",
  reasons: [{ id: "autonomy/shadow", effect: "deny", text: "the agent is in its shadow phase: what it would change is recorded and not done", would }],
  obligations: [],
});

/**
 * The phase of an agent, which only tightens: a loose one gives it nothing that its role and the rules do not. It looks at what a call would
 * come to without it, so that the dice are cast only for what nobody would see otherwise.
 */
export function autonomyControl(
  { phase, picks }: Autonomy,
  effectOf: (request: Request) => "read" | "write" | undefined,
  /** The one name of the tool, however it was written. */
  toolOf: (request: Request) => string | undefined,
  /** True for a connection through the egress proxy: nobody can see what it will change. */
  connects: (request: Request) => boolean,
): Control {
  return {
    id: "autonomy",
    check: () => NEUTRAL,
    review(request, would) {
      // Hosts are granted one by one, and a question for each connection would be answered by nobody; but in its shadow phase an agent does nothing.
      if (connects(request)) return phase(request.principal.agent, undefined) === "shadow" ? shadowed(would) : NEUTRAL;
      if (effectOf(request) !== "write") return NEUTRAL;
      switch (phase(request.principal.agent, toolOf(request))) {
        case "shadow":
          return shadowed(would);
        case "supervised":
          return SUPERVISED;
        case "spot-checked":
          return would === "permit" && picks(request) ? PICKED : NEUTRAL;
        case "exception-based":
          return NEUTRAL;
      }
    },
  };
}
