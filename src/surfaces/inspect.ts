import { z } from "zod";
import type { Json } from "../core/json.ts";
import type { Layers } from "../core/layers.ts";
import type { Evaluator, Inspected, Item } from "./evaluate.ts";
import { inspectItem } from "./evaluate.ts";
import { type Fault, faultOf } from "./fault.ts";
import { readSource } from "./request.ts";

/** One text to inspect: a line of `holdfast inspect --jsonl`, the body of `POST /api/v1/inspect`. Further fields are let in; they change nothing. */
export const inspectBody = z
  .looseObject({
    id: z.union([z.string().max(1024), z.number()]).nullish(),
    text: z.string(),
    source: z.string().min(1).max(256).optional().meta({ description: "`user`, `tool`, `web`, `model`, …; an unknown word counts as untrusted" }),
    direction: z.enum(["input", "output"]).optional(),
  })
  .meta({ id: "InspectBody" });

/** The answer. `id` is the one that was given, or null. */
export interface InspectForm {
  readonly id: string | number | null;
  readonly score: number;
  readonly effect: Inspected["effect"];
  readonly findings: readonly { detector: string; kind: string; start: number; end: number; score: number }[];
}

export interface ReadItem {
  readonly id: string | number | null;
  readonly item: Item;
  readonly fault?: undefined;
}

/** `most` is the longest text in UTF-16 code units. What came in counts as the user's, what goes out as the model's, where nothing is said. */
export function readItem(body: Json, label: Evaluator["label"], most: number): ReadItem | Fault {
  const read = inspectBody.safeParse(body);
  if (!read.success) return faultOf(read.error);
  const { id, text, direction = "input", source = direction === "input" ? "user" : "model" } = read.data;
  if (text.length > most) return { fault: `must not be over ${most} characters long`, at: "text", code: "too-large" };
  return { id: id ?? null, item: { text, direction, ...readSource(source, label) } };
}

export async function inspectForm(layers: Layers, { id, item }: ReadItem, time: number, signal: AbortSignal): Promise<InspectForm> {
  const { score, effect, findings } = await inspectItem(layers, item, time, signal);
  return { id, score, effect, findings: findings.map(({ detector, kind, start, end, score: sure }) => ({ detector, kind, start, end, score: sure })) };
}
