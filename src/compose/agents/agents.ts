import type { AuditLog } from "../../audit/log.ts";
import type { Config } from "../../config/index.ts";
import { withoutAbsent } from "../../core/without-absent.ts";
import { type Phases, type Subject, withTool } from "../../oversight/index.ts";
import { ALL, type Switch } from "../../oversight/switch.ts";
import { describePolicy, type Policy } from "../../permission/index.ts";
import type { AgentBudget, AgentForm, Agents, MoveForm, ToolPhase } from "../../surfaces/api/index.ts";
import type { Incidents } from "../../watch/index.ts";
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
  const standing = (subject: Subject): Omit<ToolPhase, "tool"> & Pick<AgentForm, "graduated"> => {
    const { phase, graduated, since, criteria, proposed, incident } = phases.standing(subject);
    return {
      phase,
      graduated,
      since: iso(since),
      criteria: [...criteria],
      ...(proposed === undefined ? {} : { proposed }),
      ...(incident === undefined ? {} : { incident: { at: iso(incident.at), cause: incident.cause } }),
    };
  };
  const toolPhases = (agent: string): readonly ToolPhase[] =>
    phases.tools(agent).map((tool) => {
      const { graduated: _, ...own } = standing(withTool(agent, tool));
      return { tool, ...own };
    });
  const subjectOf = (agent: string, tool: string | undefined): Subject => (tool === undefined ? agent : withTool(agent, current().policy.tools.id(tool)));
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
          const tools = toolPhases(one.agent);
          return {
            ...one,
            ...standing(one.agent),
            ...(tools.length === 0 ? {} : { tools: [...tools] }),
            ...(role === undefined ? {} : { role }),
            ...lists,
            ...(spent.length === 0 ? {} : { budgets: [...spent] }),
          };
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
      const of = (tool: string | undefined): readonly MoveForm[] =>
        phases
          .standing(tool === undefined ? agent : withTool(agent, tool))
          .history.map((move) => ({ ...move, ...withoutAbsent({ tool }), at: iso(move.at), forced: move.forced === true, criteria: [...move.criteria] }));
      const moves = [undefined, ...phases.tools(agent)]
        .flatMap(of)
        .toReversed()
        .sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
      return names().includes(agent) || moves.length > 0 ? moves : undefined;
    },
    async promote(agent, { tool, ...step }) {
      const moved = await phases.promote(subjectOf(agent, tool), step);
      return "refused" in moved ? moved : undefined;
    },
    async demote(agent, { tool, ...step }) {
      const moved = await phases.demote(subjectOf(agent, tool), step);
      return "refused" in moved ? moved : undefined;
    },
  };
}

/** The cause of what an operator stopped. */
const PAUSED = "agents/paused";

const iso = (time: number): string => new Date(time).toISOString();
