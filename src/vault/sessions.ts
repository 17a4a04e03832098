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
}

/** In milliseconds. */
export interface SessionTimes {
  readonly token: number;
  readonly session: number;
}
export const SESSION_TIMES: SessionTimes = { token: 10 * 60_000, session: 12 * 3_600_000 };

const MOST = 1000;

interface Held {
  readonly operator: Operator;
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
    into.set(hashOf(secret), { operator, wall: clock.now() + life, monotonic: clock.monotonic() + life });
    return secret;
  }

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
  };
}

// Looked up by hash, so the time of the look-up tells nothing about the secret.
const hashOf = (secret: string): string => createHash("sha256").update(secret).digest("hex");
