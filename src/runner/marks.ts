import { readdirSync, readFileSync } from "node:fs";

/** The name of a variable that every program we start has, and all that it starts in turn: by it they are found, however they hide. */
export const MARK = "HOLDFAST_STARTED_BY";
const ROUNDS = 20;

/**
 * Ends every process that carries this mark. A process may start another while we look, so we look until nothing is found. Only where the
 * kernel shows what processes carry (Linux); elsewhere process groups have to do. What was never ours cannot carry it: a mark is random.
 */
export function endMarked(mark: string): void {
  const wanted = Buffer.from(`${MARK}=${mark}\0`);
  for (let round = 0; round < ROUNDS; round++) {
    const found = processes().filter((pid) => carries(pid, wanted));
    if (found.length === 0) return;
    for (const pid of found) end(pid);
  }
}

function processes(): readonly number[] {
  try {
    return readdirSync("/proc")
      .map(Number)
      .filter((pid) => Number.isSafeInteger(pid) && pid > 1 && pid !== process.pid);
  } catch {
    return [];
  }
}

function carries(pid: number, wanted: Buffer): boolean {
  try {
    // What is over and only waits to be asked about (Z) carries nothing any more.
    const environ = readFileSync(`/proc/${pid}/environ`);
    return environ.subarray(0, wanted.length).equals(wanted) || environ.includes(Buffer.concat([Buffer.from([0]), wanted]));
  } catch {
    return false;
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself, or is somebody else's now.
  }
}
