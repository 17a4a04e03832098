/** What the API answers, as schemas: types for the code, and the OpenAPI document. What it takes stands beside each route. */

import { z } from "zod";
import { UNCOUNTED } from "../../core/counted.ts";
import { CHATS, EFFECTS } from "../../core/decision.ts";
import { FINDING_KINDS } from "../../core/detector.ts";
import { CATEGORIES, INTEGRITIES } from "../../core/label.ts";
import { ARGUMENT_SINKS } from "../../core/sink.ts";

const effect = z.enum(EFFECTS);
const count = z.int().min(0);

const counted = {
  by: z.string().meta({ description: "the tool that counted" }),
  records: count.optional(),
  why: z.enum(UNCOUNTED).optional().meta({ description: "why it could not be counted: it counts as the most there is" }),
};
/** As a person is shown it. */
export const countedForm = z.object({ ...counted, at: z.iso.datetime() }).meta({ description: "how many records it would change, as a dry run counted them" });

export const reason = z
  .object({
    id: z.string().meta({ description: "permanent; also the configuration path and the page that explains it" }),
    effect,
    text: z.string(),
    would: effect.optional().meta({ description: "set on a rule in monitor mode: the effect it would have had" }),
    evidence: z
      .array(z.object({ argument: z.string(), origin: z.string().optional() }))
      .readonly()
      .optional()
      .meta({ description: "which values it is about, and what they came from: `to` from `tool:crm.read_mail#3`; names only, never a value" }),
    inChat: z.array(z.enum(CHATS)).readonly().optional().meta({ description: "where a person may answer beside the console, as far as this reason goes" }),
    counted: z
      .object({ ...counted, at: z.number().meta({ description: "milliseconds since 1970" }) })
      .optional()
      .meta({ description: "how many records it would change, as a dry run counted them" }),
  })
  .meta({ id: "Reason" });

export const label = z
  .object({
    integrity: z.enum(INTEGRITIES),
    readers: z.union([z.literal("public"), z.array(z.string())]),
    categories: z.array(z.enum(CATEGORIES)),
    origins: z.array(z.string()),
  })
  .meta({ id: "Label", description: "information-flow label of everything the request carries, joined" });

export const obligation = z
  .discriminatedUnion("kind", [
    z.object({ kind: z.literal("mask"), findings: z.array(z.enum(FINDING_KINDS)) }),
    z.object({ kind: z.literal("isolate"), driver: z.string() }),
    z.object({ kind: z.literal("limit"), name: z.string(), amount: z.number() }),
    z.object({ kind: z.literal("notify"), channel: z.string() }),
    z.object({ kind: z.literal("escape"), argument: z.string(), sink: z.enum(ARGUMENT_SINKS) }),
    z.object({ kind: z.literal("recorded"), of: z.string() }),
    z.object({ kind: z.literal("approval"), approvers: z.array(z.string()), count, expires: count.optional() }),
  ])
  .meta({ id: "Obligation", description: "what must be done if the request goes ahead; whoever cannot meet one must refuse" });

export const finding = z
  .object({ detector: z.string(), kind: z.enum(FINDING_KINDS), start: count, end: count, score: z.number().min(0).max(1), at: z.string().optional() })
  .meta({ id: "Finding", description: "`start` and `end` are UTF-16 code units of the text as it was given" });

export const decideAnswer = z
  .object({
    id: z.string(),
    effect,
    reasons: z.array(reason),
    obligations: z.array(obligation),
    labels: label,
    chain: z
      .string()
      .optional()
      .meta({ description: "set where the action calls an agent: it shows this in `x-holdfast-chain` with what it does for the call" }),
    ticket: z.string().optional(),
    action: z.object({}).loose().optional().meta({ description: "set where an approver changed the action: only this may be performed" }),
  })
  .meta({ id: "Decision" });

export const releaseAnswer = z
  .object({
    id: z.string(),
    status: z.enum(["done", "failed"]),
    effect: effect.optional().meta({ description: "`deny`: nothing of the answer may be shown" }),
    text: z.string().optional(),
    value: z.unknown().optional(),
    content: z.array(z.unknown()).optional(),
    findings: z.array(finding).meta({ description: "in the beginning of the answer, as far as the log keeps it" }),
    reasons: z.array(reason),
  })
  .meta({ id: "Release" });

export const inspectAnswer = z
  .object({ id: z.union([z.string(), z.number(), z.null()]), score: z.number(), effect, findings: z.array(finding) })
  .meta({ id: "Inspection" });

export const evaluationAnswer = z
  .object({ decision: z.boolean(), context: z.object({ id: z.string(), effect, reasons: z.array(reason) }) })
  .meta({ id: "Evaluation" });

export const summary = z
  .object({
    id: z.string(),
    seq: count,
    time: z.string(),
    agent: z.string(),
    user: z.string().optional(),
    action: z.string(),
    tool: z.string().optional(),
    target: z.string().optional(),
    effect,
    status: z.enum(["done", "denied", "failed", "pending", "open"]),
    reason: reason.nullable(),
    findings: count,
    masked: z.boolean(),
    parent: z.string().optional(),
  })
  .meta({ id: "Summary", description: "one decision in a list" });
export type Summary = z.infer<typeof summary>;

export const timeline = z
  .object({
    slices: z
      .array(z.object({ from: z.iso.datetime(), permit: count, ask: count, deny: count }))
      .meta({ description: "one for each hour, the oldest first; the last one is not over" }),
    reasons: z.array(z.object({ id: z.string(), effect, count })).meta({ description: "what denied or asked most often" }),
    whole: z.boolean().meta({ description: "false while there are decisions of this time that are not counted yet, or too many to be" }),
  })
  .meta({ id: "Timeline" });
export type Timeline = z.infer<typeof timeline>;

export const auditPage = z.object({ decisions: z.array(summary), next: count.optional() }).meta({ id: "AuditPage" });

export const story = z
  .object({
    summary,
    records: z.array(z.unknown()),
    children: z.array(summary),
    proof: z.object({
      index: count,
      size: count,
      root: z.string(),
      hashes: z.array(z.string()),
      checkpoint: z.string(),
      vkey: z.string(),
      text: z.string().meta({ description: "a C2SP tlog proof" }),
    }),
  })
  .meta({ id: "Story", description: "everything that is known of one decision, with the proof that it stands in the log" });
export type Story = z.infer<typeof story>;

export const status = z
  .object({
    version: z.string(),
    mode: z.object({ enforce: count, monitor: count }),
    agents: count,
    audit: z.object({ size: count, healthy: z.boolean(), root: z.string(), checkpoint: z.string(), vkey: z.string() }),
    since: z.string(),
    counts: z.object({
      requests: count,
      permitted: count,
      asked: count,
      denied: count,
      masked: count,
      waiting: count.meta({ description: "questions that wait for a person" }),
      incidents: count.meta({ description: "incidents that are open" }),
      paused: count.meta({ description: "agents that a person or an incident has stopped" }),
    }),
    base_url: z.string(),
    models: z.array(z.string()),
  })
  .meta({ id: "Status" });
export type Status = z.infer<typeof status>;

export const problemForm = z
  .object({ type: z.string(), title: z.string(), status: z.int(), code: z.string() })
  .meta({ id: "Problem", description: "RFC 9457, with a `code` that never changes its meaning" });
