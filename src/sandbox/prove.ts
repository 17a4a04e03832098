import { randomBytes } from "node:crypto";
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cell, Driver, KeptApart, Limits, Prepared } from "./driver.ts";
import { type Aims, ESCAPES, type Escape, REACHES } from "./escapes.ts";
import { POD_ESCAPES } from "./escapes-of-pods.ts";
import { SKILL_ESCAPES } from "./escapes-of-skills.ts";

/** Runs something to its end, or to ours; only the runner starts programs, so it comes in as an argument. */
export interface Run {
  cell(prepared: Prepared, options: RunOptions): Promise<Ran>;
  program(argv: readonly string[], options: RunOptions): Promise<Ran>;
}
interface RunOptions {
  /** The environment of those who start it. */
  readonly env: { readonly [name: string]: string };
  readonly timeout: number;
}
interface Ran {
  readonly output: string;
}

/** What came of one attempt. */
export interface Attempt {
  readonly id: string;
  readonly from: KeptApart;
  readonly held: boolean;
  /** Whether the same attempt succeeds where nothing is confined: else it proves nothing. */
  readonly control: "escaped" | "held" | "not run";
  /** Why there is no control. */
  readonly because?: string;
}

export interface Proof {
  readonly driver: string;
  readonly attempts: readonly Attempt[];
  /** What it promises here and no attempt got out of. */
  readonly keeps: readonly KeptApart[];
  /** What it promises here and does not keep. */
  readonly broken: readonly KeptApart[];
}

/** A way out for a cell, to two ports of loopback, of which the second is to pass for Holdfast's own. Ends with `close`. */
export type OpenWay = (open: number, own: number) => Promise<{ through(cell: Cell): Promise<Cell>; close(): Promise<void> }>;

/** What makes an address of the way out takes more than an attempt does. */
const ROOM: Limits = { memory: 512 << 20, pids: 100, cpus: 1, disk: 8 << 20 };
const LIMITS: Limits = { memory: 64 << 20, pids: 40, cpus: 1, disk: 8 << 20 };
/** For the attempt on the processors: so few that a busy machine has more to give. */
const FEW_CPUS = 0.1;
const DEADLINE_MS = 8_000;
/** For what a driver makes before its first cell. */
const READY_MS = 120_000;
/** For an attempt that would run for ever. */
const SHORT_MS = 2_000;
const SECRET = "HOLDFAST_ESCAPE_SECRET";
/** What an attempt calls must be found, inside and outside: one whose program is missing would pass for one that was stopped. */
const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** How the attempts on one kind of cell are made. */
interface Kit {
  readonly escapes: readonly Escape[];
  /** The command of the cell; `folder` is one that anybody may read. */
  inside(script: string, folder: string): Promise<readonly string[]>;
  /** The same script where nothing is confined. */
  outside(script: string): readonly string[];
  /** Whether a cell can be given a folder at all. */
  readonly folders: boolean;
}

const BASH = { inside: async (script: string) => ["bash", "-c", script], outside: (script: string) => ["bash", "-c", script] };

const KITS: { readonly [runs in Driver["runs"]]: Kit } = {
  programs: { escapes: ESCAPES, ...BASH, folders: true },
  pods: { escapes: POD_ESCAPES, ...BASH, folders: false },
  skills: {
    escapes: SKILL_ESCAPES,
    async inside(script, folder) {
      const file = join(folder, "skill.js");
      await writeFile(file, script);
      return [file];
    },
    outside: (script) => [process.execPath, "-e", `const print = console.log; const env = process.env; ${script}; setTimeout(() => process.exit(), 500)`],
    folders: false,
  },
};

/**
 * Tries to get out of a driver's sandbox in every way of the kit, on this machine as it is. Nothing is claimed that was not tried here, and
 * nothing whose control did not succeed.
 */
export async function prove(driver: Driver, run: Run, openWay: OpenWay, told: (attempt: Attempt) => void = () => {}): Promise<Proof> {
  const kit = KITS[driver.runs];
  const outside = outsideOf(driver, run);
  const field = await plant(outside);
  try {
    const attempts: Attempt[] = [];
    for (const one of kit.escapes) {
      if ((one.wayOut === true && !driver.wayOut) || driver.finds?.includes(one.id) === true) continue;
      const came = await cameOf(driver, kit, run, one, field, openWay);
      const because = came === "not tried" ? NO_WAY : one.control === true ? undefined : one.control;
      const control = because !== undefined ? "not run" : (await tried(kit, outside, one, field)) ? "escaped" : "held";
      const attempt = { id: one.id, from: one.from, held: came !== "escaped", control, ...(because === undefined ? {} : { because }) } as const;
      attempts.push(attempt);
      told(attempt);
    }
    const promised = await driver.keeps();
    const isKept = (what: KeptApart): boolean => {
      const on = attempts.filter(({ from }) => from === what);
      // Where each attempt fails outside as well, there is nothing to get to, and nothing is shown.
      const shows = on.some(({ control }) => control === "escaped") || on.every(({ control }) => control === "not run");
      return on.length > 0 && shows && on.every(({ held }) => held);
    };
    return { driver: driver.id, attempts, keeps: promised.filter(isKept), broken: promised.filter((what) => !isKept(what)) };
  } finally {
    await field.clear();
  }
}

/** Said of an attempt that was not made, so that nobody takes it for one that failed. */
export const NO_WAY = "it was not tried inside either: the way out does not work here";

