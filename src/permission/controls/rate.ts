import { type Decision, NEUTRAL } from "../../core/decision.ts";
import type { Principal, Request } from "../../core/request.ts";
import { LISTS } from "../budget/measure.ts";
import { isProxied } from "../egress.ts";
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

/** One limit. `look` counts nothing; `take` counts a request for which there was room. */
export interface Rate {
  look(request: Request, now: number): Decision | undefined;
  take(request: Request, now: number): void;
}

/**
 * Several limits at once. What one of them refuses is counted by none. ATTACK: a key beyond its own limit that keeps trying would use up
 * what all keys of its agent share, and a client would never get in again.
 */
export function ratesControl(limits: readonly Rate[]): Control {
  return {
    id: "limits",
    check(request, _inspection, now) {
      for (const limit of limits) {
        const refused = limit.look(request, now);
        if (refused !== undefined) return refused;
      }
      for (const limit of limits) limit.take(request, now);
      return NEUTRAL;
    },
  };
}

/** At most `count` in any stretch of `ms`, exactly: the window slides, so there is no moment at which two allowances meet. */
export function rateLimit(id: string, agent: string, limit: RateConfig, counts: (request: Request) => boolean, per: Per, rates: Rates): Rate {
  const place = `${id}\n${agent}`;
  const windows: Windows = rates.get(place) ?? new Map();
  rates.set(place, windows);
  const reason = { id: `limits/${id}`, effect: "deny" as const, text: `the limit of ${limit.text} for this ${per} is reached` };
  const refuse = (ms: number): Decision => ({
    effect: "deny",
    reasons: [reason],
    obligations: [{ kind: "limit", name: "retry-after", amount: Math.max(1, Math.ceil(ms / 1000)) }],
  });
  /** Undefined where it does not count here. */
  const whose = (request: Request): string | undefined => (counts(request) ? callerOf(request.principal, per) : undefined);
  return {
    look(request, now) {
      const caller = whose(request);
      if (caller === undefined) return undefined;
      const window = windows.get(caller);
      if (window === undefined) return windows.size >= MOST_CALLERS && !forget(windows, now - limit.ms) ? refuse(limit.ms) : undefined;
      return hasRoom(window, limit, now) ? undefined : refuse(oldest(window) + limit.ms - now);
    },
    take(request, now) {
      const caller = whose(request);
      if (caller === undefined) return;
      let window = windows.get(caller);
      if (window === undefined) windows.set(caller, (window = { moments: [], next: 0 }));
      take(window, limit, now);
    },
  };
}

/** What a client sends, and not the tool calls of an answer. What goes through the egress proxy is counted as a connection. */
export const isRequest = ({ action, context }: Request): boolean => context.parent === undefined && !LISTS.has(action.type) && !isProxied({ action, context });
export const isConnection = ({ action }: Request): boolean => action.type === "net.connect";
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

function hasRoom(window: Window, { count, ms }: RateConfig, now: number): boolean {
  const { moments } = window;
  if (moments.length > count) shrink(window, count);
  return moments.length < count || now - moments[window.next]! >= ms;
}

function take(window: Window, { count }: RateConfig, now: number): void {
  const { moments } = window;
  // The newest goes just before the oldest: at the end while the window fills, in the middle once it has turned.
  if (moments.length < count) moments.splice(window.next, 0, now);
  else moments[window.next] = now;
  window.next = moments.length === count && window.next + 1 === count ? 0 : window.next + 1;
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
