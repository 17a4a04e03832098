import type { AuditLayer } from "../../core/layers.ts";
import type { Outcome } from "../../core/outcome.ts";
import type { Request } from "../../core/request.ts";

/** The log, and whoever must learn how a request ended: exactly what is recorded is told, exactly once, as it was decided. */
export function settling(log: AuditLayer, settle: (request: Request, outcome: Outcome) => void): AuditLayer {
  return {
    open(asked) {
      const entry = log.open(asked);
      let request = asked;
      return {
        decided(decided, decision, inspection) {
          request = decided;
          return entry.decided(decided, decision, inspection);
        },
        close(outcome) {
          entry.close(outcome);
          settle(request, outcome);
        },
      };
    },
  };
}