async function cameOf(
  driver: Driver,
  kit: Kit,
  run: Run,
  { from, script, endless, wayOut }: Escape,
  { aims, given, folder }: Field,
  openWay: OpenWay,
): Promise<"held" | "escaped" | "not tried"> {
  const way = wayOut === true ? await openWay(Number(aims.OPEN), Number(aims.OWN)) : undefined;
  try {
    const cell: Cell = {
      command: await kit.inside(way === undefined ? script : `${REACHES} || exit\n${script}`, folder),
      env: { ...aims, PATH, FILL: "/tmp" },
      read: [],
      write: kit.folders && driver.allFiles !== true ? [given] : [],
      limits: way !== undefined ? ROOM : from === "cpu" && driver.runs !== "skills" ? { ...LIMITS, cpus: FEW_CPUS } : LIMITS,
    };
    const output = await outputOf(driver, run, way === undefined ? cell : await way.through(cell), endless === true ? SHORT_MS : DEADLINE_MS);
    if (way !== undefined && !output.includes("REACHED")) return "not tried";
    return output.includes("ESCAPED") || (await isAlive(`311.${aims.PORT}`)) ? "escaped" : "held";
  } finally {
    await way?.close();
  }
}

async function outputOf(driver: Driver, run: Run, cell: Cell, timeout: number): Promise<string> {
  await driver.ready?.(cell, async (prepared) => (await run.cell(prepared, { env: {}, timeout: READY_MS })).output);
  const prepared = await driver.prepare(cell);
  try {
    // What lies in the environment of those who start it must not be in it.
    return (await run.cell(prepared, { env: { [SECRET]: "1" }, timeout })).output;
  } finally {
    await prepared.close();
  }
}

/** A busy machine can keep an attempt from succeeding outside; it has three tries. */
async function tried(kit: Kit, outside: Outside, { script }: Escape, { aims, given }: Field): Promise<boolean> {
  const env = { ...aims, PATH, GIVEN: given, [SECRET]: "1" };
  for (let tries = 0; tries < 3; tries++) if ((await outside(kit.outside(script), env)).includes("ESCAPED")) return true;
  return false;
}

/** What a command says where nothing is confined: on this machine, or on the one that the driver's cells are on. */
type Outside = (command: readonly string[], env: { readonly [name: string]: string }) => Promise<string>;

function outsideOf({ beside }: Driver, run: Run): Outside {
  if (beside === undefined) return async (command, env) => (await run.program(command, { env, timeout: DEADLINE_MS })).output;
  return async (command, env) => {
    const prepared = await beside({ command, env, read: [], write: [], limits: LIMITS });
    try {
      return (await run.cell(prepared, { env: {}, timeout: DEADLINE_MS })).output;
    } finally {
      await prepared.close();
    }
  };
}

interface Field {
  readonly aims: { readonly [name in keyof Aims]: string };
  readonly given: string;
  readonly folder: string;
  clear(): Promise<void>;
}

/** Lays out what attempts aim at. */
async function plant(said: Outside): Promise<Field> {
  const folder = await mkdtemp(join(tmpdir(), "holdfast-proof-"));
  await chmod(folder, 0o755);
  const [secret, outside, given, socket] = ["secret", "outside", "given", "socket"].map((name) => join(folder, name)) as [string, string, string, string];
  await writeFile(secret, "secret", { mode: 0o600 });
  for (const open of [outside, given]) {
    await mkdir(open);
    await chmod(open, 0o777);
  }
  if (process.getuid?.() === 0) await chown(given, 65534, 65534);
  const abstract = `holdfast-${randomBytes(8).toString("hex")}`;
  const servers: Server[] = [];
  const listen = (where: object | string): Promise<Server> =>
    new Promise((resolve, reject) => {
      const server = createServer((connection) => connection.on("error", () => {}).destroy()).once("error", reject);
      servers.push(server);
      server.listen(where as never, () => resolve(server));
    });
  const loopback = async (): Promise<string> => String(((await listen({ host: "127.0.0.1", port: 0 })).address() as AddressInfo).port);
  await listen(socket);
  await chmod(socket, 0o777);
  await listen(`\0${abstract}`);
  const sizes = { MEMORY: String(LIMITS.memory), DISK: String(LIMITS.disk), PIDS: String(LIMITS.pids), CPUS: String(FEW_CPUS) };
  const numbers = { ...sizes, ROUNDS: await rounds(said), KERNEL: (await said(["cat", "/proc/version"], { PATH })).trim() };
  return {
    aims: {
      SECRET: secret,
      OUTSIDE: outside,
      PORT: await loopback(),
      OPEN: await loopback(),
      OWN: await loopback(),
      SOCKET: socket,
      ABSTRACT: abstract,
      PID: String(process.pid),
      GIVEN: given,
      FILL: outside,
      ...numbers,
    },
    given,
    folder,
    async clear() {
      for (const server of servers) server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Measured in time of the processor, so that a busy machine gives the same. */
async function rounds(outside: Outside): Promise<string> {
  const script = "my $n = 0; while ($n < 2000000) { $n++ } print int($n / ((times)[0] || 0.001))";
  return outside(["perl", "-e", script], { PATH });
}

/** Whether any process of this machine has this in its command. */
async function isAlive(text: string): Promise<boolean> {
  for (const name of await readdir("/proc").catch(() => [])) {
    if (!/^\d+$/.test(name)) continue;
    const command = await readFile(`/proc/${name}/cmdline`, "utf8").catch(() => "");
    if (command.includes(text)) return true;
  }
  return false;
}
