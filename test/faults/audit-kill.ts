/** R1 and R3: kill -9 at random moments under load. As a lane: `node test/faults/audit-kill.ts [runs]`, 300 by default. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { verifyLog } from "../../src/audit/verify.ts";
import { openFileLogReader } from "../../src/stores/file.ts";

export interface KillResult {
  readonly kills: number;
  readonly acknowledged: number;
  readonly lost: number;
  readonly effects: number;
  readonly effectsWithoutRecord: number;
  readonly duplicates: number;
  readonly records: number;
  readonly verified: boolean;
}

/** Starts, kills and restarts a recording process on one log, and compares what it was told with what the log holds. */
export async function killRuns(runs: number, progress: (done: number) => void = () => {}): Promise<KillResult> {
  const folder = mkdtempSync(join(tmpdir(), "audit-kill-"));
  try {
    const acknowledged: string[] = [];
    let vkey: string | undefined;
    for (let life = 0; life < runs; life++) {
      acknowledged.push(...(await oneLife(folder, life)));
      progress(life + 1);
      // Whoever empties temporary folders meanwhile must not look like a lost record.
      const now = existsSync(join(folder, "audit.vkey")) ? readFileSync(join(folder, "audit.vkey"), "utf8") : undefined;
      if (vkey !== undefined && now !== vkey) throw new Error("the folder of the test was replaced while it ran");
      vkey = now;
    }
    return { kills: runs, ...(await compared(folder, acknowledged)) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs the process until a random moment after it is ready, now and then already while it recovers. */
function oneLife(folder: string, life: number): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, "audit-child.ts"), folder, String(life)], { stdio: ["ignore", "pipe", "pipe"] });
    let [out, err] = ["", ""];
    let killed = false;
    const kill = (): void => {
      killed = true;
      child.kill("SIGKILL");
    };
    if (life % 10 === 9) setTimeout(kill, 60 + Math.random() * 150);
    child.stdout.on("data", (chunk: Buffer) => {
      if (out === "" && life % 10 !== 9) setTimeout(kill, 5 + Math.random() * 120);
      out += chunk.toString();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      err += chunk.toString();
    });
    child.on("error", reject);
    child.on("close", () => {
      if (!killed) return reject(new Error(`the process ended by itself in life ${life}: ${err.slice(-2000)}`));
      // A line without its end was not told.
      const lines = out.split("\n").slice(0, -1);
      resolve(lines.filter((line) => line.startsWith("ack ")).map((line) => line.slice(4)));
    });
  });
}

/** Compares what a recording process was told with what its log holds. */
export async function compared(folder: string, acknowledged: readonly string[], effectsFile = join(folder, "effects")): Promise<Omit<KillResult, "kills">> {
  const source = await openFileLogReader(join(folder, "audit"));
  const intents = new Map<string, number>();
  const size = await source.size();
  for (let at = 0; at < size; ) {
    const lines = await source.read(at, size);
    if (lines.length === 0) throw new Error(`record ${at} cannot be read`);
    for (const line of lines) {
      const { kind, id } = JSON.parse(Buffer.from(line).toString()) as { kind: string; id: string };
      if (kind === "intent") intents.set(id, (intents.get(id) ?? 0) + 1);
    }
    at += lines.length;
  }
  const effects = existsSync(effectsFile) ? readFileSync(effectsFile, "utf8").split("\n").slice(0, -1) : [];
  const verified = await verifyLog(source, readFileSync(join(folder, "audit.vkey"), "utf8"));
  return {
    acknowledged: acknowledged.length,
    lost: acknowledged.filter((id) => !intents.has(id)).length,
    effects: effects.length,
    effectsWithoutRecord: effects.filter((id) => !intents.has(id)).length,
    duplicates: [...intents.values()].filter((count) => count > 1).length,
    records: size,
    verified: verified.ok,
  };
}

if (import.meta.main) {
  const runs = Number(process.argv[2] ?? process.env["HOLDFAST_FAULT_RUNS"] ?? 300);
  const result = await killRuns(runs, (count) => {
    if (process.stderr.isTTY && count % 10 === 0) process.stderr.write(`\r${count} of ${runs} kills`);
  });
  process.stdout.write(`${JSON.stringify(result)}\n`);
  for (const [name, value] of Object.entries(result)) process.stdout.write(`| ${name} | ${value} |\n`);
  const { lost, effectsWithoutRecord, duplicates, verified } = result;
  process.exitCode = lost + effectsWithoutRecord + duplicates === 0 && verified ? 0 : 1;
}
