import { randomUUID } from "node:crypto";
import { constants, lstat, mkdtemp, realpath, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, isAbsolute, join } from "node:path";
import { HoldfastError } from "../../core/errors.ts";
import { can } from "../can.ts";
import { cgroupVersion, type Group, makeGroup } from "../cgroup.ts";
import type { Cell, Driver, KeptApart, Limits } from "../driver.ts";
import { seccompFilter } from "../seccomp.ts";

/** Nobody: owns nothing on any machine that is set up as usual. */
export const NOBODY = 65_534;
/** The system's own programs and libraries, read-only. Nothing of /etc but what the loader and name look-ups need: no secret lies there. */
const SYSTEM = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];
const SYSTEM_FILES = [
  "/etc/ld.so.cache",
  "/etc/ld.so.conf",
  "/etc/ld.so.conf.d",
  "/etc/alternatives",
  "/etc/localtime",
  "/etc/ssl/certs",
  "/etc/ca-certificates",
];
const FILTER_FD = 9;
const WORK = "/work";

/**
 * A process with namespaces of its own (bubblewrap), a system call filter, and limits by control groups. The cheapest sandbox: it shares the
 * kernel, so a hole in the kernel is a way out. Started by root it first becomes nobody: bubblewrap alone would only hide that it is
 * still root, and read what only root may.
 */
export const processDriver: Driver = {
  id: "process",
  async missing() {
    const found = await programs();
    return typeof found === "string" ? found : undefined;
  },
  async keeps() {
    const always: readonly KeptApart[] = ["files", "network", "kernel", "time"];
    return (await cgroupVersion()) === undefined ? always : [...always, "memory", "cpu", "pids"];
  },
  async prepare(cell) {
    const found = await programs();
    if (typeof found === "string") throw new HoldfastError("unavailable", found);
    const paths = await checked(cell);
    const confined = [...limiting(found, cell.limits, await cgroupVersion()), ...dropping(found), ...(await isolating(found, cell, paths))];
    const folder = await mkdtemp(join(tmpdir(), "holdfast-cell-"));
    const filter = join(folder, "filter");
    const freed = (): Promise<void> => rm(folder, { recursive: true, force: true });
    const made = async (): Promise<Group> => {
      await writeFile(filter, seccompFilter());
      return (await cgroupVersion()) === undefined ? NO_GROUP : makeGroup(randomUUID(), cell.limits);
    };
    const group = await made().catch(async (error: unknown) => {
      await freed();
      throw error;
    });
    return {
      // Emptied first: what bubblewrap itself was started with can be read inside. The shell joins the group and opens the filter, and is then
      // the first program of the rest; it is given nothing to interpret.
      argv: ["/usr/bin/env", "-i", "/bin/sh", "-c", JOIN, "sh", filter, String(group.joins.length), ...group.joins, ...confined],
      env: {},
      async close() {
        const outOfMemory = await group.close();
        await freed();
        return { outOfMemory };
      },
    };
  },
};

const NO_GROUP: Group = { joins: [], close: async () => false };

/** What a process of its own can be limited in; where there is no control group, that has to do. */
function limiting({ prlimit }: Programs, { memory, pids, disk }: Limits, grouped: 1 | 2 | undefined): readonly string[] {
  const alone = grouped === undefined ? [`--nproc=${pids}`, `--data=${memory}`] : [];
  return [prlimit, "--core=0", "--nofile=1024", `--fsize=${Math.max(disk, 1 << 20)}`, ...alone];
}

