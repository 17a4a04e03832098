import { HoldfastError } from "../core/errors.ts";
import { isObject, type Json } from "../core/json.ts";
import type { AuditLayer } from "../core/layers.ts";
import { PHASES } from "../core/phase.ts";
import type { Request } from "../core/request.ts";
import { incidentIn, type Kept, type PhaseOptions, type Phases } from "../oversight/index.ts";
import { agentFails } from "../permission/index.ts";
import type { Documents } from "../vault/documents.ts";
import type { Incidents } from "../watch/index.ts";
import { ROLLBACK } from "./compensate.ts";
import { settling } from "./settling.ts";

const COLLECTION = "autonomy";
const keyOf = (agent: string): string => `agent-${agent}`;

/** Phases as documents of the store. One that cannot be read is refused: nobody could say what the agent may do unseen. */
export function phaseStore(documents: Documents): PhaseOptions["store"] {
  return {
    load: async () =>
      (await documents.list(COLLECTION)).map(({ key, value }) => {
        if (isKept(value) && keyOf(value.agent) === key) return value;
        throw new HoldfastError("unavailable", "in which phase agents are cannot be read; the store was changed by something else");
      }),
    save: async (kept) => void (await documents.put(COLLECTION, keyOf(kept.agent), kept as unknown as Json)),
  };
}

function isKept(value: Json): value is Json & Kept {
  if (!isObject(value) || typeof value["agent"] !== "string" || typeof value["since"] !== "number" || !Array.isArray(value["history"])) return false;
  const { evidence } = value;
  if (!PHASES.some((phase) => phase === value["phase"]) || !PHASES.some((phase) => phase === value["start"]) || !isObject(evidence)) return false;
  return typeof evidence["calls"] === "number" && typeof evidence["failed"] === "number" && isObject(evidence["answers"]);
}

/**
 * The log, with everything that moves a phase or makes an incident seen as it passes. INVARIANT: that an agent fell is durable before the denial that made it fall is
 * answered, so that no kill between the two leaves it as it was.
 */
export function watched(log: AuditLayer, phases: Phases, incidents: Pick<Incidents, "seen">, isWrite: (request: Request) => boolean): AuditLayer {
  const counted = settling(log, (request, outcome) => {
    const { agent } = request.principal;
    if (outcome.status === "pending" || !isWrite(request)) return;
    if (outcome.status === "done") phases.ended(agent, "done");
    else if (outcome.status === "failed" && agentFails(outcome.code)) phases.ended(agent, "failed");
    else if (outcome.decision.reasons.some(({ id, would }) => id === "autonomy/shadow" && would !== undefined)) phases.ended(agent, "done");
  });
  return {
    open(asked) {
      // What is undone in an agent's name, the agent has not done.
      if (asked.context.surface === ROLLBACK) return log.open(asked);
      const entry = counted.open(asked);
      return {
        ...entry,
        async decided(request, decision, inspection) {
          const cause = incidentIn(decision);
          const { agent } = request.principal;
          if (cause !== undefined) await Promise.all([phases.fell(agent, cause), incidents.seen(agent, cause, request.id)]);
          return entry.decided(request, decision, inspection);
        },
      };
    },
  };
}
