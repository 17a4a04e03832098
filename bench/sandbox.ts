/** P15: from the start of something in a sandbox to its result, beside the least that the same technology takes when it is used directly. */
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { collected, runCell } from "../src/compose/sandboxes/cells.ts";
import { driverOf } from "../src/compose/sandboxes/sandboxes.ts";
import { runAttached } from "../src/runner/attached.ts";
import type { Program } from "../src/runner/program.ts";
import { cgroupVersion, joining, makeGroup, toldAt } from "../src/sandbox/cgroup.ts";
import { type Daemon, daemonAt, findDaemon } from "../src/sandbox/daemon.ts";
import { keptFor } from "../src/sandbox/drivers/vm.ts";
import { type Cell, LIMITS, NOBODY } from "../src/sandbox/index.ts";
import { ownName } from "../src/sandbox/owner.ts";
import { seccompFilter } from "../src/sandbox/seccomp.ts";
import { GIVEN_SIZE } from "../src/sandbox/vm/files.ts";
import { asked, frame } from "../src/sandbox/vm/frames.ts";
import { argvOf } from "../src/sandbox/vm/machine.ts";
import { type Bench, median, type Row } from "./row.ts";

const FLOOR_ROOT = ["--ro-bind", "/usr", "/usr", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64", "--symlink", "usr/bin", "/bin"];

export const run: Bench = async ({ quick }) => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-bench-"));
  try {
    const rows: Row[] = [];
    for (const [id, floor] of Object.entries(await floors(folder))) {
      const driver = await driverOf(id);
      const missing = await driver.missing();
      if (missing !== undefined) console.error(`${id}: not measured: ${missing}`);
      else rows.push(await measured(id, floor, quick ? 2 : 25));
      await floor.close?.();
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** The least that a technology takes for the same work. */
interface Floor {
  run(): Promise<unknown>;
  /** What it does, where that is not the usual. */
  readonly note?: string;
  /** The technology with less than the same promise, for the note. */
  bare?(): Promise<unknown>;
  close?(): Promise<unknown>;
}

async function measured(id: string, floor: Floor, times: number): Promise<Row> {
  const driver = await driverOf(id);
  const cell: Cell = { command: ["true"], env: {}, read: [], write: [], limits: LIMITS };
  await driver.ready?.(cell, collected);
  const ours = async (): Promise<void> => {
    const prepared = await driver.prepare(cell);
    const { code } = await runCell(prepared, { stdio: "collect", timeout: 30_000 });
    await prepared.close();
    if (code !== 0) throw new Error(`${id}: the command failed`);
  };
  const took = { ours: [] as number[], floor: [] as number[], bare: [] as number[] };
  // The first two of each fill caches and are not counted.
  for (let index = -2; index < times; index++)
    for (const [into, work] of [
      [took.ours, ours],
      [took.floor, floor.run],
      [took.bare, floor.bare ?? floor.run],
    ] as const) {
      const begun = performance.now();
      await work();
      if (index >= 0) into.push(performance.now() - begun);
    }
  const ratio = median(took.ours) / median(took.floor);
  const bare = median(took.bare);
  const besides =
    floor.bare === undefined ? "" : `; without that promise ${bare.toFixed(1)} ms, of which ours is ${(median(took.ours) / bare).toFixed(2)} times`;
  return {
    id: "P15",
    what: `sandbox \`${id}\`: from start to result`,
    unit: "ms",
    ours: median(took.ours),
    floor: median(took.floor),
    ratio,
    target: "≤ 1.3 × the technology alone",
    met: ratio <= 1.3,
    n: times,
    note: `ours: laid out, limited, run, ended, taken away; floor: ${floor.note ?? "the same command with no limits and nothing to check"}${besides}`,
  };
}

/** The technology alone, as short as it can be said. */
async function floors(folder: string): Promise<{ readonly [id: string]: Floor }> {
  const plain = (...command: readonly string[]): Promise<void> => ended({ command, env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" } });
  let next = 0;
  const root = bareBundle(folder, ["true"]);
  const oci = (program: string, ...flags: readonly string[]): Floor => ({
    run: () => plain(program, "--root", join(folder, program), ...flags, "run", "--bundle", root, `floor-${process.pid}-${next++}`),
  });
  const socket = await findDaemon();
  // Where none listens, nothing of it is measured.
  const daemon = daemonAt(socket ?? "");
  const machine = await plainMachine(folder);
  let image: string | undefined;
  return {
    ...(machine === undefined ? {} : { vm: { run: machine } }),
    process: bubblewrap(plain),
    runc: oci("runc"),
    gvisor: oci("runsc", "--platform=ptrace", "--network=none", "--ignore-cgroups"),
    container: {
      async run() {
        const HostConfig = { NetworkMode: "none", Binds: ["/usr:/usr:ro"], LogConfig: { Type: "none" } };
        // Looked for once, after ours has made it: the floor is not to pay for that.
        image ??= await emptyImage(daemon);
        const made = await daemon.ask("POST", "/containers/create", { body: { Image: image, Cmd: ["true"], HostConfig } });
        const id = (made.value as { Id: string }).Id;
        await daemon.ask("POST", `/containers/${id}/start`);
        await daemon.ask("POST", `/containers/${id}/wait`);
        await daemon.ask("DELETE", `/containers/${id}`);
      },
    },
  };
}

async function ended(program: Program): Promise<void> {
  const { code, output } = await runAttached(program, { stdio: "collect" });
  if (code !== 0) throw new Error(`the floor failed: ${output}`);
}

/**
 * bubblewrap keeps what it promises only with three things that it does not do: another user before it, a filter, and a group (decision 16). So
 * the least is the shortest line that does all of them, in a group that was made before and is used again. Alone it reads what only root may.
 */
function bubblewrap(plain: (...command: readonly string[]) => Promise<void>): Floor {
  const command = (...flags: readonly string[]) => ["bwrap", "--unshare-all", ...FLOOR_ROOT, "--proc", "/proc", "--dev", "/dev", ...flags, "true"];
  // What has ended counts as long as nobody has asked about it, which may be a while for what has lost its parent.
  const made = (async () =>
    (await cgroupVersion()) === undefined ? { joins: [], close: async () => false } : makeGroup(ownName(), { ...LIMITS, pids: 1 << 15 }))();
  const told = Buffer.from(seccompFilter()).toString("base64");
  return {
    async run() {
      const group = await made;
      const { argv, opened = [] } = joining(group, command("--seccomp", String(toldAt(group))));
      await ended({ command: argv, env: {}, alone: { opened, told, ...(process.getuid?.() === 0 && { user: NOBODY }) } });
    },
    note: "bubblewrap with the same filter, as nobody, in a group that is there already and stays, and nothing to check",
    bare: () => plain(...command()),
    close: async () => (await made).close(),
  };
}

/** Plain QEMU, by root, with nothing around it: goes on as the same machine, and is over when that has run the same command. */
async function plainMachine(folder: string): Promise<(() => Promise<void>) | undefined> {
  const cell: Cell = { command: ["true"], env: {}, read: [], write: [], limits: LIMITS };
  const driver = await driverOf("vm");
  if ((await driver.missing()) !== undefined) return undefined;
  await driver.ready?.(cell, collected);
  const { ingredients, kept } = await keptFor(cell);
  if (kept === undefined) return undefined;
  const at = (name: string): string => join(kept.folder, name);
  const given = join(folder, "given");
  writeFileSync(given, "");
  truncateSync(given, GIVEN_SIZE);
  const files = { kernel: at("kernel"), first: at("first"), base: at("base"), given, sockets: folder, kvm: ingredients.kvm !== undefined };
  const argv = argvOf({ program: ingredients.monitor, memory: ingredients.memory, ...files, restored: true }).map((word) =>
    word.startsWith("fd:") ? "fd:0" : word,
  );
  const request = frame("R", asked({ ...cell, env: { PATH: "/usr/bin" }, cwd: "/work", seed: "00" }));
  return () =>
    new Promise((resolve, reject) => {
      const stdin = openSync(at("snapshot"), "r");
      rmSync(join(folder, "agent"), { force: true });
      const qemu = spawn(argv[0] as string, argv.slice(1), { stdio: [stdin, "ignore", "inherit"] });
      closeSync(stdin);
      const reach = (): void => {
        const socket = connect(join(folder, "agent"), () => socket.write(request));
        socket.once("error", () => setTimeout(reach, 2));
        // Its only answer to `true` is how it ended.
        socket.once("data", () => qemu.kill("SIGKILL"));
      };
      reach();
      qemu.once("error", reject).once("exit", () => resolve());
    });
}

/** A bundle of the OCI runtime specification with no limits and nothing kept from it but by namespaces. */
export function bareBundle(folder: string, args: readonly string[]): string {
  const root = join(folder, "bundle");
  mkdirSync(join(root, "root"), { recursive: true });
  const namespaces = ["pid", "mount", "network", "ipc", "uts"].map((type) => ({ type }));
  const bind = { type: "bind", options: ["bind", "ro"] };
  const mounts = [
    { destination: "/proc", type: "proc", source: "proc" },
    ...["/usr", "/bin", "/lib", "/lib64"].map((path) => ({ ...bind, destination: path, source: path })),
  ];
  const spec = {
    ociVersion: "1.0.2",
    process: { user: { uid: 0, gid: 0 }, args, env: ["PATH=/bin"], cwd: "/" },
    root: { path: "root" },
    mounts,
    linux: { namespaces },
  };
  writeFileSync(join(root, "config.json"), JSON.stringify(spec));
  return root;
}

export async function emptyImage(daemon: Daemon): Promise<string> {
  const { value } = await daemon.ask("GET", "/images/json");
  const found = (value as { RepoTags?: string[]; Id: string }[]).find(({ RepoTags }) => RepoTags?.[0]?.startsWith("holdfast-empty:"));
  if (found === undefined) throw new Error("the empty image is not there");
  return found.Id;
}
