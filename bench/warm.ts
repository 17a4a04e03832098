/** P15: a sandbox that waits: from the moment that it is wanted to the first word of its program, beside the same technology with everything made in advance. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { systemClock as clock } from "../src/compose/platform.ts";
import { confined } from "../src/compose/sandboxes/confined.ts";
import { driverOf } from "../src/compose/sandboxes/sandboxes.ts";
import { WAITING, warm } from "../src/compose/sandboxes/warm.ts";
import { directRunner } from "../src/runner/program.ts";
import { daemonAt, findDaemon } from "../src/sandbox/daemon.ts";
import { type Bench, median, type Row } from "./row.ts";
import { bareBundle, emptyImage } from "./sandbox.ts";

const SAYS = ["sh", "-c", "echo said; read -r end"];
/** For the next to be started and to have come as far as its word. */
const SETTLED = 1_000;

export const run: Bench = async ({ quick }) => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-bench-"));
  try {
    const rows: Row[] = [];
    for (const id of ["process", "runc", "gvisor", "container"]) {
      const missing = await (await driverOf(id)).missing();
      if (missing !== undefined) console.error(`${id}: not measured: ${missing}`);
      else rows.push(await measured(id, folder, quick ? 2 : 15));
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

async function measured(id: string, folder: string, times: number): Promise<Row> {
  const runner = directRunner();
  const start = (...before: readonly string[]) =>
    confined(
      { command: SAYS, env: {} },
      { driver: id as "process", read: [], write: [], keeps: [], allow_hosts: [], warm: 1 },
      (program) => (take) => runner.start(program, take),
      () => Promise.reject(new Error("it has no hosts")),
      {},
      before,
    );
  const cold = start();
  const kept = warm({ cold: () => Promise.reject(new Error("none waited")), waiting: start(...WAITING), most: 1, clock, said: console.error });
  const timed = async (begin: typeof cold): Promise<number> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const begun = performance.now();
    const pipe = await begin({ line: () => resolve(), said: () => {}, ended: (why) => reject(new Error(why)) });
    await promise;
    const took = performance.now() - begun;
    await pipe.end();
    return took;
  };
  const floor = FLOORS[id];
  const took = { warm: [] as number[], cold: [] as number[], floor: [] as number[] };
  try {
    for (let index = -1; index < times; index++) {
      await pause(SETTLED);
      const one = [await timed(kept.start), await timed(cold), floor === undefined ? Number.NaN : await floor(folder)] as const;
      if (index < 0) continue;
      took.warm.push(one[0]);
      took.cold.push(one[1]);
      took.floor.push(one[2]);
    }
  } finally {
    await kept.close();
    await runner.shut();
  }
  const [ours, least] = [median(took.warm), floor === undefined ? median(took.cold) : median(took.floor)];
  return {
    id: "P15",
    what: `sandbox \`${id}\` that waits: from being wanted to its first word`,
    unit: "ms",
    ours,
    floor: least,
    ratio: ours / least,
    target: "≤ 1.3 × the technology with everything made in advance",
    met: ours / least <= 1.3,
    n: times,
    note: `without one that waits ${median(took.cold).toFixed(0)} ms; floor: ${floor === undefined ? "the same without one that waits, because bubblewrap makes nothing in advance" : "made in advance and then started, with no limits"}`,
  };
}

let next = 0;
const created =
  (program: string, ...flags: readonly string[]) =>
  async (folder: string): Promise<number> => {
    const name = `floor-${process.pid}-${next++}`;
    const general = ["--root", join(folder, program), ...flags];
    const child = spawn(program, [...general, "create", "--bundle", bareBundle(folder, SAYS), name], { stdio: ["pipe", "pipe", "ignore"] });
    await once(child, "exit");
    const begun = performance.now();
    spawn(program, [...general, "start", name], { stdio: "ignore" });
    await once(child.stdout, "data");
    const took = performance.now() - begun;
    spawnSync(program, [...general, "delete", "--force", name]);
    return took;
  };

/** How many milliseconds each takes from its start to its first word. */
const FLOORS: { readonly [id: string]: (folder: string) => Promise<number> } = {
  runc: created("runc"),
  gvisor: created("runsc", "--platform=ptrace", "--network=none", "--ignore-cgroups"),
  async container() {
    const daemon = daemonAt(String(await findDaemon()));
    const HostConfig = { NetworkMode: "none", Binds: ["/usr:/usr:ro"], LogConfig: { Type: "none" } };
    const spec = { Image: await emptyImage(daemon), Cmd: SAYS, HostConfig, AttachStdin: true, AttachStdout: true, OpenStdin: true };
    const { Id: id } = (await daemon.ask("POST", "/containers/create", { body: spec })).value as { Id: string };
    const begun = performance.now();
    const socket = await daemon.attach(`/containers/${id}/attach?stream=1&stdin=1&stdout=1`);
    await daemon.ask("POST", `/containers/${id}/start`);
    await once(socket, "data");
    const took = performance.now() - begun;
    socket.destroy();
    await daemon.ask("DELETE", `/containers/${id}?force=1`);
    return took;
  },
};
