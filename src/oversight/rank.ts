import { createHash } from "node:crypto";
import { recordsIn } from "../core/counted.ts";
import { canonicalJson } from "../core/json.ts";
import { atLeast } from "../core/label.ts";
import type { Approval } from "./approval.ts";

export type Risk = "high" | "medium" | "low";

/** How much is at stake, for the order in which people look: untrusted content in play, a doubt about where a value comes from, sensitive data, a rule that names who must answer. */
export function riskOf({ label, reasons, needs }: Approval): Risk {
  const points =
    (atLeast(label, "internal") ? 0 : 2) +
    (reasons.some(({ id }) => id.startsWith("flow/")) ? 1 : 0) +
    (label.categories.length > 0 ? 1 : 0) +
    (needs.length > 0 ? 1 : 0);
  return points >= 3 ? "high" : points > 0 ? "medium" : "low";
}

/**
 * The same for questions that one look may answer together: the same agent and key, the same tool, arguments of the same names, asked for the same reasons of
 * the same people, and about as many records, to one digit.
 */
export function shapeOf({ bound: { action, principal }, reasons, needs, definition, counted }: Approval): string {
  const shape = {
    action: action.type,
    tool: action.tool ?? "",
    args: Object.keys(action.args ?? {}).sort(),
    agent: principal.agent,
    user: principal.user ?? "",
    key: principal.key ?? "",
    reasons: reasons.map(({ id }) => id).sort(),
    needs: JSON.stringify(needs),
    definition: definition ?? "",
    records: counted === undefined ? "" : String(recordsIn(counted)).length,
  };
  return createHash("sha256").update(canonicalJson(shape)).digest("hex").slice(0, 16);
}
