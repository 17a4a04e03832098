import { readFile } from "node:fs/promises";
import { HoldfastError } from "../../core/errors.ts";
import { cgroupVersion, type Group, joining, makeGroup, toldAt } from "../cgroup.ts";
import { type Cell, type Driver, type KeptApart, type Limits, longestFile } from "../driver.ts";
import { reapLocal } from "../left.ts";
import { ownName } from "../owner.ts";
import { seccompFilter } from "../seccomp.ts";
import { checked, find, NOBODY, type System, system, VARIABLES, WORK, withoutImage } from "../system.ts";

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
    const [paths, seen, grouped] = await Promise.all([checked(cell), system(), cgroupVersion()]);
    const told = (filter ??= Buffer.from(seccompFilter()).toString("base64"));
    const { user, becomes } = dropped(found, cell);
    const shellLimits = { c: 0, n: 1024, f: Math.ceil(longestFile(cell) / 512) };
    const limited = grouped === undefined ? alone(found, cell.limits) : [];
    const group = grouped === undefined ? NO_GROUP : await makeGroup(ownName(), cell.limits);
    return {
      ...joining(group, [...limited, ...becomes, ...isolating(found, { ...cell, ...paths }, seen, toldAt(group))], shellLimits),
      ...{ env: {}, told, ...user },
      close: async () => ({ outOfMemory: await group.close() }),
    };
  },
  reap: reapLocal,
};

const NO_GROUP: Group = { joins: [], close: async () => false };

/** The same for every cell. */
let filter: string | undefined;

/** What a process of its own can be limited in; where there is no control group, that has to do. */
function alone({ prlimit }: Programs, { memory, pids }: Limits): readonly string[] {
  return [prlimit, `--nproc=${pids}`, `--data=${memory}`];
}

/** Root's cell is nobody from its first instruction on, before bubblewrap begins; one that has a group besides becomes nobody by a program. */
function dropped({ setpriv }: Programs, { kvm }: Cell): { readonly user?: { readonly user: number }; readonly becomes: readonly string[] } {
  if (process.getuid?.() !== 0) return { becomes: [] };
  if (kvm?.group === undefined) return { user: { user: NOBODY }, becomes: [] };
  const none = ["--inh-caps=-all", "--bounding-set=-all", "--no-new-privs"];
  return { becomes: [setpriv, `--reuid=${NOBODY}`, `--regid=${NOBODY}`, `--groups=${kvm.group}`, ...none] };
}

function isolating(
  { bwrap }: Programs,
  { command, cwd, env, kvm, limits, read, work, write }: Cell,
  { links, folders, files }: System,
  filterFd: number,
): readonly string[] {
  const own = (path: string): readonly string[] => ["--size", String(limits.disk), "--perms", "0700", "--tmpfs", path];
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
    ...["--seccomp", String(filterFd), "--", ...command],
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
  const [bwrap, prlimit, setpriv, groups] = await Promise.all([
    ...["bwrap", "prlimit", "setpriv"].map(find),
    readFile("/proc/self/setgroups", "utf8").catch(() => "allow"),
  ]);
  if (bwrap === undefined) return "the program `bwrap` is not here; install `bubblewrap`";
  if (prlimit === undefined || setpriv === undefined) return "the programs `prlimit` and `setpriv` are not here; install `util-linux`";
  // Whoever starts it would become nobody and quietly stay in root's groups.
  if (process.getuid?.() === 0 && groups?.trim() === "deny") return "root may not give up its groups here (`/proc/self/setgroups`)";
  return { bwrap, prlimit, setpriv };
}
