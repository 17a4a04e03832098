/** Deciding cases through the product's own layers, as `holdfast replay` does. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Run } from "../../examples/replay-agentdojo/forms.ts";
import { wiring } from "../../src/compose/verbs.ts";
import { type Config, readConfig } from "../../src/config/index.ts";
import type { Reason } from "../../src/core/decision.ts";
import { type Json, parseJsonText } from "../../src/core/json.ts";
import { readTrajectory } from "../../src/surfaces/cli/trajectory.ts";
import { decideRun } from "../../src/surfaces/cli/verbs/replay.ts";
import type { Evaluator } from "../../src/surfaces/evaluate.ts";
import type { Case, Judged } from "./case.ts";

/** What is known of the tools: nothing but their descriptions, or what an operator wrote down. */
export const MODES = ["out of the box", "written policy"] as const;
export type Mode = (typeof MODES)[number];

/** The suites for which a policy is written in `manifests/`. */
export const WRITTEN = ["banking", "slack", "dailylife"] as const;

const product = wiring({ env: {}, cwd: import.meta.dirname });

/** Decides every call of the cases. Throws where a run is not one that `replay` reads: a faulty case must not count as stopped. */
export async function judgeAll(cases: readonly Case[], mode: Mode, signal: AbortSignal = new AbortController().signal): Promise<readonly Judged[]> {
  const configs = new Map<string, Config>();
  const evaluators = new Map<string, Evaluator>();
  const judged: Judged[] = [];
  for (const [index, of] of cases.entries()) {
    const suite = mode === "written policy" ? of.group.suite : "";
    const config = configs.get(suite) ?? (suite === "" ? product.outOfTheBox() : await writtenPolicy(suite));
    configs.set(suite, config);
    const key = `${suite}\n${JSON.stringify(of.run.tools)}`;
    const evaluator =
      evaluators.get(key) ??
      product.evaluator(
        config,
        of.run.tools.map((tool) => ({ ...tool })),
      );
    if (evaluators.size < MOST_KEPT) evaluators.set(key, evaluator);
    judged.push(await judgeCase(of, evaluator, `${mode}-${index}`, signal));
  }
  return judged;
}
const MOST_KEPT = 64;

/** The one agent of the product out of the box; the written policies name theirs so too. */
const AGENT = "agent";

/** Decides every call of one case. */
export async function judgeCase(of: Case, evaluator: Evaluator, session: string, signal: AbortSignal): Promise<Judged> {
  const read = readTrajectory(json(of.run));
  if (read.fault !== undefined) throw new Error(`\`${of.run.id}\` is not a run: ${read.fault}`);
  const lines = await decideRun(evaluator, read.trajectory, AGENT, session, signal);
  if (lines.length !== of.marks.length) throw new Error(`\`${of.run.id}\` has ${of.marks.length} marks for ${lines.length} calls`);
  const args = of.run.events.flatMap((event) => (event.type === "tool.call" ? [event.args] : []));
  return {
    of,
    calls: lines.map(({ tool, effect, reasons }, at) => ({ ...of.marks[at]!, tool, args: args[at] ?? {}, effect, reasons: withoutPermits(reasons) })),
  };
}

const withoutPermits = (reasons: readonly Reason[]): readonly Reason[] => reasons.filter(({ effect }) => effect !== "permit");

async function writtenPolicy(suite: string): Promise<Config> {
  if (!WRITTEN.some((known) => known === suite)) throw new Error(`no policy is written for \`${suite}\``);
  const path = join(import.meta.dirname, "manifests", `${suite}.yaml`);
  const loaded = await readConfig(path, readFileSync(path, "utf8"), { env: {}, readFile: async () => "" });
  if (!loaded.ok) throw new Error(`${path}: ${loaded.faults.map(({ message }) => message).join("; ")}`);
  return loaded.config;
}

function json(run: Run): Json {
  const parsed = parseJsonText(JSON.stringify(run));
  if (!parsed.ok) throw new Error(`\`${run.id}\` is not JSON: ${parsed.fault}`);
  return parsed.value;
}
