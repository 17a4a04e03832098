import { deny, NEUTRAL } from "../../core/decision.ts";
import type { Pins } from "../pins.ts";
import type { Control } from "./control.ts";

const WORDS = {
  changed: "the server describes this tool differently from when it was first seen; nobody has accepted the change",
  suspect: "the description of this tool looks like an attack; nobody has accepted it",
  "look-alike": "the name of this tool can be taken for that of another one; nobody has accepted it",
} as const;

/** Tools whose definition is not the pinned one are not called. A tool that no server of ours ever listed is not its business. */
export function pinControl(pins: Pick<Pins, "of">, toolName: (written: string) => string): Control {
  return {
    id: "pin",
    check({ action }) {
      if (action.type !== "tool.call" || action.tool === undefined) return NEUTRAL;
      const held = pins.of(toolName(action.tool))?.held;
      return held === undefined ? NEUTRAL : deny({ id: `pin/${held.why}`, text: WORDS[held.why] });
    },
  };
}
