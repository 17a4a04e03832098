import type { Clock } from "../../core/layers.ts";
import { isLooser, nextPhase, type Phase } from "../../core/phase.ts";
import { createTurns } from "../turns.ts";
import { type Criterion, criteria, type Evidence, NOTHING, type Said, type Thresholds } from "./evidence.ts";
import { partsOf, type Subject, withTool } from "./subject.ts";

/** What is kept of an agent, or of an agent with one tool: the phase, and what that rests on. */
export interface Kept {
  readonly agent: Subject;
  readonly phase: Phase;
  /** The phase that configuration began with when this was last moved. A stricter one there counts at once, a looser one is no promotion. */
  readonly start: Phase;
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly evidence: Evidence;
  /** The newest last. */
  readonly history: readonly Move[];
}

export interface Move {
  readonly at: number;
  readonly from: Phase;
  readonly to: Phase;
  /** An operator; `holdfast` where it was an incident, `configuration` where a stricter phase was written there. */
  readonly by: string;
  readonly reason: string;
  /** Against the numbers, or more than one step. */
  readonly forced?: true;
  /** The numbers as they were. */
  readonly criteria: readonly Criterion[];
}

/** Where an agent stands, with the numbers for the next step. */
export interface Standing {
  readonly phase: Phase;
  /** False where neither configuration nor a person gave the agent a phase: then no incident moves it. */
  readonly graduated: boolean;
  readonly since: number;
  readonly criteria: readonly Criterion[];
  /** The next phase, where the numbers are there and a person may take the step. */
  readonly proposed?: Phase;
  readonly history: readonly Move[];
  readonly incident?: Evidence["incident"];
}

export interface PhaseOptions {
  /** `save` is durable when it resolves. */
  readonly store: { load(): Promise<readonly Kept[]>; save(kept: Kept): Promise<void> };
  readonly clock: Clock;
  /** What configuration says: undefined where there is no such agent, `none` where it has no phase. */
  readonly configured: (subject: Subject) => Phase | "none" | undefined;
  /** Every agent, and every tool for which configuration says something. */
  readonly subjects: () => readonly Subject[];
  readonly thresholds: () => Thresholds;
  /** Whose answers count. */
  readonly counts: (person: string) => boolean;
  /** Durable when it resolves. */
  readonly record: (event: "agent-promoted" | "agent-demoted", facts: { readonly [name: string]: string }) => Promise<void>;
}

export type Moved = { readonly move: Move } | { readonly refused: "not-there" | "no-such-step" | "not-earned" | "changed"; readonly text: string };
/** `to`: another phase than the next one, which has to be forced. */
export interface Step {
  readonly by: string;
  readonly reason: string;
  readonly to?: Phase;
  readonly forced?: boolean;
}

/** The phases of all agents. They outlive configurations and restarts. */
export interface Phases {
  /** What holds: the tool's own phase where it has one, else its agent's. In its shadow phase an agent does nothing, with any tool. */
  of(agent: string, tool?: string): Phase;
  standing(subject: Subject): Standing;
  /** The tools with which this agent has a phase of its own. */
  tools(agent: string): readonly string[];
  /** By an operator, one step, when the numbers are there, unless it is forced. On record and durable when it resolves; it holds from then on. */
  promote(subject: Subject, step: Step): Promise<Moved>;
  /** Holds at once. */
  demote(subject: Subject, step: Step): Promise<Moved>;
  /** An incident. An agent that is looser than supervised, with whatever tool, is supervised from here on: at once, and durable when it resolves. */
  fell(agent: string, cause: string): Promise<void>;
  /** A write ended. */
  ended(agent: string, tool: string | undefined, how: "done" | "failed"): void;
  /** A person said what they think of one of the agent's calls. */
  answered(agent: string, tool: string | undefined, person: string, said: keyof Said): void;
  /** Writes what was counted. */
  shut(): Promise<void>;
}

const HOLDFAST = "holdfast";
const CONFIGURED = { by: "configuration", reason: "configuration/autonomy" };
const MOST_MOVES = 100;
/** So many tools of an agent may be given a phase of their own by people. */
const MOST_TOOLS = 200;
/** Counts are written together; a kill loses a second of them, and never a phase. */
const SAVE_MS = 1_000;

