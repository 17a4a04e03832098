import { closeSync, readdirSync, readFileSync } from "node:fs";

const CLOSED_AT_EXEC = 0o2000000;

/**
 * Closes what this process was itself started with besides its three streams and would hand on: what we open is closed where a program begins,
 * and Node marks what it finds open so only up to the first gap in the numbers. For a process that has just started and opened nothing by itself.
 */
export function closeInherited(): void {
  for (const fd of open()) {
    try {
      const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "utf8"))?.[1];
      if (flags !== undefined && (Number.parseInt(flags, 8) & CLOSED_AT_EXEC) === 0) closeSync(fd);
    } catch {
      // It was the one by which we looked.
    }
  }
}

function open(): readonly number[] {
  try {
    return readdirSync("/proc/self/fd")
      .map(Number)
      .filter((fd) => fd > 2);
  } catch {
    return [];
  }
}
