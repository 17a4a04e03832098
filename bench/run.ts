/**
 * `npm run bench [ids…] [-- --quick]`: measures, prints the table, and writes docs/bench (results.json and README.md). With ids, or
 * with --quick, or when a bench fails, it only prints: a partial or hasty run must not replace the committed figures.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { commit } from "../scripts/commit.ts";
import { ROOT } from "../scripts/root.ts";
import type { Bench, Row } from "./row.ts";
import { type Results, table } from "./table.ts";

const BENCHES: readonly { readonly ids: readonly string[]; readonly file: string }[] = [
  { ids: ["P1"], file: "./gateway.ts" },
  { ids: ["P2"], file: "./stream.ts" },
  { ids: ["P3", "P4"], file: "./mcp.ts" },
  { ids: ["P5", "P12"], file: "./decide.ts" },
  { ids: ["P5"], file: "./flow.ts" },
  { ids: ["P2", "P6", "P7", "P8", "P9"], file: "./detect.ts" },
  { ids: ["P10", "P11"], file: "./audit.ts" },
  { ids: ["P13"], file: "./api.ts" },
  { ids: ["P14"], file: "./start.ts" },
  { ids: ["P14"], file: "./loaded.ts" },
  { ids: ["P15"], file: "./sandbox.ts" },
  { ids: ["P15"], file: "./skill.ts" },
  { ids: ["P15"], file: "./warm.ts" },
];

const quick = process.argv.includes("--quick");
const wanted = process.argv.slice(2).filter((word) => !word.startsWith("-"));
const wants = (id: string): boolean => wanted.length === 0 || wanted.includes(id);
const unknown = wanted.filter((id) => !BENCHES.some(({ ids }) => ids.includes(id)));
if (unknown.length > 0) {
  console.error(`no such bench: ${unknown.map((id) => `\`${id}\``).join(", ")}; there are ${BENCHES.flatMap(({ ids }) => ids).join(", ")}`);
  process.exit(2);
}

const rows: Row[] = [];
for (const { ids, file } of BENCHES.filter(({ ids }) => ids.some(wants))) {
  console.error(`measuring ${ids.filter(wants).join(", ")} …`);
  try {
    const { run } = (await import(file)) as { run: Bench };
    rows.push(...(await run({ quick, wants })).filter(({ id }) => wants(id)));
  } catch (error) {
    console.error(error);
    process.exitCode = 1;
  }
}

const results: Results = {
  date: new Date().toISOString().slice(0, 10),
  commit: commit(),
  node: process.version,
  cpu: `${availableParallelism()} × ${cpus()[0]?.model ?? "unknown"}`,
  rows: rows.sort((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1))),
};
console.log(table(results));
if (wanted.length === 0 && !quick && process.exitCode === undefined) {
  const folder = join(ROOT, "docs/bench");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "results.json"), `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(join(folder, "README.md"), table(results));
}
