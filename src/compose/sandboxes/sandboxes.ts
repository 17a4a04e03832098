import { constants } from "node:os";
import { HoldfastError } from "../../core/errors.ts";
import { listed } from "../../core/listed.ts";
import { closeInherited } from "../../runner/inherited.ts";
import {
  type Cell,
  type Driver,
  type DriverSettings,
  drivers,
  LIMITS,
  openWork,
  type Prepared,
  prover,
  quotaHere,
  reapWork,
  type Start,
} from "../../sandbox/index.ts";
import type { SandboxBench } from "../../surfaces/cli/wiring.ts";
import { attempting, collected, runCell, toItsEnd } from "./cells.ts";
import type { WayOut } from "./way-out.ts";

/** Codes that shells and container engines use for the same; one that is over its quota is ended as by the signal for a file that became too long. */
const [LATE, OUT_OF_MEMORY, SIGNALLED, OVER_QUOTA] = [124, 137, 128, 128 + constants.signals.SIGXFSZ];

/** The sandboxes of this machine, for the command line. `folder`: where it is written down what went out of them. */
export const sandboxBench = (folder: string, settings: DriverSettings): SandboxBench => ({
  list: () => Promise.all(Object.entries(drivers).map(async ([id, load]) => ({ id, ...(await stateOf(await load(settings))) }))),
  async run(id, { command, env, image, read, write, limits, work, hosts, timeout, signal }) {
    closeInherited();
    const cell = { command, env, read, write, limits: { ...LIMITS, ...limits }, ...(image === undefined ? {} : { image }) };
    if (hosts.length > 0) await leadingOut(id, settings);
    const egress = hosts.length === 0 ? undefined : await (await import("./sandbox-egress.ts")).sandboxEgress(hosts, folder);
    try {
      return await ran(id, egress?.wayOut, cell, { timeout, signal, ...(work === undefined ? {} : { work }) }, settings);
    } finally {
      await egress?.shut();
    }
  },
  quota: quotaHere,
  async *prove(ids, told) {
    closeInherited();
    const { wayForProof } = await import("./sandbox-egress.ts");
    const one = prover(attempting, wayForProof);
    try {
      for (const id of ids) yield await one.prove(await driverOf(id, settings), told);
    } finally {
      await one.close();
    }
  },
});

async function ran(
  id: string,
  wayOut: OpenWayOut | undefined,
  cell: Cell,
  { timeout, signal, work }: { readonly timeout: number; readonly signal: AbortSignal; readonly work?: number },
  settings: DriverSettings,
) {
  await reapSandboxes([id], () => {}, settings, collected); // where it cannot be asked, the next line says so
  const folder = work === undefined ? undefined : await openWork(work, collected);
  try {
    const prepared = await prepareWith(id, wayOut, folder === undefined ? cell : { ...cell, work: folder }, collected, settings);
    const ended = await toItsEnd(prepared, folder, signal, (ending) => runCell(prepared, { stdio: "inherit", timeout, signal: ending }));
    if (ended.late) return { code: LATE, why: "late" as const };
    if (ended.outOfMemory) return { code: OUT_OF_MEMORY, why: "memory" as const };
    if (ended.full) return { code: OVER_QUOTA, why: "work" as const };
    return { code: ended.code ?? SIGNALLED + constants.signals[ended.signal ?? "SIGTERM"] };
  } finally {
    await folder?.free();
  }
}

type OpenWayOut = () => Promise<WayOut>;

/** Prepares a cell with its way out, if it has one, which ends with it. INVARIANT: nothing is opened for a sandbox that cannot have one. */
export async function prepareWith(id: string, wayOut: OpenWayOut | undefined, cell: Cell, start: Start, settings: DriverSettings): Promise<Prepared> {
  const driver = wayOut === undefined ? await driverOf(id, settings) : await leadingOut(id, settings);
  if (cell.work !== undefined && driver.work !== true)
    throw new HoldfastError("configuration", `the sandbox \`${id}\` takes no work folder; leave it away, or take another, such as \`process\``);
  const kept = cell.keeps === undefined || cell.keeps.length === 0 ? [] : await driver.keeps();
  const short = cell.keeps?.filter((one) => !kept.includes(one)) ?? [];
  if (short.length > 0)
    throw new HoldfastError("unavailable", `the sandbox \`${id}\` does not keep apart on this machine what it must: ${short.join(", ")}; nothing was started`);
  await driver.ready?.(cell, start);
  if (wayOut === undefined) return driver.prepare(cell);
  const way = await wayOut();
  try {
    const prepared = await driver.prepare(await way.through(cell));
    return {
      ...prepared,
      async close() {
        try {
          return await prepared.close();
        } finally {
          await way.close();
        }
      },
    };
  } catch (error) {
    await way.close();
    throw error;
  }
}

/** Refuses what has no way out: to run it without one would look like a host that does not answer. */
async function leadingOut(id: string, settings: DriverSettings): Promise<Driver> {
  const driver = await driverOf(id, settings);
  if (!driver.wayOut)
    throw new HoldfastError("configuration", `the sandbox \`${id}\` has no way out, so no hosts can be allowed; take another, such as \`process\``);
  return driver;
}

export async function driverOf(id: string, settings: DriverSettings = {}): Promise<Driver> {
  const load = Object.hasOwn(drivers, id) ? drivers[id] : undefined;
  if (load === undefined) {
    const known = Object.keys(drivers).map((one) => `\`${one}\``);
    throw new HoldfastError("configuration", `there is no sandbox \`${id}\`; there is ${listed(known)}`);
  }
  return load(settings);
}

/** Takes away what crashes of ours left with these drivers. One that cannot be looked at keeps none from the others. */
export async function reapSandboxes(ids: readonly string[], failed: (id: string) => void, settings: DriverSettings, start: Start): Promise<void> {
  await reapWork(start).catch(() => failed("work"));
  for (const id of new Set(ids))
    await driverOf(id, settings)
      .then((driver) => driver.reap())
      .catch(() => failed(id));
}

async function stateOf(driver: Driver) {
  const missing = await driver.missing();
  if (missing !== undefined) return { missing, keeps: [], work: false };
  return { keeps: await driver.keeps(), work: driver.work === true, ...(driver.caveat === undefined ? {} : { caveat: driver.caveat }) };
}
