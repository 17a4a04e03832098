import type { Principal } from "../core/request.ts";
import type { Attempts } from "./controls/attempts.ts";

/** What of a session's past its next action depends on. Nothing of the content. */
export interface History {
  /** The sequence rules that wait for their action. */
  armed: readonly string[];
  untrusted: boolean;
  sensitive: boolean;
  /** Absent while nothing was tried. */
  attempts?: Attempts;
  /** When it is over, if nothing more is done in it. */
  over: number;
}

/**
 * The pasts of all sessions: the one that the client declares, else all that the key does. They live longer than a policy: a reload makes
 * nobody innocent. They do not outlive the process. `idle` is how long a session lasts in which nothing is done.
 */
export interface Histories {
  /** The past of the caller's session, a fresh one where there is none. Undefined where there is no room. */
  of(principal: Principal, now: number, idle: number): History | undefined;
  /** The same, where there is one already; nothing is kept for who has none. */
  known(principal: Principal, now: number, idle: number): History | undefined;
  readonly size: number;
}

const MOST = 100_000;
/** How much of the room that is left one agent may hold again: four fifths of all where it is alone, and never the last place. */
const SHARE = 4;
/** Full is full: looking for what is over is not repeated for every request of a flood. */
const SWEEP_MS = 1_000;
export const NOTHING_ARMED: readonly string[] = [];

/**
 * INVARIANT: a past that a decision may depend on is never dropped for want of room: whoever floods us with sessions would disarm everybody's rules.
 * What has nothing in it, or was idle for too long, may go. No agent's flood takes another agent's room.
 */
export function createHistories(most = MOST): Histories {
  const kept = new Map<string, Map<string, History>>();
  let size = 0;
  let swept = Number.NEGATIVE_INFINITY;
  const sweep = (now: number): void => {
    if (now - swept < SWEEP_MS) return;
    swept = now;
    for (const sessions of kept.values())
      for (const [key, { over, armed, untrusted, sensitive, attempts }] of sessions)
        if (now > over || (armed.length === 0 && !untrusted && !sensitive && attempts === undefined)) {
          sessions.delete(key);
          size--;
        }
  };
  const known: Histories["known"] = (principal, now, idle) => {
    const found = kept.get(principal.agent)?.get(sessionOf(principal));
    if (found === undefined || now > found.over) return undefined;
    found.over = now + idle;
    return found;
  };
  const hasRoom = (sessions: ReadonlyMap<string, History>): boolean => sessions.size < SHARE * (most - size);
  return {
    get size() {
      return size;
    },
    known,
    of(principal, now, idle) {
      const found = known(principal, now, idle);
      if (found !== undefined) return found;
      const sessions = kept.get(principal.agent) ?? new Map<string, History>();
      kept.set(principal.agent, sessions);
      const key = sessionOf(principal);
      if (sessions.delete(key)) size--;
      if (!hasRoom(sessions)) sweep(now);
      if (!hasRoom(sessions)) return undefined;
      const fresh: History = { armed: NOTHING_ARMED, untrusted: false, sensitive: false, over: now + idle };
      sessions.set(key, fresh);
      size++;
      return fresh;
    },
  };
}

/** The session that a client declares, within its key; else all that the key does. */
export const sessionOf = ({ capability = "", session = "" }: Principal): string => `${capability}\n${session}`;
