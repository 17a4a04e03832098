import { type AnswerSink, type Decision, deny, permit, type SinkAction } from "../../core/index.ts";
import type { Channel } from "../channel.ts";
import { SINKS, WORDS } from "./index.ts";

/** What the sink of one answer would have acted upon, over all its texts. */
export function sinkNotes() {
  const decided = new Map<string, Decision>();
  return {
    /** The last thing that a text passes. `ends` is called where nothing of the answer may follow. */
    open({ kind, action }: { readonly kind: AnswerSink; readonly action: SinkAction }, ends: () => void): Channel | undefined {
      return SINKS[kind].open?.(action, (what) => {
        const id = `output/sink/${what}`;
        const words = WORDS[what] ?? what;
        if (action === "block") {
          decided.set(id, deny({ id, text: `withheld the answer from ${words} on, for ${kind}` }));
          ends();
        } else decided.set(id, permit({ id, text: action === "escape" ? `made text of ${words}, for ${kind}` : `found ${words}, for ${kind}` }));
      });
    },
    decisions: (): readonly Decision[] => [...decided.values()],
  };
}
