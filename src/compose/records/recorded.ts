import { canonicalJson, type Json, type JsonObject } from "../../core/json.ts";
import type { Clock, Layers, Part } from "../../core/layers.ts";
import type { Request } from "../../core/request.ts";
import { boundOf, digestOf } from "../../oversight/index.ts";
import type { DegradeConfig, Policy, Recorded } from "../../permission/index.ts";
import type { Recordings } from "../../sandbox/recordings.ts";
import { doubtOf, seeing } from "../../sandbox/rollback/index.ts";
import type { Frame } from "../../surfaces/mcp-gateway/frame.ts";

/** Answers that stand in for a call where something does not work: for whom they were made, and as long as what was said of them still is. */
export interface RecordedAnswers {
  readonly of: Recorded;
  /** The answer of the request `of`, where it may still be given; how old it is in milliseconds. */
  readonly take: (request: Request, of: string) => { readonly answer: JsonObject; readonly age: number } | undefined;
  /** Layers that write down what reads are answered. */
  readonly over: (layers: Layers) => Layers;
}

/** INVARIANT: the same call, to the letter, with the same key and for the same user, in the same session. */
const keyOf = (request: Request): string => `${request.principal.session ?? ""}\n${digestOf(boundOf(request))}`;

export function recordedAnswers(
  recordings: Recordings,
  { policy, clock, label }: { readonly policy: () => Policy; readonly clock: Pick<Clock, "monotonic">; readonly label: (request: Request) => Json },
): RecordedAnswers {
  const degradeOf = ({ principal }: Request): DegradeConfig | undefined => policy().agents.get(principal.agent)?.degrade;
  const labelOf = (request: Request): string => canonicalJson(label(request));
  /** Only where the gateway performs and sees the answer. A call of a model is handed on, and a host performs by itself. */
  const answers = ({ action, context }: Request): boolean => action.type === "tool.call" && context.surface === "mcp-gateway";
  const find = (request: Request, within: number) => {
    if (!answers(request)) return undefined;
    const found = recordings.of(keyOf(request));
    if (found === undefined) return undefined;
    const age = clock.monotonic() - found.at;
    return age <= within && found.label === labelOf(request) ? { ...found, age } : undefined;
  };
  const isRead = ({ principal, action }: Request): boolean =>
    policy()
      .agents.get(principal.agent)
      ?.subject("tool.call", action.tool ?? "").facts?.effect === "read";
  const recording = (request: Request): ((part: Part) => undefined) | undefined => {
    const degrade = degradeOf(request);
    if (degrade === undefined || !Object.values(degrade).includes("cached") || !answers(request) || !isRead(request)) return undefined;
    let original: JsonObject | undefined;
    return (part) => {
      if (part.type === "mark") original = (part.mark as Frame).original;
      if (part.type !== "value" || part.channel !== "result" || original === undefined || doubtOf(original) !== undefined) return undefined;
      recordings.keep(keyOf(request), { of: request.id, at: clock.monotonic(), answer: original, label: labelOf(request) });
      return undefined;
    };
  };
  return {
    of: find,
    take(request, of) {
      const found = isRead(request) ? find(request, degradeOf(request)?.recorded ?? 0) : undefined;
      return found?.of === of ? { answer: found.answer, age: found.age } : undefined;
    },
    over(layers) {
      const seen = seeing(layers.sandbox, recording);
      return {
        ...layers,
        sandbox: {
          // What stands in is not written down again: it would be new for ever.
          execute: (request, decision, perform, signal) =>
            (decision.obligations.some(({ kind }) => kind === "recorded") ? layers.sandbox : seen).execute(request, decision, perform, signal),
        },
      };
    },
  };
}