function dropping({ setpriv }: Programs): readonly string[] {
  if (process.getuid?.() !== 0) return [];
  return [setpriv, `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups", "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs"];
}

async function isolating({ bwrap }: Programs, { command, cwd, env, limits }: Cell, { read, write }: Pick<Cell, "read" | "write">): Promise<readonly string[]> {
  const own = (path: string): readonly string[] => ["--size", String(limits.disk), "--perms", "0700", "--tmpfs", path];
  const variables = { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: WORK, TMPDIR: "/tmp", ...env };
  return [
    ...[bwrap, "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--hostname", "sandbox", "--clearenv"],
    ...(await system()),
    ...["--proc", "/proc", "--dev", "/dev", ...own("/tmp"), ...own(WORK)],
    ...read.flatMap((path) => ["--ro-bind", path, path]),
    ...write.flatMap((path) => ["--bind", path, path]),
    ...["--remount-ro", "/", "--chdir", cwd ?? WORK],
    ...Object.entries(variables).flatMap(([name, value]) => ["--setenv", name, value]),
    ...["--seccomp", String(FILTER_FD), "--", ...command],
  ];
}

/** `sh FILTER COUNT JOIN… PROGRAM…` */
const JOIN = `cd /; unset PWD OLDPWD
filter=$1; count=$2; shift 2
while [ "$count" -gt 0 ]; do echo $$ > "$1" || exit 126; shift; count=$((count - 1)); done
exec ${FILTER_FD}< "$filter" || exit 126
exec "$@"`;

/** As the machine has them: links stay links, so that `/bin` is what it is outside. */
async function system(): Promise<string[]> {
  const found: string[] = [];
  for (const path of SYSTEM) {
    const entry = await lstat(path).catch(() => undefined);
    if (entry?.isSymbolicLink() === true) found.push("--symlink", (await realpath(path)).slice(1), path);
    else if (entry !== undefined) found.push("--ro-bind", path, path);
  }
  for (const path of SYSTEM_FILES) found.push("--ro-bind-try", path, path);
  return found;
}

/** Paths as they really are: what is a link now must not become another one between here and there. */
async function checked({ command, read, write, cwd, env, limits }: Cell): Promise<{ readonly read: readonly string[]; readonly write: readonly string[] }> {
  const wrong = (message: string): never => {
    throw new HoldfastError("configuration", message);
  };
  if (command.length === 0) wrong("a sandbox needs a command");
  for (const text of [...command, ...Object.entries(env).flat()]) if (text.includes("\0")) wrong("a command holds no zero character");
  for (const [name, value] of Object.entries(limits)) if (!(value > 0)) wrong(`the limit \`${name}\` must be greater than nothing`);
  if (cwd !== undefined && !isAbsolute(cwd)) wrong("the folder to begin in must be an absolute path");
  const resolved = async (path: string): Promise<string> => {
    if (!isAbsolute(path)) wrong(`\`${path}\` must be an absolute path`);
    const real = await realpath(path).catch(() => wrong(`\`${path}\` is not there`));
    if (HIDDEN.some((hidden) => real === hidden || real.startsWith(`${hidden}/`) || hidden.startsWith(real === "/" ? "/" : `${real}/`)))
      wrong(`\`${path}\` would give away the machine itself`);
    return real;
  };
  const paths = { read: await Promise.all(read.map(resolved)), write: await Promise.all(write.map(resolved)) };
  for (const path of [...paths.read, ...paths.write]) {
    const closed = await closedTo(path);
    if (closed !== undefined) wrong(`\`${path}\` cannot be reached in the sandbox, where the program is nobody: \`${closed}\` is closed to others`);
  }
  return paths;
}

/** The folder on the way that keeps out the one that the program will be; undefined where there is none. */
export async function closedTo(path: string): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const { mode, uid, gid } = await stat(folder);
    const bit = uid === NOBODY ? 0o100 : gid === NOBODY ? 0o010 : 0o001;
    if ((mode & bit) === 0) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}

/** No sandbox is given these, whatever its configuration says. */
const HIDDEN = ["/proc", "/sys", "/dev", "/run/docker.sock", "/var/run/docker.sock", "/run/containerd"];

interface Programs {
  readonly bwrap: string;
  readonly prlimit: string;
  readonly setpriv: string;
}

/** Where each program is, or what is missing: named in full, because inside there is no PATH of ours. */
async function programs(): Promise<Programs | string> {
  if (process.platform !== "linux") return "the sandbox `process` needs Linux";
  const [bwrap, prlimit, setpriv] = await Promise.all(["bwrap", "prlimit", "setpriv"].map(find));
  if (bwrap === undefined) return "the program `bwrap` is not here; install `bubblewrap`";
  if (prlimit === undefined || setpriv === undefined) return "the programs `prlimit` and `setpriv` are not here; install `util-linux`";
  return { bwrap, prlimit, setpriv };
}

async function find(program: string): Promise<string | undefined> {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const path = join(folder, program);
    if (folder !== "" && (await can(path, constants.X_OK))) return path;
  }
  return undefined;
}
