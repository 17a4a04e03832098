import { type Cell, longestFile } from "./driver.ts";
import { seccompProfile } from "./seccomp.ts";
import { NOBODY, type System, VARIABLES, WORK } from "./system.ts";

/** The label that says whose a container is. */
export const OWNER = "holdfast.owner";

export interface ContainerOptions {
  readonly name: string;
  readonly paths: Pick<Cell, "read" | "write">;
  /** What an image declares as its volumes would lie on the machine's disk, writable and without a limit. */
  readonly image: { readonly id: string; readonly volumes: readonly string[] };
  /** What of this machine takes the place of an image's programs. */
  readonly system?: System;
}

/**
 * A cell as the engine is told it (Docker Engine API, `ContainerCreate`), which is `docker run --read-only --network=none --cap-drop=ALL
 * --security-opt=no-new-privileges --user=65534 --memory=512m --memory-swap=512m --pids-limit=100 --cpus=1` with folders of its own in
 * memory. `test/sandbox/container.lane.ts` shows of each that something gets through without it.
 */
export function containerOf(cell: Cell, { name, paths, image, system }: ContainerOptions): ContainerSpec {
  const { command, env, cwd, limits, work } = cell;
  const { links: _, folders, files } = system ?? { links: [], folders: [], files: [] };
  const [program, ...args] = command;
  const own = (more: string): string => `rw,nosuid,nodev,${more},mode=0700,uid=${NOBODY},gid=${NOBODY},size=${limits.disk}`;
  return {
    Image: image.id,
    // Both, so that nothing the image would start comes before it.
    Entrypoint: [program as string],
    Cmd: args,
    Env: Object.entries({ ...VARIABLES, ...env }).map(([variable, value]) => `${variable}=${value}`),
    WorkingDir: cwd ?? WORK,
    User: `${NOBODY}:${NOBODY}`,
    Hostname: "sandbox",
    Labels: { [OWNER]: name },
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    OpenStdin: true,
    StdinOnce: true,
    Tty: false,
    Healthcheck: { Test: ["NONE"] },
    HostConfig: {
      ReadonlyRootfs: true,
      NetworkMode: "none",
      CapDrop: ["ALL"],
      SecurityOpt: ["no-new-privileges", `seccomp=${JSON.stringify(seccompProfile())}`],
      Privileged: false,
      Memory: limits.memory,
      // Not more than memory alone: else half of it again is swap.
      MemorySwap: limits.memory,
      PidsLimit: Math.floor(limits.pids),
      NanoCpus: Math.ceil(limits.cpus * 1e9),
      // The size and the owner by number: a mode alone is ignored where the image has the folder already.
      Tmpfs: Object.fromEntries([
        ...image.volumes.map((path) => [path, own("noexec")]),
        ["/tmp", own("noexec")],
        ...(work === undefined ? [[WORK, own("exec")]] : []),
      ]),
      Mounts: [
        ...[...folders, ...files, ...paths.read].map((path) => bind(path, true)),
        ...(work === undefined ? [] : [{ ...bind(work.folder, false), Target: WORK }]),
        ...paths.write.map((path) => bind(path, false)),
      ],
      ShmSize: 16 << 20,
      Ulimits: [
        { Name: "core", Soft: 0, Hard: 0 },
        { Name: "nofile", Soft: 1024, Hard: 1024 },
        { Name: "fsize", Soft: longestFile(cell), Hard: longestFile(cell) },
      ],
      IpcMode: "private",
      CgroupnsMode: "private",
      // What it writes goes to us; the engine would keep all of it on the disk.
      LogConfig: { Type: "none", Config: {} },
      RestartPolicy: { Name: "no" },
      AutoRemove: false,
    },
  };
}

export interface ContainerSpec {
  readonly HostConfig: { readonly [setting: string]: unknown };
  readonly [setting: string]: unknown;
}

const bind = (path: string, readOnly: boolean): object => ({
  Type: "bind",
  Source: path,
  Target: path,
  ReadOnly: readOnly,
  BindOptions: { Propagation: "rprivate", NonRecursive: true },
});
