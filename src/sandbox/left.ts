import { mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HoldfastError } from "../core/errors.ts";
import { reapGroups } from "./cgroup.ts";
import { isLeftBehind, ownName } from "./owner.ts";

/** A folder of ours that says so, for what a cell needs while it is there. Its name is also the name of the cell. */
export async function ownFolder(): Promise<{ readonly name: string; readonly folder: string; free(): Promise<void> }> {
  const name = ownName();
  const folder = join(tmpdir(), name);
  // Made under a random name by the system, then named: nobody else can have laid something there.
  await rename(await mkdtemp(join(tmpdir(), "holdfast-new-")), folder);
  return { name, folder, free: () => remove(folder) };
}

/** What crashes of ours left on this machine: control groups with what still runs in them, then folders. */
export async function reapLocal(): Promise<void> {
  await reapGroups();
  for (const name of await readdir(tmpdir())) if (isLeftBehind(name)) await remove(join(tmpdir(), name)).catch(() => {});
}

/** INVARIANT: never through a mount. What is mounted there may be the machine's own, and would be emptied. */
async function remove(folder: string): Promise<void> {
  const mounts = await readFile("/proc/self/mountinfo", "utf8").catch(() => "");
  if (mounts.split("\n").some((line) => line.split(" ")[4]?.startsWith(`${folder}/`) === true))
    throw new HoldfastError("unavailable", "something is mounted where a sandbox was, so it is not taken away");
  await rm(folder, { recursive: true, force: true });
}
