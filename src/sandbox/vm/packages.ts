import { lstat, readdir, readFile, readlink, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type System, system } from "../system.ts";
import type { Entry, Tree } from "./erofs.ts";

/** A program package that is on this machine. */
export interface Package {
  readonly name: string;
  readonly version: string;
  readonly files: string;
  readonly essential: boolean;
  readonly needs: readonly string[];
}

const STATUS = "/var/lib/dpkg/status";
const LISTS = "/var/lib/dpkg/info";
/** What is there besides what every installation has, as far as this machine has it. */
const USUAL = ["perl", "python3", "procps", "mount", "libstdc++6"];
/** What no program needs to run, and what is long. */
const LEFT_OUT = /^\/usr\/share\/(doc|man|info|locale|lintian|bug|doc-base|bash-completion|menu)\/|^\/usr\/lib\/[^/]*\/gconv\//;

/** What Debian's package database says is installed here; empty where there is none. By every name that it goes by. */
export async function installed(): Promise<ReadonlyMap<string, Package>> {
  const text = await readFile(STATUS, "utf8").catch(() => "");
  const known = new Map<string, Package>();
  const lists = new Set(await readdir(LISTS).catch(() => []));
  let seen = 0;
  for (const stanza of text.split("\n\n")) {
    // A machine has thousands, and others wait.
    if (seen++ % 100 === 0) await new Promise(setImmediate);
    const field = (name: string): string => new RegExp(`^${name}: (.*)$`, "m").exec(stanza)?.[1] ?? "";
    if (field("Status") !== "install ok installed") continue;
    const name = field("Package");
    const list = [`${name}.list`, `${name}:${field("Architecture")}.list`].find((one) => lists.has(one));
    if (list === undefined || known.has(name)) continue;
    // Of alternatives, those that are here are taken.
    const needs = [field("Pre-Depends"), field("Depends")].flatMap((line) => line.split(/[,|]/)).map(nameIn);
    const one = {
      name,
      version: field("Version"),
      files: join(LISTS, list),
      essential: field("Essential") === "yes",
      needs: needs.filter((need) => need !== ""),
    };
    known.set(name, one);
    for (const other of field("Provides").split(",").map(nameIn)) if (other !== "" && !known.has(other)) known.set(other, one);
  }
  return known;
}

const nameIn = (text: string): string => /^\s*([a-z0-9][a-z0-9+.-]*)/.exec(text)?.[1] ?? "";

/** The packages that a machine is made of: what every installation has, what is usual, that of the program if it has one, and all that these need. */
export async function packagesFor(program: string | undefined, known: ReadonlyMap<string, Package>): Promise<readonly Package[]> {
  const taken = new Set<Package>();
  const take = (one: Package | undefined): void => {
    if (one === undefined || taken.has(one)) return;
    taken.add(one);
    for (const need of one.needs) take(known.get(need));
  };
  for (const one of known.values()) if (one.essential) take(one);
  for (const name of USUAL) take(known.get(name));
  if (program !== undefined) take(await ownerOf(program, known));
  return [...taken].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Where a program of the system is; undefined where it is none of the system's. */
export async function placeOf(program: string): Promise<string | undefined> {
  const { links } = await system();
  for (const place of program.includes("/") ? [program] : ["/usr/local/bin", "/usr/bin", "/bin"].map((folder) => join(folder, program))) {
    const real = await realpath(place).catch(() => undefined);
    if (real !== undefined) return moved(real, links);
  }
  return undefined;
}

async function ownerOf(path: string, known: ReadonlyMap<string, Package>): Promise<Package | undefined> {
  for (const one of new Set(known.values())) if ((await filesOf([one])).includes(path)) return one;
  return undefined;
}

/** A package may say `/lib/…` for what lies in `/usr/lib/…`. */
function moved(path: string, links: System["links"]): string {
  const link = links.find(([from]) => path.startsWith(`${from}/`));
  return link === undefined ? path : `/${link[1]}${path.slice(link[0].length)}`;
}

async function filesOf(packages: readonly Package[]): Promise<readonly string[]> {
  const { links } = await system();
  const lists = await Promise.all(packages.map(({ files }) => readFile(files, "utf8")));
  return lists.flatMap((text) => text.split("\n")).map((path) => moved(path, links));
}

/** The system folders of this machine with the files of these packages and no others. */
export async function treeOf(packages: readonly Package[]): Promise<Tree> {
  const root: { [name: string]: Entry } = Object.create(null);
  const { links, folders, files } = await system();
  const within = folders.filter((path) => !links.some(([link]) => link === path));
  const wanted = (await filesOf(packages)).filter((path) => within.some((folder) => path.startsWith(`${folder}/`)) && !LEFT_OUT.test(path));
  for (const [path, target] of links) place(root, path, { is: "link", to: target });
  for (const path of new Set([...wanted, ...(await choices()), ...(await compiled(wanted))])) await take(root, path);
  for (const path of files) await takeAll(root, path);
  return root;
}

/** Which of several programs a name means here: `awk`, `nc`. */
async function choices(): Promise<readonly string[]> {
  const named = await readdir("/usr/bin", { withFileTypes: true });
  const links = named.filter((one) => one.isSymbolicLink()).map(({ name }) => join("/usr/bin", name));
  const targets = await Promise.all(links.map((path) => readlink(path)));
  return links.filter((_, index) => targets[index]?.startsWith("/etc/alternatives/") === true);
}

/** What Python made of its modules when they were installed; made anew on every start it would take seconds. */
async function compiled(paths: readonly string[]): Promise<readonly string[]> {
  const folders = new Set(paths.filter((path) => path.endsWith(".py")).map((path) => join(dirname(path), "__pycache__")));
  const found = await Promise.all([...folders].map(async (folder) => (await readdir(folder).catch(() => [])).map((name) => join(folder, name))));
  return found.flat();
}

async function takeAll(root: { [name: string]: Entry }, path: string): Promise<void> {
  await take(root, path);
  if ((await lstat(path)).isDirectory()) for (const name of await readdir(path)) await takeAll(root, join(path, name));
}

/** INVARIANT: nothing that this machine keeps from nobody. */
async function take(root: { [name: string]: Entry }, path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return;
  if (found.isSymbolicLink()) place(root, path, { is: "link", to: await readlink(path) });
  else if (found.isDirectory()) place(root, path, { is: "folder", mode: 0o755, holds: Object.create(null) });
  else if (found.isFile() && (found.mode & 0o004) !== 0) place(root, path, { is: "file", mode: found.mode & 0o555, size: found.size, from: path });
}

function place(root: { [name: string]: Entry }, path: string, entry: Entry): void {
  const names = path.split("/").filter((name) => name !== "");
  let folder = root;
  for (const name of names.slice(0, -1)) {
    const one = (folder[name] ??= { is: "folder", mode: 0o755, holds: Object.create(null) });
    if (one.is !== "folder") return; // a link: what lies behind it is placed by its own path
    folder = one.holds as { [name: string]: Entry };
  }
  const last = names.at(-1);
  if (last !== undefined && !(entry.is === "folder" && folder[last]?.is === "folder")) folder[last] = entry;
}
