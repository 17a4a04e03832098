import { randomBytes } from "node:crypto";
import type { Asking, Definition, Id } from "../../codecs/mcp/index.ts";
import type { Json } from "../../core/json.ts";
import { type Label, NEUTRAL_LABEL } from "../../core/label.ts";
import type { Clock } from "../../core/layers.ts";
import type { Principal, Request } from "../../core/request.ts";
import { createHandles, type Handles } from "./handles.ts";
import type { Link } from "./upstream.ts";

/** What was read in a conversation, as far as it passed here, joined: no call is better than the worst that its agent had read. */
export interface Memory {
  label: Label;
  /** What was passed on unread. */
  handles: Handles;
  used: number;
}

/** One client's conversation with one server. */
export interface Session {
  /** Random, and only good together with the key that began it. */
  readonly id: string;
  readonly server: string;
  readonly principal: Principal;
  readonly link: Link;
  readonly memory: Memory;
  /** What the client asked and the server has yet to answer, perhaps on a stream that the client opens later to go on (2025-11-25). */
  readonly open: Map<Id, Open>;
  /** What the server asked and the client has yet to answer: by the id that the client sees. */
  readonly waiting: Map<Id, string>;
  /** What we have asked the client's user (2025-11-25): by the id that the client sees. */
  readonly asking: Map<Id, (response: Json | undefined) => void>;
  /** Where all servers are one: the sessions at each, and the servers that the listed resources are of. */
  readonly members: Map<string, Session>;
  readonly resources: Map<string, string>;
  /** What the client calls the conversation, where it says so. */
  readonly declared: string | undefined;
  /** The tools as the server listed them last; undefined where it has to be asked. */
  tools: ReadonlyMap<string, Definition> | undefined;
  /** Monotonic milliseconds at which that was. */
  listed: number;
  /** The version of the protocol that was agreed. */
  version?: string;
  /** Its client can show its user forms (2025-11-25). */
  elicits?: boolean;
  /** The server can be asked to go on with a call as a task (2025-11-25). */
  tasks?: boolean;
  /** Tasks that are performed in it and not over: it is not idle. */
  busy: number;
  used: number;
}

/** A request of the client that is under way. */
export interface Open {
  readonly message: Asking;
  readonly request: Request;
}

export interface Sessions {
  /** The 2025 era: begun by `initialize`, named by the client in every request. Undefined where there is no room. */
  begin(server: string, principal: Principal, declared?: string): Session | undefined;
  /** The session of this name, if this caller began it: anybody else's does not exist for them. */
  named(id: string, server: string, principal: Principal): Session | undefined;
  /** The 2026 era has no sessions: everything that one key does at one server goes together. Undefined where there is no room. */
  ofKey(server: string, principal: Principal, declared?: string): Session | undefined;
  end(session: Session): void;
  readonly all: readonly Session[];
}

const MOST_SESSIONS = 2_000;
const MOST_PER_KEY = 200;
/** How much of the room that is left for what was read one key may hold again: four fifths of all where it is alone, and never the last place. */
const SHARE = 4;
const IDLE_MS = 60 * 60_000;
/** Of what was read before that, no more than its label is kept. */
const MOST_RESTING = 20_000;

/**
 * `ended` is called for each that ends, also by being idle, and with `stopped` where nothing of it may go on. `until` calls its function
 * once when an agent is stopped, and returns how to stop watching: what was begun for it is over then, also programs that nobody asks
 * anything just now. `remembers`: how long what was read counts after the last that was done, in milliseconds.
 */
