import { type Decision, NEUTRAL } from "../../core/decision.ts";
import type { Control } from "./control.ts";

/** Told as what fails in Holdfast itself: 503, and when to try again. */
const READ_ONLY: Decision = {
  effect: "deny",
  reasons: [{ id: "layers/store", effect: "deny", text: "the store cannot be written, so nothing could be kept of what this leads to" }],
  obligations: [],
};

/** What is spent, asked and undone stands in the store: while it takes nothing, nothing is done that it might have to hold. */
export function storeControl(isWritable: () => boolean): Control {
  return { id: "store", check: () => (isWritable() ? NEUTRAL : READ_ONLY) };
}
