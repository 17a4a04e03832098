import { type Decision, type Effect, NEUTRAL, type Obligation, type Reason } from "../../core/decision.ts";
import type { Request } from "../../core/request.ts";
import type { SinkFault } from "../../core/sink.ts";
import { placed } from "../flow/placed.ts";
import type { Control } from "./control.ts";

const MOST = 10;

/** What stands in an argument that its sink would act upon: asked about, refused, or to be escaped before it is handed on. */
export function sinkControl(faultsOf: (request: Request) => readonly SinkFault[]): Control {
  return {
    id: "sink",
    check(request) {
      const faults = faultsOf(request);
      return faults.length === 0 ? NEUTRAL : decisionOf(faults);
    },
  };
}

const EFFECTS: { readonly [follows in SinkFault["follows"]]: Effect } = { report: "permit", escape: "permit", ask: "ask", deny: "deny" };

function decisionOf(faults: readonly SinkFault[]): Decision {
  const alike = [...Map.groupBy(faults, ({ kind, follows, what }) => `${kind} ${follows} ${what}`).values()];
  const reasons = alike.map((some): Reason => {
    const { kind, follows, what } = some[0] as SinkFault;
    const text = follows === "escape" ? `an argument for ${kind} held ${what}, and is escaped` : `an argument for ${kind} holds ${what}`;
    const evidence = some.slice(0, MOST).map(({ argument }) => ({ argument: placed(argument) }));
    return { id: `sink/${kind}`, effect: EFFECTS[follows], text, ...(follows === "report" ? { would: "deny" as const } : {}), evidence };
  });
  const obligations = faults.flatMap(({ argument, kind, follows }): readonly Obligation[] =>
    follows === "escape" ? [{ kind: "escape", argument, sink: kind }] : [],
  );
  const effect = faults.some(({ follows }) => follows === "deny") ? "deny" : faults.some(({ follows }) => follows === "ask") ? "ask" : "permit";
  return { effect, reasons, obligations };
}
