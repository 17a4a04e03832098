import { z } from "zod";
import { PHASES, type Phase } from "../../core/phase.ts";
import { TOOL_NAME } from "../../core/tool-name.ts";
import { withoutAbsent } from "../../core/without-absent.ts";
import { faultOf } from "../fault.ts";
import { Refusal } from "../http/refusal.ts";
import { notFound, refuse } from "./problem.ts";
import { type ApiRoute, ok } from "./route.ts";

const pauseForm = z.object({ by: z.string(), reason: z.string(), since: z.string() }).meta({ id: "Pause" });

const phase = z.enum(PHASES).meta({ description: "how much of what the agent changes a person sees first" });
const criterion = z
  .object({ id: z.enum(["stay", "quiet", "calls", "errors", "decisions", "agreement"]), value: z.number(), wanted: z.number(), met: z.boolean() })
  .meta({
    id: "Criterion",
    description: "`stay` and `quiet` in days, `errors` and `agreement` as shares of 1; `errors` is met at or below what is wanted, the others at or above",
  });
const patterns = z.array(z.string());

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

const standing = {
  phase,
  since: z.string().meta({ description: "when the phase began" }),
  criteria: z.array(criterion).meta({ description: "what the next phase rests on" }),
  proposed: phase.optional().meta({ description: "the next phase, where every criterion is met: a person may take the step" }),
  incident: z.object({ at: z.string(), cause: z.string() }).optional(),
};
const toolPhase = z.object({ tool: z.string(), ...standing }).meta({ id: "ToolPhase" });
export type ToolPhase = z.infer<typeof toolPhase>;

const agentForm = z
  .object({
    agent: z.string(),
    paused: pauseForm.optional(),
    ...standing,
    graduated: z.boolean().meta({ description: "false where neither configuration nor a person gave it a phase: then no incident moves it" }),
    tools: z
      .array(toolPhase)
      .optional()
      .meta({ description: "tools with which the agent has a phase of its own; in its shadow phase it does nothing, with any tool" }),
    role: z.string().optional(),
    models: patterns,
    read: patterns,
    write: patterns,
    deny: patterns,
    budgets: z.array(budgetForm).optional(),
  })
  .meta({ id: "Agent" });

export const agentsAnswer = z
  .object({
    /** Of all agents at once. */
    all: pauseForm.optional(),
    agents: z.array(agentForm),
  })
  .meta({ id: "Agents" });
export type AgentList = z.infer<typeof agentsAnswer>;
export type AgentForm = z.infer<typeof agentForm>;

const moveForm = z
  .object({
    at: z.string(),
    tool: z.string().optional(),
    from: phase,
    to: phase,
    by: z.string(),
    reason: z.string(),
    forced: z.boolean(),
    criteria: z.array(criterion),
  })
  .meta({ id: "Move" });
export type MoveForm = z.infer<typeof moveForm>;
const agentAnswer = agentForm
  .extend({ history: z.array(moveForm).meta({ description: "the newest first; the log has all of them" }) })
  .meta({ id: "AgentWithHistory" });

/** Why an operator, or a client, wants something done: one line. */
export const reason = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .regex(/^[^\p{Cc}\p{Cf}\u2028\u2029]*$/u, "a reason is one line of plain text");
const pauseBody = z.strictObject({ reason }).meta({ id: "PauseBody" });
const phaseBody = z
  .strictObject({
    reason,
    tool: z
      .string()
      .regex(TOOL_NAME, "a tool is named `server.tool`")
      .optional()
      .meta({ description: "moves the agent with this tool only, which then has a phase of its own" }),
    to: phase.optional().meta({ description: "another phase than the next; a looser one has to be forced" }),
    force: z.boolean().optional().meta({ description: "although the numbers are not there, or over more than one step" }),
  })
  .meta({ id: "PhaseBody" });

export interface Step {
  readonly by: string;
  readonly reason: string;
  readonly tool?: string;
  readonly to?: Phase;
  readonly forced?: boolean;
}

