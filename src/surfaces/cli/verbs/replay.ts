import { EFFECTS, type Effect } from "../../../core/decision.ts";
import { decidedForm } from "../../decided.ts";
import type { Evaluator } from "../../evaluate.ts";
import { judge } from "../../evaluate.ts";
import { configuredOr } from "../configured.ts";
import { answerLines, refuseLine } from "../jsonl.ts";
import { progress } from "../progress.ts";
import { type Exit, say, type Terminal } from "../terminal.ts";
import { calls, readTrajectory, type ToolDefinition, type Trajectory } from "../trajectory.ts";
import { wire } from "../wire.ts";

/** Decides every tool call of recorded runs, a line for each, in order. Exit code 1 if a line was not a run. */
export async function replay(terminal: Terminal, flags: { readonly config?: string }): Promise<Exit> {
  const wiring = await wire(terminal);
  const found = await configuredOr(terminal, wiring, flags.config);
  const config = Object.keys(found.config.agents).length === 0 ? wiring.outOfTheBox(found.config) : found.config;
  const [first = ""] = Object.keys(config.agents);
  say(terminal, config === found.config && found.path !== undefined ? `runs that name no agent are decided for \`${first}\`` : OUT_OF_THE_BOX);
  const agentOf = (run: Trajectory): string => (found.path !== undefined && config === found.config ? (run.agent ?? first) : first);
  const evaluatorFor = remembered((tools) => wiring.evaluator(config, tools));
  const counts: Record<Effect, number> = { permit: 0, ask: 0, deny: 0 };
  const shown = progress(terminal, "runs", () => performance.now());
  let runs = 0;
  try {
    return await answerLines(terminal, shown, async (line) => {
      const read = readTrajectory(line);
      if (read.fault !== undefined) return refuseLine(read);
      const run = read.trajectory;
      const lines = await decideRun(evaluatorFor(run.tools ?? []), run, agentOf(run), `replay-${++runs}`, terminal.signal);
      for (const { effect } of lines) counts[effect] += 1;
      return { objects: lines };
    });
  } finally {
    shown.done();
    if (!terminal.signal.aborted) say(terminal, `${runs} runs: ${EFFECTS.map((effect) => `${counts[effect]} ${effect}`).join(", ")}`);
  }
}

const OUT_OF_THE_BOX = "no agent is configured: this is the product out of the box (every tool may be used; information flow and detectors decide)";

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
