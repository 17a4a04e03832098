/** P15: a skill from its start to its result, in a thread made for it and in one that waits, each beside the least that has the same two walls: it can be stopped, and its memory has an end. */
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { runCell } from "../src/compose/sandboxes/cells.ts";
import { driver } from "../src/sandbox/drivers/wasm.ts";
import { LIMITS } from "../src/sandbox/index.ts";
import { loadInterpreter } from "../src/sandbox/skill/script.ts";
import { type Bench, median, type Row } from "./row.ts";

const SCRIPT = "print(6 * 7)";
const SAYS = "42\n";
/** For the next thread to be made, and to have come as far as waiting. */
const SETTLED = 250;
/** A thread that waits has the limit of the one before it: with another, one is made. */
const PAGE = 1 << 16;

export const run: Bench = async ({ quick }) => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-bench-"));
  const skill = join(folder, "skill.js");
  writeFileSync(skill, SCRIPT);
  const took = { made: [] as number[], leastMade: [] as number[], waited: [] as number[], leastWaiting: [] as number[], inThread: [] as number[] };
  const times = quick ? 2 : 25;
  try {
    const interpreter = await loadInterpreter(LIMITS.memory);
    // The first two of each fill caches and are not counted.
    for (let index = -2; index < times; index++) {
      const one = {
        waited: await timed(() => ours(skill, LIMITS.memory)),
        made: await timed(() => ours(skill, LIMITS.memory + (index + 3) * PAGE)),
        // Puts back one that waits with the usual limit.
        again: await timed(() => ours(skill, LIMITS.memory)),
        leastMade: await timed(async () => told(newThread(false), skill)),
        leastWaiting: await waiting(skill),
        inThread: await timed(async () => {
          const context = interpreter.newContext();
          context.unwrapResult(context.evalCode("6 * 7")).dispose();
          context.dispose();
        }),
      };
      if (index >= 0) for (const [name, into] of Object.entries(took)) into.push(one[name as keyof typeof took]);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const row = (what: string, ours: readonly number[], floor: readonly number[], target: string, note: string): Row => {
    const ratio = median(ours) / median(floor);
    return { id: "P15", what, unit: "ms", ours: median(ours), floor: median(floor), ratio, target, met: ratio <= 1.3, n: times, note };
  };
  const unstoppable = `evaluated in the thread that asks, where nothing can stop it and no limit holds, it takes ${median(took.inThread).toFixed(2)} ms: the floor before decision 47`;
  return [
    row(
      "sandbox `wasm`: from start to result",
      took.made,
      took.leastMade,
      "≤ 1.3 × the technology alone",
      `a thread is made for it; floor: a thread that loads QuickJS with a memory maximum and evaluates what was read from the file; ${unstoppable}`,
    ),
    row(
      "sandbox `wasm` that waits: from start to result",
      took.waited,
      took.leastWaiting,
      "≤ 1.3 × the technology with everything made in advance",
      "ours: the file looked at, read and run, its streams, its end; floor: the file read, and such a thread that has made everything and waits told its text and asked for a text",
    ),
  ];
};

async function timed(work: () => Promise<void>): Promise<number> {
  await pause(SETTLED);
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

async function ours(skill: string, memory: number): Promise<void> {
  const prepared = await driver.prepare({ command: [skill], env: {}, read: [], write: [], limits: { ...LIMITS, memory } });
  const { output } = await runCell(prepared, { stdio: "collect", timeout: 30_000 });
  await prepared.close();
  if (output !== SAYS) throw new Error("the skill failed");
}

const newThread = (waits: boolean): Worker =>
  new Worker(new URL("./skill-thread.ts", import.meta.url), {
    env: {},
    execArgv: ["--disable-warning=ExperimentalWarning"],
    workerData: { memory: LIMITS.memory, waits },
  });

async function waiting(skill: string): Promise<number> {
  const thread = newThread(true);
  await once(thread, "message");
  return timed(() => answered(thread, skill));
}

async function told(thread: Worker, skill: string): Promise<void> {
  await once(thread, "message");
  await answered(thread, skill);
}

async function answered(thread: Worker, skill: string): Promise<void> {
  thread.postMessage(await readFile(skill, "utf8"));
  const [said] = await once(thread, "message");
  void thread.terminate();
  if (said !== SAYS) throw new Error("the floor failed");
}