/** What the API needs of the kill switch and of the phases. `*` stands for all agents where one is paused or resumed. */
export interface Agents {
  list(): AgentList;
  /** False where there is no such agent. Durable and on record when it resolves; it holds before. */
  pause(agent: string, by: string, reason: string): Promise<boolean>;
  /** False where it is not paused. */
  resume(agent: string, by: string, reason: string): Promise<boolean>;
  /** The newest first; undefined where there is no such agent. */
  history(agent: string): readonly MoveForm[] | undefined;
  /** Durable and on record when it resolves. */
  promote(agent: string, step: Step): Promise<Moved>;
  demote(agent: string, step: Step): Promise<Moved>;
}
/** Why a phase was not moved, or nothing. */
export type Moved = { readonly refused: string; readonly text: string } | undefined;

export function agentRoutes(agents: Agents): readonly ApiRoute[] {
  const change = (what: "pause" | "resume", summary: string, absent: string): ApiRoute => ({
    method: "POST",
    path: `/api/v1/agents/:id/${what}`,
    summary,
    guarded: false,
    because: "an operator stops an agent or lets it go on; agents' credentials do not reach it",
    body: pauseBody,
    answer: agentsAnswer,
    // Whoever sees something wrong stops it, also without a passkey at hand; letting it go on can wait for one.
    ...(what === "resume" ? { stepUp: "action" as const } : {}),
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
  const one = (name: string): z.infer<typeof agentAnswer> => {
    const found = agents.list().agents.find(({ agent }) => agent === name);
    if (found === undefined) throw notFound(NO_AGENT);
    return { ...found, history: [...(agents.history(name) ?? [])] };
  };
  const move = (what: "promote" | "demote", summary: string): ApiRoute => ({
    method: "POST",
    path: `/api/v1/agents/:id/${what}`,
    summary,
    guarded: false,
    because: "an operator says how much of what an agent changes is seen first; agents' credentials do not reach it",
    body: phaseBody,
    answer: agentAnswer,
    ...(what === "promote" ? { stepUp: "action" as const } : {}),
    access: {
      needs: "operator",
      async run({ params, body }, operator) {
        const read = phaseBody.safeParse(body);
        if (!read.success) return refuse(faultOf(read.error));
        const { reason: why, tool, to, force } = read.data;
        const name = params["id"] ?? "";
        const refused = await agents[what](name, { by: operator.name, reason: why, ...withoutAbsent({ tool, to, forced: force }) });
        if (refused?.refused === "not-there") throw notFound(NO_AGENT);
        if (refused !== undefined) throw new Refusal(409, "denied", refused.text);
        return ok(one(name));
      },
    },
  });
  return [
    {
      method: "GET",
      path: "/api/v1/agents",
      summary: "The agents: what they may do, how much of it a person sees first, who paused which and why, and what each has spent.",
      guarded: false,
      because: "shows an operator what agents may do and what they spent; agents' credentials do not reach it",
      answer: agentsAnswer,
      access: { needs: "operator", run: () => ok(agents.list()) },
    },
    {
      method: "GET",
      path: "/api/v1/agents/:id",
      summary: "One agent, with the history of its phases.",
      guarded: false,
      because: "shows an operator what an agent may do; agents' credentials do not reach it",
      answer: agentAnswer,
      access: { needs: "operator", run: ({ params }) => ok(one(params["id"] ?? "")) },
    },
    move("promote", "Lets an agent do more without being seen first: one step, when the numbers are there, unless it is forced."),
    move("demote", "Lets an agent do less without being seen first. It holds at once."),
    change("pause", "Stops an agent (`*`: all): what it has open ends, and its keys are refused until it is resumed.", NO_AGENT),
    change("resume", "Lets an agent (`*`: all) work again.", "this is not paused"),
  ];
}

const NO_AGENT = "there is no agent of this name";
