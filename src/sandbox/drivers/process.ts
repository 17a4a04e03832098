import { unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { HoldfastError } from "../../core/errors.ts";
import { cgroupVersion, FILE_FD, type Group, joining, makeGroup } from "../cgroup.ts";
import { type Cell, type Driver, type KeptApart, type Limits, longestFile } from "../driver.ts";
import { ownFolder, reapLocal } from "../left.ts";
import { ownName } from "../owner.ts";
import { seccompFilter } from "../seccomp.ts";
import { checked, find, NOBODY, system, VARIABLES, WORK, withoutImage } from "../system.ts";

/**
 * A process with namespaces of its own (bubblewrap), a system call filter, and limits by control groups. The cheapest sandbox: it shares the
 * kernel, so a hole in the kernel is a way out. Started by root it first becomes nobody: bubblewrap alone would only hide that it is
 * still root, and read what only root may.
 */
export const driver: Driver = {
  id: "process",
  runs: "programs",
  wayOut: true,
  work: true,
  async missing() {
    const found = await programs();
    return typeof found === "string" ? found : undefined;
  },
  async keeps() {
    const always: readonly KeptApart[] = ["files", "network", "kernel", "time"];
    return (await cgroupVersion()) === undefined ? always : [...always, "memory", "cpu", "pids"];
  },
  async prepare(cell) {
    withoutImage("process", cell);
    const found = await programs();
    if (typeof found === "string") throw new HoldfastError("unavailable", found);
    const paths = await checked(cell);
    const grouped = await cgroupVersion();
    const confined = [...(grouped === undefined ? alone(found, cell.limits) : []), ...dropping(found, cell), ...(await isolating(found, cell, paths))];
    const name = ownName();
    const [group, filter] = await Promise.allSettled([grouped === undefined ? NO_GROUP : makeGroup(name, cell.limits), filterIn(name)]);
    if (group.status === "rejected" || filter.status === "rejected") {
      if (group.status === "fulfilled") await group.value.close();
      if (filter.status === "fulfilled") await filter.value.free();
      throw group.status === "rejected" ? group.reason : (filter as PromiseRejectedResult).reason;
    }
    return {
      argv: joining(group.value, confined, filter.value.file, { c: 0, n: 1024, f: Math.ceil(longestFile(cell) / 512) }),
      env: {},
      async close() {
        const [outOfMemory] = await Promise.all([group.value.close(), filter.value.free()]);
        return { outOfMemory };
      },
    };
  },
  reap: reapLocal,
};

const NO_GROUP: Group = { joins: [], close: async () => false };

/** The filter is the same for every cell. */
let program: Uint8Array | undefined;

async function filterIn(name: string): Promise<{ readonly file: string; free(): Promise<void> }> {
  const { folder, free } = await ownFolder(name);
  const file = join(folder, "filter");
  try {
    await writeFile(file, (program ??= seccompFilter()));
  } catch (error) {
    await free();
    throw error;
  }
  // Quicker than taking away a folder of whose content nothing is known; that is done where this is not enough.
  return { file, free: () => unlink(file).then(free, free) };
}

/** What a process of its own can be limited in; where there is no control group, that has to do. */
function alone({ prlimit }: Programs, { memory, pids }: Limits): readonly string[] {
  return [prlimit, `--nproc=${pids}`, `--data=${memory}`];
}

function dropping({ setpriv }: Programs, { kvm }: Cell): readonly string[] {
  if (process.getuid?.() !== 0) return [];
  const groups = kvm?.group === undefined ? "--clear-groups" : `--groups=${kvm.group}`;
  return [setpriv, `--reuid=${NOBODY}`, `--regid=${NOBODY}`, groups, "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs"];
}

async function isolating(
  { bwrap }: Programs,
  { command, cwd, env, kvm, limits, work }: Cell,
  { read, write }: Pick<Cell, "read" | "write">,
): Promise<readonly string[]> {
  const own = (path: string): readonly string[] => ["--size", String(limits.disk), "--perms", "0700", "--tmpfs", path];
  const { links, folders, files } = await system();
  return [
    ...[bwrap, "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--hostname", "sandbox", "--clearenv"],
    ...links.flatMap(([path, target]) => ["--symlink", target, path]),
    ...folders.flatMap((path) => ["--ro-bind", path, path]),
    ...files.flatMap((path) => ["--ro-bind-try", path, path]),
    ...[
      "--proc",
      "/proc",
      "--dev",
      "/dev",
      ...(kvm === undefined ? [] : ["--dev-bind", kvm.device, "/dev/kvm"]),
      ...own("/tmp"),
      ...(work === undefined ? own(WORK) : ["--bind", work.folder, WORK]),
    ],
    ...read.flatMap((path) => ["--ro-bind", path, path]),
    ...write.flatMap((path) => ["--bind", path, path]),
    ...["--remount-ro", "/", "--chdir", cwd ?? WORK],
    ...Object.entries({ ...VARIABLES, ...env }).flatMap(([name, value]) => ["--setenv", name, value]),
    ...["--seccomp", String(FILE_FD), "--", ...command],
  ];
}

interface Programs {
  readonly bwrap: string;
  readonly prlimit: string;
  readonly setpriv: string;
}

/** Where each program is, or what is missing. */
async function programs(): Promise<Programs | string> {
  if (process.platform !== "linux") return "the sandbox `process` needs Linux";
  const [bwrap, prlimit, setpriv] = await Promise.all(["bwrap", "prlimit", "setpriv"].map(find));
  if (bwrap === undefined) return "the program `bwrap` is not here; install `bubblewrap`";
  if (prlimit === undefined || setpriv === undefined) return "the programs `prlimit` and `setpriv` are not here; install `util-linux`";
  return { bwrap, prlimit, setpriv };
}
