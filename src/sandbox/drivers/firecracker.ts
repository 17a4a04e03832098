import { constants } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { HoldfastError } from "../../core/errors.ts";
import { can } from "../can.ts";
import { type Driver, KEPT_APART } from "../driver.ts";
import { reapLocal } from "../left.ts";
import { find, WORK } from "../system.ts";
import { lacks, type Monitor, machine, memoryOf } from "../vm/cell.ts";
import { argvOf, requestsOf } from "../vm/firecracker.ts";
import type { Ingredients } from "../vm/kept.ts";
import { findBareKernel } from "../vm/kernel.ts";
import { KVM, kvmHere } from "../vm/kvm.ts";

/** What tests put in the place of what is here. */
export interface Here {
  readonly program?: string;
  readonly kvm?: string;
  /** Milliseconds. */
  readonly patience?: number;
  /** Folders in which a kernel may lie. */
  readonly kernels?: readonly string[];
}

/**
 * A machine of its own as in `vm`, run by Firecracker: less code that emulates, and a start for each command instead of one that is gone on
 * with. What is made of packages, what is inside, and the sandbox `process` around it (in place of Firecracker's jailer) are those of `vm`.
 * INVARIANT: nothing runs in it before a machine made of the same has booted and answered here; and nothing else stands in for it.
 */
export const firecracker = (here: Here): Driver => ({
  id: "firecracker",
  runs: "programs",
  wayOut: false,
  async missing() {
    const found = await tools(here);
    return typeof found === "string" ? found : undefined;
  },
  caveat: "Holdfast was not run with the real Firecracker: its tests have a stand-in for the API. What is said here is what attempts showed on yours",
  keeps: async () => KEPT_APART,
  ...machine(monitorOf(here)),
  reap: reapLocal,
});

export const driver = firecracker({});

/** Milliseconds for a machine to answer: a real one does in one second. */
const PATIENCE = 15_000;

function monitorOf(here: Here): Monitor {
  return {
    id: "firecracker",
    async ingredients(cell) {
      const found = await tools(here);
      if (typeof found === "string") throw new HoldfastError("unavailable", found);
      return { ...found, memory: memoryOf(cell), boots: true };
    },
    async start({ monitor: program, memory }, { kept, folder, does }) {
      const at = (name: string): string => join(kept, name);
      const requests = requestsOf({ memory, kernel: at("kernel"), first: at("first"), base: at("base"), given: join(folder, "given") }, WORK);
      await writeFile(join(folder, "boot"), JSON.stringify(requests), { mode: 0o644 });
      return { argv: argvOf(program, WORK), does: does === "run" ? "boot" : "try", patience: here.patience ?? PATIENCE };
    },
    async failed(_, error) {
      throw error;
    },
  };
}

/** Where everything is, or what is missing and how to get it. */
async function tools(here: Here): Promise<Pick<Ingredients, "monitor" | "kernel" | "kvm"> | string> {
  const lacking = await lacks("firecracker");
  if (lacking !== undefined) return lacking;
  const program = here.program ?? (await find("firecracker"));
  if (program === undefined || !(await can(program, constants.X_OK))) return "the program `firecracker` is not here; put its release into /usr/local/bin";
  const device = here.kvm ?? KVM;
  const kvm = await kvmHere(device);
  if (kvm === undefined)
    return `the device \`${device}\` is not here, or nobody may not open it: give it a group of its own (\`kvm\`), or the user to that group`;
  const kernel = await findBareKernel(here.kernels);
  if (kernel === undefined)
    return "there is no kernel that is not compressed (`vmlinux-…`) beside its modules in /usr/lib/holdfast/vm; unpack one there (docs/guide/sandboxes.md, Firecracker)";
  return { monitor: program, kernel, kvm };
}
