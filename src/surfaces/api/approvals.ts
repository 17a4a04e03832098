import { z } from "zod";
import { CHATS } from "../../core/decision.ts";
import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import type { Principal } from "../../core/request.ts";
import { countedForm, label, reason } from "./forms.ts";
import type { Caller } from "./route.ts";

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
    risk: z.enum(["high", "medium", "low"]).meta({ description: "in which order to look at them" }),
    shape: z.string().meta({ description: "the same where one look may answer several together" }),
    reason: z.string().meta({ description: "why a person is asked" }),
    reasons: z.array(reason),
    needs: z
      .array(z.object({ approvers: z.array(z.string()), count: z.int() }))
      .meta({ description: "whom rules want to be asked, and whom it was escalated to; none: one person who may answer" }),
    escalated: z.array(z.string()).optional().meta({ description: "roles that may answer as well, because nobody did in time" }),
    labels: label,
    surface: z.string(),
    request: z.string().meta({ description: "the decision in the log" }),
    asked_at: time,
    expires_at: time,
    answers: z.array(
      z.object({
        by: z.string(),
        at: time,
        action: z.enum(["approve", "edit", "reject"]),
        reason: z.string().optional(),
        passkey: z.string().optional().meta({ description: "the passkey that has signed the answer, by the hash of its credential's id" }),
        via: z
          .enum(CHATS)
          .optional()
          .meta({ description: "where it was given, if in a chat: `elicitation` is the agent's own client, in which its user answers" }),
        took: z.int().optional().meta({ description: "milliseconds in which the person can have looked at it, at most" }),
      }),
    ),
    remarks: z
      .array(z.object({ from: z.enum(["person", "agent"]), by: z.string(), at: time, text: z.string() }))
      .optional()
      .meta({ description: "what people asked about it, and what its agent said: its own words, which may be meant to persuade" }),
    files: z
      .array(z.object({ path: z.string(), is: z.string() }))
      .optional()
      .meta({ description: "what a command leads to on this machine: where each name leads, and a hash of what lies there. What is exchanged is asked anew" }),
    counted: countedForm.optional(),
    uses: z.array(
      z.object({ stage: z.enum(["proposed", "performed"]), request: z.string(), at: time, outcome: z.enum(["done", "denied", "unknown"]).optional() }),
    ),
    control: z
      .enum(["caught", "missed", "changed", "unanswered"])
      .optional()
      .meta({ description: "set once it is answered or over, where it was planted: no agent had asked it, and nothing comes of it" }),
    left_out: z.literal(true).optional().meta({
      description: "in a list, where it is too long for one: its arguments, content and files stand in the question itself, `/api/v1/approvals/{id}`",
    }),
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
    action: z.enum(["approve", "edit", "reject", "ask"]).meta({ description: "`ask`: nothing is answered; `reason` is put to the agent behind it" }),
    args: z.custom<JsonObject>((given) => isObject(given as Json), "must be an object").optional(),
    reason: z.string().min(1).max(2000).optional(),
    digest: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional()
      .meta({ description: "of what was looked at; refused where it is not this any more. Needed to approve what another approver has changed" }),
  })
  .refine(({ action, args }) => (action === "edit") === (args !== undefined), { message: "`args` belong to `edit`, and only there", path: ["args"] })
  .refine(({ action, reason }) => action !== "ask" || reason !== undefined, { message: "is what you ask", path: ["reason"] })
  .meta({ id: "AnswerBody" });

const MOST_TOGETHER = 50;

export const answersBody = z
  .strictObject({
    action: z.enum(["approve", "reject"]),
    reason: z.string().min(1).max(2000).optional(),
    answers: z
      .array(z.strictObject({ id: z.string(), digest: z.string().regex(/^[0-9a-f]{64}$/) }))
      .min(1)
      .max(MOST_TOGETHER)
      .refine((given) => new Set(given.map(({ id }) => id)).size === given.length, "each question once")
      .meta({ description: "questions of one shape, each as it was looked at" }),
  })
  .meta({ id: "AnswersBody" });
