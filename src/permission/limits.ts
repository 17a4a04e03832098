import { type Budget, UNITS } from "./budget/ledger.ts";
import type { Policy } from "./policy.ts";
import type { AgentPolicyConfig, RateConfig, ShareConfig } from "./policy-config.ts";

/** Whose requests are counted together. Of a tool, all that are called by the agent. */
export type Per = "key" | "user" | "session" | "agent" | "tool";

/** What counts: what a client sends (`requests`), every action, the tool calls of an answer included, those that leave the house, or what connects to the outside. */
export type Counts = "requests" | "actions" | "external" | "connections";

interface Limited {
  /** Its path below `limits`, and the end of its reason's id. */
  readonly id: string;
  readonly per: Per;
  /** Only for tools that this names. */
  readonly tool?: string;
  readonly limit: RateConfig;
}
export interface RateLimit extends Limited {
  readonly counts: Counts;
}
export type BudgetLimit = Limited & Omit<Budget, "agent">;

/** Every limit that an agent's configuration sets, one by one. */
export function limitsOf(limits: AgentPolicyConfig["limits"]): { readonly rates: readonly RateLimit[]; readonly budgets: readonly BudgetLimit[] } {
  const rates: RateLimit[] = [];
  const budgets: BudgetLimit[] = [];
  const rate = (id: string, per: Per, counts: Counts, limit: RateConfig | undefined, tool?: string): void => {
    if (limit !== undefined) rates.push({ id, per, counts, limit, ...(tool === undefined ? {} : { tool }) });
  };
  const share = (path: string, per: Per, { requests, actions, external, budget = {} }: ShareConfig, tool?: string): void => {
    rate(`${path}requests`, per, "requests", requests, tool);
    rate(`${path}actions`, per, "actions", actions, tool);
    rate(`${path}external`, per, "external", external, tool);
    for (const unit of UNITS) {
      const limit = budget[unit];
      if (limit !== undefined) budgets.push({ id: `${path}budget/${unit}`, per, unit, limit, ...(tool === undefined ? {} : { tool }) });
    }
  };
  rate("requests", "key", "requests", limits.requests);
  rate("requests_per_user", "user", "requests", limits.requests_per_user);
  rate("requests_per_agent", "agent", "requests", limits.requests_per_agent);
  rate("connections", "agent", "connections", limits.connections);
  const { requests: _ofKeys, ...ofAgent } = limits;
  share("", "agent", ofAgent);
  for (const per of ["key", "user", "session"] as const) share(`${per}/`, per, limits[per] ?? {});
  for (const [tool, own] of Object.entries(limits.tool ?? {})) share(`tool/${tool}/`, "tool", own, tool);
  return { rates, budgets };
}

/** The budgets of one agent; `shared` ones have one account for all callers. */
export function budgetsOf(policy: Policy, agent: string): readonly (BudgetLimit & Budget & { readonly shared: boolean })[] {
  const limits = policy.agents.get(agent)?.limits;
  return limits === undefined ? [] : limitsOf(limits).budgets.map((budget) => ({ ...budget, agent, shared: budget.per === "agent" || budget.per === "tool" }));
}
