import { type Counted, recordsIn, type Uncounted } from "../../core/counted.ts";
import { type Decision, NEUTRAL } from "../../core/decision.ts";
import type { Request } from "../../core/request.ts";
import { mayUseTool, type Policy } from "../policy.ts";
import type { Control } from "./control.ts";

/** Counts the records that a call of this tool would change, before it is done. It does not reject. */
export type CountRecords = (request: Request, tool: string) => Counted | Promise<Counted>;

export interface RecordsControl extends Control {
  /** So many records a dry run says that it is about; 0 where the tool has none. */
  counted(request: Request): bigint;
}

/**
 * Has counted what calls of tools would change for which the operator wrote down how. INVARIANT: it permits and refuses nothing, and what it counts is
 * joined as the greater with what the arguments say, so that a server which lies about a number can only be believed where it makes things stricter.
 */
export function recordsControl(policy: Policy, count: CountRecords = (_request, by) => ({ by, at: 0, why: "not-here" })): RecordsControl {
  // By the request itself: one that an approver changed is another one.
  const known = new WeakMap<Request, Counted>();
  const toolOf = ({ action }: Request): string | undefined => {
    const id = action.type === "tool.call" && action.tool !== undefined ? policy.tools.id(action.tool) : undefined;
    return id !== undefined && policy.tools.countedBy(id) !== undefined ? id : undefined;
  };
  return {
    id: "records",
    ready(request) {
      const tool = toolOf(request);
      // What is denied anyway makes nothing happen.
      if (tool === undefined || !mayUseTool(policy, request.principal.agent, tool)) return undefined;
      const counting = count(request, tool);
      if (!(counting instanceof Promise)) return void known.set(request, counting);
      return counting.then((counted) => void known.set(request, counted));
    },
    check(request) {
      const counted = known.get(request);
      return counted === undefined ? NEUTRAL : said(counted);
    },
    counted(request) {
      if (toolOf(request) === undefined) return 0n;
      const counted = known.get(request);
      return counted === undefined ? BigInt(Number.MAX_SAFE_INTEGER) : BigInt(recordsIn(counted));
    },
  };
}

/** For whoever reads the decision. A permit joined to anything changes nothing. */
const said = (counted: Counted): Decision => ({
  effect: "permit",
  reasons: [{ id: "records/counted", effect: "permit", text: textOf(counted), counted }],
  obligations: [],
});

function textOf({ by, records, why }: Counted): string {
  if (records !== undefined) return `it would change \`${records}\` records, counted by \`${by}\``;
  return `what it would change could not be counted by \`${by}\` and counts as the most there is: ${WHY[why]}`;
}

const WHY: { readonly [why in Uncounted]: string } = {
  "not-here": "nothing can be counted here",
  arguments: "an argument is not where the configuration says",
  unreachable: "its server could not be asked",
  undeclared: "its definition does not know what makes it a dry run",
  denied: "the dry run was not permitted",
  failed: "the dry run failed",
  late: "no answer in time",
  unreadable: "the answer holds no number there",
};
