import type { IncidentState, Regime } from "../core/incident.ts";
import type { Clock as Time } from "../core/layers.ts";
import { type Clock, REPORTS } from "./clocks.ts";

/** Something that must not have been tried, or a person thinks so. What happens again before it is closed belongs to it. Times are milliseconds since the epoch. */
export interface Incident {
  /** `IN-3`. */
  readonly id: string;
  /** The id of the reason that was given each time; `by-hand` where a person opened it. */
  readonly cause: string;
  readonly agent?: string;
  /** Whose account at the console it is about, where it is about one. */
  readonly person?: string;
  /** What a person called it. */
  readonly title?: string;
  readonly state: IncidentState;
  readonly first: number;
  readonly last: number;
  readonly count: number;
  /** The newest decisions in the log that belong to it, the oldest of them first. */
  readonly requests: readonly string[];
  readonly clocks: readonly Clock[];
  readonly history: readonly Step[];
}

/** What was done about it, the oldest first. */
export interface Step {
  readonly at: number;
  /** An operator, or `holdfast`. */
  readonly by: string;
  readonly did: "opened" | "again" | "note" | IncidentState | "clock" | "reported";
  readonly text: string;
}

/** What a person does about an incident; `text` says why, or what. */
export type Act =
  | { readonly do: "note" }
  | { readonly do: "state"; readonly state: IncidentState }
  | { readonly do: "clock"; readonly regime: Regime; readonly aware: number }
  | { readonly do: "report"; readonly regime: Regime; readonly report: string };

export type Acted = { readonly incident: Incident } | { readonly refused: "not-there" | "no-such-step"; readonly text: string };

export interface IncidentOptions {
  /** `save` and `remove` are durable when they resolve. */
  readonly store: { load(): Promise<readonly Incident[]>; save(incident: Incident): Promise<void>; remove(id: string): Promise<void> };
  readonly clock: Time;
  /** Durable when it resolves. */
  readonly record: (event: "incident-opened" | "incident-changed", facts: { readonly [name: string]: string }) => Promise<void>;
  /** What could not be kept, to be logged: nobody waits for it. */
  readonly failed: (error: unknown) => void;
}

export interface Incidents {
  /** The newest first. */
  list(): readonly Incident[];
  get(id: string): Incident | undefined;
  /** Something of this cause was stopped. Never rejects: what it says of the past must not change what is answered now. */
  seen(agent: string, cause: string, request: string | undefined): Promise<void>;
  /** The same, where somebody tries to act as this person. */
  suspected(person: string, cause: string): Promise<void>;
  /** By a person. Undefined where there is no room: close some first. */
  open(by: string, title: string, text: string, agent?: string): Promise<Incident | undefined>;
  act(id: string, by: string, act: Act, text: string): Promise<Acted>;
  /** Writes what was counted. */
  shut(): Promise<void>;
}

const HOLDFAST = "holdfast";
/** So many are kept; of more, those that were closed first are forgotten. The log has all of them. */
const MOST = 1_000;
const MOST_REQUESTS = 50;
const MOST_STEPS = 200;
/** Counts are written together: a flood must not keep the store busy. */
const SAVE_MS = 1_000;

