import { EFFECTS, type Effect } from "../../../core/decision.ts";
import { countChanges } from "../../changed.ts";
import { decidedForm } from "../../decided.ts";
import type { Evaluator } from "../../evaluate.ts";
import { judge } from "../../evaluate.ts";
import { configuredOr } from "../configured.ts";
import { answerLines, refuseLine } from "../jsonl.ts";
import { progress } from "../progress.ts";
import { EXIT, type Exit, say, type Terminal } from "../terminal.ts";
import { calls, readTrajectory, type ToolDefinition, type Trajectory } from "../trajectory.ts";
import { wire } from "../wire.ts";
import type { Wiring } from "../wiring.ts";

interface Flags {
  readonly config?: string;
  readonly draft?: string;
}

/** Decides every tool call of recorded runs, a line for each, in order. Exit code 1 if a line was not a run. */
export async function replay(terminal: Terminal, flags: Flags): Promise<Exit> {
  const wiring = await wire(terminal);
  const current = await policyOf(terminal, wiring, flags.config);
  const words = terminal.words.replay;
  say(terminal, current.first === undefined ? words.outOfTheBox : words.first(current.first));
  if (flags.draft !== undefined) return compare(terminal, current, await policyOf(terminal, wiring, flags.draft, current.first));
  const counts: Record<Effect, number> = { permit: 0, ask: 0, deny: 0 };
  const decide = async (run: Trajectory, session: string): Promise<readonly ReplayedCall[]> => {
    const lines = await current.decide(run, session, terminal.signal);
    for (const { effect } of lines) counts[effect] += 1;
    return lines;
  };
  return everyRun(terminal, decide, () => EFFECTS.map((effect) => `${counts[effect]} ${effect}`).join(", "));
}

/** The same runs under a policy that is not in force yet: a line for each call that it would decide otherwise. Exit code 100 if there is one. */
async function compare(terminal: Terminal, current: Policy, draft: Policy): Promise<Exit> {
  const changes = countChanges();
  let calls = 0;
  const decide = async (run: Trajectory, session: string): Promise<readonly object[]> => {
    const standing = await current.decide(run, session, terminal.signal);
    const drafted = await draft.decide(run, session, terminal.signal);
    calls += drafted.length;
    return drafted.flatMap(({ id, index, tool, effect: after, reasons }, at) => {
      const before = standing[at]?.effect ?? "deny";
      return changes.note({ before, after }) ? [{ id, index, tool, before, after, reasons }] : [];
    });
  };
  const exit = await everyRun(terminal, decide, () => {
    const { becomes, alike, otherwise } = terminal.words.replay;
    const list = changes.all().map(({ count, before, after }) => becomes(count, before, after));
    return changes.total === 0 ? alike(calls) : otherwise(changes.total, calls, list);
  });
  return exit === EXIT.ok && changes.total > 0 ? EXIT.findings : exit;
}

interface Policy {
  /** The agent of runs that name none; undefined where none is configured, and then all are one that may use everything. */
  readonly first: string | undefined;
  decide(run: Trajectory, session: string, signal: AbortSignal): Promise<readonly ReplayedCall[]>;
}

/** `standing`: the agent of the policy that this one is compared with. Two agents would differ in more than the two policies do. */
async function policyOf(terminal: Terminal, wiring: Wiring, path: string | undefined, standing?: string): Promise<Policy> {
  const found = await configuredOr(terminal, wiring, path);
  const config = Object.keys(found.config.agents).length === 0 ? wiring.outOfTheBox(found.config) : found.config;
  const own = config === found.config && found.path !== undefined;
  const [ours = ""] = Object.keys(config.agents);
  const first = (own ? standing : undefined) ?? ours;
  const evaluatorFor = remembered((tools) => wiring.evaluator(config, tools));
  return {
    first: own ? first : undefined,
    decide: (run, session, signal) => decideRun(evaluatorFor(run.tools ?? []), run, own ? (run.agent ?? first) : first, session, signal),
  };
}

/** `summary` is asked at the end, after what `decide` has seen. */
async function everyRun(terminal: Terminal, decide: (run: Trajectory, session: string) => Promise<readonly object[]>, summary: () => string): Promise<Exit> {
  const shown = progress(terminal, terminal.words.replay.runs, () => performance.now());
  let runs = 0;
  try {
    return await answerLines(terminal, shown, async (line) => {
      const read = readTrajectory(line);
      return read.fault === undefined ? { objects: await decide(read.trajectory, `replay-${++runs}`) } : refuseLine(read);
    });
  } finally {
    shown.done();
    if (!terminal.signal.aborted) say(terminal, terminal.words.replay.summary(runs, summary()));
  }
}

/** One line of the answer. */
export interface ReplayedCall {
  readonly id: string | number | null;
  readonly index: number;
  readonly tool: string;
  readonly effect: Effect;
  readonly reasons: ReturnType<typeof decidedForm>["reasons"];
  readonly labels: ReturnType<typeof decidedForm>["labels"];
}

export async function decideRun(evaluator: Evaluator, run: Trajectory, agent: string, session: string, signal: AbortSignal): Promise<readonly ReplayedCall[]> {
  const { layers, label } = evaluator;
  const lines: ReplayedCall[] = [];
  for (const request of calls(run, { agent, session, time: layers.clock.now(), label })) {
    const { effect, reasons, labels } = decidedForm(await judge(layers, request, signal));
    lines.push({ id: run.id ?? null, index: lines.length, tool: request.action.tool ?? "", effect, reasons, labels });
  }
  return lines;
}

/** Runs of one file mostly share their tools: the last few policies are kept, not all. */
function remembered(make: (tools: readonly ToolDefinition[]) => Evaluator): (tools: readonly ToolDefinition[]) => Evaluator {
  const kept = new Map<string, Evaluator>();
  return (tools) => {
    const key = JSON.stringify(tools);
    const found = kept.get(key) ?? make(tools);
    kept.delete(key);
    kept.set(key, found);
    const [oldest] = kept.keys();
    if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
    return found;
  };
}
const MOST_KEPT = 16;
