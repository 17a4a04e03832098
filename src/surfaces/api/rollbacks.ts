import { z } from "zod";
import type { Principal } from "../../core/request.ts";
import { faultOf } from "../fault.ts";
import { Refusal } from "../http/refusal.ts";
import { reason } from "./agents.ts";
import { notFound, refuse } from "./problem.ts";
import { type ApiRoute, ok } from "./route.ts";

const time = z.iso.datetime();
const value = z.record(z.string(), z.unknown());
const MOST_LISTED = 500;

const stepForm = z
  .object({
    number: z.int(),
    tool: z.string(),
    request: z.string().meta({ description: "the decision in the log" }),
    at: time,
    state: z.enum(["open", "undone", "refused", "failed", "unknown", "impossible"]).meta({
      description:
        "`open`: done, and can be undone; `refused`: not undone, nothing was done, another run tries again; `failed`: its tool said that it could not; `unknown`: nobody saw whether it was done, or undone; `impossible`: what undoing it needs is not known",
    }),
    why: z.string().optional(),
    undo: z.object({ call: z.string(), args: value.optional() }).optional().meta({ description: "the call that undoes it; its arguments for operators only" }),
    left: z.boolean().meta({ description: "true where a person should look at it, and nobody has said so far that they have" }),
    settled: z.object({ by: z.string(), reason: z.string(), at: time }).optional(),
    undone_by: z.string().optional().meta({ description: "the decision in the log that undid it, or tried" }),
  })
  .meta({ id: "UndoStep" });

/** What a task did that can be undone, and what became of that. */
export const rollbackForm = z
  .object({
    id: z.string(),
    agent: z.string(),
    user: z.string().optional(),
    session: z.string().optional(),
    key: z.string().optional(),
    opened_at: time,
    state: z.enum(["open", "running", "over"]).meta({ description: "`over`: a rollback was run; what it could not undo is in `steps`" }),
    by: z.string().optional(),
    reason: z.string().optional(),
    began_at: time.optional(),
    ended_at: time.optional(),
    left: z.int().meta({ description: "how many steps of a rollback a person should look at" }),
    counts: z.record(z.string(), z.int()).meta({ description: "how many steps are in which state" }),
    steps: z.array(stepForm).optional(),
  })
  .meta({ id: "Rollback" });
export type RollbackForm = z.infer<typeof rollbackForm>;

const runBody = z
  .strictObject({ reason, from: z.int().min(1).optional().meta({ description: "the first step that is undone; those before it stay" }) })
  .meta({ id: "RollbackBody" });
const settleBody = z.strictObject({ step: z.int().min(1), reason }).meta({ id: "SettleBody" });
const ownBody = z
  .strictObject({
    reason,
    session: z
      .string()
      .regex(/^[\w.@:+-]{1,128}$/)
      .optional()
      .meta({ description: "the conversation that failed, as the caller declares it; left out: all that its key does without one" }),
  })
  .meta({ id: "OwnRollbackBody" });

/** What the API needs of whoever undoes. A run that does not end soon is answered while it is `running`. */
export interface RollbackCalls {
  /** The newest first, without steps. */
  list(limit: number): Promise<readonly RollbackForm[]>;
  get(id: string): Promise<RollbackForm | undefined>;
  /** Undefined where there is no such task. */
  run(id: string, by: string, reason: string, from?: number): Promise<RollbackForm | undefined>;
  /** A person has looked at a step that was left. Undefined where there is no such step, or nothing is left of it. */
  settle(id: string, step: number, by: string, reason: string): Promise<RollbackForm | undefined>;
  /** The caller's own task that goes on now, and nobody else's. Undefined where it has none. */
  runOwn(principal: Principal, session: string | undefined, reason: string): Promise<RollbackForm | undefined>;
}

export function rollbackRoutes(rollbacks: RollbackCalls): readonly ApiRoute[] {
  const looks = "shows an operator what can be undone; agents' credentials do not reach it";
  return [
    {
      method: "GET",
      path: "/api/v1/rollbacks",
      summary: "Tasks whose effects can be undone, newest first.",
      guarded: false,
      because: looks,
      answer: z.array(rollbackForm),
      access: { needs: "operator", run: async () => ok(await rollbacks.list(MOST_LISTED)) },
    },
    {
      method: "GET",
      path: "/api/v1/rollbacks/:id",
      summary: "One task: every effect, and how it is or was undone.",
      guarded: false,
      because: looks,
      answer: rollbackForm,
      access: {
        needs: "operator",
        async run({ params }) {
          const found = await rollbacks.get(params["id"] ?? "");
          if (found === undefined) throw notFound("there is no task of this id");
          return ok(found);
        },
      },
    },
    {
      method: "POST",
      path: "/api/v1/rollbacks/:id",
      summary: "Undoes what a task did, from its last effect back, each at most once.",
      guarded: true,
      body: runBody,
      stepUp: "action",
      answer: rollbackForm,
      access: {
        needs: "operator",
        async run({ params, body }, { name }) {
          const read = runBody.safeParse(body);
          if (!read.success) return refuse(faultOf(read.error));
          const ran = await rollbacks.run(params["id"] ?? "", name, read.data.reason, read.data.from);
          if (ran === undefined) throw notFound("there is no task of this id");
          return { status: ran.state === "running" ? 202 : 200, body: ran };
        },
      },
    },
    {
      method: "POST",
      path: "/api/v1/rollbacks/:id/settle",
      summary: "Says that a person has looked at a step that a rollback left. It stays what it is.",
      guarded: false,
      because: "an operator notes that they have looked; nothing is done, and agents' credentials do not reach it",
      body: settleBody,
      stepUp: "action",
      answer: rollbackForm,
      access: {
        needs: "operator",
        async run({ params, body }, { name }) {
          const read = settleBody.safeParse(body);
          if (!read.success) return refuse(faultOf(read.error));
          const settled = await rollbacks.settle(params["id"] ?? "", read.data.step, name, read.data.reason);
          if (settled === undefined) throw notFound("this task has no such step that a rollback left");
          return ok(settled);
        },
      },
    },
    {
      method: "POST",
      path: "/api/v1/rollback",
      summary: "Says that the caller's own task has failed: what it did is undone.",
      guarded: true,
      body: ownBody,
      answer: rollbackForm,
      access: {
        needs: "key",
        async run({ body }, principal) {
          const read = ownBody.safeParse(body);
          if (!read.success) return refuse(faultOf(read.error));
          const { session } = read.data;
          if (principal.session !== undefined && session !== undefined && session !== principal.session)
            throw new Refusal(403, "forbidden", "`session` is not the one that the key belongs to");
          const ran = await rollbacks.runOwn(principal, principal.session ?? session, read.data.reason);
          if (ran === undefined) throw notFound("this task did nothing that can be undone");
          return { status: ran.state === "running" ? 202 : 200, body: ran };
        },
      },
    },
  ];
}
