/**
 * What stands in for a node: it runs a pod's one container with bubblewrap and control groups, and confines it by what its specification says
 * and by nothing else. Left out in the specification is left open, so that each field can be seen to bite. It is no container runtime.
 */
import { type ChildProcess, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "../../../src/core/json.ts";
import { begin } from "../../../src/runner/begin.ts";
import { type Group, joining, makeGroup } from "../../../src/sandbox/cgroup.ts";

export interface Node {
  /** Whether policies are kept: some networks of clusters take them and do nothing. */
  readonly cutOff: boolean;
  /** Where pods find the API. */
  readonly port: number;
}

export interface Ran {
  readonly child: ChildProcess;
  /** True if memory ran out. Called once it is over. */
  tidy(): Promise<boolean>;
}

export async function runPod(name: string, spec: JsonObject, { cutOff, port }: Node): Promise<Ran> {
  const [container] = spec["containers"] as unknown as readonly [ContainerSpec];
  const user = container.securityContext?.runAsUser ?? (spec["securityContext"] as { runAsUser?: number } | undefined)?.runAsUser ?? 0;
  const folder = mkdtempSync(join(tmpdir(), "fake-node-"));
  const [upper, work, root] = ["upper", "work", "root"].map((one) => join(folder, one)) as [string, string, string];
  for (const one of [folder, upper, work, root]) {
    mkdirSync(one, { recursive: true });
    spawnSync("chmod", ["755", one]);
  }
  const mounted = spawnSync("mount", ["-t", "overlay", "overlay", "-o", `lowerdir=/,upperdir=${upper},workdir=${work}`, root], { encoding: "utf8" });
  if (mounted.status !== 0) throw new Error(mounted.stderr);
  // What runs on this machine is not in an image: an engine's socket, say, which a pod would then find.
  rmSync(join(root, "run"), { recursive: true });
  mkdirSync(join(root, "run"));
  if (spec["automountServiceAccountToken"] !== false) {
    mkdirSync(join(root, "run/secrets/kubernetes.io/serviceaccount"), { recursive: true });
    writeFileSync(join(root, "run/secrets/kubernetes.io/serviceaccount/token"), "a token");
  }
  writeFileSync(join(folder, "version"), "Linux version 4.4.0 of its own\n");
  const env = {
    ...Object.fromEntries((container.env ?? []).map((one) => [one.name, expanded(one.value)])),
    KUBERNETES_SERVICE_HOST: "127.0.0.1",
    KUBERNETES_SERVICE_PORT: String(port),
  };
  const { memory, cpu } = container.resources?.limits ?? {};
  const isFree = container.securityContext?.allowPrivilegeEscalation !== false && memory === undefined;
  const command = ["env", "-i", ...Object.entries(env).map(([name, value]) => `${name}=${value}`), ...container.command.map(expanded)];
  // A pod with nothing kept apart is one that bubblewrap, which always takes something away, cannot make.
  const argv = isFree
    ? [
        "unshare",
        "--mount",
        "--pid",
        "--fork",
        `--mount-proc=${join(root, "proc")}`,
        "sh",
        "-c",
        'mount --rbind /dev "$0/dev" && mount --rbind /sys "$0/sys" && exec chroot "$0" "$@"',
        root,
        ...command,
      ]
    : [
        ...(user === 0 ? [] : ["setpriv", `--reuid=${user}`, `--regid=${user}`, "--clear-groups", "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs"]),
        ...["bwrap", "--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--die-with-parent", ...(cutOff ? ["--unshare-net"] : [])],
        ...(container.securityContext?.capabilities?.drop?.includes("ALL") === true ? ["--cap-drop", "ALL"] : []),
        ...["--bind", root, "/", "--proc", "/proc", "--dev", "/dev"],
        ...(spec["runtimeClassName"] === undefined ? [] : ["--ro-bind", join(folder, "version"), "/proc/version"]),
        ...(container.volumeMounts ?? []).flatMap(({ name: of, mountPath }) => {
          const { emptyDir } = (spec["volumes"] as unknown as readonly { name: string; emptyDir: { sizeLimit: string } }[]).find(
            (one) => one.name === of,
          ) as never;
          return ["--size", String(bytes((emptyDir as { sizeLimit: string }).sizeLimit)), "--perms", "0777", "--tmpfs", mountPath];
        }),
        ...(container.securityContext?.readOnlyRootFilesystem === true ? ["--remount-ro", "/"] : []),
        ...["--chdir", container.workingDir ?? "/", ...command],
      ];
  if (!isFree) for (const { mountPath } of container.volumeMounts ?? []) mkdirSync(join(root, mountPath), { recursive: true });
  const limits = memory === undefined ? undefined : { memory: bytes(memory), cpus: bytes(cpu ?? "1"), pids: 1000, disk: 1 };
  const group: Group = limits === undefined ? { joins: [], close: async () => false } : await makeGroup(name, limits);
  const { argv: joined, opened = [] } = joining(group, argv);
  const [file = "", ...args] = joined;
  const child = begin(file, args, {
    ...{ env: {}, shared: {}, alone: { opened } },
    options: { detached: true },
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.on("error", () => {});
  return {
    child,
    async tidy() {
      const outOfMemory = await group.close();
      spawnSync("umount", ["-l", root]);
      rmSync(folder, { recursive: true, force: true });
      return outOfMemory;
    },
  };
}

interface ContainerSpec {
  readonly command: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly workingDir?: string;
  readonly resources?: { readonly limits?: { readonly memory?: string; readonly cpu?: string } };
  readonly securityContext?: {
    readonly runAsUser?: number;
    readonly allowPrivilegeEscalation?: boolean;
    readonly readOnlyRootFilesystem?: boolean;
    readonly capabilities?: { readonly drop?: readonly string[] };
  };
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}

/** A cluster puts variables into commands: `$(NAME)`. `$$` is the sign itself. */
const expanded = (text: string): string => text.replace(/\$\$|\$\([A-Za-z_]+\)/g, (found) => (found === "$$" ? "$" : "EXPANDED"));

function bytes(quantity: string): number {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)(m|k|[MGT]|[KMG]i)?$/.exec(quantity) ?? [];
  return Number(number) * ({ m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 }[unit] ?? 1);
}
