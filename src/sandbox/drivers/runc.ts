import { join } from "node:path";
import { HoldfastError } from "../../core/errors.ts";
import { layOut } from "../bundle.ts";
import { cgroupVersion, closeGroups } from "../cgroup.ts";
import { type Driver, KEPT_APART } from "../driver.ts";
import { ownFolder, reapLocal } from "../left.ts";
import { find, withoutImage } from "../system.ts";

/**
 * A container without an engine: runc, with a bundle of our own. It is what container engines run in the end, without their daemon, their
 * network and their images: this machine's programs on an empty root. It shares the kernel.
 */
export const driver: Driver = {
  id: "runc",
  runs: "programs",
  wayOut: true,
  work: true,
  async missing() {
    if (process.platform !== "linux") return "the sandbox `runc` needs Linux";
    if ((await find("runc")) === undefined) return "the program `runc` is not here; install `runc`";
    if (process.getuid?.() !== 0) return "the sandbox `runc` needs Holdfast to be run by root; as a user, take `process`";
    if ((await cgroupVersion()) === undefined) return "there is no control group that can be written, and `runc` limits by nothing else";
    return undefined;
  },
  keeps: async () => KEPT_APART,
  async prepare(cell) {
    withoutImage("runc", cell);
    const missing = await driver.missing();
    if (missing !== undefined) throw new HoldfastError("unavailable", missing);
    const { name, folder, free } = await ownFolder();
    const bundle = await layOut(cell, { folder, group: `/holdfast/${name}` }).catch(async (error: unknown) => {
      await free();
      throw error;
    });
    return {
      // Kept when it ends: runc would take its group away, and with it the word on whether it was out of memory.
      argv: [(await find("runc")) as string, "--root", join(folder, "state"), "run", "--keep", "--bundle", bundle, name],
      env: {},
      async close() {
        const outOfMemory = await closeGroups(name);
        await free();
        return { outOfMemory };
      },
    };
  },
  reap: reapLocal,
};
