/**
 * `npm run eval:flow [-- --adaptive --suite NAME --errors --json --runs FILE… --quiet]`: how much harm information flow stops, and how much work it lets through.
 *
 * Reads the recorded benchmarks beside the checkout; without them it says so and is done. A run over everything writes docs/eval; with --suite or
 * --runs it only prints, because a part must not replace the whole. --errors prints every wrong outcome. --adaptive also makes and decides the attacks
 * of test/adaptive; without it their last figures stay on the page, with their date.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { commit } from "../../scripts/commit.ts";
import { ROOT } from "../../scripts/root.ts";
import { type AdaptiveResults, adaptiveSection, evaluateAdaptive, startingPoints } from "./adaptive.ts";
import { DATA, dataIsThere, filesNamed, rowsOf, suitesOf } from "./data.ts";
import { casesOf, evaluate } from "./evaluation.ts";
import { page, type Results, type Stamp } from "./page.ts";
import { told, type Wrong } from "./wrong.ts";

const { values } = parseArgs({
  options: {
    adaptive: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    suite: { type: "string" },
    errors: { type: "boolean", default: false },
    runs: { type: "string", multiple: true, default: [] },
    quiet: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const HELP = `npm run eval:flow -- [--adaptive] [--suite NAME] [--errors] [--runs FILE…] [--json] [--quiet]

How many attacks information flow stops, and how much work it lets through, on the recorded benchmarks beside the checkout.
  --adaptive   also attackers who know Holdfast     --suite NAME  only one suite or benchmark (prints, writes nothing)
  --errors     every wrong outcome with its reasons --runs FILE   further recorded runs
  --json       the figures as JSON                  --quiet       only write the page
Example: npm run eval:flow -- --suite slack --errors`;

const FOLDER = join(ROOT, "docs/eval");
const JSON_FILE = join(FOLDER, "flow.json");

if (values.help) console.log(HELP);
else if (dataIsThere()) await main();
else console.log("eval:flow: the recorded benchmarks are not beside this checkout (`../shared/data/agent`); nothing is measured");

async function main(): Promise<void> {
  const files = [...filesNamed(""), ...filesNamed("", join(DATA, "runs_agentdyn")), ...values.runs];
  const rows = files.flatMap(rowsOf);
  const suites = suitesOf(rows);
  const cases = casesOf(rows, suites);
  const wanted = <T extends { readonly group: { readonly benchmark: string; readonly suite: string } }>(of: readonly T[]): readonly T[] =>
    of.filter(({ group }) => values.suite === undefined || group.suite === values.suite || group.benchmark === values.suite);
  const chosen = { tasks: wanted(cases.tasks), attacked: wanted(cases.attacked), recorded: wanted(cases.recorded) };
  if (chosen.tasks.length + chosen.attacked.length + chosen.recorded.length === 0) {
    console.error("eval:flow: there is no such suite");
    process.exitCode = 2;
    return;
  }
  const tell = (wrong: readonly Wrong[], where: string): void => {
    if (values.errors) for (const one of wrong) console.log(`${told(one)}\n  mode: ${where}\n`);
  };
  let n = 0;
  const modes = await evaluate(chosen, (mode, wrong, decided) => {
    n += decided;
    tell(wrong, mode);
  });
  const now = stamp();
  const adaptive = values.adaptive ? await evaluateAdaptive(startingPoints(rows, suites), now, (wrong) => tell(wrong, "adaptive")) : lastAdaptive();
  const results = { ...now, n, modes, ...(adaptive === undefined ? {} : { adaptive }) } satisfies Results & { adaptive?: AdaptiveResults };
  const written = page(results, adaptive === undefined ? [] : adaptiveSection(adaptive));
  if (!values.quiet) console.log(values.json ? JSON.stringify(results, null, 2) : written);
  if (values.suite !== undefined || values.runs.length > 0) return;
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(JSON_FILE, `${JSON.stringify(results, null, 1)}\n`);
  writeFileSync(join(FOLDER, "flow.md"), written);
}

/** The adaptive figures that are on file. */
function lastAdaptive(): AdaptiveResults | undefined {
  if (!existsSync(JSON_FILE)) return undefined;
  return (JSON.parse(readFileSync(JSON_FILE, "utf8")) as { readonly adaptive?: AdaptiveResults }).adaptive;
}

function stamp(): Stamp {
  return { date: new Date().toISOString().slice(0, 10), commit: commit(), node: process.version };
}
