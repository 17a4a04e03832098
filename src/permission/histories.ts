import { joinReaders, type Label } from "../core/label.ts";
import type { Principal } from "../core/request.ts";
import type { Attempts } from "./controls/attempts.ts";

/** What of a session's past its next action depends on. Nothing of the content. */
export interface State {
  /** The sequence rules that wait for their action. */
  armed: readonly string[];
  untrusted: boolean;
  sensitive: boolean;
  /** Whoever acts in it may have read what a stranger wrote. */
  exposed: boolean;
  /** Who may read all that was read; absent while that is everybody. */
  readers?: readonly string[];
  /** Absent while nothing was tried. */
  attempts?: Attempts;
  /** When it is over, if nothing more is done in it. */
  over: number;
  /** Of a turn that was asked for again: what ends a rule in one of its answers has not ended it in the others. */
  again?: true;
  /** Of a key whose conversations are known: what it did where none is seen (at the MCP gateway, at the decision API). */
  elsewhere?: State;
}

/** What a request is judged by: one state, or several that count together. */
export interface History {
  armed: readonly string[];
  untrusted: boolean;
  sensitive: boolean;
  /** Of this conversation alone; where none is seen, of all that is done where none is. */
  exposed: boolean;
  readers: Label["readers"];
  /** The states that are looked at, and those that what is done now goes into. */
  readonly looked: readonly State[];
  readonly told: readonly State[];
}

/**
 * The pasts of all sessions: the one that the client declares, else all that the key does; and of each conversation that is recognised
 * (`conversations.ts`). They live longer than a policy: a reload makes nobody innocent. They do not outlive the process. `idle` is how long a
 * session lasts in which nothing is done. INVARIANT: what is done in a conversation goes into the session's past as well, so that where a
 * conversation is not known again, the session is at least as strict.
 */
export interface Histories {
  /** The past of the caller's session or conversation, a fresh one where there is none. Undefined where there is no room. */
  of(principal: Principal, now: number, idle: number, conversation?: string): History | undefined;
  /** The same, where there is one already; nothing is kept for who has none. */
  known(principal: Principal, now: number, idle: number, conversation?: string): History | undefined;
  /** Joins all that the key has done, in whatever session it says, into this. */
  joinAll(into: State, principal: Principal, now: number): void;
  /** Of conversations, by their id; kept by `conversations.ts`. */
  readonly own: Map<string, State>;
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
  const kept = new Map<string, Map<string, State>>();
  const own = new Map<string, State>();
  let size = 0;
  let swept = Number.NEGATIVE_INFINITY;
  const sweep = (now: number): void => {
    if (now - swept < SWEEP_MS) return;
    swept = now;
    for (const sessions of kept.values())
      for (const [key, state] of sessions)
        if (now > state.over || isSpotless(state)) {
          sessions.delete(key);
          size--;
        }
  };
  // Several controls ask about one request, at one moment. INVARIANT: what is taken away or replaced is not found here either.
  let last: { readonly principal: Principal; readonly now: number; readonly state: State; past?: Past } | undefined;
  const find = (principal: Principal, now: number, idle: number): State | undefined => {
    const known = last?.principal === principal && last.now === now;
    const found = known ? last?.state : kept.get(principal.agent)?.get(sessionOf(principal));
    if (found === undefined || now > found.over) return undefined;
    found.over = now + idle;
    if (!known) last = { principal, now, state: found };
    return found;
  };
  const make = (principal: Principal, now: number, idle: number): State | undefined => {
    last = undefined;
    const sessions = kept.get(principal.agent) ?? new Map<string, State>();
    kept.set(principal.agent, sessions);
    const key = sessionOf(principal);
    if (sessions.delete(key)) size--;
    if (!hasRoom(sessions)) sweep(now);
    if (!hasRoom(sessions)) return undefined;
    const fresh = copyOf(undefined, now + idle);
    sessions.set(key, fresh);
    size++;
    return fresh;
  };
  const hasRoom = (sessions: ReadonlyMap<string, State>): boolean => sessions.size < SHARE * (most - size);
  const joinAll: Histories["joinAll"] = (into, { agent, capability = "" }, now) => {
    for (const [key, state] of kept.get(agent) ?? []) if (now <= state.over && key.startsWith(`${capability}\n`)) joinState(into, state);
  };
  /** A conversation, with the session that it is part of; where it is not known any more, with all that the key did. */
  const ofConversation = (principal: Principal, now: number, id: string, session: State | undefined): History => {
    let mine = own.get(id);
    if (mine === undefined || now > mine.over) joinAll((mine = copyOf(undefined, now)), principal, now);
    const told = session === undefined ? [mine] : [mine, session];
    // What is declared to be one session is one: that only adds to the past.
    if (principal.session !== undefined) return new Past(told, told, told, mine);
    if (session !== undefined) session.elsewhere ??= copyOf(session, session.over);
    return new Past(session?.elsewhere === undefined ? [mine] : [mine, session.elsewhere], told, [mine], mine);
  };
  const ofSession = (session: State): History => {
    const { elsewhere } = session;
    const known = last?.state === session ? last.past : undefined;
    if (known !== undefined && known.told[1] === elsewhere) return known;
    const told = elsewhere === undefined ? [session] : [session, elsewhere];
    const past = new Past([session], told, told, elsewhere ?? session);
    if (last?.state === session) last.past = past;
    return past;
  };
  return {
    own,
    joinAll,
    get size() {
      return size;
    },
    known(principal, now, idle, conversation) {
      const session = find(principal, now, idle);
      if (conversation !== undefined) return ofConversation(principal, now, conversation, session);
      return session === undefined ? undefined : ofSession(session);
    },
    of(principal, now, idle, conversation) {
      const session = find(principal, now, idle) ?? make(principal, now, idle);
      if (session === undefined) return undefined;
      return conversation === undefined ? ofSession(session) : ofConversation(principal, now, conversation, session);
    },
  };
}

