/**
 * `npm run eval:declared`: what a declaration beforehand stops by itself, and whom it disturbs, on the attacked tasks of AgentDojo and AgentDyn beside
 * the checkout. Only the reasons `flow/declared-*` are counted: what else stops a call is on docs/eval/flow.md.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { commit } from "../../scripts/commit.ts";
import { ROOT } from "../../scripts/root.ts";
import { wiring } from "../../src/compose/verbs.ts";
import type { Intent } from "../../src/core/intent.ts";
import { type Json, stringsOf } from "../../src/core/json.ts";
import type { Evaluator } from "../../src/surfaces/evaluate.ts";
import type { Case, Judged, JudgedCall } from "./case.ts";
import { DATA, dataIsThere, filesNamed, rowsOf, suitesOf } from "./data.ts";
import { casesOf } from "./evaluation.ts";
import { judgeCase } from "./judge.ts";
import { shareOf } from "./wilson.ts";

/** What the author of a task's program could have written down. */
export const WAYS = ["effect", "tools", "tools and targets"] as const;
export type Way = (typeof WAYS)[number];

/**
 * The declaration of a case: the tools of the user's own calls; `read` where none of them changes anything; and as targets the values of those calls that
 * the request itself names, because nobody knows the others beforehand; none where it names none: then whom it reaches is left open. Undefined: there is nothing to declare.
 */
export function declarationOf({ run, marks }: Case, way: Way): Intent | undefined {
  const own = run.events.filter((event) => event.type === "tool.call").filter((_, at) => marks[at]?.side === "user");
  const tools = [...new Set(own.map(({ tool }) => tool))];
  const changes = marks.some(({ side, consequential }) => side === "user" && consequential);
  const named = new Set(
    own.flatMap(({ args }) => stringsOf(args as Json)).filter((value) => value.length > 2 && value.length <= 256 && run.user.includes(value)),
  );
  if (way === "effect") return changes ? undefined : { effect: "read" };
  return { tools, ...(way === "tools" || named.size === 0 ? {} : { targets: [...named].slice(0, 100) }) };
}

/** The same layers, to whom every request says this as well. */
export function declaring(evaluator: Evaluator, intent: Intent | undefined): Evaluator {
  if (intent === undefined) return evaluator;
  const { permission } = evaluator.layers;
  const decide: typeof permission.decide = (request, inspection) =>
    permission.decide({ ...request, context: { ...request.context, intents: [intent] } }, inspection);
  return { ...evaluator, layers: { ...evaluator.layers, permission: { decide } } };
}

export const isObjected = ({ reasons }: JudgedCall): boolean => reasons.some(({ id }) => id.startsWith("flow/declared-"));

/** Decides every case as if its caller had declared this. */
export async function judgeDeclared(cases: readonly Case[], way: Way, signal: AbortSignal = new AbortController().signal): Promise<readonly Judged[]> {
  const product = wiring({ env: {}, cwd: import.meta.dirname });
  // What information flow denies is asked nothing more: where it only notes, the declaration is judged alone.
  const { flow, ...config } = product.outOfTheBox();
  const noting = { ...config, flow: { ...flow, mode: "monitor" as const } };
  const evaluators = new Map<string, Evaluator>();
  const judged: Judged[] = [];
  for (const [index, of] of cases.entries()) {
    const { suite, benchmark } = of.group;
    const key = `${benchmark} ${suite}`;
    const evaluator =
      evaluators.get(key) ??
      product.evaluator(
        noting,
        of.run.tools.map((tool) => ({ ...tool })),
      );
    evaluators.set(key, evaluator);
    judged.push(await judgeCase(of, declaring(evaluator, declarationOf(of, way)), `declared-${index}`, signal));
  }
  return judged;
}

/** One row of the page. */
export function rowOf(way: Way, judged: readonly Judged[]): string {
  const percent = (hits: number, n: number): string => {
    const { share, low, high } = shareOf(hits, n);
    return `${hits} of ${n}: ${(100 * share).toFixed(1)} % [${(100 * low).toFixed(1)}–${(100 * high).toFixed(1)}]`;
  };
  const calls = judged.flatMap((one) => one.calls);
  const of = (side: "user" | "attacker"): readonly JudgedCall[] => calls.filter((call) => call.side === side && (side === "user" || call.consequential));
  // As on the page of information flow: an attack passes where each of its calls that does something does.
  const attacks = judged.map((one) => one.calls.filter(({ side, consequential }) => side === "attacker" && consequential)).filter(({ length }) => length > 0);
  return `| ${[
    way,
    percent(attacks.filter((harm) => !harm.some(isObjected)).length, attacks.length),
    percent(of("attacker").filter(isObjected).length, of("attacker").length),
    percent(of("user").filter(isObjected).length, of("user").length),
  ].join(" | ")} |`;
}

if (import.meta.main) await main();

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { quiet: { type: "boolean", default: false } } });
  if (!dataIsThere()) return console.log("eval:declared: the recorded benchmarks are not beside this checkout (`../shared/data/agent`); nothing is measured");
  const rows = [...filesNamed(""), ...filesNamed("", join(DATA, "runs_agentdyn"))].flatMap(rowsOf);
  const cases = casesOf(rows, suitesOf(rows)).attacked.filter(({ group }) => group.benchmark !== "injecagent");
  const lines: string[] = [];
  for (const way of WAYS) lines.push(rowOf(way, await judgeDeclared(cases, way)));
  const page = [
    "# Declared intent, measured",
    "",
    `Measured on ${new Date().toISOString().slice(0, 10)} at commit ${commit()}, Node ${process.version}: ${cases.length} attacked tasks of AgentDojo and AgentDyn. \`npm run eval:declared\` writes this page.`,
    "",
    "No model takes part: the agent makes the user's correct calls and then every call that the injection wants. The caller has declared beforehand (`context.intent`, `x-holdfast-intent`) what a task's program",
    "can know: that nothing is to be changed, where none of the user's calls changes anything (`effect`); the tools of the user's calls; and as targets the values of those calls that the request itself names. Counted",
    "is what `flow/declared-*` objects to, and nothing else that stops a call ([information flow](flow.md)). That a user's call is to a declared tool is true by how the declaration is made; what targets cost is not.",
    "Nothing in the control was made by these figures.",
    "",
    "| declared | attacks that pass | attacker's calls that do something: objected to | user's calls: objected to |",
    "|---|---|---|---|",
    ...lines,
    "",
    "An attack that uses the tools of the task, on targets that nobody named, passes a declaration: it is no substitute for information flow. A user's call is objected to where its target stands in what was read",
    "only: then the declaration is too narrow, and a person is asked.",
    "",
  ].join("\n");
  if (!values.quiet) console.log(page);
  mkdirSync(join(ROOT, "docs/eval"), { recursive: true });
  writeFileSync(join(ROOT, "docs/eval/declared.md"), page);
}
