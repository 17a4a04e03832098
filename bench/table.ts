import type { Row } from "./row.ts";

export interface Results {
  readonly date: string;
  readonly commit: string;
  readonly node: string;
  readonly cpu: string;
  readonly rows: readonly Row[];
}

/** The results as the page docs/bench/README.md. */
export function table({ date, commit, node, cpu, rows }: Results): string {
  const met = rows.filter((row) => row.met).length;
  return [
    "# What Holdfast costs",
    "",
    `Measured on ${date} at commit ${commit}, Node ${node}, ${cpu}: ${met} of ${rows.length} figures reached.`,
    "",
    "`npm run bench` writes this page and [results.json](results.json). *Ours*, *floor* (the least that must be paid for the same work) and *peer* (Portkey 1.15.2, or the library that the row names,",
    "without any guard, where it does the same work) are measured in one interleaved run and are medians, so the ratio means more than the figures: those change",
    "with the machine. The gateway is measured as it comes, with every guard on: policy, detectors both ways, durable audit, rate limits.",
    "",
    "| | what | ours | floor | peer | ratio | to reach | |",
    "|---|---|---:|---:|---:|---:|---|---|",
    ...rows.map(
      (row) =>
        `| ${[row.id, row.what, cell(row.ours, row.unit), cell(row.floor, row.unit), cell(row.peer, row.unit), cell(row.ratio), row.target, row.met ? "met" : "**missed**"].join(" | ")} |`,
    ),
    "",
    ...rows.filter(({ note }) => note !== undefined).map((row) => `- ${row.id}, ${row.what}: ${row.note}.`),
    "",
  ].join("\n");
}

function cell(value: number | undefined, unit = ""): string {
  if (value === undefined) return "";
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 0.1 ? 2 : 4;
  return `${value.toLocaleString("en", { maximumFractionDigits: digits })}${unit === "" ? "" : ` ${unit}`}`;
}
