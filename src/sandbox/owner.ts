import { randomUUID } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";

const PREFIX = "holdfast";

/**
 * A name for what outlives us if we crash. It says whose it is: the boot of the machine, the namespace in which process numbers count, our
 * number and the moment we started, because numbers come again. `holdfast-BOOT-NAMESPACE-PID-START-RANDOM`.
 */
export function ownName(): string {
  return `${PREFIX}-${world()}-${process.pid}-${startOf(process.pid) ?? "0"}-${randomUUID().slice(0, 8)}`;
}

/**
 * Whether this is such a name and its owner is gone. INVARIANT: false where we cannot know, as in another container of one machine, or
 * another machine with the same engine: what `runs` cannot be of an earlier boot of this one.
 */
export function isLeftBehind(name: string, runs = false): boolean {
  const [, boot, namespace, pid, start] = /^holdfast-([0-9a-f]+)-(\d+)-(\d+)-(\d+)-[0-9a-f]{8}$/.exec(name) ?? [];
  if (boot === undefined) return false;
  const [ourBoot, ourNamespace] = world().split("-");
  if (boot !== ourBoot) return ourBoot !== NOWHERE && !runs;
  return namespace === ourNamespace && startOf(Number(pid)) !== start;
}

/** What stands for a machine that does not say which boot it is. */
const NOWHERE = "0";

function world(): string {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").replaceAll("-", "").slice(0, 8);
    return `${boot}-${/\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0] ?? "0"}`;
  } catch {
    return `${NOWHERE}-0`;
  }
}

/** When a process started, in ticks since the boot; undefined where there is none. */
function startOf(pid: number): string | undefined {
  try {
    // The name of the program stands in brackets and may hold anything.
    return /^.*\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1]?.split(" ")[19];
  } catch {
    return process.platform === "linux" ? undefined : isThere(pid) ? "0" : undefined;
  }
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
