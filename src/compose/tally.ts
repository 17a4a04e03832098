import type { AuditLog } from "../audit/log.ts";
import type { Effect } from "../core/decision.ts";
import type { Status } from "../surfaces/api/index.ts";

/** The decisions of this run, counted as they are recorded: the console's first numbers. */
export interface Tally {
  counts(): Status["counts"];
}

export function tallyOf(log: AuditLog): Tally {
  const effects: { [effect in Effect]: number } = { permit: 0, ask: 0, deny: 0 };
  let masked = 0;
  log.subscribe((record) => {
    if (record.kind === "intent") effects[record.effect]++;
    else if (
      record.kind === "outcome" &&
      record.reasons?.some(({ id, effect, would }) => effect === "permit" && would === undefined && id.startsWith("detectors/")) === true
    )
      masked++;
  });
  return {
    counts: () => ({ requests: effects.permit + effects.ask + effects.deny, permitted: effects.permit, asked: effects.ask, denied: effects.deny, masked }),
  };
}
