import type { Driver } from "./driver.ts";
import { processDriver } from "./drivers/process.ts";

export { type Cell, type Driver, KEPT_APART, type KeptApart, LIMITS, type Limits, type Prepared } from "./driver.ts";
export { closedTo, NOBODY } from "./drivers/process.ts";
export { sandboxLayer } from "./execute.ts";
export { type Attempt, NO_WAY, type OpenWay, type Proof, prove, type Run } from "./prove.ts";

/** Every sandbox that ships, the cheapest first. */
export const drivers: readonly Driver[] = [processDriver];
