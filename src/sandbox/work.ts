import { chmod, chown, constants, lstat, mkdir, opendir, readFile, realpath, rmdir, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { HoldfastError } from "../core/errors.ts";
import { can } from "./can.ts";
import type { Start } from "./driver.ts";
import { ownFolder } from "./left.ts";
import { isLeftBehind } from "./owner.ts";
import { find, NOBODY } from "./system.ts";

/** Where a session's programs work, as long as the session is there. INVARIANT: of one session, and nothing of an earlier one is in it. */
export interface WorkFolder {
  readonly folder: string;
  /** Bytes. */
  readonly size: number;
  /** `held`: it is a file system of that size. `watched`: it is looked at, and whoever took more is ended. */
  readonly quota: Quota["quota"];
  /** Tells once when there is more in it than there may be. What it gives ends the watch. Where the quota is held there is nothing to watch. */
  watch(full: () => void): () => void;
  free(): Promise<void>;
}

export type Quota = { readonly quota: "held" } | { readonly quota: "watched"; readonly because: string };

const [IMAGE, PLACE] = ["image", "work"];
const LOOK_MS = 1_000;
/** Files cost as well. */
const MOST_FILES = 100_000;

/** What keeps a work folder to its size on this machine. */
export async function quotaHere(): Promise<Quota> {
  const watched = (because: string): Quota => ({ quota: "watched", because });
  if (process.getuid?.() !== 0) return watched("only root can mount a file system of that size");
  if ((await Promise.all(["mkfs.ext4", "mount", "umount"].map(find))).includes(undefined))
    return watched("`mkfs.ext4`, `mount` or `umount` is not here; install `e2fsprogs` and `mount`");
  return (await can("/dev/loop-control", constants.W_OK)) ? { quota: "held" } : watched("there are no loop devices (`modprobe loop`)");
}

/** Makes one. Rejects with `unavailable` where a file system should hold its quota and does not: to watch instead would be less than was said. */
export async function openWork(size: number, start: Start, quotaOf = quotaHere as () => Promise<Quota>): Promise<WorkFolder> {
  const { folder, free } = await ownFolder();
  const place = join(folder, PLACE);
  const { quota } = await quotaOf();
  try {
    await mkdir(place);
    if (quota === "held") await mounted(folder, size, start);
    else if (process.getuid?.() === 0) await chown(place, NOBODY, NOBODY);
    else await chmod(place, 0o777); // the folder above is closed to everybody else
    // The program may go through, and no more: what lies here is root's.
    if (process.getuid?.() === 0) {
      await chown(folder, 0, NOBODY);
      await chmod(folder, 0o710);
    }
  } catch (error) {
    await unmounted(place, start).then(free, () => {}); // what cannot be taken away now is found at the next start
    throw error;
  }
  return {
    ...{ folder: place, size, quota },
    watch: quota === "held" ? () => () => {} : (full) => watching(place, size, full),
    async free() {
      await unmounted(place, start);
      await free();
    },
  };
}

/** Takes away the file systems of work folders whose owner is gone; their folders can then go like any other. */
export async function reapWork(start: Start): Promise<void> {
  const above = await realpath(tmpdir());
  for (const place of await mountPoints())
    if (basename(place) === PLACE && dirname(dirname(place)) === above && isLeftBehind(basename(dirname(place)))) await unmounted(place, start);
}

async function mounted(folder: string, size: number, start: Start): Promise<void> {
  const [image, place] = [join(folder, IMAGE), join(folder, PLACE)];
  await writeFile(image, "", { mode: 0o600, flag: "wx" });
  await truncate(image, size);
  // Nothing of it has to outlive a crash, so it keeps no journal, and nothing in it is reserved for root.
  await started(["mkfs.ext4", "-q", "-F", "-m", "0", "-O", "^has_journal", "-E", `root_owner=${NOBODY}:${NOBODY}`, image], start);
  await started(["mount", "-t", "ext4", "-o", "loop,nosuid,nodev,noatime", image, place], start);
  if (!(await isMounted(place))) throw new HoldfastError("unavailable", "the file system of a work folder cannot be mounted");
  await rmdir(join(place, "lost+found"));
}

async function unmounted(place: string, start: Start): Promise<void> {
  if (await isMounted(place)) await started(["umount", place], start);
}

async function started([program = "", ...args]: readonly string[], start: Start): Promise<void> {
  const path = await find(program);
  if (path === undefined) throw new HoldfastError("unavailable", `the program \`${program}\` is not here`);
  await start({ argv: [path, ...args], env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" }, close: async () => ({ outOfMemory: false }) });
}

const isMounted = async (place: string): Promise<boolean> => (await mountPoints()).includes(await realpath(place).catch(() => place));

async function mountPoints(): Promise<readonly string[]> {
  const text = await readFile("/proc/self/mountinfo", "utf8").catch(() => "");
  return text.split("\n").flatMap((line) => line.split(" ")[4] ?? []);
}

function watching(place: string, size: number, full: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  const look = async (): Promise<void> => {
    const left = await within(place, { bytes: size, files: MOST_FILES });
    if (isOver) return;
    if (left) timer = setTimeout(() => void look(), LOOK_MS).unref();
    else full();
  };
  void look();
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}

/** Whether what lies there is within what is left. Links are not followed: what they lead to is not in the folder. */
async function within(folder: string, left: { bytes: number; files: number }): Promise<boolean> {
  try {
    for await (const entry of await opendir(folder)) {
      const path = join(folder, entry.name);
      const found = await lstat(path).catch(() => undefined); // taken away meanwhile
      left.bytes -= (found?.blocks ?? 0) * 512;
      left.files--;
      if (left.bytes < 0 || left.files < 0) return false;
      if (found?.isDirectory() === true && !(await within(path, left))) return false;
    }
    return true;
  } catch (error) {
    // A folder that is gone holds nothing; one that cannot be read holds nobody knows what.
    return (error as NodeJS.ErrnoException).code === "ENOENT";
  }
}
