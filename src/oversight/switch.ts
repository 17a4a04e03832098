import type { Clock } from "../core/layers.ts";

/** Why an agent does nothing: who paused it, and when. */
export interface Pause {
  /** `*`: all agents. */
  readonly agent: string;
  readonly by: string;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/** Where pauses outlive a restart. `save` and `remove` are durable when they return. */
export interface PauseStore {
  load(): Promise<readonly Pause[]>;
  save(pause: Pause): Promise<void>;
  remove(agent: string): Promise<void>;
}

/** The kill switch. An agent is paused while it, or all of them, stands here. */
export interface Switch {
  /** Why this agent is paused; undefined where it is not. */
  of(agent: string): Pause | undefined;
  all(): readonly Pause[];
  /** Holds at once and ends what is live; durable when it resolves. */
  pause(agent: string, by: string, reason: string): Promise<Pause>;
  /** False where this was not paused. To resume all leaves those paused that were paused by name. */
  resume(agent: string): Promise<boolean>;
  /** Calls `end` once when the agent is paused; at once where it is. Returns how to stop watching. */
  watch(agent: string, end: () => void): () => void;
}

export const ALL = "*";

export async function openSwitch(store: PauseStore, now: Clock["now"]): Promise<Switch> {
  const pauses = new Map((await store.load()).map((pause) => [pause.agent, pause]));
  const live = new Map<string, Set<() => void>>();
  const of = (agent: string): Pause | undefined => pauses.get(ALL) ?? pauses.get(agent);
  // What is written is written in the order in which it was asked for: a late pause must not be undone by an earlier resume.
  let writing: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(write: () => Promise<T>): Promise<T> => {
    const written = writing.then(write, write);
    writing = written.catch(() => {});
    return written;
  };
  return {
    of,
    all: () => [...pauses.values()],
    pause(agent, by, reason) {
      const pause: Pause = { agent, by, reason, since: now() };
      // INVARIANT: it holds before it is written down, and also when it cannot be.
      pauses.set(agent, pause);
      for (const [name, ends] of live) {
        if (agent !== ALL && name !== agent) continue;
        live.delete(name);
        for (const end of ends) end();
      }
      return inTurn(async () => {
        await store.save(pause);
        return pause;
      });
    },
    resume: (agent) =>
      inTurn(async () => {
        const pause = pauses.get(agent);
        if (pause === undefined) return false;
        // The other way round: it works again only once that is written down.
        await store.remove(agent);
        if (pauses.get(agent) === pause) pauses.delete(agent);
        return true;
      }),
    watch(agent, end) {
      if (of(agent) !== undefined) {
        end();
        return () => {};
      }
      const ends = live.get(agent) ?? new Set();
      live.set(agent, ends.add(end));
      return () => {
        ends.delete(end);
        if (ends.size === 0 && live.get(agent) === ends) live.delete(agent);
      };
    },
  };
}