export async function openPhases({ store, clock, configured, subjects, thresholds, counts, record }: PhaseOptions): Promise<Phases> {
  const kept = new Map((await store.load()).map((one) => [one.agent, one]));
  /** The phase that a restart would find. */
  const stored = new Map([...kept].map(([agent, { phase }]) => [agent, phase]));
  const opened = clock.now();
  const turns = createTurns();
  const dirty = new Set<string>();
  let cancel: (() => void) | undefined;

  const startOf = (agent: string): Phase => {
    const said = configured(agent);
    return said === undefined || said === "none" ? "exception-based" : said;
  };
  /** What is kept, as configuration stands now; undefined for an agent to which nobody gave a phase. */
  const found = (agent: string): Kept | undefined => {
    const one = kept.get(agent);
    const said = configured(agent);
    if (said === undefined || said === "none") return one;
    if (one === undefined) {
      const met = { agent, phase: beginning(agent, said), start: said, since: clock.now(), evidence: NOTHING, history: [] };
      soon(met);
      return met;
    }
    if (!isLooser(one.start, said) || !isLooser(one.phase, said)) return one;
    const after = moved(one, said, CONFIGURED.by, CONFIGURED.reason, false);
    soon(after);
    // That this configuration was loaded is on record in any case.
    void write(after, after.history.at(-1) as Move).catch(() => {});
    return after;
  };
  /** What is written, but for a tool whose agent has fallen behind what is written for it: to name the tool anew must not undo that. */
  const beginning = (subject: Subject, said: Phase): Phase => {
    const { agent, tool } = partsOf(subject);
    const whole = tool === undefined ? undefined : found(agent);
    return whole !== undefined && isLooser(startOf(agent), whole.phase) && isLooser(said, whole.phase) ? whole.phase : said;
  };
  const numbers = ({ phase, since, evidence }: Kept): readonly Criterion[] => criteria(phase, since, evidence, thresholds(), counts, clock.now());
  const save = (agent: string): Promise<void> =>
    turns.take(agent, async () => {
      const one = kept.get(agent);
      if (one === undefined) return;
      await keep(one);
      if (kept.get(agent) === one) dirty.delete(agent);
    });
  const keep = async (one: Kept): Promise<void> => {
    await store.save(one);
    stored.set(one.agent, one.phase);
  };
  const flush = async (): Promise<void> => {
    cancel?.();
    cancel = undefined;
    await Promise.all([...dirty].map(save));
  };
  const set = (one: Kept): void => {
    kept.set(one.agent, one);
    dirty.add(one.agent);
  };
  const soon = (one: Kept): void => {
    set(one);
    // What could not be written is written with the next change.
    cancel ??= clock.timer(SAVE_MS, () => void flush().catch(() => {}));
  };
  const moved = (one: Kept, to: Phase, by: string, reason: string, forced: boolean): Kept => {
    const move: Move = { at: clock.now(), from: one.phase, to, by, reason, ...(forced ? { forced } : {}), criteria: numbers(one) };
    const { incident } = one.evidence;
    const evidence = incident === undefined ? NOTHING : { ...NOTHING, incident };
    return { agent: one.agent, phase: to, start: startOf(one.agent), since: move.at, evidence, history: [...one.history, move].slice(-MOST_MOVES) };
  };
  const toolsOf = (agent: string): readonly string[] =>
    [...new Set([...kept.keys(), ...subjects()])].flatMap((subject) => {
      const { agent: owner, tool } = partsOf(subject);
      return owner === agent && tool !== undefined && found(subject) !== undefined ? [tool] : [];
    });
  /** Who has the phase that holds for a call: the tool's own, or its agent's. */
  const holder = (agent: string, tool: string | undefined): Kept | undefined => (tool === undefined ? undefined : found(withTool(agent, tool))) ?? found(agent);
  const phaseOf = (agent: string, tool: string | undefined): Phase => {
    const whole = found(agent)?.phase;
    return whole === "shadow" ? whole : (holder(agent, tool)?.phase ?? "exception-based");
  };
  /** To whom nobody gave a phase gets one when a person moves it; a tool begins where its agent is. */
  const given = (subject: Subject): Kept | undefined => {
    const known = found(subject);
    const { agent, tool } = partsOf(subject);
    if (known !== undefined || configured(subject) === undefined || (tool !== undefined && toolsOf(agent).length >= MOST_TOOLS)) return known;
    return { agent: subject, phase: phaseOf(agent, undefined), start: "exception-based", since: opened, evidence: NOTHING, history: [] };
  };
  const write = (one: Kept, { from, to, by, reason, forced }: Move): Promise<void> =>
    record(isLooser(to, from) ? "agent-promoted" : "agent-demoted", {
      ...partsOf(one.agent),
      from,
      to,
      by,
      reason,
      ...(forced ? { forced: "yes" } : {}),
    });

  for (const subject of subjects()) found(subject);

  return {
    of: phaseOf,
    tools: toolsOf,
    standing(agent) {
      const one = found(agent);
      if (one === undefined) return { phase: "exception-based", graduated: false, since: opened, criteria: [], history: [] };
      const { phase, since, evidence, history } = one;
      const next = nextPhase(phase, 1);
      const shown = next === undefined ? [] : numbers(one);
      const earned = next !== undefined && shown.every(({ met }) => met);
      const { incident } = evidence;
      return {
        phase,
        graduated: true,
        since,
        criteria: shown,
        history,
        ...(earned ? { proposed: next } : {}),
        ...(incident === undefined ? {} : { incident }),
      };
    },
    async promote(agent, { by, reason, to, forced = false }) {
      const one = given(agent);
      if (one === undefined) return NOBODY;
      const next = nextPhase(one.phase, 1);
      const target = to ?? next;
      if (target === undefined || !isLooser(target, one.phase)) return refused("no-such-step", `the agent is \`${one.phase}\`: that is no looser phase`);
      const missing = numbers(one).filter(({ met }) => !met);
      if (!forced && target !== next) return refused("not-earned", `one step at a time: the next phase is \`${next}\``);
      if (!forced && missing.length > 0) return refused("not-earned", `the numbers are not there yet: ${missing.map(({ id }) => `\`${id}\``).join(", ")}`);
      const after = moved(one, target, by, reason, forced && (target !== next || missing.length > 0));
      const move = after.history.at(-1) as Move;
      const holds = (): boolean => {
        const now = given(agent);
        return now?.phase === one.phase && now.evidence.incident === one.evidence.incident;
      };
      // INVARIANT: what cannot be recorded and kept does not happen: least of all that an agent is trusted with more.
      await write(after, move);
      await turns.take(agent, async () => {
        if (!holds()) return;
        await keep(after);
        if (holds()) kept.set(agent, after);
      });
      return kept.get(agent) === after ? { move } : overtaken(agent, move);
    },
    async demote(agent, { by, reason, to }) {
      const one = given(agent);
      if (one === undefined) return NOBODY;
      const target = to ?? nextPhase(one.phase, -1);
      if (target === undefined || !isLooser(one.phase, target)) return refused("no-such-step", `the agent is \`${one.phase}\`: that is no stricter phase`);
      const after = moved(one, target, by, reason, false);
      const move = after.history.at(-1) as Move;
      // It holds before it is written down, and also when it cannot be.
      set(after);
      await Promise.all([save(agent), write(after, move)]);
      return { move };
    },
    async fell(agent, cause) {
      await Promise.all([agent, ...toolsOf(agent).map((tool) => withTool(agent, tool))].map((subject) => fallen(subject, cause)));
    },
    ended(agent, tool, how) {
      const one = holder(agent, tool);
      if (one === undefined) return;
      const { evidence } = one;
      soon({ ...one, evidence: { ...evidence, calls: evidence.calls + 1, failed: evidence.failed + (how === "failed" ? 1 : 0) } });
    },
    answered(agent, tool, person, said) {
      const one = holder(agent, tool);
      if (one === undefined) return;
      const { answers } = one.evidence;
      const { agreed, changed: edited, rejected } = (Object.hasOwn(answers, person) ? answers[person] : undefined) ?? { agreed: 0, changed: 0, rejected: 0 };
      const own: Said = { agreed, changed: edited, rejected };
      soon({ ...one, evidence: { ...one.evidence, answers: { ...answers, [person]: { ...own, [said]: own[said] + 1 } } } });
    },
    shut: flush,
  };

  async function fallen(subject: Subject, cause: string): Promise<void> {
    const one = found(subject);
    if (one === undefined) return;
    const marked: Kept = { ...one, evidence: { ...one.evidence, incident: { at: clock.now(), cause } } };
    if (!isLooser(one.phase, "supervised")) {
      soon(marked);
      // It may have fallen a moment ago, and not be kept yet: no denial after that one is answered before it is.
      if (isLooser(stored.get(subject) ?? one.start, "supervised")) await save(subject);
      return;
    }
    const after = moved(marked, "supervised", HOLDFAST, cause, false);
    set(after);
    await Promise.all([save(subject), write(after, after.history.at(-1) as Move)]);
  }

  /** Something else moved the agent, or an incident came, between the record of a promotion and the promotion: the log must not end with what does not hold. */
  async function overtaken(agent: string, { from, to, by }: Move): Promise<Moved> {
    const now = found(agent)?.phase ?? from;
    await save(agent);
    if (now !== to)
      await record("agent-demoted", { agent, from: to, to: now, by: HOLDFAST, reason: `the promotion by \`${by}\` came too late and did not hold` });
    return refused("changed", `the agent is \`${now}\` by now`);
  }
}

const refused = (why: Exclude<Moved, { move: Move }>["refused"], text: string): Moved => ({ refused: why, text });
const NOBODY = refused("not-there", "there is no agent of this name");
