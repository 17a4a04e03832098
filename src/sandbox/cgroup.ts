import { constants, mkdir, readdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause, setImmediate as turn } from "node:timers/promises";
import { HoldfastError } from "../core/errors.ts";
import { can } from "./can.ts";
import type { AsProgram, Limits } from "./driver.ts";
import { isLeftBehind } from "./owner.ts";

/** A control group with limits of its own. */
export interface Group {
  /** A thread that writes `0` into each of these is in it, with all that it starts. */
  readonly joins: readonly string[];
  /** Ends everything in it and takes it away. True if the kernel ended something in it for want of memory. */
  close(): Promise<boolean>;
}

const ROOT = "/sys/fs/cgroup";
const OWN = "holdfast";
/** Microseconds. */
const PERIOD = 100_000;
const ROUNDS = 100;
const LOOKS = 10;

let known: 1 | 2 | undefined;

/**
 * Which of the two hierarchies can be written here, if any. Limits without one are what `prlimit` can do, which is less. Asked until there is one:
 * if it cannot be written later, no group can be made, and nothing starts.
 */
export async function cgroupVersion(): Promise<1 | 2 | undefined> {
  return (known ??= await versionHere());
}

async function versionHere(): Promise<1 | 2 | undefined> {
  if (await can(join(ROOT, "cgroup.controllers"), constants.R_OK)) {
    const has = (await readFile(join(ROOT, "cgroup.controllers"), "utf8")).split(/\s+/);
    return ["memory", "pids", "cpu"].every((one) => has.includes(one)) && (await can(join(ROOT, "cgroup.subtree_control"), constants.W_OK)) ? 2 : undefined;
  }
  const writable = await Promise.all(["memory", "pids", "cpu"].map((one) => can(join(ROOT, one), constants.W_OK)));
  return writable.every(Boolean) ? 1 : undefined;
}

/** Makes a group of this name. Rejects with `unavailable` where one of its limits cannot be set: a cell without it would be another cell. */
export async function makeGroup(name: string, limits: Limits): Promise<Group> {
  const version = await cgroupVersion();
  if (version === undefined) throw new HoldfastError("unavailable", "there is no control group that this user may write");
  const folders = (version === 2 ? [""] : ["memory", "pids", "cpu"]).map((controller) => join(ROOT, controller, OWN, name));
  try {
    return await (version === 2 ? unified : legacy)(folders, limits);
  } catch (cause) {
    await emptied(folders.map((folder) => [folder]));
    throw new HoldfastError("unavailable", "the limits of a sandbox cannot be set", { cause });
  }
}

async function unified(folders: readonly string[], { memory, pids, cpus }: Limits): Promise<Group> {
  const [folder = ""] = folders;
  const parent = join(ROOT, OWN);
  await mkdir(parent, { recursive: true });
  for (const one of [ROOT, parent]) await writeFile(join(one, "cgroup.subtree_control"), "+memory +pids +cpu");
  await mkdir(folder);
  const set = (file: string, value: string | number): Promise<void> => writeFile(join(folder, file), String(value));
  await set("memory.max", memory);
  await set("memory.swap.max", 0).catch(() => {}); // not there where the kernel has no swap accounting
  await set("memory.oom.group", 1);
  await set("pids.max", pids);
  await set("cpu.max", `${Math.ceil(cpus * PERIOD)} ${PERIOD}`);
  return {
    joins: [join(folder, "cgroup.procs")],
    async close() {
      const events = await readFile(join(folder, "memory.events"), "utf8").catch(() => "");
      await set("cgroup.kill", 1).catch(() => {});
      await emptied([folders]);
      return /^oom_kill [1-9]/m.test(events);
    },
  };
}

async function legacy(folders: readonly string[], { memory, pids, cpus }: Limits): Promise<Group> {
  const [inMemory = "", inPids = "", inCpu = ""] = folders;
  const set = (file: string, value: number): Promise<void> => writeFile(file, String(value));
  await allOf([
    mkdir(inMemory, { recursive: true })
      .then(() => set(join(inMemory, "memory.limit_in_bytes"), memory))
      .then(() => set(join(inMemory, "memory.memsw.limit_in_bytes"), memory).catch(() => {})), // not there without swap accounting
    mkdir(inPids, { recursive: true }).then(() => set(join(inPids, "pids.max"), pids)),
    // Of the period that every new group has.
    mkdir(inCpu, { recursive: true }).then(() => set(join(inCpu, "cpu.cfs_quota_us"), Math.ceil(cpus * PERIOD))),
  ]);
  return {
    joins: folders.map((folder) => join(folder, "tasks")),
    async close() {
      const control = await readFile(join(inMemory, "memory.oom_control"), "utf8").catch(() => "");
      await emptied(folders.map((folder) => [folder]));
      return /^oom_kill [1-9]/m.test(control);
    },
  };
}