/** Incidents follow the log and stand in no request's way. A detection opens one for its agent and cause, or adds to the one that is there. */
export async function openIncidents({ store, clock, record, failed }: IncidentOptions, most = MOST): Promise<Incidents> {
  const kept = new Map((await store.load()).map((one) => [one.id, one]));
  const dirty = new Set<string>();
  let next = Math.max(0, ...[...kept.keys()].map(numberOf)) + 1;
  let cancel: (() => void) | undefined;
  let full = false;
  // What is written is written in the order in which it came to be.
  let writing: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(write: () => Promise<T>): Promise<T> => {
    const written = writing.then(write, write);
    writing = written.catch(() => {});
    return written;
  };

  const save = (id: string): Promise<void> =>
    inTurn(async () => {
      const one = kept.get(id);
      if (one === undefined) return store.remove(id);
      await store.save(one);
      if (kept.get(id) === one) dirty.delete(id);
    });
  const flush = async (): Promise<void> => {
    cancel?.();
    cancel = undefined;
    await Promise.all([...dirty].map(save));
  };
  const set = (one: Incident): void => {
    kept.set(one.id, one);
    dirty.add(one.id);
  };
  const soon = (): void => {
    cancel ??= clock.timer(SAVE_MS, () => void flush().catch(failed));
  };
  /** INVARIANT: what is not closed is never forgotten for want of room. */
  const room = (): boolean => {
    const [oldest] = kept.size < most ? [] : [...kept.values()].filter(({ state }) => state === "closed").sort((a, b) => a.last - b.last);
    full = kept.size >= most && oldest === undefined;
    if (oldest === undefined) return !full;
    kept.delete(oldest.id);
    void save(oldest.id).catch(failed);
    return true;
  };
  const made = (one: Pick<Incident, "cause" | "agent" | "person" | "title" | "requests">, by: string, text: string): Incident => {
    const now = clock.now();
    const opened: Step = { at: now, by, did: "opened", text };
    return { id: `IN-${next++}`, state: "open", first: now, last: now, count: 1, clocks: [], history: [opened], ...one };
  };
  async function happened(who: Pick<Incident, "agent" | "person">, cause: string, requests: readonly string[]): Promise<void> {
    const now = clock.now();
    const known = [...kept.values()].find((one) => one.agent === who.agent && one.person === who.person && one.cause === cause && one.state !== "closed");
    try {
      if (known === undefined) {
        // Once, and again only where there was room between: whoever filled it must not fill the log of the server, too.
        const before = full;
        if (!room()) return before ? undefined : failed(new Error("there is no room for another incident: close some"));
        const fresh = made({ cause, ...who, requests }, HOLDFAST, cause);
        set(fresh);
        // The first is kept before the denial is answered, the others with the next count.
        await Promise.all([save(fresh.id), record("incident-opened", { incident: fresh.id, ...who, cause, by: HOLDFAST })]);
        return;
      }
      const again: Step = { at: now, by: HOLDFAST, did: "again", text: cause };
      set({
        ...known,
        // Contained it was not.
        state: "open",
        last: now,
        count: known.count + 1,
        requests: [...known.requests, ...requests].slice(-MOST_REQUESTS),
        history: known.state === "contained" ? cut([...known.history, again]) : known.history,
      });
      soon();
    } catch (error) {
      failed(error);
      soon();
    }
  }

  return {
    list: () => [...kept.values()].sort((a, b) => b.last - a.last || numberOf(b.id) - numberOf(a.id)),
    get: (id) => kept.get(id),
    seen: (agent, cause, request) => happened({ agent }, cause, request === undefined ? [] : [request]),
    suspected: (person, cause) => happened({ person }, cause, []),
    async open(by, title, text, agent) {
      if (!room()) return undefined;
      const fresh = made({ cause: "by-hand", title, ...(agent === undefined ? {} : { agent }), requests: [] }, by, text);
      await record("incident-opened", { incident: fresh.id, ...(agent === undefined ? {} : { agent }), cause: "by-hand", by });
      set(fresh);
      await save(fresh.id);
      return fresh;
    },
    async act(id, by, act, text) {
      const fault = refusal(kept.get(id), act, clock.now());
      if (fault !== undefined) return fault;
      await record("incident-changed", { incident: id, by, did: act.do === "state" ? act.state : act.do, reason: text, ...about(act) });
      // It may have grown, or somebody else may have done the same, while this was recorded.
      const one = kept.get(id);
      const late = refusal(one, act, clock.now());
      if (one === undefined || late !== undefined) return late ?? NOT_THERE;
      const after = changed(one, by, act, text, clock.now());
      set(after);
      await save(id);
      return { incident: after };
    },
    async shut() {
      await flush();
      await writing;
    },
  };
}

const NOT_THERE: Acted = { refused: "not-there", text: "there is no incident of this id" };
const no = (text: string): Acted => ({ refused: "no-such-step", text });

function refusal(one: Incident | undefined, act: Act, now: number): Acted | undefined {
  if (one === undefined) return NOT_THERE;
  switch (act.do) {
    case "note":
      return undefined;
    case "state":
      return one.state === act.state ? no(`it is ${act.state} already`) : undefined;
    case "clock":
      if (one.clocks.some(({ regime }) => regime === act.regime)) return no("this clock was started already");
      return act.aware > now ? no("nobody can become aware of it later than now") : undefined;
    case "report": {
      const clock = one.clocks.find(({ regime }) => regime === act.regime);
      if (clock === undefined) return no("this clock was not started");
      if (!REPORTS[act.regime].some(({ id }) => id === act.report)) return no("this regime has no such report");
      return Object.hasOwn(clock.made, act.report) ? no("this report was made already") : undefined;
    }
  }
}

function changed(one: Incident, by: string, act: Act, text: string, at: number): Incident {
  const step = (did: Step["did"], said = text): Incident["history"] => cut([...one.history, { at, by, did, text: said }]);
  switch (act.do) {
    case "note":
      return { ...one, history: step("note") };
    case "state":
      return { ...one, state: act.state, history: step(act.state) };
    case "clock":
      return { ...one, clocks: [...one.clocks, { regime: act.regime, aware: act.aware, made: {} }], history: step("clock", `${act.regime}: ${text}`) };
    case "report":
      return {
        ...one,
        clocks: one.clocks.map((clock) => (clock.regime === act.regime ? { ...clock, made: { ...clock.made, [act.report]: { at, by } } } : clock)),
        history: step("reported", `${act.regime}/${act.report}: ${text}`),
      };
  }
}

function about(act: Act): { readonly [name: string]: string } {
  if (act.do === "clock") return { regime: act.regime, aware: new Date(act.aware).toISOString() };
  return act.do === "report" ? { regime: act.regime, report: act.report } : {};
}

/** The first step says how it began; of the others the newest are kept. */
const cut = (steps: readonly Step[]): readonly Step[] => (steps.length <= MOST_STEPS ? steps : [steps[0] as Step, ...steps.slice(1 - MOST_STEPS)]);

const numberOf = (id: string): number => Number(id.slice("IN-".length));
