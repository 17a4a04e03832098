import { createHash } from "node:crypto";
import type { Clock } from "../core/layers.ts";

/** A person who runs Holdfast. */
export interface Operator {
  readonly name: string;
  /** Who they are at the sign-in provider, where they came in through it. */
  readonly login?: string;
}

/** A session that has begun: its cookie's value, and when it ends, in milliseconds since the epoch. */
export interface Begun {
  readonly cookie: string;
  readonly expires: number;
}

/** A session as its person sees it. Its id names it and opens nothing. */
export interface Session {
  readonly id: string;
  readonly operator: Operator;
  /** Milliseconds since the epoch. */
  readonly begun: number;
  readonly expires: number;
  /** Milliseconds since the login, by whichever clock says more. */
  readonly age: number;
}

/** The sessions of people at the console. Kept in memory: a restart ends them all, and a new one-time URL is printed. */
export interface Sessions {
  /** Makes the token of a one-time login URL. */
  mint(operator: Operator): string;
  /** Exchanges a token for a session. INVARIANT: of any number of calls with one token, at most one is answered. */
  redeem(token: string): Begun | undefined;
  /** A session for somebody who has shown otherwise who they are, `life` milliseconds long at most. */
  begin(operator: Operator, life: number): Begun;
  verify(cookie: string): Operator | undefined;
  /** Ends a session; a cookie that is not known is no error. */
  revoke(cookie: string): void;
  revokeAll(): void;
  /** The session behind a cookie. */
  session(cookie: string): Session | undefined;
  /** The sessions of one person, the oldest first. */
  of(name: string): readonly Session[];
  /** Ends one of this person's sessions. False if they have none of this id. */
  end(name: string, id: string): boolean;
  /** Ends all sessions of one person, and the login links that were made for them. */
  endAll(name: string): void;
}

/** In milliseconds. */
export interface SessionTimes {
  readonly token: number;
  readonly session: number;
}
export const SESSION_TIMES: SessionTimes = { token: 10 * 60_000, session: 12 * 3_600_000 };

const MOST = 1000;

interface Held {
  readonly id: string;
  readonly operator: Operator;
  readonly begun: number;
  readonly begunMonotonic: number;
  /** Over when either clock says so: a wall clock that is turned back lengthens nothing. */
  readonly wall: number;
  readonly monotonic: number;
}

/** `random` gives bytes from the operating system's generator. Only hashes are held, so a memory dump holds no usable cookie. */
export function createSessions(options: { readonly clock: Clock; readonly random: (bytes: number) => Uint8Array; readonly times?: SessionTimes }): Sessions {
  const { clock, random, times = SESSION_TIMES } = options;
  const tokens = new Map<string, Held>();
  const sessions = new Map<string, Held>();

  function hold(into: Map<string, Held>, operator: Operator, life: number): string {
    for (const [hash, held] of into) if (over(held)) into.delete(hash);
    // The oldest goes first: a flood of log-ins must not grow without bound.
    for (const hash of into.keys()) if (into.size >= MOST) into.delete(hash);
    const secret = Buffer.from(random(32)).toString("base64url");
    const [begun, begunMonotonic] = [clock.now(), clock.monotonic()];
    const id = Buffer.from(random(9)).toString("base64url");
    into.set(hashOf(secret), { id, operator, begun, begunMonotonic, wall: begun + life, monotonic: begunMonotonic + life });
    return secret;
  }
  const shown = ({ id, operator, begun, begunMonotonic, wall }: Held): Session => ({
    id,
    operator,
    begun,
    expires: wall,
    age: Math.max(clock.now() - begun, clock.monotonic() - begunMonotonic),
  });
  const theirs = (from: Map<string, Held>, name: string): readonly (readonly [string, Held])[] =>
    [...from].filter(([, held]) => held.operator.name === name && !over(held));

  function begin(operator: Operator, life: number): Begun {
    const most = Math.min(life, times.session);
    return { cookie: hold(sessions, operator, most), expires: clock.now() + most };
  }

  const over = (held: Held): boolean => clock.now() >= held.wall || clock.monotonic() >= held.monotonic;

  return {
    mint: (operator) => hold(tokens, operator, times.token),
    redeem(token) {
      const held = tokens.get(hashOf(token));
      if (held === undefined || !tokens.delete(hashOf(token)) || over(held)) return undefined;
      return begin(held.operator, times.session);
    },
    begin,
    verify(cookie) {
      const held = sessions.get(hashOf(cookie));
      return held === undefined || over(held) ? undefined : held.operator;
    },
    revoke: (cookie) => void sessions.delete(hashOf(cookie)),
    revokeAll: () => sessions.clear(),
    session(cookie) {
      const held = sessions.get(hashOf(cookie));
      return held === undefined || over(held) ? undefined : shown(held);
    },
    of: (name) => theirs(sessions, name).map(([, held]) => shown(held)),
    end(name, id) {
      const found = theirs(sessions, name).find(([, held]) => held.id === id);
      return found !== undefined && sessions.delete(found[0]);
    },
    endAll(name) {
      for (const kept of [sessions, tokens]) for (const [hash] of theirs(kept, name)) kept.delete(hash);
    },
  };
}

// Looked up by hash, so the time of the look-up tells nothing about the secret.
const hashOf = (secret: string): string => createHash("sha256").update(secret).digest("hex");
