import { z } from "zod";
import { EFFECTS } from "../../core/decision.ts";
import type { JsonObject } from "../../core/json.ts";
import { INTEGRITIES } from "../../core/label.ts";
import { withoutAbsent } from "../../core/without-absent.ts";
import { faultOf } from "../fault.ts";
import { PROBLEM, Refusal } from "../http/refusal.ts";
import { eventStream } from "./event-stream.ts";
import { label, reason } from "./forms.ts";
import {
  type Conflict,
  conflictAnswer,
  count,
  DRAFT,
  type Edit,
  editAnswer,
  editBody,
  fault,
  type ReplayWanted,
  replayAnswer,
  replayBody,
  type Save,
  type SavedForm,
  saveBody,
  savedAnswer,
  type VersionForm,
  versionsAnswer,
} from "./policy-forms.ts";
import { bodyOf, refuse } from "./problem.ts";
import { type ApiRoute, ok } from "./route.ts";

const ruleForm = z
  .object({
    id: z.string(),
    when: z.string(),
    after: z.string().optional(),
    until: z.string().optional(),
    effect: z.enum(EFFECTS),
    mode: z.enum(["monitor", "enforce"]),
    approvers: z.array(z.string()).optional(),
    hits: z
      .object({ decided: count, monitored: count })
      .meta({ description: "of the decisions that were looked at: those it had a say in, and those it would have had" }),
  })
  .meta({ id: "Rule" });

const toolForm = z
  .object({
    tool: z.string(),
    effect: z.enum(["read", "write"]),
    egress: z.boolean(),
    trust: z.enum(INTEGRITIES),
    derived: z.array(z.string()).meta({ description: "what was worked out and is not configured" }),
  })
  .meta({ id: "Tool" });

export const policiesAnswer = z
  .object({
    rules: z.array(ruleForm),
    tools: z.array(toolForm),
    agents: z.array(z.string()),
    tests: count,
    looked: count.meta({ description: "how many of the newest decisions were looked at for `hits`" }),
    text: z.string().meta({ description: "rules and tests as they stand in the file, to begin a draft from" }),
    digest: z.string().meta({ description: "of the file in force; goes with a draft that is to be saved" }),
    proposals: z.array(z.object({ by: z.string(), reason: z.string(), at: z.iso.datetime(), text: z.string() })).meta({
      description: "drafts that one person has saved where it takes two (`oversight.policy_approvals`): they come into force once another saves the same",
    }),
    may_save: z.boolean().meta({ description: "whether who asks may save a draft" }),
  })
  .meta({ id: "Policies" });
export type PoliciesForm = z.infer<typeof policiesAnswer>;

const draftBody = z.strictObject({ text: z.string().max(DRAFT) }).meta({ id: "DraftBody" });
export const draftAnswer = z
  .object({ ok: z.boolean(), faults: z.array(fault), warnings: z.array(fault), rules: count, tests: count })
  .meta({ id: "Draft", description: "a draft with a fault, or with a test that fails, would be refused" });
export type DraftForm = z.infer<typeof draftAnswer>;

const tryBody = z
  .strictObject({
    agent: z.string().min(1).max(200),
    tool: z.string().min(1).max(200),
    args: z.record(z.string(), z.unknown()).default({}),
    request: z.string().max(20_000).default("").meta({ description: "what the user asked the agent for" }),
    read: z.string().max(20_000).default("").meta({ description: "what the agent has read since, from a source that nobody trusts" }),
    draft: z.string().max(DRAFT).optional().meta({ description: "rules and tests in place of those in force" }),
  })
  .meta({ id: "TryBody" });
/** A body is read as strict JSON before it comes here, so its arguments are. */
export type Trial = Omit<z.output<typeof tryBody>, "args"> & { readonly args: JsonObject };
export const tryAnswer = z
  .object({ effect: z.enum(EFFECTS), reasons: z.array(reason), labels: label, faults: z.array(fault) })
  .meta({ id: "Trial", description: "what would be decided; nothing is done, recorded or counted. With faults the draft was not tried" });
export type TrialForm = z.infer<typeof tryAnswer>;

/** What the API needs to show the policy, to try another, and to take one into force. */
export interface Policies {
  show(operator: string): Promise<PoliciesForm>;
  draft(text: string): Promise<DraftForm>;
  try(trial: Trial, signal: AbortSignal): Promise<TrialForm>;
  /** undefined where the draft has no place for it. */
  edit(edit: Edit): Edit["text"] | undefined;
  /** How far it is, and at last what would change. Rejects with `rate-limited` where too many run already. */
  replay(text: string, wanted: ReplayWanted, signal: AbortSignal): AsyncGenerator<ReplayEvent>;
  maySave(operator: string): boolean;
  /** On record before the file is changed; a conflict changes nothing. */
  save(save: Save, operator: string): Promise<SavedForm | { readonly conflict: Conflict }>;
  versions(): readonly VersionForm[];
}
export type ReplayEvent = { readonly event: "progress" | "faults" | "result"; readonly data: object };