/** Waits for all of them also where one fails, so that whoever then cleans up finds everything. */
async function allOf(works: readonly Promise<unknown>[]): Promise<void> {
  for (const one of await Promise.allSettled(works)) if (one.status === "rejected") throw one.reason;
}

/**
 * The command line, run as a member of the group. Whoever starts it opens the group's files, so that it can join one that it may not name any
 * more, and a shell joins: its own act, for which the kernel waits for nobody. It closes them and is then the first program of the rest; it is
 * given nothing to interpret. What it is told besides lies at `toldAt(group)`.
 */
export function joining(group: Pick<Group, "joins">, argv: readonly string[], limits: ShellLimits = {}): Pick<AsProgram, "argv" | "opened"> {
  const each = (line: (fd: number) => string): readonly string[] => group.joins.map((_, index) => line(FIRST_FD + index));
  const script = [
    ...Object.entries(limits).map(([letter, value]) => `ulimit -${letter} ${value}`),
    ...["unset PWD OLDPWD", ...each((fd) => `echo 0 >&${fd}`)],
    ["exec", ...each((fd) => `${fd}>&-`), '"$@"'].join(" "),
  ];
  return { argv: ["/bin/sh", "-c", script.join(" || exit 126\n"), "sh", ...argv], opened: group.joins };
}

/** What a shell limits by itself, for itself and all that it becomes, by its letter: core (`c`) and files (`f`) in blocks of 512 bytes, descriptors (`n`). */
export type ShellLimits = { readonly [letter in "c" | "f" | "n"]?: number };

const FIRST_FD = 3;

/** The descriptor at which one that joins a group finds what it is told. */
export const toldAt = ({ joins }: Pick<Group, "joins">): number => FIRST_FD + joins.length;

/**
 * Ends everything in the groups of this name, whoever made them, and takes them away with those inside them. True if the kernel ended
 * something in it for want of memory.
 */
export async function closeGroups(name: string): Promise<boolean> {
  const folders = (await hierarchies()).map((root) => join(root, OWN, name));
  const found = await Promise.all(folders.map(nested));
  const events = await Promise.all(
    found.flat().flatMap((folder) => ["memory.events", "memory.oom_control"].map((file) => readFile(join(folder, file), "utf8").catch(() => ""))),
  );
  await emptied(found);
  return events.some((text) => /^oom_kill [1-9]/m.test(text));
}

/** Those whose owner is gone. */
export async function reapGroups(): Promise<void> {
  const names = (await Promise.all((await hierarchies()).map((root) => readdir(join(root, OWN)).catch(() => [])))).flat();
  for (const name of new Set(names)) if (isLeftBehind(name)) await closeGroups(name).catch(() => {});
}

async function hierarchies(): Promise<readonly string[]> {
  if ((await cgroupVersion()) === 2) return [ROOT];
  return (await readdir(ROOT).catch(() => [])).map((controller) => join(ROOT, controller));
}

/** A group and those inside it, the innermost first: in that order they can be taken away. */
async function nested(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
  if (entries === undefined) return [];
  return [...(await Promise.all(entries.filter((entry) => entry.isDirectory()).map(({ name }) => nested(join(folder, name))))).flat(), folder];
}

/**
 * Takes away groups, those that lie in each other in one list with the innermost first. The kernel does so only when nothing is in them; a
 * process may start another while we look, so we look until it does.
 */
async function emptied(lists: readonly (readonly string[])[]): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    if ((await Promise.all(lists.map(allRemoved))).every(Boolean)) return;
    const members = await Promise.all(lists.flat().map((folder) => readFile(join(folder, "cgroup.procs"), "utf8").catch(() => "")));
    for (const pid of new Set(members.join("\n").match(/\d+/g))) {
      try {
        process.kill(Number(pid), "SIGKILL");
      } catch {
        // It ended by itself.
      }
    }
    // What has given its last word is mostly gone within a few looks; what is not is not made quicker by being looked at.
    await (round < LOOKS ? turn() : pause(5));
  }
  throw new HoldfastError("unavailable", "a sandbox does not end");
}

async function allRemoved(folders: readonly string[]): Promise<boolean> {
  let all = true;
  for (const folder of folders) all = (await isRemoved(folder)) && all;
  return all;
}

export function isRemoved(folder: string): Promise<boolean> {
  return rmdir(folder).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code === "ENOENT",
  );
}
