import { readFileSync } from "node:fs";

/** Ends a process with everything of its group. One that is gone is gone. */
export function killGroup(pid: number, signal: NodeJS.Signals = "SIGKILL"): void {
  try {
    process.kill(process.platform === "win32" ? pid : -pid, signal);
  } catch {
    // It ended by itself.
  }
}

/** When a process began, in the kernel's own count: with the id it names one process for ever. Undefined where nobody can say. */
export function bornAt(pid: number): string | undefined {
  try {
    // The name in brackets may hold anything, also a bracket.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}
