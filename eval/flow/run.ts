/**
 * `npm run eval:flow [-- --suite NAME --errors --json --runs FILE… --quiet]`: how much harm information flow stops, and how much work it lets through.
 *
 * Reads the recorded benchmarks beside the checkout; without them it says so and is done. A run over everything writes docs/eval; with --suite or
 * --runs it only prints, because a part must not replace the whole. --errors prints every wrong outcome.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ROOT } from "../../scripts/root.ts";
import { DATA, dataIsThere, filesNamed, rowsOf, suitesOf } from "./data.ts";
import { casesOf, evaluate } from "./evaluation.ts";
import { page, type Results, type Stamp } from "./page.ts";
import { told } from "./wrong.ts";

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    suite: { type: "string" },
    errors: { type: "boolean", default: false },
    runs: { type: "string", multiple: true, default: [] },
    quiet: { type: "boolean", default: false },
  },
});

if (dataIsThere()) await main();
else console.log("eval:flow: the recorded benchmarks are not beside this checkout (`../shared/data/agent`); nothing is measured");

async function main(): Promise<void> {
  const files = [...filesNamed(""), ...filesNamed("", join(DATA, "runs_agentdyn")), ...values.runs];
  const rows = files.flatMap(rowsOf);
  const cases = casesOf(rows, suitesOf(rows));
  const wanted = <T extends { readonly group: { readonly benchmark: string; readonly suite: string } }>(of: readonly T[]): readonly T[] =>
    of.filter(({ group }) => values.suite === undefined || group.suite === values.suite || group.benchmark === values.suite);
  const chosen = { tasks: wanted(cases.tasks), attacked: wanted(cases.attacked), recorded: wanted(cases.recorded) };
  if (chosen.tasks.length + chosen.attacked.length + chosen.recorded.length === 0) {
    console.error("eval:flow: there is no such suite");
    process.exitCode = 2;
    return;
  }
  let n = 0;
  const modes = await evaluate(chosen, (mode, wrong, decided) => {
    n += decided;
    if (values.errors) for (const one of wrong) console.log(`${told(one)}\n  mode: ${mode}\n`);
  });
  const results: Results = { ...stamp(), n, modes };
  if (!values.quiet) console.log(values.json ? JSON.stringify(results, null, 2) : page(results));
  if (values.suite !== undefined || values.runs.length > 0) return;
  const folder = join(ROOT, "docs/eval");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "flow.json"), `${JSON.stringify(results, null, 1)}\n`);
  writeFileSync(join(folder, "flow.md"), page(results));
}

function stamp(): Stamp {
  const git = (...args: readonly string[]): string => spawnSync("git", args, { cwd: ROOT, encoding: "utf8" }).stdout?.trim() ?? "";
  // What this very run writes is no change of what was measured.
  const changed = git("status", "--porcelain", "--", ".", ":!docs/eval") !== "";
  return { date: new Date().toISOString().slice(0, 10), commit: git("rev-parse", "--short=12", "HEAD") + (changed ? " + changes" : ""), node: process.version };
}
