import { audit } from "./audit.ts";
import { FAULTS } from "./faults.ts";
import { hosts } from "./hosts.ts";
import { imported } from "./imported.ts";
import { prompt } from "./prompt.ts";
import { REFUSALS } from "./refusals.ts";
import { sandboxes } from "./sandboxes.ts";

/** Whatever the gateway says in sentences: for the command line, which has no first page to keep small. */
export const EVERYTHING = [...FAULTS, audit, prompt, imported, hosts, sandboxes, ...REFUSALS];
