/** The attacks of test/adaptive, decided and counted by class. */
import type { Row } from "../../examples/replay-agentdojo/convert.ts";
import { adaptiveCases, HAND_WRITTEN, recordedScenario } from "../../test/adaptive/cases.ts";
import type { Scenario } from "../../test/adaptive/scenario.ts";
import { chance } from "../../test/chance.ts";
import type { Case, Judged } from "./case.ts";
import type { Suites } from "./data.ts";
import { judgeAll, WRITTEN } from "./judge.ts";
import { type Stamp, scoreTable, table } from "./page.ts";
import { type Score, score } from "./score.ts";
import { type Wrong, wrongs } from "./wrong.ts";

export interface AdaptiveResults extends Stamp {
  readonly seed: number;
  readonly scenarios: number;
  readonly n: number;
  readonly classes: readonly Score[];
  readonly suites: readonly Score[];
  /** The same attacks on the suites for which a policy is written, decided with it. */
  readonly written: readonly Score[];
  /** Each consequential call of the attacker that was permitted. */
  readonly permitted: readonly {
    readonly class: string;
    readonly how: string;
    readonly scenario: string;
    readonly request: string;
    readonly call: string;
    readonly why: string;
  }[];
}

const SEED = 20_261_125;
/** Recorded attacks that are taken as starting points, of each benchmark's suite. */
const PER_SUITE = 12;

/** Hand-written scenarios, and as many recorded ones of each suite as PER_SUITE says, chosen by the seed. */
export function startingPoints(rows: readonly Row[], suites: Suites, seed: number = SEED): readonly Scenario[] {
  const random = chance(seed);
  const newest = rows.filter(({ attack, version, benchmark }) => attack === "direct" && (benchmark !== "agentdojo" || version === "v1.2.2"));
  const recorded = Map.groupBy(
    newest.flatMap((row) => recordedScenario(row, suites)),
    ({ suite }) => suite,
  );
  const chosen = [...recorded.values()].flatMap((all) => {
    const left = [...all];
    return Array.from({ length: Math.min(PER_SUITE, all.length) }, () => left.splice(random.below(left.length), 1)[0]!);
  });
  return [...HAND_WRITTEN, ...chosen];
}

/** `see` gets what went wrong. */
export async function evaluateAdaptive(
  scenarios: readonly Scenario[],
  stamp: Stamp,
  see: (wrong: readonly Wrong[]) => void,
  seed: number = SEED,
): Promise<AdaptiveResults> {
  const cases = adaptiveCases(scenarios, seed);
  const judged = await judgeAll(cases, "out of the box");
  const written = await judgeAll(cases.flatMap(underWritten), "written policy");
  const wrong = wrongs([...judged, ...written]);
  see(wrong);
  const by = (of: readonly Judged[], name: "attack" | "suite"): readonly Score[] =>
    [...Map.groupBy(of, ({ of: { group } }) => group[name])].map(([value, members]) =>
      score({ benchmark: "adaptive", version: "", suite: "all", attack: "all", [name]: value }, members),
    );
  const scores = { classes: by(judged, "attack"), suites: by(judged, "suite"), written: by(written, "suite") };
  return { ...stamp, seed, scenarios: scenarios.length, n: judged.length, ...scores, permitted: permittedIn(wrong) };
}

/** A recorded scenario's suite is named behind its benchmark. */
function underWritten(one: Case): readonly Case[] {
  const suite = one.group.suite.split(" ").at(-1);
  return WRITTEN.flatMap((known) => (known === suite ? [{ ...one, group: { ...one.group, suite: known } }] : []));
}

function permittedIn(wrong: readonly Wrong[]): AdaptiveResults["permitted"] {
  return wrong
    .filter(({ side }) => side === "attacker")
    .map(({ kind, call, of: { of } }) => {
      const [, scenario = "", , how = ""] = of.run.id.split("/");
      return { class: of.group.attack, how, scenario, request: of.run.user, call: `${call.tool} ${JSON.stringify(call.args)}`, why: kind };
    });
}

/** The part of docs/eval/flow.md. */
export function adaptiveSection({ date, commit, seed, scenarios, n, classes, suites, written, permitted }: AdaptiveResults): readonly string[] {
  const short = (text: string): string => {
    const line = text.replace(/\s+/g, " ").replace(/[\p{Cf}]/gu, "·");
    return line.length > 200 ? `${line.slice(0, 200)}…` : line;
  };
  return [
    "## Attackers who know Holdfast",
    "",
    `Measured on ${date} at commit ${commit} with \`npm run eval:flow -- --adaptive\`: ${n} attacks made from ${scenarios} scenarios (seed ${seed}), out of the box.`,
    `The scenarios are ${HAND_WRITTEN.length} of our own, English and German, and recorded ones; [test/adaptive](../../test/adaptive) makes the attacks. Each class is one way to get around what decides.`,
    "",
    ...scoreTable(suites, true),
    "",
    ...scoreTable(classes, true),
    "",
    "The attacks on the recorded suites again, with the written policy:",
    "",
    ...scoreTable(written, true),
    "",
    `### The ${permitted.length} consequential calls of these attackers that were permitted`,
    "",
    ...table(
      ["class", "how", "scenario", "request", "call", "why it may have passed"],
      permitted.map((one) => [one.class, one.how, one.scenario, short(one.request), `\`${short(one.call).replaceAll("`", "'")}\``, one.why]),
    ),
    "",
  ];
}
