import { constants } from "node:os";
import { HoldfastError } from "../core/errors.ts";
import { runAttached } from "../runner/attached.ts";
import { type Cell, type Driver, drivers, LIMITS, type Prepared, prove } from "../sandbox/index.ts";
import type { SandboxBench } from "../surfaces/cli/wiring.ts";
import type { WayOut } from "./way-out.ts";

/** Codes that shells and container engines use for the same. */
const [LATE, OUT_OF_MEMORY, SIGNALLED] = [124, 137, 128];

/** The sandboxes of this machine, for the command line. `folder`: where it is written down what went out of them. */
export const sandboxBench = (folder: string): SandboxBench => ({
  list: () => Promise.all(drivers.map(async (driver) => ({ id: driver.id, ...(await stateOf(driver)) }))),
  async run(id, { command, env, read, write, limits, hosts, timeout, signal }) {
    const egress = hosts.length === 0 ? undefined : await (await import("./sandbox-egress.ts")).sandboxEgress(hosts, folder);
    try {
      return await ran(id, await egress?.wayOut(), { command, env, read, write, limits: { ...LIMITS, ...limits } }, { timeout, signal });
    } finally {
      await egress?.shut();
    }
  },
  async prove(id, told) {
    const { wayForProof } = await import("./sandbox-egress.ts");
    return prove(driverOf(id), async (argv, env, { timeout }) => runAttached(argv, env, { stdio: "collect", timeout }), told, wayForProof);
  },
});

async function ran(id: string, way: WayOut | undefined, cell: Cell, options: { readonly timeout: number; readonly signal: AbortSignal }) {
  const prepared = await prepareWith(id, way, cell);
  let ended: Awaited<ReturnType<typeof runAttached>>;
  let outOfMemory = false;
  try {
    ended = await runAttached(prepared.argv, prepared.env, { stdio: "inherit", ...options });
  } finally {
    ({ outOfMemory } = await prepared.close());
  }
  if (ended.late) return { code: LATE, why: "late" as const };
  if (outOfMemory) return { code: OUT_OF_MEMORY, why: "memory" as const };
  return { code: ended.code ?? SIGNALLED + constants.signals[ended.signal ?? "SIGTERM"] };
}

/** Prepares a cell with its way out, if it has one, which ends with it. */
export async function prepareWith(id: string, way: WayOut | undefined, cell: Cell): Promise<Prepared> {
  try {
    const prepared = await driverOf(id).prepare(way === undefined ? cell : way.through(cell));
    return {
      ...prepared,
      async close() {
        try {
          return await prepared.close();
        } finally {
          await way?.close();
        }
      },
    };
  } catch (error) {
    await way?.close();
    throw error;
  }
}

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
