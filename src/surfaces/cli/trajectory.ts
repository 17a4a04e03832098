/** A recorded run of an agent (`holdfast replay --jsonl`), read strictly where it decides and turned into the requests it holds. */
import { z } from "zod";
import type { Content, Source } from "../../core/content.ts";
import type { Json } from "../../core/json.ts";
import { joinLabels, type Label, NEUTRAL_LABEL } from "../../core/label.ts";
import type { Request } from "../../core/request.ts";
import { type Fault, faultOf } from "../fault.ts";

const name = z.string().min(1).max(256);
// A model may have called what is no tool's name at all: that is a call too, and it is denied, not skipped.
const called = z.string().max(10_000);

const tool = z.looseObject({
  name,
  description: z.string().optional(),
  inputSchema: z.unknown().optional(),
  annotations: z.unknown().optional(),
});
export type ToolDefinition = z.infer<typeof tool>;

const event = z.discriminatedUnion("type", [
  z.looseObject({ type: z.literal("tool.call"), tool: called, args: z.record(z.string(), z.unknown()).optional() }),
  z.looseObject({ type: z.literal("tool.result"), tool: called, text: z.string() }),
  z.looseObject({ type: z.literal("user"), text: z.string() }),
  z.looseObject({ type: z.literal("model"), text: z.string() }),
]);

// Fields beside these are let in: recorded runs carry verdicts and notes of their own.
const trajectory = z.looseObject({
  id: z.union([z.string(), z.number()]).optional(),
  agent: name.optional(),
  user: z.string(),
  tools: z.array(tool).max(10_000).optional(),
  events: z.array(event).max(100_000),
});
export type Trajectory = z.infer<typeof trajectory>;

export function readTrajectory(line: Json): { readonly trajectory: Trajectory; readonly fault?: undefined } | Fault {
  const parsed = trajectory.safeParse(line);
  if (!parsed.success) return faultOf(parsed.error);
  return { trajectory: parsed.data };
}

export interface Replayed {
  readonly agent: string;
  /** The session that ties the calls of one line together. */
  readonly session: string;
  readonly time: number;
  readonly label: (source: Source) => Label;
}

/**
 * One request per tool call, in order. Each carries everything the model had read by then: a call is judged by what could have moved
 * the model to make it. What happened afterwards is the recorded run's business, so a denied call does not stop the next.
 */
export function* calls(run: Trajectory, { agent, session, time, label }: Replayed): Generator<Request> {
  const seen: Content[] = [];
  let joined: Label = NEUTRAL_LABEL;
  const see = (content: Content): void => {
    seen.push(content);
    joined = joinLabels(joined, content.label);
  };
  see(labelled({ kind: "user" }, run.user, label));
  let index = 0;
  for (const happened of run.events) {
    switch (happened.type) {
      case "tool.call":
        yield {
          id: `${session}/${index++}`,
          principal: { agent, session },
          action: { type: "tool.call", tool: happened.tool, args: (happened.args ?? {}) as { readonly [name: string]: Json } }, // the line was Json
          resource: { type: "tool", id: happened.tool },
          content: [{ source: { kind: "model" }, label: joined, text: "" }],
          read: [...seen],
          context: { time, surface: "replay" },
        };
        see({ source: { kind: "model", id: happened.tool }, label: NEUTRAL_LABEL, value: (happened.args ?? {}) as Json });
        break;
      case "tool.result":
        see(labelled({ kind: "tool", id: happened.tool }, happened.text, label));
        break;
      case "user":
        see(labelled({ kind: "user" }, happened.text, label));
        break;
      case "model":
        see(labelled({ kind: "model" }, happened.text, label));
        break;
    }
  }
}

const labelled = (source: Source, text: string, label: (source: Source) => Label): Content => ({ source, text, label: label(source) });
