import type { Config } from "../../config/index.ts";
import { HoldfastError } from "../../core/errors.ts";
import { isObject, type Json } from "../../core/json.ts";
import type { AuditLayer } from "../../core/layers.ts";
import { PHASES, type Phase } from "../../core/phase.ts";
import type { Request } from "../../core/request.ts";
import { incidentIn, type Kept, type PhaseOptions, type Phases, partsOf, type Subject, withTool } from "../../oversight/index.ts";
import { agentFails } from "../../permission/index.ts";
import type { Documents } from "../../vault/documents.ts";
import type { Incidents } from "../../watch/index.ts";
import { isOwn } from "../own-call.ts";
import { settling } from "../records/settling.ts";

const COLLECTION = "autonomy";
const keyOf = (subject: Subject): string => `agent-${subject}`;

/** The phase that configuration gives an agent, or an agent with one tool; undefined where there is no such agent. */
export function startingPhase({ agents }: Pick<Config, "agents">, subject: Subject): Phase | "none" | undefined {
  const { agent, tool } = partsOf(subject);
  if (!Object.hasOwn(agents, agent)) return undefined;
  const said = agents[agent]?.autonomy;
  if (tool === undefined) return (typeof said === "object" ? said.agent : said) ?? "none";
  return typeof said === "object" && Object.hasOwn(said.tools, tool) ? (said.tools[tool] as Phase) : "none";
}

/** The phase where nothing is kept: what configuration begins with. */
export function firstPhase(config: Pick<Config, "agents">, agent: string, tool: string | undefined): Phase {
  const whole = startingPhase(config, agent);
  const own = tool === undefined || whole === "shadow" ? "none" : startingPhase(config, withTool(agent, tool));
  return ([own, whole].find((phase) => phase !== undefined && phase !== "none") as Phase | undefined) ?? "exception-based";
}

/** Every agent, and every tool that configuration gives a phase of its own. */
export const graduated = ({ agents }: Pick<Config, "agents">): readonly Subject[] =>
  Object.entries(agents).flatMap(([agent, { autonomy }]) => [
    agent,
    ...(typeof autonomy === "object" ? Object.keys(autonomy.tools).map((tool) => withTool(agent, tool)) : []),
  ]);

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
export function watched(
  log: AuditLayer,
  phases: Phases,
  incidents: Pick<Incidents, "seen">,
  isWrite: (request: Request) => boolean,
  toolOf: (request: Request) => string | undefined,
): AuditLayer {
  const counted = settling(log, (request, outcome) => {
    const { agent } = request.principal;
    const tool = toolOf(request);
    if (outcome.status === "pending" || !isWrite(request)) return;
    if (outcome.status === "done") phases.ended(agent, tool, "done");
    else if (outcome.status === "failed" && agentFails(outcome.code)) phases.ended(agent, tool, "failed");
    else if (outcome.decision.reasons.some(({ id, would }) => id === "autonomy/shadow" && would !== undefined)) phases.ended(agent, tool, "done");
  });
  return {
    open(asked) {
      if (isOwn(asked.context.surface)) return log.open(asked);
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
