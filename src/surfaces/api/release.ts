import { z } from "zod";
import { HoldfastError } from "../../core/errors.ts";
import type { Json } from "../../core/json.ts";
import type { Answer, Part, Released } from "../../core/layers.ts";
import { release } from "../../core/monitor.ts";
import type { Principal } from "../../core/request.ts";
import { placed } from "../decided.ts";
import { faultOf } from "../fault.ts";
import { failing, type OpenDecisions } from "./open.ts";
import type { ApiParts } from "./parts.ts";
import { notFound, refuse } from "./problem.ts";
import { type Call, ok, type Reply } from "./route.ts";

const id = z.string().min(1).max(256);
const value = z.unknown().refine((given) => given !== undefined, { message: "is missing", params: { ours: true } });

/** What a host reports: what the effect answered (as one text, one value, or several pieces), or that it failed and how. */
export const releaseBody = z
  .union([
    z.strictObject({ id, text: z.string() }),
    z.strictObject({ id, value }),
    z.strictObject({ id, content: z.array(z.union([z.strictObject({ text: z.string() }), z.strictObject({ value })])).max(10_000) }),
    z.strictObject({ id, failed: z.enum(["upstream-unreachable", "upstream-timeout", "upstream-invalid", "cancelled", "internal"]) }),
  ])
  .meta({ id: "ReleaseBody" });
type Reported = z.infer<typeof releaseBody>;

/**
 * The second half for hosts that perform themselves: filters the answer and records the outcome. Only the agent and key that a decision
 * was made for can release it, and once.
 */
export async function releaseCall({ layers }: ApiParts, open: OpenDecisions, call: Call, principal: Principal): Promise<Reply> {
  const read = releaseBody.safeParse(call.body);
  if (!read.success) return refuse(faultOf(read.error));
  const reported = read.data;
  const decided = open.take(reported.id, principal);
  if (decided === undefined) throw notFound("there is no open decision of this id");
  const parts = partsOf(reported);
  const answer: Answer = "failed" in reported ? failing(new HoldfastError(reported.failed, "the host reported a failure")) : whole(parts);
  const released: Released[] = [];
  // The outcome is recorded whatever becomes of the caller: what it reported has happened.
  const outcome = await release(layers, decided, answer, (part) => void released.push(part), new AbortController().signal);
  if (outcome.status === "failed") {
    if ("failed" in reported) return ok({ id: reported.id, status: "failed", findings: [], reasons: decided.decision.reasons });
    throw new HoldfastError("unavailable", "the answer could not be filtered, so nothing of it may be shown");
  }
  if (outcome.status !== "done") throw new HoldfastError("internal", "a release ended in a way it cannot");
  const { decision, passages } = outcome.verdict;
  const shown = decision.effect === "deny" ? {} : shapeOf(reported, released);
  return ok({ id: reported.id, status: "done", effect: decision.effect, ...shown, findings: placed(passages), reasons: decision.reasons });
}

function whole(parts: readonly Part[]): Answer {
  return {
    async pump(write) {
      for (const part of parts) await write(part);
    },
  };
}

function partsOf(reported: Reported): readonly Part[] {
  if ("text" in reported) return textParts(reported.text, 0);
  if ("value" in reported) return [{ type: "value", channel: "value/0", value: reported.value as Json }]; // the body was Json
  if ("failed" in reported) return [];
  return reported.content.flatMap((item, index): readonly Part[] =>
    "text" in item ? textParts(item.text, index) : [{ type: "value", channel: `value/${index}`, value: item.value as Json }],
  );
}

function textParts(text: string, index: number): readonly Part[] {
  const channel = `text/${index}`;
  return [
    { type: "text", channel, text },
    { type: "end", channel },
  ];
}

/** What was released, in the shape in which it was reported. */
function shapeOf(reported: Reported, released: readonly Released[]): object {
  const text = (index: number): string => released.map((part) => (part.type === "text" && part.channel === `text/${index}` ? part.text : "")).join("");
  const valueAt = (index: number): Json =>
    released.flatMap((part) => (part.type === "value" && part.channel === `value/${index}` ? [part.value] : []))[0] ?? null;
  if ("text" in reported) return { text: text(0) };
  if ("value" in reported) return { value: valueAt(0) };
  if ("failed" in reported) return {};
  return { content: reported.content.map((item, index) => ("text" in item ? { text: text(index) } : { value: valueAt(index) })) };
}