/** Several states as one: it is as strict as the strictest of those it looks at. */
class Past implements History {
  readonly looked: readonly State[];
  readonly told: readonly State[];
  /** Those in which a rule ends when its `until` comes. */
  readonly #ended: readonly State[];
  /** What whoever acts now has read went into it. */
  readonly #read: State;

  constructor(looked: readonly State[], told: readonly State[], ended: readonly State[], read: State) {
    this.looked = looked;
    this.told = told;
    this.#ended = ended;
    this.#read = read;
  }

  get armed(): readonly string[] {
    if (this.looked.length === 1) return this.looked[0]?.armed ?? NOTHING_ARMED;
    const [first, ...rest] = this.looked.map(({ armed }) => armed).filter(({ length }) => length > 0);
    return first === undefined ? NOTHING_ARMED : rest.length === 0 ? first : [...new Set([first, ...rest].flat())];
  }

  set armed(next: readonly string[]) {
    const before = this.armed;
    for (const state of this.told) state.armed = [...new Set([...state.armed, ...next])];
    const over = before.filter((key) => !next.includes(key));
    if (over.length > 0) for (const state of this.#ended) if (state.again !== true) state.armed = state.armed.filter((key) => !over.includes(key));
  }

  get untrusted(): boolean {
    return this.looked.some(({ untrusted }) => untrusted);
  }

  set untrusted(is: boolean) {
    if (is) for (const state of this.told) state.untrusted = true;
  }

  get sensitive(): boolean {
    return this.looked.some(({ sensitive }) => sensitive);
  }

  set sensitive(is: boolean) {
    if (is) for (const state of this.told) state.sensitive = true;
  }

  get exposed(): boolean {
    return this.#read.exposed;
  }

  set exposed(is: boolean) {
    if (is) for (const state of this.told) state.exposed = true;
  }

  get readers(): Label["readers"] {
    return this.looked.reduce<Label["readers"]>((all, { readers }) => joinReaders(all, readers ?? "public"), "public");
  }

  set readers(some: Label["readers"]) {
    for (const state of this.told) restrict(state, some);
  }
}

/** Nothing can depend on it. */
export const isSpotless = ({ armed, untrusted, sensitive, exposed, readers, attempts }: State): boolean =>
  armed.length === 0 && !untrusted && !sensitive && !exposed && readers === undefined && attempts === undefined;

/** A state of its own with the same past; a fresh one of nothing. */
export function copyOf(state: State | undefined, over: number): State {
  const { armed = NOTHING_ARMED, untrusted = false, sensitive = false, exposed = false, readers, attempts } = state ?? {};
  return {
    armed,
    untrusted,
    sensitive,
    exposed,
    over,
    ...(readers === undefined ? {} : { readers }),
    ...(attempts === undefined ? {} : { attempts: { ...attempts, counted: new Map(attempts.counted) } }),
  };
}

function restrict(state: State, readers: Label["readers"]): void {
  const both = joinReaders(state.readers ?? "public", readers);
  if (both !== "public") state.readers = both;
}

function joinState(into: State, { armed, untrusted, sensitive, exposed, readers, attempts }: State): void {
  if (armed.length > 0) into.armed = [...new Set([...into.armed, ...armed])];
  into.untrusted ||= untrusted;
  into.sensitive ||= sensitive;
  into.exposed ||= exposed;
  restrict(into, readers ?? "public");
  // Both fade alike, so the greater now stays the greater.
  if (attempts === undefined) return;
  if (into.attempts === undefined || faded(into.attempts, attempts.at) < attempts.score) into.attempts = { ...attempts, counted: new Map(attempts.counted) };
}

/** In this time a score halves: a day of honest work is no attack for the three findings in it. */
export const HALF_MS = 3_600_000;
export const faded = ({ score, at }: Pick<Attempts, "score" | "at">, now: number): number => score * 0.5 ** ((now - at) / HALF_MS);

/** The session that a client declares, within its key; else all that the key does. Several controls ask about one request. */
export function sessionOf(principal: Principal): string {
  const known = sessions.get(principal);
  if (known !== undefined) return known;
  const { capability = "", session = "" } = principal;
  const made = `${capability}\n${session}`;
  sessions.set(principal, made);
  return made;
}
const sessions = new WeakMap<Principal, string>();
