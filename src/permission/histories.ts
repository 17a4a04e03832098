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
  /** The same, where there is one already; nothing is kept for who has none. */
  known(principal: Principal, now: number): History | undefined;
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
  const known = (principal: Principal, now: number): History | undefined => {
    const found = kept.get(keyOf(principal));
    if (found === undefined || now - found.used > idle) return undefined;
    found.used = now;
    return found;
  };
  return {
    get size() {
      return kept.size;
    },
    known,
    of(principal, now) {
      const found = known(principal, now);
      if (found !== undefined) return found;
      const key = keyOf(principal);
      if (kept.size >= most) sweep(now);
      if (kept.size >= most) return undefined;
      const fresh: History = { armed: NONE, untrusted: false, sensitive: false, used: now };
      kept.set(key, fresh);
      return fresh;
    },
  };
}

const keyOf = ({ agent, capability = "", session = "" }: Principal): string => `${agent}\n${capability}\n${session}`;
