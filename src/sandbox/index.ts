import type { Driver } from "./driver.ts";
import type { KubernetesSettings } from "./kubernetes/settings.ts";
import type { Account } from "./network.ts";

export { type Cell, type Driver, KEPT_APART, type KeptApart, LIMITS, type Limits, type Prepared, type Running, type Start } from "./driver.ts";
export { sandboxLayer } from "./execute.ts";
export { ownFolder } from "./left.ts";
export { type Attempt, NO_WAY, type OpenWay, type Proof, type Prover, prove, prover, type Run } from "./prove.ts";
export { NOBODY, nodeIn } from "./system.ts";
export { wordsOf } from "./words.ts";
export { openWork, type Quota, quotaHere, reapWork, type WorkFolder } from "./work.ts";

/** What drivers have to be told that is not on this machine to be found. */
export interface DriverSettings {
  readonly kubernetes?: KubernetesSettings;
  readonly network?: Account;
}

/** Every sandbox that ships, the cheapest first. What one needs is loaded when it is asked for. */
export const drivers: { readonly [id: string]: (settings: DriverSettings) => Promise<Driver> } = {
  process: async () => (await import("./drivers/process.ts")).driver,
  runc: async () => (await import("./drivers/runc.ts")).driver,
  gvisor: async () => (await import("./drivers/gvisor.ts")).driver,
  container: async () => (await import("./drivers/container.ts")).driver,
  vm: async () => (await import("./drivers/vm.ts")).driver,
  firecracker: async () => (await import("./drivers/firecracker.ts")).driver,
  wasm: async () => (await import("./drivers/wasm.ts")).driver,
  network: async (settings) => (await import("./drivers/network.ts")).network(settings.network),
  kubernetes: async ({ kubernetes }) => (await import("./drivers/kubernetes.ts")).kubernetes(kubernetes),
};
