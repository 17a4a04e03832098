import { configuration } from "./configuration.ts";
import { policy } from "./policy.ts";

/** What can be wrong with a configuration: for those who show that. The first page of the console does not, and does not wait for it. */
export const FAULTS = [configuration, policy];
