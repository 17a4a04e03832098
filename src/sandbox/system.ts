import { constants, copyFile, link, lstat, realpath, stat } from "node:fs/promises";
import { delimiter, dirname, isAbsolute, join } from "node:path";
import { HoldfastError } from "../core/errors.ts";
import { can } from "./can.ts";
import type { Cell } from "./driver.ts";

/** Nobody: owns nothing on any machine that is set up as usual. */
export const NOBODY = 65_534;
/** The folder of its own that a program begins in. */
export const WORK = "/work";
/** What a program finds in its environment, besides what the cell gives it. */
export const VARIABLES = { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: WORK, TMPDIR: "/tmp" };

/** The system's own programs and libraries, read-only. Nothing of /etc but what the loader and name look-ups need: no secret lies there. */
const SYSTEM = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];
const SYSTEM_FILES = [
  "/etc/ld.so.cache",
  "/etc/alternatives",
  "/etc/localtime",
  "/etc/ssl/certs",
  "/etc/ca-certificates/extracted", // where links of the one before may lead
];

export interface System {
  /** Links of the root folder, and what they lead to, without the first stroke: `/bin` to `usr/bin`. */
  readonly links: readonly (readonly [path: string, target: string])[];
  readonly folders: readonly string[];
  /** Smaller things, as far as they are there. */
  readonly files: readonly string[];
}

let asked: Promise<System> | undefined;

/** As the machine had them when we were first asked: links stay links, so that `/bin` is what it is outside. A machine that moves them is started anew, and so are we. */
export function system(): Promise<System> {
  asked ??= systemHere();
  asked.catch(() => (asked = undefined));
  return asked;
}

async function systemHere(): Promise<System> {
  const links: (readonly [string, string])[] = [];
  const folders: string[] = [];
  const files: string[] = [];
  for (const path of SYSTEM) {
    const entry = await lstat(path).catch(() => undefined);
    if (entry?.isSymbolicLink() === true) links.push([path, (await realpath(path)).slice(1)]);
    else if (entry !== undefined) folders.push(path);
  }
  for (const path of SYSTEM_FILES) if ((await stat(path).catch(() => undefined)) !== undefined) files.push(path);
  return { links, folders, files };
}

/** No sandbox is given these, whatever its configuration says. */
const HIDDEN = ["/proc", "/sys", "/dev", "/run/docker.sock", "/var/run/docker.sock", "/run/containerd", "/run/podman"];

/** Paths as they really are: what is a link now must not become another one between here and there. */
export async function checked({ command, read, write, cwd, env, limits }: Cell): Promise<Pick<Cell, "read" | "write">> {
  checkedText({ command, cwd, env, limits });
  const resolved = async (path: string): Promise<string> => {
    if (!isAbsolute(path)) wrong(`\`${path}\` must be an absolute path`);
    const real = await realpath(path).catch(() => wrong(`\`${path}\` is not there`));
    if (HIDDEN.some((hidden) => real === hidden || real.startsWith(`${hidden}/`) || hidden.startsWith(real === "/" ? "/" : `${real}/`)))
      wrong(`\`${path}\` would give away the machine itself`);
    return real;
  };
  const paths = { read: await Promise.all(read.map(resolved)), write: await Promise.all(write.map(resolved)) };
  for (const path of [...paths.read, ...paths.write]) {
    const closed = await closedTo(path);
    if (closed !== undefined) wrong(`\`${path}\` cannot be reached in the sandbox, where the program is nobody: \`${closed}\` is closed to others`);
  }
  return paths;
}

/** The same for a cell to which paths mean nothing. */
export function checkedText({ command, cwd, env, limits }: Pick<Cell, "command" | "env" | "limits"> & { readonly cwd: string | undefined }): void {
  if (command.length === 0) wrong("a sandbox needs a command");
  for (const text of [...command, ...Object.entries(env).flat()]) if (text.includes("\0")) wrong("a command holds no zero character");
  for (const [name, value] of Object.entries(limits)) if (!(value > 0)) wrong(`the limit \`${name}\` must be greater than nothing`);
  if (cwd !== undefined && !isAbsolute(cwd)) wrong("the folder to begin in must be an absolute path");
}

export function wrong(message: string): never {
  throw new HoldfastError("configuration", message);
}

/** For drivers whose programs are this machine's: a cell that names an image is not for them. */
export function withoutImage(id: string, { image }: Cell): void {
  if (image !== undefined) wrong(`the sandbox \`${id}\` runs this machine's programs; only \`container\` has images`);
}

/** The folder on the way that keeps out the one that the program will be; undefined where there is none. */
export async function closedTo(path: string): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const { mode, uid, gid } = await stat(folder);
    const bit = uid === NOBODY ? 0o100 : gid === NOBODY ? 0o010 : 0o001;
    if ((mode & bit) === 0) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}

/** The Node that runs us, where nobody can reach it: where it is, or in a folder of ours that is open to nobody. */
export async function nodeIn(folder: string): Promise<string> {
  const node = await realpath(process.execPath);
  if ((await closedTo(node)) === undefined) return node;
  const near = join(folder, "node");
  await link(node, near).catch(() => copyFile(node, near, constants.COPYFILE_EXCL).catch(isThere));
  return near;
}

function isThere(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST") throw error;
}

const found = new Map<string, string>();

/** Where a program is: named in full, because inside there is no PATH of ours. The system's own folders count although a user's PATH may lack them. */
export async function find(program: string): Promise<string | undefined> {
  const before = found.get(program);
  if (before !== undefined && (await can(before, constants.X_OK))) return before;
  const path = await findHere(program);
  if (path !== undefined) found.set(program, path);
  return path;
}

async function findHere(program: string): Promise<string | undefined> {
  for (const folder of [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin"]) {
    const path = join(folder, program);
    if (folder !== "" && (await can(path, constants.X_OK))) return path;
  }
  return undefined;
}
