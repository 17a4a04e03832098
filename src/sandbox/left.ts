import { lstat, mkdir, readdir, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HoldfastError } from "../core/errors.ts";
import { isRemoved, reapGroups } from "./cgroup.ts";
import { isLeftBehind, ownName } from "./owner.ts";

/** A folder of ours that says so, for what a cell needs while it is there. Its name is also the name of the cell. */
export async function ownFolder(name = ownName()): Promise<{ readonly name: string; readonly folder: string; free(): Promise<void> }> {
  const folder = join(tmpdir(), name);
  // Nobody else can have laid something there: what is there already, were it a link, is a failure.
  await mkdir(folder, { mode: 0o700 });
  return { name, folder, free: () => remove(folder) };
}

/** What crashes of ours left on this machine: control groups with what still runs in them, then folders. */
export async function reapLocal(): Promise<void> {
  await reapGroups();
  for (const name of await readdir(tmpdir())) {
    const folder = join(tmpdir(), name);
    if (isLeftBehind(name) && (await isOurs(folder))) await remove(folder).catch(() => {});
  }
}

/** INVARIANT: where anybody may lay something under such a name, only what lies there as this user is taken away; inside it nobody else can change what is being removed. */
async function isOurs(folder: string): Promise<boolean> {
  const found = await lstat(folder).catch(() => undefined);
  return found?.isDirectory() === true && (process.getuid === undefined || found.uid === process.getuid());
}

/** INVARIANT: never through a mount. What is mounted there may be the machine's own, and would be emptied. */
async function remove(folder: string): Promise<void> {
  if (await isRemoved(folder)) return;
  const mounts = await readFile("/proc/self/mountinfo", "utf8").catch(() => "");
  // The kernel names mounts without the links on the way, of which the folder for such things may be one.
  const real = await realpath(folder).catch(() => folder);
  if (mounts.split("\n").some((line) => line.split(" ")[4]?.startsWith(`${real}/`) === true))
    throw new HoldfastError("unavailable", "something is mounted where a sandbox was, so it is not taken away");
  await rm(folder, { recursive: true, force: true });
}
