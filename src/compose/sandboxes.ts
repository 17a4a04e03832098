import { constants } from "node:os";
import { HoldfastError } from "../core/errors.ts";
import { type Driver, drivers, LIMITS, prove } from "../sandbox/index.ts";
import type { SandboxBench } from "../surfaces/cli/wiring.ts";
import { attempting, runCell } from "./cells.ts";

/** Codes that shells and container engines use for the same. */
const [LATE, OUT_OF_MEMORY, SIGNALLED] = [124, 137, 128];

/** The sandboxes of this machine, for the command line. */
export const sandboxBench: SandboxBench = {
  list: () => Promise.all(Object.entries(drivers).map(async ([id, load]) => ({ id, ...(await stateOf(await load())) }))),
  async run(id, { command, env, image, read, write, limits, timeout, signal }) {
    const driver = await driverOf(id);
    await reapSandboxes([id], () => {}); // where it cannot be asked, the next line says so
    const prepared = await driver.prepare({ command, env, read, write, limits: { ...LIMITS, ...limits }, ...(image === undefined ? {} : { image }) });
    let ran: Awaited<ReturnType<typeof runCell>>;
    let outOfMemory = false;
    try {
      ran = await runCell(prepared, { stdio: "inherit", timeout, signal });
    } finally {
      ({ outOfMemory } = await prepared.close());
    }
    if (ran.late) return { code: LATE, why: "late" };
    if (outOfMemory) return { code: OUT_OF_MEMORY, why: "memory" };
    return { code: ran.code ?? SIGNALLED + constants.signals[ran.signal ?? "SIGTERM"] };
  },
  prove: async (id, told) => prove(await driverOf(id), attempting, told),
};

export async function driverOf(id: string): Promise<Driver> {
  const load = Object.hasOwn(drivers, id) ? drivers[id] : undefined;
  if (load === undefined) {
    const known = Object.keys(drivers).map((one) => `\`${one}\``);
    throw new HoldfastError("configuration", `there is no sandbox \`${id}\`; there is ${known.join(", ")}`);
  }
  return load();
}

/** Takes away what crashes of ours left with these drivers. One that cannot be looked at keeps none from the others. */
export async function reapSandboxes(ids: readonly string[], failed: (id: string) => void): Promise<void> {
  for (const id of new Set(ids))
    await driverOf(id)
      .then((driver) => driver.reap())
      .catch(() => failed(id));
}

async function stateOf(driver: Driver) {
  const missing = await driver.missing();
  return missing === undefined ? { keeps: await driver.keeps() } : { missing, keeps: [] };
}
