import { join } from "node:path";
import { HoldfastError } from "../../core/errors.ts";
import { cgroupVersion, joining, makeGroup } from "../cgroup.ts";
import type { Driver } from "../driver.ts";
import { ownFolder, reapLocal } from "../left.ts";
import { type Account, cableIn, INNER, OUTER, rulesOf } from "../network.ts";
import { checkedText, find, NOBODY, VARIABLES, withoutImage, wrong } from "../system.ts";

/**
 * For a program that has to have its files and must not have the network: this machine as an account of it sees it, in a network of two ends. At
 * the other end is the egress proxy, where hosts are allowed, and nothing else. It keeps no files apart, and shares the kernel.
 */
export function network({ uid, gid }: Account = { uid: NOBODY, gid: NOBODY }): Driver {
  const driver: Driver = {
    id: "network",
    runs: "programs",
    wayOut: true,
    allFiles: true,
    // It is given one on purpose.
    finds: ["interfaces"],
    caveat: "the program has the files of its account, and with them every socket in a file that it may open, but for those in /run and /tmp",
    async missing() {
      if (process.platform !== "linux") return "the sandbox `network` needs Linux";
      const [ip, nft, ...others] = await Promise.all(["ip", "nft", "unshare", "nsenter", "setpriv", "mount"].map(find));
      if (ip === undefined || nft === undefined) return "the programs `ip` and `nft` are not here; install `iproute2` and `nftables`";
      if (others.includes(undefined)) return "`unshare`, `nsenter`, `setpriv` or `mount` is not here; install `util-linux`";
      if (process.getuid?.() !== 0) return "the sandbox `network` needs Holdfast to be run by root; as a user, take `process`";
      if ((await cgroupVersion()) === undefined) return "there is no control group that can be written, and `network` is ended by nothing else";
      return undefined;
    },
    keeps: async () => ["network", "memory", "cpu", "pids", "time"],
    async prepare(cell) {
      withoutImage("network", cell);
      checkedText({ ...cell, cwd: cell.cwd });
      const before = cell.before ?? 0;
      if (cell.read.length + cell.write.length > before)
        wrong("the sandbox `network` has the files of its account, so none are named; take another to confine them");
      if (cell.command[before]?.includes("=") === true) wrong("the name of a program may not have `=` in it here");
      const missing = await driver.missing();
      if (missing !== undefined) throw new HoldfastError("unavailable", missing);
      const { name, folder, free } = await ownFolder();
      try {
        const [gate, inside] = [join(folder, "gate.nft"), join(folder, "inside.nft")];
        await cableIn(folder, rulesOf(before > 0));
        const group = await makeGroup(name, cell.limits);
        const env = Object.entries({ ...VARIABLES, HOME: "/tmp", ...cell.env }).map(([variable, value]) => `${variable}=${value}`);
        const inner = ["sh", "-c", INNER, "sh", folder, gate, inside, String(uid), String(gid), cell.cwd ?? "/", ...env, ...cell.command.slice(before)];
        return {
          ...joining(group, ["unshare", "--net", "sh", "-c", OUTER, "sh", ...cell.command.slice(0, before), ...inner]),
          env: { PATH: ROOTS_PATH },
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
  return driver;
}

/** Of what lays the cable; the program has its own. */
const ROOTS_PATH = "/usr/sbin:/usr/bin:/sbin:/bin";
