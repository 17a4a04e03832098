/**
 * What all drivers of machines share: what a machine is made of, the folder beside it, and the sandbox `process` around it. They differ in the
 * program that runs it, the monitor.
 */
import { randomBytes } from "node:crypto";
import { chmod, chown, mkdir, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { HoldfastError } from "../../core/errors.ts";
import type { Cell, Driver, Prepared, Start } from "../driver.ts";
import { driver as confinement } from "../drivers/process.ts";
import { ownFolder } from "../left.ts";
import { checked, find, NOBODY, nodeIn, VARIABLES, WORK, withoutImage } from "../system.ts";
import { GIVEN_SIZE } from "./files.ts";
import type { Asked } from "./frames.ts";
import { findKept, type Ingredients, type Kept, makeKept } from "./kept.ts";
import { SNAPSHOT_FD } from "./machine.ts";
import { placeOf } from "./packages.ts";

/** The program that runs a machine, and what is special with it. */
export interface Monitor {
  readonly id: string;
  /** What a machine for this cell is made of; rejects with what is missing. */
  ingredients(cell: Cell): Promise<Ingredients>;
  /** How it is started by what is kept and what lies in the folder beside it. */
  start(ingredients: Ingredients, place: { readonly kept: string; readonly folder: string; readonly does: "keep" | "run" }): Promise<Begins>;
  /** One of these ingredients could not be made: rejects where there is nothing else to try. */
  failed(ingredients: Ingredients, error: unknown): Promise<void>;
}

interface Begins {
  readonly argv: readonly string[];
  /** What the program beside the machine has to do (`host.ts`). */
  readonly does: "keep" | "run" | "try" | "boot";
  /** The machine that was written down, which this one goes on from. */
  readonly snapshot?: string;
  /** Milliseconds for it to be there. */
  readonly patience: number;
}

/** One machine with each of two, with KVM and without. */
const MOST_MADE = 4;

export function machine(monitor: Monitor): Pick<Driver, "ready" | "prepare"> {
  const checkedFor = (cell: Cell): Promise<Pick<Cell, "read" | "write">> => {
    withoutImage(monitor.id, cell);
    return checked(cell);
  };
  return {
    async ready(cell, start) {
      await checkedFor(cell);
      // With the usual packages made, it can be said whether the program is in one of them; and either may show that nothing boots with KVM here.
      for (let made = 0; made < MOST_MADE; made++) {
        const { missing } = await keptWith(monitor, cell);
        if (missing === undefined) return;
        await making(monitor, missing, start).catch((error: unknown) => monitor.failed(missing, error));
      }
    },
    async prepare(cell) {
      const { read, write } = await checkedFor(cell);
      const { kept, ingredients } = await keptWith(monitor, cell);
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
        const prepared = await confined(monitor, ingredients, { kept: kept.folder, folder, does: "run", read, write });
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
  };
}

const MEGABYTE = 1 << 20;
/** What the machine's kernel needs for itself, and what the monitor and what runs beside it do. Bytes. */
const KERNEL = 128 * MEGABYTE;
const OUTSIDE = { memory: 512 * MEGABYTE, pids: 64, cpus: 2 };

/** A few sizes only, because a machine is kept for each. The command's own limit is held inside. */
export function memoryOf({ limits: { memory, disk }, write }: Cell): number {
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
export async function keptWith(monitor: Monitor, cell: Cell): Promise<Found> {
  const usual = await monitor.ingredients(cell);
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

async function making(monitor: Monitor, ingredients: Ingredients, start: Start): Promise<void> {
  await makeKept(ingredients, async (kept) => {
    const { folder, free } = await besideMachine("");
    try {
      const prepared = await confined(monitor, ingredients, { kept, folder, does: "keep", read: [], write: [] });
      const said = await start(prepared).finally(() => prepared.close());
      if (said.trim() !== "kept") throw new HoldfastError("unavailable", `the sandbox \`${monitor.id}\` cannot start its machine: ${said.slice(0, 500)}`);
      return { snapshot: join(folder, "snapshot"), free };
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
  readonly does: "keep" | "run";
}

/** The monitor and what runs beside it start at the same moment; when the second is over, the first is ended with the sandbox around both. */
const BOTH = `node=$1; host=$2; does=$3; folder=$4; snapshot=$5; patience=$6; shift 6
[ -z "$snapshot" ] || exec ${SNAPSHOT_FD}< "$snapshot" || exit 125
"$@" < /dev/null > /dev/null 2>&1 &
exec ${SNAPSHOT_FD}>&-
exec "$node" "$host" "$does" "$folder" "$patience"`;

async function confined(monitor: Monitor, ingredients: Ingredients, { read, write, ...place }: Place): Promise<Prepared> {
  const { kept, folder } = place;
  const { monitor: program, memory, kvm } = ingredients;
  const { argv, does, snapshot = "", patience } = await monitor.start(ingredients, place);
  const node = await nodeIn(kept);
  return confinement.prepare({
    command: ["/bin/sh", "-c", BOTH, "sh", node, join(kept, "host.mjs"), does, folder, snapshot, String(patience), ...argv],
    env: {},
    read: [kept, node, program, ...read],
    write: [folder, ...write],
    ...(kvm !== undefined && { kvm }),
    limits: { ...OUTSIDE, memory: memory * MEGABYTE + OUTSIDE.memory, disk: Math.max(GIVEN_SIZE, 2 * memory * MEGABYTE) },
  });
}

/** Undefined where the rest of what a machine takes is here; else what is missing. */
export async function lacks(id: string): Promise<string | undefined> {
  if (process.platform !== "linux" || process.arch !== "x64") return `the sandbox \`${id}\` needs Linux on x86-64`;
  const around = await confinement.missing();
  if (around !== undefined) return `the sandbox \`${id}\` runs inside \`process\`: ${around}`;
  if ((await find("perl")) === undefined || (await stat("/var/lib/dpkg/status").catch(() => undefined)) === undefined)
    return `the sandbox \`${id}\` makes its machine of Debian packages, and there is no package database here`;
  return undefined;
}
