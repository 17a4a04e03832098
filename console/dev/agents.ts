import { Hono } from "hono";
import { agentsOf } from "../../src/compose/agents/agents.ts";
import { outOfTheBox } from "../../src/config/index.ts";
import type { Phase } from "../../src/core/phase.ts";
import { openPhases, type Phases, withTool } from "../../src/oversight/index.ts";
import { openSwitch } from "../../src/oversight/switch.ts";
import { compilePolicy } from "../../src/permission/index.ts";
import type { AgentBudget } from "../../src/surfaces/api/index.ts";

export interface Crew {
  /** The agents' routes of the API. */
  readonly app: Hono;
  readonly phases: Phases;
}

const DAY = 86_400_000;
const NAMES: { readonly [agent: string]: Phase } = { support: "supervised", finance: "spot-checked", notes: "shadow" };

/** One agent has earned a step with one tool. */
const NOTE = withTool("support", "crm.update_customer");

/** The gateway's own phases and kill switch over memory, behind the routes that the API has. Eight days have passed. */
export async function crew(operator: string, budgets: readonly AgentBudget[] = []): Promise<Crew> {
  const base = outOfTheBox();
  const [first] = Object.values(base.agents);
  if (first === undefined) throw new Error("no agent out of the box");
  const role = { read: ["crm.*", "mail.read_inbox"], write: ["crm.update_customer", "mail.send"], deny: ["finance.*", "admin.*"] };
  const config = {
    ...base,
    roles: { clerk: role },
    agents: Object.fromEntries(Object.entries(NAMES).map(([name, autonomy]) => [name, { ...first, role: "clerk", autonomy }])),
  };
  const compiled = compilePolicy(config);
  if (!compiled.ok) throw new Error("the fixture's policy does not compile");
  let began = true;
  const now = (): number => Date.now() - (began ? 8 * DAY : 0);
  const phases = await openPhases({
    store: { load: async () => [], save: async () => {} },
    clock: { now, monotonic: () => performance.now(), timer: () => () => {} },
    configured: (subject) => ({ ...NAMES, [NOTE]: "supervised" as const })[subject],
    subjects: () => [...Object.keys(NAMES), NOTE],
    thresholds: () => config.oversight.promotion,
    counts: () => true,
    record: async () => {},
  });
  began = false;
  for (let n = 0; n < 60; n++) {
    phases.ended("support", "crm.update_customer", "done");
    phases.answered("support", "crm.update_customer", "ben", "agreed");
    phases.ended("support", undefined, "done");
    phases.answered("support", undefined, "ben", n === 7 ? "changed" : "agreed");
    if (n < 20) phases.ended("finance", undefined, n === 3 ? "failed" : "done");
  }
  const held = await openSwitch({ load: async () => [], save: async () => {}, remove: async () => {} }, Date.now);
  const agents = agentsOf({
    current: () => ({ config, policy: compiled.policy }),
    held,
    phases,
    incidents: { seen: async () => {} },
    audit: { system: async () => {} },
    budgets: () => budgets,
  });
  const one = (name: string) => ({ ...agents.list().agents.find(({ agent }) => agent === name), history: agents.history(name) });
  const problem = (title: string, status: 404 | 409) => ({ type: "about:blank", title, status, code: "denied" });
  const app = new Hono();
  app.get("/api/v1/agents", (c) => c.json(agents.list()));
  app.get("/api/v1/agents/:id", (c) =>
    agents.history(c.req.param("id")) === undefined ? c.json(problem("there is no agent of this name", 404), 404) : c.json(one(c.req.param("id"))),
  );
  for (const what of ["pause", "resume"] as const)
    app.post(`/api/v1/agents/:id/${what}`, async (c) => {
      const { reason } = (await c.req.json()) as { reason: string };
      return (await agents[what](c.req.param("id"), operator, reason)) ? c.json(agents.list()) : c.json(problem("this is not paused", 404), 404);
    });
  for (const what of ["promote", "demote"] as const)
    app.post(`/api/v1/agents/:id/${what}`, async (c) => {
      const { reason, tool, to, force } = (await c.req.json()) as { reason: string; tool?: string; to?: Phase; force?: boolean };
      const refused = await agents[what](c.req.param("id"), {
        by: operator,
        reason,
        ...(tool === undefined ? {} : { tool }),
        ...(to === undefined ? {} : { to }),
        forced: force === true,
      });
      return refused === undefined ? c.json(one(c.req.param("id"))) : c.json(problem(refused.text, 409), 409);
    });
  return { app, phases };
}
