import type { Row } from "../../examples/replay-agentdojo/convert.ts";
import { INJECAGENT } from "../../examples/replay-agentdojo/forms.ts";
import type { Case, Judged } from "./case.ts";
import { injected, replayed, type Suites, task } from "./data.ts";
import { judgeAll, MODES, type Mode, WRITTEN } from "./judge.ts";
import { type Left, left } from "./left.ts";
import { type PassedBy, passedBy, type RunScore, recordedRun, runScores, tasksOf } from "./recorded.ts";
import { type Score, score, scores } from "./score.ts";
import { kindsOf, type Wrong, wrongs } from "./wrong.ts";

type Kinds = ReturnType<typeof kindsOf>;

/** All figures of one mode. */
export interface ModeResults {
  readonly mode: Mode;
  /** Tasks of users, nothing injected: each counts once. */
  readonly tasks: readonly Score[];
  /** Attacked tasks, the user's and the attacker's calls. */
  readonly attacked: readonly Score[];
  /** Every group of a benchmark in one, so that no suite hides behind another. */
  readonly together: readonly Score[];
  readonly recorded: readonly RunScore[];
  /** By what the recorded attacks that were not stopped count as such. */
  readonly passedBy: readonly PassedBy[];
  /** The tasks without an attack that are not clean. */
  readonly left: readonly Left[];
  readonly userKinds: Kinds;
  readonly attackerKinds: Kinds;
}

/** Sorts rows of any of the benchmarks' files into cases. Rows that are none (descriptions of tools, tasks of attackers) give none. */
export function casesOf(
  rows: readonly Row[],
  suites: Suites,
): { readonly tasks: readonly Case[]; readonly attacked: readonly Case[]; readonly recorded: readonly Case[] } {
  const known = tasksOf(rows);
  return {
    tasks: rows.flatMap((row) => ("ground_truth" in row ? task(row, suites) : [])),
    attacked: rows.flatMap((row) => ("steps" in row ? replayed(row, suites) : "tool_response_base" in row ? injected(row, suites) : [])),
    recorded: rows.flatMap((row) => ("messages" in row ? recordedRun(row, suites, known) : [])),
  };
}

/** Decides everything in every mode. `see` gets what went wrong, and how many runs were decided, mode by mode. */
export async function evaluate(
  cases: ReturnType<typeof casesOf>,
  see: (mode: Mode, wrong: readonly Wrong[], decided: number) => void,
): Promise<readonly ModeResults[]> {
  const results: ModeResults[] = [];
  for (const mode of MODES) {
    const mine = (of: readonly Case[]): readonly Case[] =>
      mode === "written policy" ? of.filter(({ group }) => WRITTEN.some((suite) => suite === group.suite)) : of;
    const tasks = await judgeAll(mine(cases.tasks), mode);
    const attacked = await judgeAll(mine(cases.attacked), mode);
    const recorded = await judgeAll(mine(cases.recorded), mode);
    const wrong = wrongs([...tasks, ...attacked]);
    see(mode, [...wrong, ...wrongs(recorded)], tasks.length + attacked.length + recorded.length);
    results.push({
      mode,
      tasks: scores(tasks),
      attacked: scores(attacked),
      together: together(attacked),
      recorded: recorded.length === 0 ? [] : runScores(recorded),
      passedBy: passedBy(recorded),
      left: left(tasks),
      userKinds: kindsOf(wrong, "user"),
      attackerKinds: kindsOf(wrong, "attacker"),
    });
  }
  return results;
}

function together(judged: readonly Judged[]): readonly Score[] {
  const benchmarks = Map.groupBy(judged, ({ of }) => (of.group.benchmark === INJECAGENT ? INJECAGENT : `${of.group.benchmark} ${of.group.version}`));
  return [...benchmarks].map(([benchmark, members]) => score({ benchmark, suite: "all", version: "", attack: "all" }, members));
}
