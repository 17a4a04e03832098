import type { AuditLog } from "../audit/log.ts";
import type { Config } from "../config/index.ts";
import type { Phases } from "../oversight/index.ts";
import { ALL, type Switch } from "../oversight/switch.ts";
import { describePolicy, type Policy } from "../permission/index.ts";
import type { AgentBudget, AgentForm, Agents } from "../surfaces/api/index.ts";
import type { Incidents } from "../watch/index.ts";
import { pausingOf } from "./kill-switch.ts";

export interface AgentParts {
  readonly current: () => { readonly config: Config; readonly policy: Policy };
  readonly held: Switch;
  readonly phases: Phases;
  readonly incidents: Pick<Incidents, "seen">;
  readonly audit: Pick<AuditLog, "system">;
  /** What each has spent. */
  readonly budgets?: (agent: string) => readonly AgentBudget[];
}

/** The agents as operators see them: what they may do, how much of it a person sees first, and whether they work at all. */
export function agentsOf({ current, held, phases, incidents, audit, budgets = () => [] }: AgentParts): Agents {
  const names = (): readonly string[] => [...current().policy.agents.keys()];
  const pausing = pausingOf(held, names, audit);
  const standing = (agent: string): Pick<AgentForm, "phase" | "graduated" | "since" | "criteria" | "proposed" | "incident"> => {
    const { phase, graduated, since, criteria, proposed, incident } = phases.standing(agent);
    return {
      phase,
      graduated,
      since: iso(since),
      criteria: [...criteria],
      ...(proposed === undefined ? {} : { proposed }),
      ...(incident === undefined ? {} : { incident: { at: iso(incident.at), cause: incident.cause } }),
    };
  };
  return {
    list() {
      const { config, policy } = current();
      const described = new Map(describePolicy(config, policy).agents.map((one) => [one.agent, one]));
      const { all, agents } = pausing.list();
      return {
        ...(all === undefined ? {} : { all }),
        agents: agents.map((one) => {
          const { role, models = [], read = [], write = [], deny = [] } = described.get(one.agent) ?? {};
          const lists = { models: [...models], read: [...read], write: [...write], deny: [...deny] };
          const spent = budgets(one.agent);
          return { ...one, ...standing(one.agent), ...(role === undefined ? {} : { role }), ...lists, ...(spent.length === 0 ? {} : { budgets: [...spent] }) };
        }),
      };
    },
    async pause(agent, by, reason) {
      // Whoever pulls the switch has seen something: the agent is not trusted as before once it works again.
      const fallen = agent === ALL ? names() : [agent];
      const [there] = await Promise.all([pausing.pause(agent, by, reason), ...fallen.map((one) => phases.fell(one, PAUSED))]);
      if (there) await incidents.seen(agent, PAUSED, undefined);
      return there;
    },
    resume: (agent, by, reason) => pausing.resume(agent, by, reason),
    history(agent) {
      const moves = phases.standing(agent).history.map((move) => ({ ...move, at: iso(move.at), forced: move.forced === true, criteria: [...move.criteria] }));
      return names().includes(agent) || moves.length > 0 ? moves.toReversed() : undefined;
    },
    async promote(agent, step) {
      const moved = await phases.promote(agent, step);
      return "refused" in moved ? moved : undefined;
    },
    async demote(agent, step) {
      const moved = await phases.demote(agent, step);
      return "refused" in moved ? moved : undefined;
    },
  };
}

/** The cause of what an operator stopped. */
const PAUSED = "agents/paused";

const iso = (time: number): string => new Date(time).toISOString();
