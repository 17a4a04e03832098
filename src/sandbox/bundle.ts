import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Cell, longestFile } from "./driver.ts";
import { seccompProfile } from "./seccomp.ts";
import { checked, NOBODY, system, VARIABLES, WORK } from "./system.ts";

export interface BundleOptions {
  /** A folder of ours; the bundle becomes `bundle` in it. */
  readonly folder: string;
  /**
   * The group that the runtime makes, with the limits, from the root of the hierarchies. Left out: the runtime is in one already, and counts the
   * processes of this user itself, of which there are no others where it is a kernel of its own.
   */
  readonly group?: string;
}

/** Microseconds. */
const PERIOD = 100_000;

/** Lays out a cell as a bundle of the OCI runtime specification, whose root is empty but for what the cell may see. Gives the bundle's folder. */
export async function layOut(cell: Cell, { folder, group }: BundleOptions): Promise<string> {
  const { read, write } = await checked(cell);
  const { links, folders, files } = await system();
  const bundle = join(folder, "bundle");
  const root = join(bundle, "root");
  // Nobody walks through the root, and through no folder above it: the runtime goes there as root, and the program begins inside.
  await mkdir(root, { recursive: true });
  await chmod(root, 0o755);
  for (const [path, target] of links) await symlink(target, join(root, path));
  await writeFile(join(bundle, "config.json"), JSON.stringify({ ...specification(cell, group), mounts: [...MOUNTS, ...own(cell), ...binds()] }));
  return bundle;

  function binds(): readonly object[] {
    const bind = (path: string, ...options: readonly string[]) => ({
      destination: path,
      type: "bind",
      source: path,
      options: ["bind", "nosuid", "nodev", ...options],
    });
    const work = cell.work === undefined ? [] : [{ ...bind(cell.work.folder, "rw"), destination: WORK }];
    return [...[...folders, ...files, ...read].map((path) => bind(path, "ro")), ...work, ...write.map((path) => bind(path, "rw"))];
  }
}

function specification(cell: Cell, group: string | undefined): object {
  const { command, cwd, env, limits } = cell;
  const none: readonly string[] = [];
  return {
    ociVersion: "1.0.2",
    hostname: "sandbox",
    process: {
      terminal: false,
      user: { uid: NOBODY, gid: NOBODY, additionalGids: [] },
      args: command,
      env: Object.entries({ ...VARIABLES, ...env }).map(([name, value]) => `${name}=${value}`),
      cwd: cwd ?? WORK,
      noNewPrivileges: true,
      capabilities: { bounding: none, effective: none, inheritable: none, permitted: none, ambient: none },
      rlimits: [
        { type: "RLIMIT_CORE", hard: 0, soft: 0 },
        { type: "RLIMIT_NOFILE", hard: 1024, soft: 1024 },
        ...(group === undefined ? [{ type: "RLIMIT_NPROC", hard: Math.floor(limits.pids), soft: Math.floor(limits.pids) }] : []),
        { type: "RLIMIT_FSIZE", hard: longestFile(cell), soft: longestFile(cell) },
      ],
    },
    root: { path: "root", readonly: true },
    linux: {
      // A network namespace of its own that nobody sets up holds nothing but a loopback interface.
      namespaces: ["pid", "mount", "network", "ipc", "uts", "cgroup"].map((type) => ({ type })),
      maskedPaths: [
        "/proc/kcore",
        "/proc/keys",
        "/proc/latency_stats",
        "/proc/timer_list",
        "/proc/timer_stats",
        "/proc/sched_debug",
        "/proc/acpi",
        "/proc/scsi",
      ],
      readonlyPaths: ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
      seccomp: seccompProfile(),
      ...(group === undefined
        ? {}
        : {
            cgroupsPath: group,
            resources: {
              devices: [{ allow: false, access: "rwm" }],
              memory: { limit: limits.memory, swap: limits.memory },
              pids: { limit: limits.pids },
              cpu: { period: PERIOD, quota: Math.ceil(limits.cpus * PERIOD) },
            },
          }),
    },
  };
}

const MOUNTS: readonly object[] = [
  { destination: "/proc", type: "proc", source: "proc", options: ["nosuid", "noexec", "nodev"] },
  { destination: "/dev", type: "tmpfs", source: "tmpfs", options: ["nosuid", "noexec", "strictatime", "mode=755", "size=65536"] },
  { destination: "/dev/pts", type: "devpts", source: "devpts", options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"] },
  { destination: "/dev/shm", type: "tmpfs", source: "shm", options: ["nosuid", "noexec", "nodev", "mode=1777", "size=16777216"] },
];

/** The folders that are its own. */
function own({ limits, work }: Cell): readonly object[] {
  const options = ["nosuid", "nodev", "mode=0700", `uid=${NOBODY}`, `gid=${NOBODY}`, `size=${limits.disk}`];
  return ["/tmp", ...(work === undefined ? [WORK] : [])].map((destination) => ({ destination, type: "tmpfs", source: "tmpfs", options }));
}
