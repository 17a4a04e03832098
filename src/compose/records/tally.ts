import { hasMasked } from "../../audit/history.ts";
import type { Effect } from "../../core/decision.ts";
import type { AuditLayer, Entry } from "../../core/layers.ts";
import type { Outcome } from "../../core/outcome.ts";
import type { Status } from "../../surfaces/api/index.ts";

/** The decisions of this run, counted as they are recorded: the console's first numbers. */
export interface Tally {
  /** The log, with everything that passes it counted: cheaper than reading each record again. */
  readonly audit: AuditLayer;
  counts(): Omit<Status["counts"], "waiting" | "incidents" | "paused">;
}

/** A decision counts once it is durable, and by its last word: an `ask` that nobody could answer is a denial, once its outcome says so. */
export function tallyOf(log: AuditLayer): Tally {
  const effects: { [effect in Effect]: number } = { permit: 0, ask: 0, deny: 0 };
  let masked = 0;

  const counted = (entry: Entry): Entry => {
    let effect: Effect | undefined;
    return {
      async decided(request, decision, inspection) {
        await entry.decided(request, decision, inspection);
        effect = decision.effect;
        effects[effect]++;
      },
      close(outcome) {
        entry.close(outcome);
        const last = lastWord(outcome);
        if (effect === "ask" && last !== "ask") {
          effects.ask--;
          effects[last]++;
        }
        if (outcome.status === "done" && hasMasked(outcome.verdict.decision.reasons)) masked++;
      },
    };
  };

  return {
    audit: { open: (request) => counted(log.open(request)) },
    counts: () => ({ requests: effects.permit + effects.ask + effects.deny, permitted: effects.permit, asked: effects.ask, denied: effects.deny, masked }),
  };
}

function lastWord(outcome: Outcome): Effect {
  return outcome.status === "done" && outcome.verdict.decision.effect === "deny" ? "deny" : outcome.decision.effect;
}
