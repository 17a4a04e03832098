/** The recorded benchmarks beside the checkout, and their rows as cases. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { convert, type Row, toolsOf } from "../../examples/replay-agentdojo/convert.ts";
import { INJECAGENT, type Run, type Tool } from "../../examples/replay-agentdojo/forms.ts";
import { ROOT } from "../../scripts/root.ts";
import type { Case, Group, Mark } from "./case.ts";

export const DATA: string = join(ROOT, "../shared/data/agent");
export const dataIsThere = (): boolean => existsSync(join(DATA, "agentdojo_tools.jsonl.gz"));

/** What a suite has: the descriptions that go with each run, and which tools the benchmark itself marks as consequential. */
export interface Suites {
  readonly tools: ReadonlyMap<string, readonly Tool[]>;
  readonly consequential: ReadonlyMap<string, ReadonlySet<string>>;
}

/** The rows of a file of JSON lines, compressed or not. Throws on what is not such a file. */
export function rowsOf(path: string): readonly Row[] {
  const bytes = readFileSync(path);
  const text = (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  return text.split("\n").flatMap((line) => (line.trim() === "" ? [] : [JSON.parse(line) as Row]));
}

/** The files of the folder whose names begin like this, sorted. */
export function filesNamed(begin: string, folder: string = DATA): readonly string[] {
  const names = readdirSync(folder).filter((name) => name.startsWith(begin) && /\.jsonl(?:\.gz)?$/.test(name));
  return names.sort().map((name) => join(folder, name));
}

export function suitesOf(rows: readonly Row[]): Suites {
  const consequential = new Map<string, Set<string>>();
  for (const row of rows) {
    if (row["effect"] !== "write" && row["egress"] !== true) continue;
    const suite = String(row["suite"]);
    consequential.set(suite, (consequential.get(suite) ?? new Set()).add(String(row["tool"])));
  }
  return { tools: toolsOf(rows), consequential };
}

/** The user's correct calls with injected results, then the attacker's calls: a case per row. Rows without an attacker's call stay, as user's cases. */
export function replayed(row: Row, suites: Suites): readonly Case[] {
  return convert(row, suites.tools, "attacker").map((run) => ({ group: groupOf(row), run, marks: marksOf(run, markOf(suites, String(row["suite"]))) }));
}

/** A task of a user as its benchmark solves it, nothing injected. None for rows of other kinds. */
export function task(row: Row, suites: Suites): readonly Case[] {
  const { kind, prompt, ground_truth: calls, ground_truth_outputs: outputs } = row;
  if (kind !== "user" || !Array.isArray(calls) || !Array.isArray(outputs)) return [];
  const steps = calls.map((call: Row, index) => ({ function: call["function"], args: call["args"], output: outputs[index] ?? "" }));
  const plain = { ...row, user_prompt: prompt, user_task: row["task_id"], injection_task: "", attack: "none", steps, attacker_calls: [] };
  return convert(plain, suites.tools, "user").map((run) => ({
    group: { ...groupOf(row), attack: "none" },
    run,
    marks: marksOf(run, markOf(suites, String(row["suite"]))),
  }));
}

/**
 * An InjecAgent case, base and enhanced. The benchmark marks no tool; by its own definition the one tool of a direct-harm attack does the harm, and
 * of a data-stealing attack the last one, that sends out what the first has read.
 */
export function injected(row: Row, suites: Suites): readonly Case[] {
  return convert(row, suites.tools, "attacker").map((run) => {
    const [, , setting = ""] = run.id.split("/");
    const marks = marksOf(run, () => false);
    const last = marks.length - 1;
    return {
      group: { benchmark: INJECAGENT, suite: String(row["attack"]), version: setting, attack: setting },
      run,
      marks: marks.map((mark, at) => ({ ...mark, consequential: at === last })),
    };
  });
}

/** Whether the benchmark says of a suite's tool that it changes something or leaves the house. A tool that it does not list does. */
export function markOf({ tools, consequential }: Suites, suite: string): (tool: string) => boolean {
  const [known, marked] = [new Set((tools.get(suite) ?? []).map(({ name }) => name)), consequential.get(suite) ?? new Set()];
  return (tool) => marked.has(tool) || !known.has(tool);
}

export function marksOf(run: Run, consequential: (tool: string) => boolean): readonly Mark[] {
  const tools = run.events.flatMap((event) => (event.type === "tool.call" ? [event.tool] : []));
  const from = run.attacker_from ?? Number.POSITIVE_INFINITY;
  return tools.map((tool, index) => ({ side: index >= from ? "attacker" : "user", consequential: consequential(tool) }));
}

function groupOf(row: Row): Group {
  const text = (name: string): string => String(row[name] ?? "");
  return { benchmark: text("benchmark"), suite: text("suite"), version: text("version"), attack: text("attack") };
}
