import { createHash } from "node:crypto";
import { constants, lstat, mkdir, open, readdir, readFile, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import { cpus, homedir } from "node:os";
import { join } from "node:path";
import { HoldfastError } from "../../core/errors.ts";
import { isLeftBehind, ownName } from "../owner.ts";
import { seccompFilter } from "../seccomp.ts";
import { nodeIn } from "../system.ts";
import { archive } from "./cpio.ts";
import { type Tree, writeImage } from "./erofs.ts";
import { firstFiles, type Kernel } from "./kernel.ts";
import type { Kvm } from "./kvm.ts";
import { argvOf } from "./machine.ts";
import { installed, packagesFor, treeOf } from "./packages.ts";

/** A machine that started once, and is gone on with from there. All of it lies in one folder that only its owner may change. */
export interface Kept {
  readonly folder: string;
  /** The system's programs that are in it. */
  readonly programs: ReadonlySet<string>;
}

export interface Ingredients {
  /** The program that runs it. */
  readonly monitor: string;
  readonly kernel: Kernel;
  /** Megabytes. */
  readonly memory: number;
  /** Left out: its processor is imitated. */
  readonly kvm?: Kvm;
  /** Starts anew for each run. That it was kept then says that one has started; nothing of it is written down. */
  readonly boots?: true;
  /** A program whose package is in it besides the usual ones. */
  readonly program?: string;
}

const CODE = ["host", "firecracker", "frames", "files", "erofs"];
/** What of our own a machine is made with, read as text from beside this file. */
export const OWN = ["agent.pl", "packages.ts", "kernel.ts", ...CODE.map((name) => `${name}.ts`)];
const SNAPSHOT = "snapshot";
const partsOf = ({ boots }: Ingredients): readonly string[] => [
  ...["kernel", "first", "base", ...CODE.map((name) => `${name}.mjs`)],
  ...(boots === true ? [] : [SNAPSHOT]),
];
const MADE = "made.json";
const MOST_SNAPSHOT = 16 * 2 ** 30;
/** Older ones are taken away. */
const MOST_KEPT = 8;

/** Root's is the system's; `XDG_CACHE_HOME` moves it. */
function place(): string {
  const cache = process.env["XDG_CACHE_HOME"] ?? (process.getuid?.() === 0 ? "/var/cache" : join(homedir(), ".cache"));
  return join(cache, "holdfast/vm");
}

/** The name of what is made of these: another kernel, another monitor, one package more or another line of our own, and it is another. */
async function nameOf({ monitor, kernel, memory, kvm, boots, program = "" }: Ingredients): Promise<string> {
  const hash = createHash("sha256");
  for (const path of [monitor, kernel.file, ...kernel.modules, "/var/lib/dpkg/status", await realpath(process.execPath)]) {
    const { size, mtimeMs, ino } = await stat(path);
    hash.update(`${path} ${size} ${mtimeMs} ${ino}\0`);
  }
  for (const name of OWN) hash.update(await readFile(join(import.meta.dirname, name)));
  hash.update(seccompFilter());
  const argv =
    boots === true
      ? []
      : argvOf({ program: monitor, memory, kernel: "", first: "", base: "", given: "", sockets: "", kvm: kvm !== undefined, restored: false });
  // A machine that ran on one processor does not go on on another.
  hash.update(JSON.stringify([memory, program, argv, kvm === undefined ? "" : cpus()[0]?.model]));
  return hash.digest("hex").slice(0, 32);
}

/**
 * The machine of these ingredients, if it is here and whole. INVARIANT: what is half written, changed since it was made, or somebody else's to
 * change is not there: the list of its parts is written last, and each must be what the list says, to the moment of its last change.
 */
export async function findKept(ingredients: Ingredients): Promise<Kept | undefined> {
  const folder = join(place(), await nameOf(ingredients));
  try {
    const { parts, programs } = JSON.parse(await readFile(join(folder, MADE), "utf8")) as Made;
    for (const path of [folder, ...partsOf(ingredients).map((name) => join(folder, name))]) {
      const { uid, mode } = await lstat(path);
      if (uid !== process.getuid?.() || (mode & 0o022) !== 0) return undefined;
    }
    for (const name of partsOf(ingredients)) if ((await stateOf(join(folder, name))) !== parts[name]) return undefined;
    return { folder, programs: new Set(programs) };
  } catch {
    return undefined;
  }
}

const NO_KVM = "no-kvm.json";

/** What may change so that a machine boots with KVM after all: another start of this machine, another QEMU, another kernel inside. */
async function circumstances({ monitor, kernel }: Ingredients): Promise<string> {
  const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");
  return JSON.stringify([boot.trim(), monitor, await stateOf(await realpath(monitor)), kernel.file, await stateOf(kernel.file)]);
}

/** Whether a machine was tried with KVM under these circumstances, and did not boot. */
export async function bootsNotWithKvm(ingredients: Ingredients): Promise<boolean> {
  const noted = await readFile(join(place(), NO_KVM), "utf8").catch(() => undefined);
  return noted === (await circumstances(ingredients));
}

export async function noteNoKvm(ingredients: Ingredients): Promise<void> {
  await mkdir(place(), { recursive: true, mode: 0o755 });
  await writeFile(join(place(), NO_KVM), await circumstances(ingredients));
}

interface Made {
  readonly parts: { readonly [name: string]: string };
  readonly programs: readonly string[];
}

/** A change of a file is seen by the moment of it, which nobody sets: `ctime`. */
async function stateOf(path: string): Promise<string> {
  const { size, mtimeMs, ctimeMs, ino } = await lstat(path);
  return [size, mtimeMs, ctimeMs, ino].join(" ");
}

/**
 * Makes it. `start` starts a machine with what lies in the folder it is given, and gives the file to which that was written down. Any number
 * may do this at once: each has a folder of its own until it is whole.
 */
export async function makeKept(
  ingredients: Ingredients,
  start: (kept: string) => Promise<{ readonly snapshot: string; free(): Promise<void> }>,
): Promise<void> {
  const { kernel, program } = ingredients;
  await mkdir(place(), { recursive: true, mode: 0o755 });
  await tidy();
  const folder = join(place(), ownName());
  const at = (name: string): string => join(folder, name);
  await mkdir(folder, { mode: 0o755 });
  try {
    const own = (name: string): string => join(import.meta.dirname, name);
    const tree = await treeOf(await packagesFor(program, await installed()));
    await writeImage(at("base"), tree);
    await settled(at("kernel"), await readFile(kernel.file));
    await settled(at("first"), archive(await firstFiles(kernel, await readFile(own("agent.pl")), seccompFilter())));
    for (const name of CODE) await settled(at(`${name}.mjs`), plain(await readFile(own(`${name}.ts`), "utf8")));
    await nodeIn(folder);
    const { snapshot, free } = await start(folder);
    try {
      if (ingredients.boots !== true) await copied(snapshot, at(SNAPSHOT));
    } finally {
      await free();
    }
    const parts = Object.fromEntries(await Promise.all(partsOf(ingredients).map(async (name) => [name, await stateOf(at(name))] as const)));
    await settled(at(MADE), JSON.stringify({ parts, programs: programsIn(tree) } satisfies Made));
    await put(folder, join(place(), await nameOf(ingredients)), ingredients);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Our code as Node reads it without looking at types, beside what it imports. */
const plain = (source: string): string => stripTypeScriptTypes(source).replace(/from "\.\/(\w+)\.ts"/g, 'from "./$1.mjs"');

/** What the list at the end vouches for is on the disk before the list is. */
async function settled(path: string, content: string | Uint8Array): Promise<void> {
  const file = await open(path, "wx", 0o644);
  try {
    await file.writeFile(content);
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** INVARIANT: what nobody wrote is copied and never moved here, so that nobody still holds it open; and only a file, not what it leads to. */
async function copied(from: string, to: string): Promise<void> {
  const file = await open(from, constants.O_RDONLY | constants.O_NOFOLLOW);
  const into = await open(to, "wx", 0o644);
  try {
    const found = await file.stat();
    if (!found.isFile() || found.size > MOST_SNAPSHOT)
      throw new HoldfastError("unavailable", "a machine cannot be kept: what it wrote is no file of its length");
    for (const piece = Buffer.allocUnsafe(1 << 20); ; ) {
      const { bytesRead } = await file.read(piece);
      if (bytesRead === 0) break;
      await into.write(piece, 0, bytesRead);
    }
    await into.datasync();
  } finally {
    await file.close();
    await into.close();
  }
}

/** Whole and at once, or not: a name has one machine, and one that is broken makes room. */
async function put(folder: string, to: string, ingredients: Ingredients): Promise<void> {
  for (let tries = 0; tries < 3; tries++) {
    const moved = await rename(folder, to).then(
      () => true,
      () => false,
    );
    if (moved || (await findKept(ingredients)) !== undefined) return;
    await rm(to, { recursive: true, force: true });
  }
  throw new HoldfastError("unavailable", `a machine cannot be kept in \`${to}\``);
}

/** What was left half made by those who are gone, and what is old. */
async function tidy(): Promise<void> {
  const found = await Promise.all(
    (await readdir(place())).map(async (name) => ({ name, made: (await stat(join(place(), name)).catch(() => undefined))?.mtimeMs ?? 0 })),
  );
  const whole = found.filter(({ name }) => /^[0-9a-f]{32}$/.test(name)).sort((a, b) => b.made - a.made);
  const gone = [...whole.slice(MOST_KEPT - 1), ...found.filter(({ name }) => isLeftBehind(name))];
  for (const { name } of gone) await rm(join(place(), name), { recursive: true, force: true });
}

/** Every file that may be run, by its whole name. */
function programsIn(tree: Tree, folder = ""): readonly string[] {
  return Object.entries(tree).flatMap(([name, entry]) => {
    const path = `${folder}/${name}`;
    return entry.is === "folder" ? programsIn(entry.holds, path) : entry.is === "file" && (entry.mode & 0o111) !== 0 ? [path] : [];
  });
}
