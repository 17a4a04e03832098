import { randomBytes } from "node:crypto";
import { chmod, chown, mkdir, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { HoldfastError } from "../../core/errors.ts";
import { type Cell, type Driver, KEPT_APART, type Prepared, type Start } from "../driver.ts";
import { ownFolder, reapLocal } from "../left.ts";
import { checked, find, NOBODY, nodeIn, VARIABLES, WORK, withoutImage } from "../system.ts";
import { GIVEN_SIZE } from "../vm/files.ts";
import type { Asked } from "../vm/frames.ts";
import { bootsNotWithKvm, findKept, type Ingredients, type Kept, makeKept, noteNoKvm } from "../vm/kept.ts";
import { findKernel } from "../vm/kernel.ts";
import { KVM, kvmHere } from "../vm/kvm.ts";
import { argvOf, SNAPSHOT_FD } from "../vm/machine.ts";
import { placeOf } from "../vm/packages.ts";
import { driver as confinement } from "./process.ts";

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
  async ready(cell, start) {
    await checkedFor(cell);
    // With the usual packages made, it can be said whether the program is in one of them; and either may show that nothing boots with KVM here.
    for (let made = 0; made < MOST_MADE; made++) {
      const { missing } = await keptFor(cell, here);
      if (missing === undefined) return;
      await making(missing, start).catch(async (error: unknown) => {
        if (missing.kvm === undefined) throw error;
        await noteNoKvm(missing);
      });
    }
  },
  async prepare(cell) {
    const { read, write } = await checkedFor(cell);
    const { kept, ingredients } = await keptFor(cell, here);
    if (kept === undefined) throw new HoldfastError("unavailable", "no machine is kept for this yet");
    const request: Asked = {
      command: cell.command,
      env: { ...VARIABLES, ...cell.env },
      cwd: cell.cwd ?? WORK,
      read,
      write,
      limits: cell.limits,
      seed: randomBytes(32).toString("hex"),
    };
    const { folder, free } = await besideMachine(JSON.stringify(request));
    try {
      const prepared = await confined(ingredients, { kept: kept.folder, folder, snapshot: join(kept.folder, "snapshot"), does: "run", read, write });
      return {
        ...prepared,
        async close() {
          try {
            const { outOfMemory } = await prepared.close();
            return { outOfMemory: outOfMemory || (await stat(join(folder, "out-of-memory")).catch(() => undefined)) !== undefined };
          } finally {
            await free();
          }
        },
      };
    } catch (error) {
      await free();
      throw error;
    }
  },
  reap: reapLocal,
});

export const driver = machines({});

/** One machine with each of two, with KVM and without. */
const MOST_MADE = 4;
/** Milliseconds. A machine on a processor of its own is there in one second, or hangs; an imitated one takes longer on a busy machine. */
const PATIENCE = { kvm: 15_000, imitated: 60_000 };

function checkedFor(cell: Cell): Promise<Pick<Cell, "read" | "write">> {
  withoutImage("vm", cell);
  return checked(cell);
}

const MEGABYTE = 1 << 20;
/** What the machine's kernel needs for itself, and what QEMU and what runs beside it do. Bytes. */
const KERNEL = 128 * MEGABYTE;
const OUTSIDE = { memory: 512 * MEGABYTE, pids: 64, cpus: 2 };

/** A few sizes only, because a machine is kept for each. The command's own limit is held inside. */
function memoryOf({ limits: { memory, disk }, write }: Cell): number {
  const least = (memory + (2 + write.length) * disk + KERNEL) / MEGABYTE;
  return Math.max(256, 2 ** Math.ceil(Math.log2(least)));
}

interface Found {
  readonly ingredients: Ingredients;
  readonly kept?: Kept;
  /** What has to be made first. */
  readonly missing?: Ingredients;
}

/** The machine in which the program of this cell is: the usual one, or one with its package besides. */
export async function keptFor(cell: Cell, here: Here = {}): Promise<Found> {
  const found = await tools(here);
  if (typeof found === "string") throw new HoldfastError("unavailable", found);
  const imitated: Ingredients = { ...found, memory: memoryOf(cell) };
  const kvm = await kvmHere(here.kvm ?? KVM);
  const usual = kvm === undefined || (await bootsNotWithKvm(imitated)) ? imitated : { ...imitated, kvm };
  const kept = await findKept(usual);
  if (kept === undefined) return { ingredients: usual, missing: usual };
  const [name = ""] = cell.command;
  const program = await placeOf(name);
  const isGiven = [...cell.read, ...cell.write].some((path) => program === path || program?.startsWith(`${path}/`) === true);
  if (program === undefined || isGiven || kept.programs.has(program) || !/^\/(usr|bin|sbin|lib)/.test(program)) return { ingredients: usual, kept };
  const more = { ...usual, program };
  const keptMore = await findKept(more);
  return keptMore === undefined ? { ingredients: more, missing: more } : { ingredients: more, kept: keptMore };
}

