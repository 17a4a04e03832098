import { z } from "zod";
import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import type { Principal } from "../../core/request.ts";
import { label, reason } from "./forms.ts";

const STATES = ["pending", "approved", "rejected", "expired", "void", "used", "done", "unknown"] as const;
const MOST_LISTED = 500;
const time = z.iso.datetime();
const value = z.record(z.string(), z.unknown());

/** A question to people, as the API shows it. `receipt` only where one is asked for by its id. */
export const approvalForm = z
  .object({
    id: z.string(),
    digest: z.string().meta({ description: "of all that would be done; sent with an answer, it is an answer to this and nothing else" }),
    state: z.enum(STATES).meta({
      description:
        "`used`: let through and not over; `void`: what it was about has changed, or was denied after all; `unknown`: it began and nobody saw how it ended, so it is not tried again",
    }),
    agent: z.string(),
    user: z.string().optional(),
    key: z.string().optional(),
    session: z.string().optional(),
    action: z.string(),
    tool: z.string().optional(),
    definition: z.string().optional().meta({ description: "hash of the tool's definition that was in force" }),
    args: value.optional().meta({ description: "what will be done: as the agent asked for it, or as an approver changed it" }),
    before: value.optional().meta({ description: "the agent's own arguments, where an approver changed them" }),
    target: z.object({ type: z.string(), id: z.string() }).optional(),
    content: z.array(z.object({ source: z.string(), text: z.string().optional(), value: z.unknown().optional() })),
    reason: z.string().meta({ description: "why a person is asked" }),
    reasons: z.array(reason),
    needs: z
      .array(z.object({ approvers: z.array(z.string()), count: z.int() }))
      .meta({ description: "whom rules want to be asked; none: one person who may answer" }),
    labels: label,
    surface: z.string(),
    request: z.string().meta({ description: "the decision in the log" }),
    asked_at: time,
    expires_at: time,
    answers: z.array(z.object({ by: z.string(), at: time, action: z.enum(["approve", "edit", "reject"]), reason: z.string().optional() })),
    uses: z.array(
      z.object({ stage: z.enum(["proposed", "performed"]), request: z.string(), at: time, outcome: z.enum(["done", "denied", "unknown"]).optional() }),
    ),
    receipt: z.object({ statement: value, note: z.string() }).optional(),
  })
  .meta({ id: "Approval" });
export type ApprovalForm = Omit<z.infer<typeof approvalForm>, "labels" | "reasons"> & {
  readonly labels: object;
  readonly reasons: readonly object[];
};

export const approvalsQuery = z
  .strictObject({
    state: z.enum(STATES).optional(),
    limit: z.coerce.number().int().min(1).max(MOST_LISTED).default(100),
  })
  .meta({ id: "ApprovalsQuery" });

export const answerBody = z
  .strictObject({
    action: z.enum(["approve", "edit", "reject"]),
    args: z.custom<JsonObject>((given) => isObject(given as Json), "must be an object").optional(),
    reason: z.string().min(1).max(2000).optional(),
    digest: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional()
      .meta({ description: "of what was looked at; refused where it is not this any more" }),
  })
  .refine(({ action, args }) => (action === "edit") === (args !== undefined), { message: "`args` belong to `edit`, and only there", path: ["args"] })
  .meta({ id: "AnswerBody" });

export const ticketForm = z.object({ ticket: z.string(), state: z.enum(STATES), expires_at: time }).meta({ id: "Ticket" });

/** What the API needs of whoever keeps the questions. People are named as they logged in; what they may is for the other side to say. */
export interface Approvals {
  /** The newest first. */
  list(limit: number, which?: "pending"): Promise<readonly ApprovalForm[]>;
  get(id: string): Promise<ApprovalForm | undefined>;
  answer(
    id: string,
    name: string,
    answer: { readonly action: "approve" | "edit" | "reject"; readonly args?: JsonObject; readonly reason?: string; readonly digest?: string },
  ): Promise<{ readonly approval: ApprovalForm } | { readonly refused: string; readonly text: string }>;
  /** What an agent may know of its own question; undefined for everybody else. */
  ticket(id: string, principal: Principal): Promise<z.infer<typeof ticketForm> | undefined>;
  follow(changed: () => void): () => void;
  waiting(): number;
}
