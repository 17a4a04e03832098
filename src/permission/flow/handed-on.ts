import { createHash } from "node:crypto";
import { canonicalJson } from "../../core/json.ts";
import type { Request } from "../../core/request.ts";

/**
 * Calls that were judged where the user's words are seen (the model's answer passed here), and will be made where they are not (at the
 * MCP gateway, by the same agent). Such a call is the same act, so the judgement holds for it: for exactly these arguments, under the same
 * key, once, and only for a short time. It saves a question and permits nothing: role, rules and limits are asked again.
 */
export interface HandedOn {
  /** Notes a call that information flow lets pass. `now` is monotonic milliseconds. */
  give(tool: string, request: Request, now: number): void;
  /** True where this very call was noted; it is used up by that. */
  take(tool: string, request: Request, now: number): boolean;
}

const LASTS_MS = 10 * 60_000;
const MOST = 10_000;

export function createHandedOn(): HandedOn {
  // In the order of their time, so that the oldest stand first.
  const until = new Map<string, number[]>();
  const forget = (now: number): void => {
    for (const [key, times] of until) {
      if (until.size <= MOST && (times.at(-1) ?? 0) > now) return;
      until.delete(key);
    }
  };
  return {
    give(tool, request, now) {
      const key = keyOf(tool, request);
      const times = (until.get(key) ?? []).filter((time) => time > now);
      until.delete(key);
      until.set(key, [...times, now + LASTS_MS]);
      forget(now);
    },
    take(tool, request, now) {
      const key = keyOf(tool, request);
      const times = (until.get(key) ?? []).filter((time) => time > now);
      const [first, ...rest] = times;
      until.delete(key);
      if (rest.length > 0) until.set(key, rest);
      return first !== undefined;
    },
  };
}

function keyOf(tool: string, { principal, action }: Request): string {
  const { agent, capability = "", user = "" } = principal;
  return createHash("sha256")
    .update(canonicalJson([agent, capability, user, tool, action.args ?? {}]))
    .digest("base64");
}
