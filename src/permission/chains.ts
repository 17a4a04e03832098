import { randomBytes } from "node:crypto";
import type { Principal } from "../core/request.ts";

/**
 * Agents that call agents: who was called by whom, as far as it passed here. It outlives a policy. INVARIANT: nothing that an agent says can
 * make its place in a chain less deep than what is known without it: a mark that it was given says which of the calls into it this is, a
 * mark that it was not given puts it at the bottom, and where it shows none, it stands in all of the calls into it at once.
 */
export interface Chains {
  /** Where an agent stands that shows this mark, or none. */
  place(principal: Principal, shown: string | undefined, now: number): Place;
  /** True where nobody has called this agent for a while: then it stands at the top, if it shows no mark. */
  atTop(agent: string): boolean;
  /** True where one more call can be remembered. */
  hasRoom(now: number): boolean;
  /** An agent is called from there. `most` is how deep agents may stand below one another. */
  begin(id: string, place: Place, callee: string, most: number, now: number): void;
  /** What the agent that this request calls gets to show. */
  markOf(id: string): string | undefined;
  /** The call is over; `made` is false where it never happened and counts for nobody. */
  end(id: string, made: boolean, now: number): void;
  /** How many calls are remembered. */
  readonly size: number;
}

/** Where a request stands. */
export interface Place {
  /** The agents from the first to the one that asks. Of several ways to it the deepest. */
  readonly path: readonly string[];
  /** Every agent that stands above it on any way, and itself. */
  readonly above: ReadonlySet<string>;
  /** How deep the deepest agent below may stand, as those above it allow. */
  readonly most: number;
  /** What it showed was not given to it. */
  readonly unknown: boolean;
  /** The calls that it makes from here. */
  readonly made: readonly Moments[];
  /** What all of it began with. */
  readonly roots: readonly Root[];
}

export interface Root {
  readonly key: string;
  readonly agent: string;
  /** The calls that it makes itself. */
  readonly made: Moments;
  /** All calls that come of it. */
  readonly all: Moments;
  used: number;
}

/** Monotonic times, in order. */
export type Moments = number[];

interface Call {
  readonly id: string;
  readonly mark: string;
  readonly callee: string;
  readonly from: Place;
  readonly to: Place;
  readonly at: number;
  ended: number | undefined;
}

/** A mark is known for so long after its call ended: work that goes on behind it is still counted where it belongs. */
const KEPT_MS = 60 * 60_000;
/** An agent that shows no mark stands in a call for so long after its end: it must not get out of a chain by answering early. */
const LINGER_MS = 60_000;
const MOST_CALLS = 10_000;
const MOST_ROOTS = 10_000;
/** No window is longer. */
const LONGEST_MS = 24 * 60 * 60_000;

export function createChains(random: (bytes: number) => Uint8Array = randomBytes, most = MOST_CALLS): Chains {
  // In the order in which they began.
  const calls = new Map<string, Call>();
  const byMark = new Map<string, Call>();
  const into = new Map<string, Set<Call>>();
  const roots = new Map<string, Root>();

  const forget = (call: Call): void => {
    calls.delete(call.id);
    byMark.delete(call.mark);
    leave(call);
  };
  const leave = (call: Call): void => {
    const those = into.get(call.callee);
    if (those?.delete(call) && those.size === 0) into.delete(call.callee);
  };
  /** The calls into an agent in which it may be working now. */
  const inside = (agent: string, now: number): readonly Call[] => {
    const those = into.get(agent);
    if (those === undefined) return [];
    for (const call of those) if (call.ended !== undefined && now - call.ended > LINGER_MS) leave(call);
    return [...those];
  };
  const rootOf = ({ agent, capability = "" }: Principal, now: number): Root => {
    // Not the session, which its client names: a new name must not be a new allowance.
    const key = `${agent}\n${capability}`;
    // Remembered only once it calls.
    return roots.get(key) ?? { key, agent, made: [], all: [], used: now };
  };
  const hasRoom = (now: number): boolean => {
    if (calls.size >= most) {
      // The oldest first; of what is forgotten the mark is unknown, which is the deeper reading.
      for (const call of calls.values()) {
        if (call.ended !== undefined && (calls.size >= most || now - call.ended > KEPT_MS)) forget(call);
        if (calls.size < most) break;
      }
    }
    if (roots.size >= MOST_ROOTS) for (const [key, { used }] of roots) if (now - used > LONGEST_MS) roots.delete(key);
    return calls.size < most && roots.size < MOST_ROOTS;
  };

  return {
    get size() {
      return calls.size;
    },
    hasRoom,
    atTop: (agent) => !into.has(agent),
    place(principal, shown, now) {
      const found = shown === undefined ? undefined : byMark.get(shown);
      if (found !== undefined && found.callee === principal.agent && (found.ended === undefined || now - found.ended <= KEPT_MS)) return found.to;
      const unknown = shown !== undefined;
      const places = inside(principal.agent, now).map(({ to }) => to);
      if (places.length > 0) return { ...together(places), unknown };
      const root = rootOf(principal, now);
      const { agent } = principal;
      return { path: [agent], above: new Set([agent]), most: Number.POSITIVE_INFINITY, unknown, made: [root.made], roots: [root] };
    },
    begin(id, from, callee, most, now) {
      const to: Place = {
        path: [...from.path, callee],
        above: new Set([...from.above, callee]),
        most,
        unknown: false,
        made: [[]],
        roots: from.roots,
      };
      const call: Call = { id, mark: Buffer.from(random(18)).toString("base64url"), callee, from, to, at: now, ended: undefined };
      for (const made of from.made) made.push(now);
      for (const root of from.roots) {
        root.all.push(now);
        root.used = now;
        roots.set(root.key, root);
      }
      calls.set(id, call);
      byMark.set(call.mark, call);
      into.set(callee, (into.get(callee) ?? new Set()).add(call));
    },
    markOf: (id) => calls.get(id)?.mark,
    end(id, made, now) {
      const call = calls.get(id);
      if (call === undefined || call.ended !== undefined) return;
      call.ended = now;
      if (made) return;
      for (const moments of [...call.from.made, ...call.from.roots.map(({ all }) => all)]) take(moments, call.at);
      forget(call);
    },
  };
}

/** How many of them lie in the last `ms`; what lies before is forgotten. */
export function within(moments: Moments, now: number, ms: number): number {
  while (moments.length > 0 && now - (moments[0] as number) >= ms) moments.shift();
  return moments.length;
}

function take(moments: Moments, at: number): void {
  const index = moments.lastIndexOf(at);
  if (index >= 0) moments.splice(index, 1);
}

/** All of these places at once: nothing that one of them forbids is allowed. */
function together(places: readonly Place[]): Place {
  if (places.length === 1) return places[0] as Place;
  return {
    path: places.reduce((deepest, { path }) => (path.length >= deepest.length ? path : deepest), [] as readonly string[]),
    above: new Set(places.flatMap(({ above }) => [...above])),
    most: Math.min(...places.map(({ most }) => most)),
    unknown: false,
    made: places.flatMap(({ made }) => made),
    roots: [...new Set(places.flatMap(({ roots }) => roots))],
  };
}
