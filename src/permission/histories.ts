import type { Principal } from "../core/request.ts";

/** What of a session's past its next action depends on. Nothing of the content. */
export interface History {
  /** The sequence rules that wait for their action. */
  armed: readonly string[];
  untrusted: boolean;
  sensitive: boolean;
  used: number;
}

/** The pasts of all sessions. They live longer than a policy: a reload makes nobody innocent. */
export interface Histories {
  /** The past of the session that this caller is in: the one that the client declares, else all that the key does. Undefined where there is no room. */
  of(principal: Principal, now: number): History | undefined;
  readonly size: number;
}

const MOST = 100_000;
const IDLE_MS = 24 * 60 * 60_000;
const NONE: readonly string[] = [];

/**
 * INVARIANT: a past that a decision may depend on is never dropped for want of room: whoever floods us with sessions would disarm everybody's rules.
 * What has nothing in it, or was idle for a day, may go.
 */
export function createHistories(most = MOST, idle = IDLE_MS): Histories {
  const kept = new Map<string, History>();
  const sweep = (now: number): void => {
    for (const [key, { used, armed, untrusted, sensitive }] of kept)
      if (now - used > idle || (armed.length === 0 && !untrusted && !sensitive)) kept.delete(key);
  };
  return {
    get size() {
      return kept.size;
    },
    of({ agent, capability = "", session = "" }, now) {
      const key = `${agent}\n${capability}\n${session}`;
      const known = kept.get(key);
      if (known !== undefined && now - known.used <= idle) {
        known.used = now;
        return known;
      }
      if (kept.size >= most) sweep(now);
      if (kept.size >= most) return undefined;
      const fresh: History = { armed: NONE, untrusted: false, sensitive: false, used: now };
      kept.set(key, fresh);
      return fresh;
    },
  };
}
