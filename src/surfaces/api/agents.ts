import { z } from "zod";
import { faultOf } from "../fault.ts";
import { notFound, refuse } from "./problem.ts";
import { type ApiRoute, ok } from "./route.ts";

const pauseForm = z.object({ by: z.string(), reason: z.string(), since: z.string() }).meta({ id: "Pause" });

const budgetForm = z
  .object({
    id: z.string().meta({ description: "the reason's id when it is used up; also the configuration path" }),
    scope: z.enum(["agent", "tool", "key", "user", "session"]),
    of: z.string().optional().meta({ description: "which tool, key, user or session: of these last three those that used most" }),
    unit: z.enum(["usd", "tokens", "bytes", "actions", "payments"]),
    used: z.number(),
    reserved: z.number().meta({ description: "by calls that are under way" }),
    limit: z.number(),
    window: z.number().meta({ description: "seconds" }),
    frees_at: z.string().optional().meta({ description: "when the part that was used first is free again" }),
  })
  .meta({ id: "Budget" });
export type AgentBudget = z.infer<typeof budgetForm>;

export const agentsAnswer = z
  .object({
    /** Of all agents at once. */
    all: pauseForm.optional(),
    agents: z.array(z.object({ agent: z.string(), paused: pauseForm.optional(), budgets: z.array(budgetForm).optional() })),
  })
  .meta({ id: "Agents" });
export type AgentList = z.infer<typeof agentsAnswer>;

const reason = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .regex(/^[^\p{Cc}\p{Cf}\u2028\u2029]*$/u, "a reason is one line of plain text");
const pauseBody = z.strictObject({ reason }).meta({ id: "PauseBody" });

/** What the API needs of the kill switch. `*` stands for all agents. */
export interface Agents {
  list(): AgentList;
  /** False where there is no such agent. Durable and on record when it resolves; it holds before. */
  pause(agent: string, by: string, reason: string): Promise<boolean>;
  /** False where it is not paused. */
  resume(agent: string, by: string, reason: string): Promise<boolean>;
}

export function agentRoutes(agents: Agents): readonly ApiRoute[] {
  const change = (what: "pause" | "resume", summary: string, absent: string): ApiRoute => ({
    method: "POST",
    path: `/api/v1/agents/:id/${what}`,
    summary,
    guarded: false,
    because: "an operator stops an agent or lets it go on; agents' credentials do not reach it",
    body: pauseBody,
    answer: agentsAnswer,
    access: {
      needs: "operator",
      async run({ params, body }, operator) {
        const read = pauseBody.safeParse(body);
        if (!read.success) return refuse(faultOf(read.error));
        if (!(await agents[what](params["id"] ?? "", operator.name, read.data.reason))) throw notFound(absent);
        return ok(agents.list());
      },
    },
  });
  return [
    {
      method: "GET",
      path: "/api/v1/agents",
      summary: "The agents, who paused which and why, and what each has spent.",
      guarded: false,
      because: "shows an operator who was paused and what was spent; agents' credentials do not reach it",
      answer: agentsAnswer,
      access: { needs: "operator", run: () => ok(agents.list()) },
    },
    change("pause", "Stops an agent (`*`: all): what it has open ends, and its keys are refused until it is resumed.", "there is no agent of this name"),
    change("resume", "Lets an agent (`*`: all) work again.", "this is not paused"),
  ];
}
