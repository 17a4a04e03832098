import { constants } from "node:os";
import { HoldfastError } from "../core/errors.ts";
import { type Cell, type Driver, type DriverSettings, drivers, LIMITS, type Prepared, prover, type Start } from "../sandbox/index.ts";
import type { SandboxBench } from "../surfaces/cli/wiring.ts";
import { attempting, collected, runCell } from "./cells.ts";
import type { WayOut } from "./way-out.ts";

/** Codes that shells and container engines use for the same. */
const [LATE, OUT_OF_MEMORY, SIGNALLED] = [124, 137, 128];

/** The sandboxes of this machine, for the command line. `folder`: where it is written down what went out of them. */
export const sandboxBench = (folder: string, settings: DriverSettings): SandboxBench => ({
  list: () => Promise.all(Object.entries(drivers).map(async ([id, load]) => ({ id, ...(await stateOf(await load(settings))) }))),
  async run(id, { command, env, image, read, write, limits, hosts, timeout, signal }) {
    const cell = { command, env, read, write, limits: { ...LIMITS, ...limits }, ...(image === undefined ? {} : { image }) };
    if (hosts.length > 0) await leadingOut(id, settings);
    const egress = hosts.length === 0 ? undefined : await (await import("./sandbox-egress.ts")).sandboxEgress(hosts, folder);
    try {
      return await ran(id, egress?.wayOut, cell, { timeout, signal }, settings);
    } finally {
      await egress?.shut();
    }
  },
  async *prove(ids, told) {
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
  options: { readonly timeout: number; readonly signal: AbortSignal },
  settings: DriverSettings,
) {
  await reapSandboxes([id], () => {}, settings); // where it cannot be asked, the next line says so
  const prepared = await prepareWith(id, wayOut, cell, collected, settings);
  let ended: Awaited<ReturnType<typeof runCell>>;
  let outOfMemory = false;
  try {
    ended = await runCell(prepared, { stdio: "inherit", ...options });
  } finally {
    ({ outOfMemory } = await prepared.close());
  }
  if (ended.late) return { code: LATE, why: "late" as const };
  if (outOfMemory) return { code: OUT_OF_MEMORY, why: "memory" as const };
  return { code: ended.code ?? SIGNALLED + constants.signals[ended.signal ?? "SIGTERM"] };
}

type OpenWayOut = () => Promise<WayOut>;

/** Prepares a cell with its way out, if it has one, which ends with it. INVARIANT: nothing is opened for a sandbox that cannot have one. */
export async function prepareWith(id: string, wayOut: OpenWayOut | undefined, cell: Cell, start: Start, settings: DriverSettings): Promise<Prepared> {
  const driver = wayOut === undefined ? await driverOf(id, settings) : await leadingOut(id, settings);
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
    throw new HoldfastError("configuration", `there is no sandbox \`${id}\`; there is ${known.join(", ")}`);
  }
  return load(settings);
}

/** Takes away what crashes of ours left with these drivers. One that cannot be looked at keeps none from the others. */
export async function reapSandboxes(ids: readonly string[], failed: (id: string) => void, settings: DriverSettings): Promise<void> {
  for (const id of new Set(ids))
    await driverOf(id, settings)
      .then((driver) => driver.reap())
      .catch(() => failed(id));
}

async function stateOf(driver: Driver) {
  const missing = await driver.missing();
  if (missing !== undefined) return { missing, keeps: [] };
  return { keeps: await driver.keeps(), ...(driver.caveat === undefined ? {} : { caveat: driver.caveat }) };
}
