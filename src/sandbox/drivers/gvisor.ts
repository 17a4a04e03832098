import { stat } from "node:fs/promises";
import { join } from "node:path";
import { HoldfastError } from "../../core/errors.ts";
import { layOut } from "../bundle.ts";
import { cgroupVersion, joining, makeGroup } from "../cgroup.ts";
import { type Cell, type Driver, KEPT_APART } from "../driver.ts";
import { ownFolder, reapLocal } from "../left.ts";
import { find, withoutImage } from "../system.ts";

/**
 * A kernel in between: gVisor (runsc) answers the program's system calls itself, in a process of its own without network, so that a hole in
 * the machine's kernel is not within its reach. It needs no virtualisation (`ptrace`), and is slower for it.
 */
export const driver: Driver = {
  id: "gvisor",
  runs: "programs",
  wayOut: true,
  work: true,
  async missing() {
    if (process.platform !== "linux") return "the sandbox `gvisor` needs Linux";
    if ((await find("runsc")) === undefined) return "the program `runsc` is not here; install `runsc` (gVisor)";
    if (process.getuid?.() !== 0) return "the sandbox `gvisor` needs Holdfast to be run by root; as a user, take `process`";
    if ((await cgroupVersion()) === undefined) return "there is no control group that can be written, and `gvisor` is limited by nothing else";
    return undefined;
  },
  keeps: async () => KEPT_APART,
  async prepare(cell) {
    withoutImage("gvisor", cell);
    const missing = await driver.missing();
    if (missing !== undefined) throw new HoldfastError("unavailable", missing);
    const { name, folder, free } = await ownFolder();
    try {
      const bundle = await layOut(cell, { folder });
      const flags = ["--root", join(folder, "state"), "--platform=ptrace", "--network=none", "--ignore-cgroups", "--oci-seccomp", ...(await sockets(cell))];
      // The kernel in between and its threads are in the group as well; a start that fails leaves them behind, and they end with it. It counts the program's
      // processes itself (`layOut`): if the group did, the kernel in between would be what is refused a thread, and end with everything in it.
      const { memory, pids } = cell.limits;
      const group = await makeGroup(name, { ...cell.limits, memory: memory + KERNEL.memory, pids: pids * KERNEL.threads + KERNEL.pids });
      return {
        ...joining(group, [(await find("runsc")) as string, ...flags, "run", "--bundle", bundle, name]),
        env: {},
        async close() {
          const outOfMemory = await group.close();
          await free();
          return { outOfMemory };
        },
      };
    } catch (error) {
      await free();
      throw error;
    }
  },
  reap: reapLocal,
};

/**
 * The kernel in between leads to a socket in a file only where one is named for the cell: its way out. Then it does so for whatever else it
 * was given to see, as every other driver does always. A runsc from before 2022-12 does not know the word, and starts nothing.
 */
async function sockets({ read }: Cell): Promise<readonly string[]> {
  const named = await Promise.all(read.map(async (path) => (await stat(path)).isSocket()));
  return named.includes(true) ? ["--host-uds=open"] : [];
}

/** What the kernel in between needs for itself. */
const KERNEL = { memory: 64 << 20, pids: 200, threads: 8 };
