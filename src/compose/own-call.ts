import { type Decision, join } from "../core/decision.ts";
import { canonicalJson } from "../core/json.ts";
import type { PermissionLayer } from "../core/layers.ts";
import type { Request } from "../core/request.ts";

/** How what Holdfast does by itself in an agent's name is called in records. */
export const ROLLBACK = "rollback";
export const DRY_RUN = "dry-run";

/** The agent has not done it: nothing that is counted or learned of the agent comes of it. */
export const isOwn = (surface: string): boolean => surface === ROLLBACK || surface === DRY_RUN;

/** INVARIANT: on the way of a call of our own nothing is done but this call, to the letter; `inner` decides about it as well. */
export function onlyThis(
  inner: PermissionLayer,
  { id, action: expected }: Pick<Request, "id" | "action">,
  said: { readonly ours: Decision; readonly other: Decision },
): PermissionLayer {
  const exactly = canonicalJson(expected.args ?? {});
  return {
    async decide(request, inspection) {
      const { action } = request;
      const decision = await inner.decide(request, inspection);
      // To reach a tool a conversation is begun first.
      if (action.type !== expected.type && LISTS.has(action.type)) return decision;
      const same = request.id === id && action.type === expected.type && action.tool === expected.tool && canonicalJson(action.args ?? {}) === exactly;
      return join(decision, same ? said.ours : said.other);
    },
  };
}

/** What is asked of a server before a tool of it is called. */
const LISTS: ReadonlySet<string> = new Set(["tool.list", "model.list"]);
