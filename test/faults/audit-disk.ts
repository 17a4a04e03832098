/**
 * R4, the log's disk on the real machine: every write or sync from the n-th on fails with EIO (by strace), and a disk of one megabyte that
 * fills up (by tmpfs). A lane: `node test/faults/audit-disk.ts`, as root on Linux, with strace. It says what it could not run.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compared } from "./audit-kill.ts";

interface Cell {
  readonly fault: string;
  readonly acknowledged: number;
  readonly lost: number;
  readonly effectsWithoutRecord: number;
  /** How the writers ended, and what the next request met. */
  readonly ended: string;
  /** Whether the next start, on a healthy disk, found a log that verifies. */
  readonly recovered: boolean;
}

const CHILD = join(import.meta.dirname, "audit-child.ts");
const LIMIT_MS = 60_000;

const base = mkdtempSync(join(tmpdir(), "audit-disk-"));
const cells: Cell[] = [];
const skipped: string[] = [];
try {
  if (spawnSync("strace", ["-V"]).status === 0) {
    for (const n of [2, 3, 5, 10]) cells.push(await failing("fdatasync", n));
    for (const n of [1, 3, 10, 30]) cells.push(await failing("pwrite64", n));
  } else skipped.push("EIO: strace is not here");
  const disk = join(base, "small");
  spawnSync("mkdir", [disk]);
  if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m,mode=700", "tmpfs", disk]).status === 0) {
    try {
      cells.push(await fullDisk(disk));
    } finally {
      spawnSync("umount", [disk]);
    }
  } else skipped.push("ENOSPC: a tmpfs cannot be mounted here");
} finally {
  rmSync(base, { recursive: true });
}
process.stdout.write("| fault | acknowledged | lost | effects without record | ended | recovered |\n|---|---|---|---|---|---|\n");
for (const cell of cells) {
  process.stdout.write(
    `| ${cell.fault} | ${cell.acknowledged} | ${cell.lost} | ${cell.effectsWithoutRecord} | ${cell.ended} | ${cell.recovered ? "yes" : "no"} |\n`,
  );
}
for (const what of skipped) process.stdout.write(`not run: ${what}\n`);
const REFUSALS = ["not started: unavailable", "16 × stopped unavailable, refused unavailable"];
const right = (cell: Cell): boolean => cell.lost + cell.effectsWithoutRecord === 0 && cell.recovered && REFUSALS.includes(cell.ended);
process.exitCode = cells.length > 0 && cells.every(right) ? 0 : 1;

/** Batches are written with O_DSYNC, so a failed sync of theirs is a failed `pwrite64`; side files are synced by `fdatasync`. */
async function failing(call: "fdatasync" | "pwrite64", n: number): Promise<Cell> {
  const folder = mkdtempSync(join(base, "eio-"));
  const strace = ["-f", "-qq", "-o", "/dev/null", "-e", `trace=${call}`, "-e", `inject=${call}:error=EIO:when=${n}+`];
  return outcome(
    `EIO from ${call} ${n} of a thread on`,
    folder,
    join(folder, "effects"),
    await run("strace", [...strace, process.execPath, CHILD, folder, "0"]),
  );
}

async function fullDisk(disk: string): Promise<Cell> {
  const effects = join(base, "effects");
  const told = await run(process.execPath, [CHILD, disk, "0", effects]);
  spawnSync("mount", ["-o", "remount,size=64m", disk]);
  return outcome("ENOSPC on a disk of 1 MB", disk, effects, told);
}

async function outcome(fault: string, folder: string, effects: string, told: readonly string[]): Promise<Cell> {
  const acknowledged = told.filter((line) => line.startsWith("ack ")).map((line) => line.slice(4));
  // The next life runs until it is stopped from here; that it says `ready` means that the log was found whole.
  const again = await run(process.execPath, [CHILD, folder, "1", effects], 1500);
  const all = [...acknowledged, ...again.filter((line) => line.startsWith("ack ")).map((line) => line.slice(4))];
  const { lost, effectsWithoutRecord, verified } = await compared(folder, all, effects);
  const counts = new Map<string, number>();
  for (const line of told) if (/^(stopped|refused|open|not started)/.test(line)) counts.set(line, (counts.get(line) ?? 0) + 1);
  const ended = [...counts].map(([line, count]) => (count === 1 ? line : `${count} × ${line}`)).join(", ");
  return { fault, acknowledged: acknowledged.length, lost, effectsWithoutRecord, ended, recovered: verified && again.includes("ready") };
}

/** The lines a command wrote until it ended or was killed after `limit` milliseconds. */
function run(command: string, args: readonly string[], limit = LIMIT_MS): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
    let out = "";
    const timer = setTimeout(() => child.kill("SIGKILL"), limit);
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.on("error", reject);
    child.on("close", () => {
      clearTimeout(timer);
      resolve(out.split("\n").slice(0, -1));
    });
  });
}
