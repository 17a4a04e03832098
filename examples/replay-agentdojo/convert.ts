/**
 * Turns recorded agent runs of public benchmarks into the lines that `holdfast replay --jsonl` reads.
 *
 *   node examples/replay-agentdojo/convert.ts [--calls user|attacker] [--suite NAME] FILE.jsonl[.gz]… > runs.jsonl
 *
 * Three kinds of file are known by their fields: AgentDojo and AgentDyn ground-truth replays (`steps` and `attacker_calls`), recorded AgentDyn
 * runs of real models (`messages`), and InjecAgent cases (`tool_response_base`). Files of tools (`parameters`) are read first and
 * described in every run of their suite.
 */
import { createReadStream } from "node:fs";
import { argv, stdout } from "node:process";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { createGunzip } from "node:zlib";
import { agentDojo, agentDynRun, injecAgent, type Run, type Tool, toolOf } from "./forms.ts";

/** A line of any of the files; which one it is shows in its fields. */
export type Row = { readonly [field: string]: unknown };

/** The runs of one row. `which`: the user's calls alone, or the attacker's after them (both: two runs). */
export function convert(row: Row, tools: ReadonlyMap<string, readonly Tool[]>, which: "user" | "attacker" | "both"): readonly Run[] {
  const runs = "steps" in row ? agentDojo(row, tools) : "messages" in row ? agentDynRun(row, tools) : "tool_response_base" in row ? injecAgent(row, tools) : [];
  return which === "both" ? runs : runs.filter(({ calls }) => calls === which || calls === "model");
}

/** Tools by suite, from the rows of the files that describe tools. */
export function toolsOf(rows: Iterable<Row>): ReadonlyMap<string, readonly Tool[]> {
  const suites = new Map<string, Tool[]>();
  for (const row of rows) {
    const read = toolOf(row);
    if (read === undefined) continue;
    const suite = suites.get(read.suite) ?? [];
    suites.set(read.suite, [...suite, read.tool]);
  }
  return suites;
}

async function* rowsOf(path: string): AsyncGenerator<Row> {
  const file = createReadStream(path);
  const lines = createInterface({ input: path.endsWith(".gz") ? file.pipe(createGunzip()) : file, crlfDelay: Number.POSITIVE_INFINITY });
  for await (const line of lines) if (line.trim() !== "") yield JSON.parse(line) as Row;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { calls: { type: "string", default: "both" }, suite: { type: "string" } },
  });
  const which = (["user", "attacker", "both"] as const).find((known) => known === values.calls);
  if (which === undefined || positionals.length === 0) throw new Error("usage: convert.ts [--calls user|attacker|both] [--suite NAME] FILE…");
  const described: Row[] = [];
  const recorded: string[] = [];
  for (const path of positionals) {
    const first = await rowsOf(path).next();
    if (first.done !== true && toolOf(first.value) !== undefined) for await (const row of rowsOf(path)) described.push(row);
    else recorded.push(path);
  }
  const tools = toolsOf(described);
  for (const path of recorded) {
    for await (const row of rowsOf(path)) {
      if (values.suite !== undefined && row["suite"] !== values.suite) continue;
      for (const run of convert(row, tools, which)) {
        if (!stdout.write(`${JSON.stringify(run)}\n`)) await new Promise((resolve) => stdout.once("drain", resolve));
      }
    }
  }
}

if (import.meta.filename === argv[1]) await main();
