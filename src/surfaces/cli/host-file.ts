/** A client's own file on the disk: read within bounds, and replaced so that at no moment less than a whole file is there. */
import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { access, type FileHandle, lstat, open, realpath, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { shown } from "./terminal.ts";
import { files } from "./text/common/en.ts";

export interface HostFile {
  /** As it was named; perhaps a link. */
  readonly path: string;
  /** The file itself, which is what is replaced: a link stays one. */
  readonly target: string;
  readonly text: string;
  readonly bytes: Buffer;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

const MOST_BYTES = 5 * 1024 * 1024;

type Trouble = "unreadable" | "no-file" | "too-large" | "no-text" | "changed" | "unchangeable" | "taken";

/** Why a file was not read or not replaced. Whoever shows it says it in their language: the message is the English one. */
export class HostFileFault extends Error {
  readonly code: Trouble;
  readonly path: string;
  readonly detail: string;
  constructor(code: Trouble, path: string, { detail = "", cause }: { detail?: string; cause?: unknown } = {}) {
    super(files[code](shown(path), detail), { cause });
    this.name = "HostFileFault";
    this.code = code;
    this.path = path;
    this.detail = detail;
  }
}

/** Undefined where there is no such file. */
export async function readHostFile(path: string): Promise<HostFile | undefined> {
  try {
    const target = await realpath(path);
    // A pipe in a project's folder must not make us wait for its writer.
    const file = await open(target, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      return { path, target, ...(await content(path, file)) };
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (cause instanceof HostFileFault) throw cause;
    const code = codeOf(cause);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new HostFileFault("unreadable", path, { detail: code, cause });
  }
}

async function content(path: string, file: FileHandle): Promise<Omit<HostFile, "path" | "target">> {
  const stat = await file.stat();
  if (!stat.isFile()) throw new HostFileFault("no-file", path);
  const pieces: Buffer[] = [];
  // One byte more than is taken: what the size says may not be what comes.
  for await (const piece of file.createReadStream({ end: MOST_BYTES, autoClose: false })) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  if (bytes.length > MOST_BYTES) throw new HostFileFault("too-large", path, { detail: String(MOST_BYTES) });
  return { text: decoded(path, bytes), bytes, mode: stat.mode & 0o7777, uid: stat.uid, gid: stat.gid };
}

function decoded(path: string, bytes: Buffer): string {
  try {
    // A byte order mark is kept, and what would not come out as it went in is refused.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new HostFileFault("no-text", path, { cause });
  }
}

/**
 * Puts `text` where the file was, with its mode and owner, and resolves to the path of the copy that was made before the first change.
 * What another program wrote since the file was read is not overwritten.
 */
export async function replaceHostFile(file: HostFile, text: string): Promise<string> {
  const { path, target } = file;
  const next = join(dirname(target), `.${basename(target)}.${randomUUID()}`);
  try {
    await access(target, constants.W_OK);
    const backup = await keep(file);
    await write(next, Buffer.from(text), file);
    if (!(await isUnchanged(file))) throw new HostFileFault("changed", path);
    await rename(next, target);
    await syncFolder(dirname(target));
    return backup;
  } catch (cause) {
    await rm(next, { force: true });
    if (cause instanceof HostFileFault) throw cause;
    throw new HostFileFault("unchangeable", path, { detail: codeOf(cause), cause });
  }
}

/** The first copy is the one from before Holdfast, so it is never replaced. */
async function keep(file: HostFile): Promise<string> {
  const backup = `${file.target}.before-holdfast`;
  try {
    await write(backup, file.bytes, file);
  } catch (cause) {
    if (codeOf(cause) !== "EEXIST") throw cause;
    // A link or a folder of that name is no copy.
    if (!(await lstat(backup)).isFile()) throw new HostFileFault("taken", backup, { cause });
  }
  return backup;
}

async function write(path: string, bytes: Buffer, { mode, uid, gid }: HostFile): Promise<void> {
  // Nobody else can read it before it has its owner: it may hold tokens.
  const handle = await open(path, "wx", 0o600);
  try {
    await handle.writeFile(bytes);
    const made = await handle.stat();
    // Run as root on somebody's file, it must stay theirs. Where it cannot, nothing is replaced.
    if (made.uid !== uid || made.gid !== gid) await handle.chown(uid, gid);
    await handle.chmod(mode);
    await handle.sync();
  } catch (cause) {
    await rm(path, { force: true });
    throw cause;
  } finally {
    await handle.close();
  }
}

async function isUnchanged({ path, target, bytes }: HostFile): Promise<boolean> {
  const now = await readHostFile(path);
  return now !== undefined && now.target === target && now.bytes.equals(bytes);
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

const codeOf = (error: unknown): string => (error instanceof Error && "code" in error ? String(error.code) : "EIO");