export const answersAnswer = z
  .array(z.object({ id: z.string(), approval: approvalForm.optional(), refused: z.string().optional(), text: z.string().optional() }))
  .meta({ id: "Answers" });
export interface AnsweredOne {
  readonly id: string;
  readonly approval?: ApprovalForm;
  readonly refused?: string;
  readonly text?: string;
}

export const ticketForm = z
  .object({
    ticket: z.string(),
    state: z.enum(STATES),
    expires_at: time,
    remarks: z
      .array(z.object({ from: z.enum(["person", "agent"]), at: time, text: z.string() }))
      .optional()
      .meta({ description: "what a person wants to know before they answer, and what was said" }),
  })
  .meta({ id: "Ticket" });
export type TicketForm = z.infer<typeof ticketForm>;

export const explainBody = z.strictObject({ text: z.string().min(1).max(2000) }).meta({ id: "ExplainBody" });

const attentionForm = z
  .object({
    person: z.string(),
    answers: z.int().meta({ description: "of the last ones" }),
    approved: z.int(),
    median_ms: z.number().meta({ description: "how long they can have looked at most, in the middle" }),
    caught: z.int().meta({ description: "planted questions that they rejected" }),
    missed: z.int().meta({ description: "planted questions that they approved" }),
    warning: z
      .enum(["approves-unseen", "missed-control"])
      .optional()
      .meta({ description: "while it stands, their answers are no evidence for a looser phase" }),
  })
  .meta({ id: "AttentionOf" });
export type AttentionForm = z.infer<typeof attentionForm>;
export const attentionAnswer = z.object({ own: attentionForm, all: z.array(attentionForm) }).meta({ id: "Attention" });

export const ruleDraft = z
  .object({
    replaces: z.array(z.string()).meta({ description: "the rules that it takes the place of; none: it is a new one" }),
    yaml: z.string().meta({ description: "to be read, and pasted into the configuration" }),
    diff: z.string(),
    holds: z.boolean().meta({ description: "its test passes with the configuration in force" }),
    because: z.string().optional().meta({ description: "what else keeps the test from passing" }),
  })
  .meta({ id: "RuleDraft" });
export type RuleDraft = z.infer<typeof ruleDraft>;

/** Who answers, and with which passkey. */
export type Answering = Pick<Caller, "name" | "passkey">;

/** What the API needs of whoever keeps the questions. People are named as they logged in; what they may is for the other side to say. */
export interface Approvals {
  /** The newest first. */
  list(limit: number, which?: "pending"): Promise<readonly ApprovalForm[]>;
  /** `person`: who is shown it. */
  get(id: string, person?: string): Promise<ApprovalForm | undefined>;
  /** One answer to several of the same shape: each is bound to what it was, and has its own receipt. */
  answerAll(by: Answering, body: z.infer<typeof answersBody>): Promise<readonly AnsweredOne[] | { readonly refused: string; readonly text: string }>;
  /** What was said of it, as a rule; nothing is changed. */
  rule(id: string): Promise<RuleDraft | { readonly refused: string } | undefined>;
  attention(person: string): z.infer<typeof attentionAnswer>;
  answer(
    id: string,
    by: Answering,
    answer: { readonly action: "approve" | "edit" | "reject" | "ask"; readonly args?: JsonObject; readonly reason?: string; readonly digest?: string },
  ): Promise<{ readonly approval: ApprovalForm } | { readonly refused: string; readonly text: string }>;
  /** What an agent may know of its own question; undefined for everybody else. */
  ticket(id: string, principal: Principal): Promise<TicketForm | undefined>;
  /** What an agent says of its own question. */
  explain(id: string, principal: Principal, text: string): Promise<{ readonly ticket: TicketForm } | { readonly refused: string; readonly text: string }>;
  follow(changed: () => void): () => void;
  waiting(): number;
}