export function createSessions(
  clock: Pick<Clock, "monotonic">,
  ended: (session: Session, stopped: boolean) => void,
  until: (agent: string, stop: () => void) => () => void = () => () => {},
  remembers: () => number = () => IDLE_MS,
): Sessions {
  const byId = new Map<string, Session>();
  const watched = new Map<Session, () => void>();
  const memoryOf = memories(clock, remembers);
  const isIdle = ({ used, busy, members }: Session): boolean =>
    clock.monotonic() - used > IDLE_MS && busy === 0 && [...members.values()].every((member) => member.busy === 0);
  const sweep = (): void => {
    for (const session of byId.values()) if (isIdle(session)) end(session);
  };
  const end = (session: Session, stopped = false): void => {
    watched.get(session)?.();
    watched.delete(session);
    if (byId.delete(session.id)) ended(session, stopped);
    for (const member of session.members.values()) end(member, stopped);
  };
  const add = (id: string, server: string, principal: Principal, declared: string | undefined): Session | undefined => {
    if (byId.size >= MOST_SESSIONS) sweep();
    const mine = [...byId.values()].filter((one) => keyOf(one.principal) === keyOf(principal));
    const memory = memoryOf(principal, declared);
    if (byId.size >= MOST_SESSIONS || memory === undefined) return undefined;
    // One key cannot take everybody's room: its own oldest goes.
    if (mine.length >= MOST_PER_KEY) end(mine.reduce((oldest, one) => (one.used < oldest.used ? one : oldest)));
    const session: Session = {
      id,
      server,
      principal: declared === undefined ? principal : { ...principal, session: declared },
      // Not its id: that of a key is the same again for the next one, and what the last one had is still being taken away then.
      link: { key: newName() },
      memory,
      open: new Map(),
      waiting: new Map(),
      asking: new Map(),
      members: new Map(),
      resources: new Map(),
      declared,
      tools: undefined,
      listed: 0,
      busy: 0,
      used: clock.monotonic(),
    };
    byId.set(id, session);
    watched.set(
      session,
      // Whoever waits within it is told first, and why; then it is over.
      until(principal.agent, () => queueMicrotask(() => end(session, true))),
    );
    return session;
  };
  const touched = (session: Session | undefined): Session | undefined => {
    if (session === undefined) return undefined;
    if (isIdle(session)) {
      end(session);
      return undefined;
    }
    session.used = session.memory.used = clock.monotonic();
    return session;
  };
  return {
    begin: (server, principal, declared) => add(`mcp-${newName()}`, server, principal, declared),
    named(id, server, principal) {
      const found = byId.get(id);
      return found !== undefined && found.server === server && keyOf(found.principal) === keyOf(principal) ? touched(found) : undefined;
    },
    ofKey(server, principal, declared) {
      // No client can name this one: a header holds no line breaks.
      const id = `${server}\n${keyOf(principal)}\n${declared ?? ""}`;
      return touched(byId.get(id)) ?? add(id, server, principal, declared);
    },
    end,
    get all() {
      return [...byId.values()];
    },
  };
}

const newName = (): string => randomBytes(18).toString("base64url");

/** One caller: what is begun under one key exists for no other. */
export const keyOf = ({ agent, capability = "" }: Principal): string => `${agent}\n${capability}`;

/**
 * What was read is remembered for the key, not for the session: an agent that reads a mail at one server and sends it at another holds two
 * sessions, and could begin a third that has read nothing. Only a client that says which conversation it carries on (`declared`) is
 * believed to hold several: the header is the client's, no model writes it.
 */
function memories(clock: Pick<Clock, "monotonic">, remembers: () => number): (principal: Principal, declared: string | undefined) => Memory | undefined {
  const kept = new Map<string, Memory>();
  return (principal, declared = "") => {
    const key = `${keyOf(principal)}\n${declared}`;
    const now = clock.monotonic();
    // A model keeps what it read for longer than a connection: an agent that works by the hour begins a new session each time.
    const idle = Math.max(IDLE_MS, remembers());
    const [live, resting] = [
      { all: 0, mine: 0 },
      { all: 0, mine: 0 },
    ];
    for (const [other, old] of kept) {
      const rested = now - old.used;
      if (rested > idle) {
        kept.delete(other);
        continue;
      }
      const counted = rested > IDLE_MS ? resting : live;
      counted.all++;
      if (other.startsWith(`${keyOf(principal)}\n`)) counted.mine++;
      if (counted === resting) old.handles = createHandles();
    }
    const memory = kept.get(key) ?? { label: NEUTRAL_LABEL, handles: createHandles(), used: now };
    // ATTACK: what was read is not forgotten for want of room, so a key that declares one conversation after the other must not take everybody's.
    const isFull = live.mine >= SHARE * (MOST_SESSIONS - live.all) || resting.mine >= SHARE * (MOST_RESTING - resting.all);
    if (!kept.has(key) && isFull) return undefined;
    memory.used = now;
    kept.set(key, memory);
    return memory;
  };
}
