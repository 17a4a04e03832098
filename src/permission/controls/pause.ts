import { deny, NEUTRAL } from "../../core/decision.ts";
import type { Control } from "./control.ts";

const PAUSED = deny({ id: "agents/paused", text: "an operator has paused this agent" });

/** Nothing of a paused agent is permitted, on whatever way it came: also what its last answer still proposes. */
export function pauseControl(isPaused: (agent: string) => boolean): Control {
  return { id: "paused", check: ({ principal }) => (isPaused(principal.agent) ? PAUSED : NEUTRAL) };
}