const OWN = "shows an operator what would be decided; nothing is done, and agents' credentials do not reach it";
const SAVES = "an operator changes the rules, as they could in the file; agents' credentials do not reach it, and no route changes anything else of the file";

export function policyRoutes(policies: Policies): readonly ApiRoute[] {
  return [
    {
      method: "GET",
      path: "/api/v1/policies",
      summary: "The rules in force and how often each had a say, and what is known of tools.",
      guarded: false,
      because: OWN,
      answer: policiesAnswer,
      access: { needs: "operator", run: async (_call, { name }) => ok(await policies.show(name)) },
    },
    {
      method: "POST",
      path: "/api/v1/policies/draft",
      summary: "Checks rules and tests that are not in force.",
      guarded: false,
      because: OWN,
      body: draftBody,
      answer: draftAnswer,
      access: { needs: "operator", run: async ({ body }) => ok(await policies.draft(parsed(draftBody, body).text)) },
    },
    {
      method: "POST",
      path: "/api/v1/policies/try",
      summary: "What would be decided about a tool call, under the rules in force or under a draft.",
      guarded: false,
      because: OWN,
      body: tryBody,
      answer: tryAnswer,
      access: { needs: "operator", run: async ({ body, signal }) => ok(await policies.try(parsed(tryBody, body) as Trial, signal)) },
    },
    {
      method: "POST",
      path: "/api/v1/policies/edit",
      summary: "Puts one change into a draft: a rule's mode, or rules and tests that were made of something. Nothing is kept.",
      guarded: false,
      because: OWN,
      body: editBody,
      answer: editAnswer,
      access: {
        needs: "operator",
        run({ body }) {
          const text = policies.edit(withoutAbsent(parsed(editBody, body)));
          if (text === undefined) throw new Refusal(409, "denied", "the draft has no place for this: write it into the text yourself");
          return ok({ text });
        },
      },
    },
    {
      method: "POST",
      path: "/api/v1/policies/replay",
      summary: "Server-sent events: what a draft would have decided otherwise of the newest recorded decisions, and what the log does not hold enough of.",
      guarded: false,
      because: OWN,
      body: replayBody,
      answer: replayAnswer,
      events: true,
      access: {
        needs: "operator",
        run({ body, signal }) {
          const { text, ...wanted } = parsed(replayBody, body);
          return { status: 200, type: "text/event-stream", stream: eventStream(policies.replay(text, inMilliseconds(wanted), signal)) };
        },
      },
    },
    {
      method: "POST",
      path: "/api/v1/policies/save",
      stepUp: "action",
      summary: "Writes rules and tests into the configuration file and takes them into force. 409 where the file is not the one that the draft was begun from.",
      guarded: false,
      because: SAVES,
      body: saveBody,
      answer: z.union([savedAnswer, conflictAnswer]),
      access: {
        needs: "operator",
        async run({ body }, { name }) {
          if (!policies.maySave(name))
            throw new Refusal(403, "forbidden", "this person may not change the rules: `oversight.policy_editors` names the roles that may");
          const saved = await policies.save(parsed(saveBody, body), name);
          if (!("conflict" in saved)) return ok(saved);
          return { status: CHANGED.status, body: { ...bodyOf(CHANGED), ...saved.conflict }, type: PROBLEM.type };
        },
      },
    },
    {
      method: "GET",
      path: "/api/v1/policies/versions",
      summary: "The rules and tests that were in force, the newest first: when, by whom and why.",
      guarded: false,
      because: OWN,
      answer: versionsAnswer,
      access: { needs: "operator", run: () => ok(policies.versions()) },
    },
  ];
}

const CHANGED = new Refusal(409, "denied", "the file was changed since the draft was begun; nothing was saved");

function parsed<T extends z.ZodType>(form: T, body: unknown): z.output<T> {
  const read = form.safeParse(body);
  return read.success ? read.data : refuse(faultOf(read.error));
}

function inMilliseconds({ limit, since, until }: Omit<z.output<typeof replayBody>, "text">): ReplayWanted {
  return { limit, ...(since === undefined ? {} : { since: Date.parse(since) }), ...(until === undefined ? {} : { until: Date.parse(until) }) };
}
