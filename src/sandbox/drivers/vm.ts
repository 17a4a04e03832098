import { join } from "node:path";
import { HoldfastError } from "../../core/errors.ts";
import { type Cell, type Driver, KEPT_APART } from "../driver.ts";
import { reapLocal } from "../left.ts";
import { find, WORK } from "../system.ts";
import { keptWith, lacks, type Monitor, machine, memoryOf } from "../vm/cell.ts";
import { bootsNotWithKvm, type Ingredients, noteNoKvm } from "../vm/kept.ts";
import { findKernel } from "../vm/kernel.ts";
import { KVM, kvmHere } from "../vm/kvm.ts";
import { argvOf } from "../vm/machine.ts";

/** What tests put in the place of what is here. */
export interface Here {
  readonly qemu?: string;
  readonly kvm?: string;
}

/**
 * A machine of its own: QEMU with a kernel of its own, which started once, was kept, and is gone on with for each command. Around QEMU is the
 * sandbox `process`: a hole in QEMU leads to nobody, without network, who sees what the cell was given anyway. The command is nobody inside
 * as well, without rights, under the same system call filter: a hole in the machine's kernel comes before a hole in QEMU.
 */
export const machines = (here: Here): Driver => ({
  id: "vm",
  runs: "programs",
  wayOut: false,
  async missing() {
    const found = await tools(here);
    return typeof found === "string" ? found : undefined;
  },
  caveat: "where it uses KVM, it was not run by us: nothing boots with it where it is tested. What is said here is what attempts showed on yours",
  keeps: async () => KEPT_APART,
  ...machine(qemu(here)),
  reap: reapLocal,
});

export const driver = machines({});

export const keptFor = (cell: Cell, here: Here = {}): ReturnType<typeof keptWith> => keptWith(qemu(here), cell);

/** Milliseconds. A machine on a processor of its own is there in one second, or hangs; an imitated one takes longer on a busy machine. */
const PATIENCE = { kvm: 15_000, imitated: 60_000 };

function qemu(here: Here): Monitor {
  return {
    id: "vm",
    async ingredients(cell) {
      const found = await tools(here);
      if (typeof found === "string") throw new HoldfastError("unavailable", found);
      const imitated: Ingredients = { ...found, memory: memoryOf(cell) };
      const kvm = await kvmHere(here.kvm ?? KVM);
      return kvm === undefined || (await bootsNotWithKvm(imitated)) ? imitated : { ...imitated, kvm };
    },
    async start({ monitor, memory, kvm }, { kept, folder, does }) {
      const at = (name: string): string => join(kept, name);
      const files = { kernel: at("kernel"), first: at("first"), base: at("base"), given: join(folder, "given") };
      return {
        argv: argvOf({ program: monitor, memory, ...files, sockets: WORK, kvm: kvm !== undefined, restored: does === "run" }),
        does,
        patience: kvm === undefined ? PATIENCE.imitated : PATIENCE.kvm,
        ...(does === "run" && { snapshot: at("snapshot") }),
      };
    },
    async failed(ingredients, error) {
      if (ingredients.kvm === undefined) throw error;
      await noteNoKvm(ingredients);
    },
  };
}

/** Where everything is, or what is missing and how to get it. */
async function tools(here: Here): Promise<Pick<Ingredients, "monitor" | "kernel"> | string> {
  const lacking = await lacks("vm");
  if (lacking !== undefined) return lacking;
  const monitor = here.qemu ?? (await find("qemu-system-x86_64"));
  if (monitor === undefined) return "the program `qemu-system-x86_64` is not here; install `qemu-system-x86`";
  const kernel = await findKernel();
  if (kernel === undefined)
    return "there is no kernel for a machine in /usr/lib/holdfast/vm or /boot; unpack the package `linux-image-…-cloud-amd64` there (docs/guide/sandboxes.md, Machines)";
  return { monitor, kernel };
}
