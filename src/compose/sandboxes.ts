import { constants } from "node:os";
import { HoldfastError } from "../core/errors.ts";
import { runAttached } from "../runner/attached.ts";
import { type Driver, drivers, LIMITS, prove } from "../sandbox/index.ts";
import type { SandboxBench } from "../surfaces/cli/wiring.ts";

/** Codes that shells and container engines use for the same. */
const [LATE, OUT_OF_MEMORY, SIGNALLED] = [124, 137, 128];

/** The sandboxes of this machine, for the command line. */
export const sandboxBench: SandboxBench = {
  list: () => Promise.all(drivers.map(async (driver) => ({ id: driver.id, ...(await stateOf(driver)) }))),
  async run(id, { command, env, read, write, limits, timeout, signal }) {
    const prepared = await driverOf(id).prepare({ command, env, read, write, limits: { ...LIMITS, ...limits } });
    let ran: Awaited<ReturnType<typeof runAttached>>;
    let outOfMemory = false;
    try {
      ran = await runAttached(prepared.argv, prepared.env, { stdio: "inherit", timeout, signal });
    } finally {
      ({ outOfMemory } = await prepared.close());
    }
    if (ran.late) return { code: LATE, why: "late" };
    if (outOfMemory) return { code: OUT_OF_MEMORY, why: "memory" };
    return { code: ran.code ?? SIGNALLED + constants.signals[ran.signal ?? "SIGTERM"] };
  },
  prove: (id, told) => prove(driverOf(id), async (argv, env, { timeout }) => runAttached(argv, env, { stdio: "collect", timeout }), told),
};

export function driverOf(id: string): Driver {
  const driver = drivers.find((one) => one.id === id);
  if (driver === undefined)
    throw new HoldfastError("configuration", `there is no sandbox \`${id}\`; there is ${drivers.map((one) => `\`${one.id}\``).join(", ")}`);
  return driver;
}

async function stateOf(driver: Driver) {
  const missing = await driver.missing();
  return missing === undefined ? { keeps: await driver.keeps() } : { missing, keeps: [] };
}