async function making(ingredients: Ingredients, start: Start): Promise<void> {
  await makeKept(ingredients, async (kept) => {
    const { folder, free } = await besideMachine("");
    const snapshot = join(folder, "snapshot");
    try {
      const prepared = await confined(ingredients, { kept, folder, snapshot, does: "keep", read: [], write: [] });
      const said = await start(prepared).finally(() => prepared.close());
      if (said.trim() !== "kept") throw new HoldfastError("unavailable", `the sandbox \`vm\` cannot start its machine: ${said.slice(0, 500)}`);
      return { snapshot, free };
    } catch (error) {
      await free();
      throw error;
    }
  });
}

/** A folder of nobody's, with the request in it, and room for what the machine is given and what comes back. */
async function besideMachine(request: string): Promise<{ readonly folder: string; free(): Promise<void> }> {
  const { folder: around, free } = await ownFolder();
  try {
    // Ours, so that the next start knows it for ours; nobody may only go through.
    const folder = join(around, "machine");
    await mkdir(folder, { mode: 0o700 });
    const given = join(folder, "given");
    const request_ = join(folder, "request");
    await writeFile(request_, request, { mode: 0o600 });
    await writeFile(given, "", { mode: 0o600 });
    await truncate(given, GIVEN_SIZE);
    await mkdir(join(folder, "changed"), { mode: 0o700 });
    if (process.getuid?.() === 0) {
      for (const path of [request_, given, join(folder, "changed"), folder]) await chown(path, NOBODY, NOBODY);
      await chown(around, 0, NOBODY);
      await chmod(around, 0o710);
    }
    return { folder, free };
  } catch (error) {
    await free();
    throw error;
  }
}

interface Place extends Pick<Cell, "read" | "write"> {
  readonly kept: string;
  readonly folder: string;
  readonly snapshot: string;
  readonly does: "keep" | "run";
}

/** QEMU and what runs beside it start at the same moment; when the second is over, the first is ended with the sandbox around both. */
const BOTH = `node=$1; host=$2; does=$3; folder=$4; snapshot=$5; patience=$6; shift 6
[ "$does" = keep ] || exec ${SNAPSHOT_FD}< "$snapshot" || exit 125
"$@" < /dev/null > "$folder/said" 2>&1 &
exec ${SNAPSHOT_FD}>&-
exec "$node" "$host" "$does" "$folder" "$patience"`;

async function confined({ qemu, memory, kvm }: Ingredients, { kept, folder, snapshot, does, read, write }: Place): Promise<Prepared> {
  const at = (name: string): string => join(kept, name);
  const machine = {
    program: qemu,
    memory,
    kernel: at("kernel"),
    first: at("first"),
    base: at("base"),
    given: join(folder, "given"),
    sockets: WORK,
    kvm: kvm !== undefined,
  };
  const patience = String(kvm === undefined ? PATIENCE.imitated : PATIENCE.kvm);
  const node = await nodeIn(kept);
  return confinement.prepare({
    command: ["/bin/sh", "-c", BOTH, "sh", node, at("host.mjs"), does, folder, snapshot, patience, ...argvOf({ ...machine, restored: does === "run" })],
    env: {},
    read: [kept, node, qemu, ...read],
    write: [folder, ...write],
    ...(kvm !== undefined && { kvm }),
    limits: { ...OUTSIDE, memory: memory * MEGABYTE + OUTSIDE.memory, disk: Math.max(GIVEN_SIZE, 2 * memory * MEGABYTE) },
  });
}

interface Tools {
  readonly qemu: string;
  readonly kernel: NonNullable<Awaited<ReturnType<typeof findKernel>>>;
}

/** Where everything is, or what is missing and how to get it. */
async function tools(here: Here): Promise<Tools | string> {
  if (process.platform !== "linux" || process.arch !== "x64") return "the sandbox `vm` needs Linux on x86-64";
  const around = await confinement.missing();
  if (around !== undefined) return `the sandbox \`vm\` runs inside \`process\`: ${around}`;
  const qemu = here.qemu ?? (await find("qemu-system-x86_64"));
  if (qemu === undefined) return "the program `qemu-system-x86_64` is not here; install `qemu-system-x86`";
  const kernel = await findKernel();
  if (kernel === undefined)
    return "there is no kernel for a machine in /usr/lib/holdfast/vm or /boot; unpack the package `linux-image-…-cloud-amd64` there (docs/guide/sandboxes.md, Machines)";
  if ((await find("perl")) === undefined || (await stat("/var/lib/dpkg/status").catch(() => undefined)) === undefined)
    return "the sandbox `vm` makes its machine of Debian packages, and there is no package database here";
  return { qemu, kernel };
}
