import { z } from "zod";
import { EFFECTS } from "../../core/decision.ts";
import type { JsonObject } from "../../core/json.ts";
import { INTEGRITIES } from "../../core/label.ts";
import { faultOf } from "../fault.ts";
import { label, reason } from "./forms.ts";
import { refuse } from "./problem.ts";
import { type ApiRoute, ok } from "./route.ts";

const count = z.int().min(0);
const fault = z
  .object({ line: count, column: count, message: z.string(), hint: z.string().optional() })
  .meta({ id: "Fault", description: "where something is wrong, as `holdfast check` says it" });

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
  })
  .meta({ id: "Policies" });
export type PoliciesForm = z.infer<typeof policiesAnswer>;

const DRAFT = 200_000;
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

/** What the API needs to show the policy and to try it. Nothing here changes it: what is in force stands in the file. */
export interface Policies {
  show(): Promise<PoliciesForm>;
  draft(text: string): Promise<DraftForm>;
  try(trial: Trial, signal: AbortSignal): Promise<TrialForm>;
}

const OWN = "shows an operator what would be decided; nothing is done, and agents' credentials do not reach it";

export function policyRoutes(policies: Policies): readonly ApiRoute[] {
  return [
    {
      method: "GET",
      path: "/api/v1/policies",
      summary: "The rules in force and how often each had a say, and what is known of tools.",
      guarded: false,
      because: OWN,
      answer: policiesAnswer,
      access: { needs: "operator", run: async () => ok(await policies.show()) },
    },
    {
      method: "POST",
      path: "/api/v1/policies/draft",
      summary: "Checks rules and tests that are not in force.",
      guarded: false,
      because: OWN,
      body: draftBody,
      answer: draftAnswer,
      access: {
        needs: "operator",
        async run({ body }) {
          const read = draftBody.safeParse(body);
          return read.success ? ok(await policies.draft(read.data.text)) : refuse(faultOf(read.error));
        },
      },
    },
    {
      method: "POST",
      path: "/api/v1/policies/try",
      summary: "What would be decided about a tool call, under the rules in force or under a draft.",
      guarded: false,
      because: OWN,
      body: tryBody,
      answer: tryAnswer,
      access: {
        needs: "operator",
        async run({ body, signal }) {
          const read = tryBody.safeParse(body);
          return read.success ? ok(await policies.try(read.data as Trial, signal)) : refuse(faultOf(read.error));
        },
      },
    },
  ];
}
