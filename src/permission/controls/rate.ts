import { type Decision, NEUTRAL } from "../../core/decision.ts";
import type { Principal, Request } from "../../core/request.ts";
import { LISTS } from "../budget/measure.ts";
import { sessionOf } from "../histories.ts";
import type { Per } from "../limits.ts";
import type { RateConfig } from "../policy-config.ts";
import type { Control } from "./control.ts";

/** The windows of all callers, by limit and agent. They live longer than a policy: a reload gives nobody a fresh allowance. */
export type Rates = Map<string, Windows>;
type Windows = Map<string, Window>;
export const createRates = (): Rates => new Map();

/** The last `count` moments, the oldest at `next`. */
interface Window {
  readonly moments: number[];
  next: number;
}

/** Callers of one agent are remembered up to here; beyond, those whose window has passed are forgotten first, and then a new one is refused. */
const MOST_CALLERS = 10_000;

/**
 * At most `count` in any stretch of `ms`, exactly: the window slides, so there is no moment at which two allowances meet. What is
 * refused is not counted, or a client that keeps trying would never get in again.
 */
export function rateControl(id: string, agent: string, limit: RateConfig, counts: (request: Request) => boolean, per: Per, rates: Rates): Control {
  const place = `${id}\n${agent}`;
  const windows: Windows = rates.get(place) ?? new Map();
  rates.set(place, windows);
  const reason = { id: `limits/${id}`, effect: "deny" as const, text: `the limit of ${limit.text} for this ${per} is reached` };
  const refuse = (ms: number): Decision => ({
    effect: "deny",
    reasons: [reason],
    obligations: [{ kind: "limit", name: "retry-after", amount: Math.max(1, Math.ceil(ms / 1000)) }],
  });
  return {
    id: `limits/${id}`,
    check(request, _inspection, now) {
      if (!counts(request)) return NEUTRAL;
      const caller = callerOf(request.principal, per);
      if (caller === undefined) return NEUTRAL;
      let window = windows.get(caller);
      if (window === undefined) {
        if (windows.size >= MOST_CALLERS && !forget(windows, now - limit.ms)) return refuse(limit.ms);
        window = { moments: [], next: 0 };
        windows.set(caller, window);
      }
      return take(window, limit, now) ? NEUTRAL : refuse(oldest(window) + limit.ms - now);
    },
  };
}

/** What a client sends, and not the tool calls of an answer. */
export const isRequest = ({ action, context }: Request): boolean => context.parent === undefined && !LISTS.has(action.type);
export const isAction = (): boolean => true;

/** Everybody is counted within the agent: the user is named by the client, and one client must not use up another's users. */
export function callerOf(principal: Principal, per: Per): string | undefined {
  switch (per) {
    case "agent":
    case "tool":
      return "";
    case "user":
      return principal.user;
    case "session":
      return sessionOf(principal);
    case "key":
      // A request without a key (in process, on the command line) counts for the agent itself.
      return principal.capability ?? "";
  }
}

function take(window: Window, { count, ms }: RateConfig, now: number): boolean {
  const { moments } = window;
  if (moments.length > count) shrink(window, count);
  if (moments.length < count) {
    // The newest goes just before the oldest: at the end while the window fills, in the middle once it has turned.
    moments.splice(window.next, 0, now);
    window.next = moments.length === count && window.next + 1 === count ? 0 : window.next + 1;
    return true;
  }
  if (now - moments[window.next]! < ms) return false;
  moments[window.next] = now;
  window.next = window.next + 1 === count ? 0 : window.next + 1;
  return true;
}

const oldest = ({ moments, next }: Window): number => moments[next % moments.length] ?? 0;

/** A reload lowered the limit: the newest moments are those that count. */
function shrink(window: Window, count: number): void {
  const inOrder = [...window.moments.slice(window.next), ...window.moments.slice(0, window.next)];
  window.moments.splice(0, window.moments.length, ...inOrder.slice(-count));
  window.next = 0;
}

/** Drops the callers who have not been heard of since `before`; false where there are none. */
function forget(windows: Windows, before: number): boolean {
  const had = windows.size;
  for (const [caller, { moments }] of windows) if (moments.every((moment) => moment <= before)) windows.delete(caller);
  return windows.size < had;
}
