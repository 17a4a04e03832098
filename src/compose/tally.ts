import { hasMasked } from "../audit/history.ts";
import type { AuditLog } from "../audit/log.ts";
import type { Effect } from "../core/decision.ts";
import type { Status } from "../surfaces/api/index.ts";

/** The decisions of this run, counted as they are recorded: the console's first numbers. */
export interface Tally {
  counts(): Status["counts"];
}

/** A decision counts by its last word: an `ask` that nobody could answer is a denial, once its outcome says so. */
export function tallyOf(log: AuditLog): Tally {
  const effects: { [effect in Effect]: number } = { permit: 0, ask: 0, deny: 0 };
  const asked = new Map<number, Effect>();
  let masked = 0;
  log.subscribe((record) => {
    if (record.kind === "intent") {
      effects[record.effect]++;
      if (asked.size < MOST_ASKED && record.effect === "ask") asked.set(record.seq, record.effect);
    }
    if (record.kind !== "outcome") return;
    const before = asked.get(record.intent);
    asked.delete(record.intent);
    if (before !== undefined && record.effect !== undefined) {
      effects[before]--;
      effects[record.effect]++;
    }
    if (hasMasked(record.reasons ?? [])) masked++;
  });
  return {
    counts: () => ({ requests: effects.permit + effects.ask + effects.deny, permitted: effects.permit, asked: effects.ask, denied: effects.deny, masked }),
  };
}

/** Questions whose outcome may change their count; far more are never open at once. */
const MOST_ASKED = 10_000;
