/** What is sent and answered about changes of the policy. */
import { z } from "zod";
import { EFFECTS } from "../../core/decision.ts";
import { reason } from "./agents.ts";

export const count = z.int().min(0);
export const fault = z
  .object({ line: count, column: count, message: z.string(), hint: z.string().optional() })
  .meta({ id: "Fault", description: "where something is wrong, as `holdfast check` says it" });

export const DRAFT = 200_000;
const text = z.string().max(DRAFT).meta({ description: "the sections `rules` and `tests`, as they stand in the file" });
const effect = z.enum(EFFECTS);
const name = z.string().min(1).max(200);

export const editBody = z
  .strictObject({
    text,
    mode: z.strictObject({ rule: name, mode: z.enum(["monitor", "enforce"]) }).optional(),
    add: z.string().max(DRAFT).optional().meta({ description: "rules and tests to be put into the draft, in place of rules of the same id" }),
  })
  .refine(({ mode, add }) => (mode === undefined) !== (add === undefined), "say either `mode` or `add`")
  .meta({ id: "EditBody" });
export const editAnswer = z
  .object({ text: z.string() })
  .meta({ id: "Edit", description: "the draft with the change in it; everything else of it is as it was" });
export type Edit = { readonly text: string; readonly mode?: { readonly rule: string; readonly mode: "monitor" | "enforce" }; readonly add?: string };

const moment = z.iso.datetime({ offset: true }).optional();
export const replayBody = z
  .strictObject({
    text,
    limit: z.int().min(1).max(2_000).default(500).meta({ description: "how many of the newest decisions" }),
    since: moment,
    until: moment,
  })
  .meta({ id: "ReplayBody" });
/** Times are milliseconds since the epoch. */
export interface ReplayWanted {
  readonly limit: number;
  readonly since?: number;
  readonly until?: number;
}

const rule = z.string().meta({ description: "the rule's id; empty where no rule makes the difference" });
export const replayAnswer = z
  .object({
    looked: count.meta({ description: "decisions that were looked at" }),
    judged: count.meta({ description: "those of which the log holds all that the rules look at" }),
    changed: count.meta({ description: "of those, how many would have been decided otherwise" }),
    changes: z.array(z.object({ before: effect, after: effect, count })),
    groups: z.array(
      z.object({
        rule,
        count,
        decisions: z
          .array(
            z.object({ id: z.string(), time: z.string(), agent: z.string(), action: z.string(), tool: z.string().optional(), before: effect, after: effect }),
          )
          .meta({ description: "the newest 50" }),
      }),
    ),
    doubts: z
      .array(
        z.object({
          rule: z.string().meta({ description: "as it stands in reasons; empty: the roles were others then" }),
          looks: z.array(z.string()).meta({ description: "what it looks at that the log does not hold: `args.to`; `after`: what was done before; `roles`" }),
          count,
          decisions: z.array(z.string()),
        }),
      )
      .meta({ description: "what could not be judged, and why; one decision may stand here several times" }),
    watching: z.array(z.object({ rule, count })).meta({ description: "rules in monitor mode, and how often they would have had a say" }),
    ended: z.enum(["limit", "range", "beginning", "scanned"]).meta({ description: "why no older decision was looked at" }),
  })
  .meta({ id: "Replay", description: "the last event, `result`; before it come `progress` events, in place of it `faults` where the draft has some" });
export type ReplayForm = z.infer<typeof replayAnswer>;

const digest = z.string().regex(/^[0-9a-f]{64}$/);
export const saveBody = z
  .strictObject({ text, base: digest.meta({ description: "`digest` of the version that the draft was begun from" }), reason })
  .meta({ id: "SaveBody" });
export type Save = z.output<typeof saveBody>;

export const savedAnswer = z
  .object({
    in_force: z.boolean(),
    proposed: z.boolean().optional().meta({ description: "it takes another person, who saves the same draft" }),
    digest: z.string().meta({ description: "of what is in force now" }),
    faults: z.array(fault).meta({ description: "why it is not in force; the file then is as it was" }),
  })
  .meta({ id: "Saved" });
export type SavedForm = z.infer<typeof savedAnswer>;

export const conflictAnswer = z
  .object({ type: z.string(), title: z.string(), status: z.int(), code: z.string(), digest: z.string(), text: z.string() })
  .meta({ id: "Conflict", description: "status 409: the file is not the one that the draft was begun from; here is what it holds now" });
export type Conflict = { readonly digest: string; readonly text: string };

export const versionsAnswer = z
  .array(
    z.object({
      at: z.string(),
      by: z.string().meta({ description: "empty: the file was changed by hand" }),
      reason: z.string(),
      digest: z.string(),
      text: z.string(),
    }),
  )
  .meta({ id: "Versions", description: "the newest first" });
export type VersionForm = z.infer<typeof versionsAnswer>[number];
