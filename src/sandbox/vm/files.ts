/**
 * What a machine is given of files, and what comes back of those that it may change. Runs beside the machine as nobody, who can change what
 * was named and nothing else. INVARIANT: of what the machine says, a name is one below a folder that was given, and only files and folders
 * are made: no link, no device, nothing with rights.
 */
import { createHash } from "node:crypto";
import { closeSync, constants, openSync, writeSync } from "node:fs";
import { chmod, copyFile, lstat, mkdir, open, readdir, readFile, readlink, rename, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Entry, type Tree, writeImage } from "./erofs.ts";

interface Given {
  readonly read: readonly string[];
  readonly write: readonly string[];
  readonly limits: { readonly disk: number };
}

/** What a folder that may be changed held: by its path below the folder, the digest of a file, or nothing for a folder. */
type Before = ReadonlyMap<string, string | undefined>;

/** Bytes of the disk that files are given on; it is as long as this when the machine is kept. */
export const GIVEN_SIZE = 1 << 30;
const MOST_ENTRIES = 100_000;

/** Writes what is given to the disk of the machine. Gives what was in each folder that may be changed. */
export async function send({ read, write }: Given, image: string): Promise<readonly Before[]> {
  if (read.length + write.length === 0) return [];
  const count = { left: MOST_ENTRIES };
  const tree: { [name: string]: Entry } = {};
  const before: Map<string, string | undefined>[] = [];
  for (const [number, path] of [...read, ...write].entries()) {
    const held = number < read.length ? undefined : new Map<string, string | undefined>();
    if (held !== undefined) before.push(held);
    const entry = await entryOf(path, "", count, held);
    if (entry === undefined) throw new Error(`\`${path}\` cannot be read`);
    tree[String(number)] = entry;
  }
  await writeImage(image, tree, GIVEN_SIZE);
  return before;
}

/** What nobody may read is not there; nor is what is no file, folder or link. */
async function entryOf(root: string, path: string, count: { left: number }, before: Map<string, string | undefined> | undefined): Promise<Entry | undefined> {
  if (count.left-- <= 0) throw new Error(`\`${root}\` holds too much for a machine`);
  const here = path === "" ? root : join(root, path);
  const found = await lstat(here).catch(() => undefined);
  if (found === undefined) return undefined;
  if (found.isSymbolicLink()) return { is: "link", to: await readlink(here) };
  if (found.isFile()) {
    const file = await open(here).catch(() => undefined);
    if (file === undefined) return undefined;
    await file.close();
    before?.set(path, await digest(here));
    return { is: "file", mode: found.mode & 0o777, size: found.size, from: here };
  }
  if (!found.isDirectory()) return undefined;
  const names = await readdir(here).catch(() => undefined);
  if (names === undefined) return undefined;
  before?.set(path, undefined);
  const holds: { [name: string]: Entry } = Object.create(null);
  for (const name of names) {
    const entry = await entryOf(root, path === "" ? name : `${path}/${name}`, count, before);
    if (entry !== undefined) holds[name] = entry;
  }
  return { is: "folder", mode: found.mode & 0o777, holds: holds as Tree };
}

const digest = async (path: string): Promise<string> =>
  createHash("sha256")
    .update(await readFile(path))
    .digest("hex");

/** What the machine says about files, taken down until it is over. */
export interface Changes {
  take(letter: string, bytes: Buffer): void;
  /** Makes the folders outside what they are inside. Gives, for people, what could not be done. */
  apply(): Promise<readonly string[]>;
}

interface Taken {
  readonly runs: boolean;
  readonly from: string;
}

export function receive({ read, write, limits }: Given, before: readonly Before[], staging: string): Changes {
  const after = write.map(() => new Map<string, Taken | undefined>());
  let [bytesLeft, entriesLeft] = [limits.disk * write.length, MOST_ENTRIES];
  let current: { readonly fd: number; left: number } | undefined;
  let fault: string | undefined;

  const end = (): void => {
    if (current !== undefined) closeSync(current.fd);
    current = undefined;
  };
  const begin = (bytes: Buffer, isFile: boolean): void => {
    end();
    const [number = "", path = "", runs, size] = bytes.toString("utf8").split("\0");
    const into = /^\d{1,6}$/.test(number) ? after[Number(number) - read.length] : undefined;
    if (into === undefined || !isBelow(path) || entriesLeft-- <= 0) throw new Error("it names what it was not given");
    if (!isFile) return void into.set(path, undefined);
    const from = join(staging, `${number}-${entriesLeft}`);
    current = { fd: openSync(from, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600), left: Number(size) };
    into.set(path, { runs: runs === "1", from });
  };
  return {
    take(letter, bytes) {
      if (fault !== undefined) return;
      try {
        if (letter === "D" || letter === "F") begin(bytes, letter === "F");
        else if (letter === "C" && current !== undefined && bytes.length <= current.left && bytes.length <= bytesLeft) {
          writeSync(current.fd, bytes);
          current.left -= bytes.length;
          bytesLeft -= bytes.length;
        } else throw new Error("it says what it may not say");
      } catch (error) {
        fault = error instanceof Error ? error.message : "unknown";
      }
    },
    async apply() {
      end();
      if (fault !== undefined) return [`nothing that the machine changed was taken over: ${fault}`];
      const failed: string[] = [];
      for (const [index, root] of write.entries())
        failed.push(...(await made(root, before[index] as Before, after[index] as ReadonlyMap<string, Taken | undefined>)));
      return failed;
    },
  };
}

/** Only what was changed inside is changed outside: what somebody else did there in the meantime stays. */
async function made(root: string, before: Before, after: ReadonlyMap<string, Taken | undefined>): Promise<readonly string[]> {
  const failed: string[] = [];
  const attempt = async (path: string, work: () => Promise<unknown>): Promise<void> => {
    await work().catch((error: NodeJS.ErrnoException) => failed.push(`\`${join(root, path)}\` could not be changed: ${error.code ?? error.message}`));
  };
  for (const [path, taken] of after) {
    const [at, was] = [join(root, path), before.get(path)];
    if (taken === undefined) {
      if (!before.has(path)) await attempt(path, () => mkdir(at));
    } else if (was !== (await digest(taken.from))) await attempt(path, () => replaced(at, taken, path === ""));
  }
  for (const [path, was] of [...before].reverse()) {
    if (after.has(path) || path === "") continue;
    if (was === undefined)
      await rmdir(join(root, path)).catch(() => {}); // somebody else's file is in it
    else if ((await digest(join(root, path)).catch(() => "")) === was) await attempt(path, () => rm(join(root, path)));
  }
  return failed;
}

async function replaced(at: string, { from, runs }: Taken, isGiven: boolean): Promise<void> {
  // A file that was given by itself is mounted there, so it stays and its content changes.
  if (isGiven) return copyFile(from, at);
  if (!(await lstat(dirname(at))).isDirectory()) throw new Error("its folder is none outside");
  const near = `${at}.new-${process.pid}`;
  await copyFile(from, near, constants.COPYFILE_EXCL);
  await chmod(near, runs ? 0o755 : 0o644);
  await rename(near, at);
}

/** `a/b`, never `../a`, `/a` or `a//b`; nothing at all is the folder itself. */
function isBelow(path: string): boolean {
  return path === "" || (path.length < 4096 && path.split("/").every((name) => name !== "" && name !== "." && name !== ".." && !name.includes("\ufffd")));
}
