import { constants } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Store } from "./notes.ts";

/**
 * Notes as files of one folder, readable for this user alone: they hold what was asked for, arguments and all. One folder belongs to one
 * process at a time.
 */
export function fileStore(folder: string): Store {
  let prepared: Promise<void> | undefined;
  const ready = (): Promise<void> =>
    (prepared ??= prepare(folder).catch((error) => {
      prepared = undefined; // it may be put right meanwhile
      throw error;
    }));
  return {
    async put(name, text) {
      await ready();
      const path = pathOf(folder, name);
      const half = `${path}.${crypto.randomUUID()}${HALF}`;
      try {
        const file = await open(half, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
        try {
          await file.writeFile(text);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(half, path);
      } catch (error) {
        await rm(half, { force: true }).catch(() => {}); // what cannot be removed is no note: its name says so
        throw error;
      }
      await syncFolder(folder);
    },
    async remove(name) {
      await rm(pathOf(folder, name), { force: true });
      await syncFolder(folder);
    },
    async list() {
      await ready();
      const names = (await readdir(folder)).filter((file) => file.endsWith(ENDING)).map((file) => file.slice(0, -ENDING.length));
      return (await Promise.all(names.map((name) => read(folder, name)))).filter((one) => one !== undefined);
    },
  };
}

const ENDING = ".note";
const HALF = ".half";

/** Nothing where it was removed meanwhile. */
async function read(folder: string, name: string): Promise<{ readonly name: string; readonly text?: string } | undefined> {
  try {
    return { name, text: await readFile(join(folder, name + ENDING), "utf8") };
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? undefined : { name };
  }
}

async function prepare(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // Whoever may write here could take away the note of what was done, and have it done again.
  if (process.platform !== "win32" && ((await stat(folder)).mode & 0o022) !== 0) throw new Error(`others may write to \`${folder}\`: chmod 700 it`);
  for (const file of await readdir(folder)) if (file.endsWith(HALF)) await removeOld(join(folder, file));
}

/** What a crash left of a note that was being written. It stood for nothing yet: what it would have said had not begun. */
async function removeOld(path: string): Promise<void> {
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY })); // gone already
  if (Date.now() - mtimeMs > AN_HOUR) await rm(path, { force: true });
}

const AN_HOUR = 3_600_000;

function pathOf(folder: string, name: string): string {
  if (!/^[0-9a-z-]{1,200}$/.test(name)) throw new TypeError("the name of a note is made of letters, digits and hyphens");
  return join(folder, name + ENDING);
}

async function syncFolder(folder: string): Promise<void> {
  // Windows has no handle of a folder to sync.
  if (process.platform === "win32") return;
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
