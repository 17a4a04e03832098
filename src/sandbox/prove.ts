import { randomBytes } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Controls, controls, type Kit } from "./controls.ts";
import type { Cell, Driver, KeptApart, Limits, Prepared } from "./driver.ts";
import { ESCAPES, type Escape, REACHES } from "./escapes.ts";
import { POD_ESCAPES } from "./escapes-of-pods.ts";
import { SKILL_ESCAPES } from "./escapes-of-skills.ts";
import { FEW_CPUS, type Field, LIMITS, type Outside, PATH, type Places, plant, ROOM } from "./field.ts";
import { type Section, together } from "./together.ts";

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
  /** It was made, and did not get out. */
  readonly held: boolean;
  /** False where its cell did not begin, or ended before the attempt was over, twice: then nothing is known. */
  readonly made: boolean;
  /** Whether the same attempt succeeds where nothing is confined: else it proves nothing. */
  readonly control: "escaped" | "held" | "not run";
  /** The control was made for an earlier driver, on this machine in this run, and not again for this one. */
  readonly shared?: true;
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

const DEADLINE_MS = 8_000;
/** For many attempts in one cell. What is not over by then is made again in a cell of its own. */
const TOGETHER_MS = 40_000;
/** For what a driver makes before its first cell. */
const READY_MS = 120_000;
/** For an attempt that would run for ever. */
const SHORT_MS = 2_000;
const SECRET = "HOLDFAST_ESCAPE_SECRET";
/** Where the sandbox ends what tries, that is the answer. Of anything else that was ended before it was over, nothing is known: it may have been about to succeed. */
const ENDED: readonly KeptApart[] = ["memory", "time"];

const BASH = { inside: async (script: string) => ["bash", "-c", script], outside: (script: string) => ["bash", "-c", script] };

const KITS: { readonly [runs in Driver["runs"]]: Kit } = {
  programs: { escapes: ESCAPES, ...BASH, shell: true, folders: true },
  pods: { escapes: POD_ESCAPES, ...BASH, shell: true, folders: false },
  skills: {
    escapes: SKILL_ESCAPES,
    async inside(script, folder) {
      const file = join(folder, `skill-${randomBytes(6).toString("hex")}.js`);
      await writeFile(file, script);
      return [file];
    },
    // What got out has nothing more to do, and what it opened would keep it there.
    outside: (script) => [
      process.execPath,
      "-e",
      `const print = (...said) => { console.log(...said); if (said[0] === "ESCAPED") process.exit() }; const env = process.env; ${script}; setTimeout(() => process.exit(), 500)`,
    ],
    shell: false,
    folders: false,
  },
};

/** Proves one driver after the other on what is laid out once. */
export interface Prover {
  /**
   * Tries to get out of a driver's sandbox in every way of the kit, on this machine as it is. Nothing is claimed that was not tried here, and
   * nothing whose control did not succeed.
   */
  prove(driver: Driver, told?: (attempt: Attempt) => void): Promise<Proof>;
  close(): Promise<void>;
}

interface Ground {
  readonly field: Field;
  readonly controls: Controls;
}

export function prover(run: Run, openWay: OpenWay): Prover {
  const grounds = new Map<string, Promise<Ground>>();
  /** Drivers whose cells are on this machine are compared with the same. */
  const groundOf = (driver: Driver): Promise<Ground> => {
    const name = driver.beside === undefined ? driver.runs : driver.id;
    const known = grounds.get(name) ?? laidOut(KITS[driver.runs], outsideOf(driver, run));
    grounds.set(name, known);
    return known;
  };
  return {
    prove: async (driver, told = () => {}) => proved(driver, await groundOf(driver), run, openWay, told),
    async close() {
      for (const ground of grounds.values()) await ground.then(({ field }) => field.clear()).catch(() => {});
      grounds.clear();
    },
  };
}

/** The same for one alone. */
export async function prove(driver: Driver, run: Run, openWay: OpenWay, told?: (attempt: Attempt) => void): Promise<Proof> {
  const one = prover(run, openWay);
  try {
    return await one.prove(driver, told);
  } finally {
    await one.close();
  }
}

async function laidOut(kit: Kit, outside: Outside): Promise<Ground> {
  const field = await plant(outside);
  return { field, controls: controls(kit, outside, { ...field.aims, PATH, [SECRET]: "1" }, field.places) };
}

async function proved(driver: Driver, { field, controls }: Ground, run: Run, openWay: OpenWay, told: (attempt: Attempt) => void): Promise<Proof> {
  const kit = KITS[driver.runs];
  const attempts: Attempt[] = [];
  const wanted = kit.escapes.filter(({ id, wayOut }) => (wayOut !== true || driver.wayOut) && driver.finds?.includes(id) !== true);
  const tries: Tries = { driver, kit, run, field, places: await field.places(), openWay };
  const judge = async (one: Escape, came: Came): Promise<void> => {
    const because = came === "not tried" ? NO_WAY : one.control === true ? undefined : one.control;
    const control = because === undefined ? await controls.of(one, driver.id) : undefined;
    const attempt: Attempt = {
      id: one.id,
      from: one.from,
      held: came === "held" || came === "not tried",
      made: came !== "not made",
      control: control === undefined ? "not run" : control.escaped ? "escaped" : "held",
      ...(control !== undefined && control.for !== driver.id && { shared: true }),
      ...(because === undefined ? {} : { because }),
    };
    attempts.push(attempt);
    told(attempt);
  };
  const inTurn = async (which: readonly Escape[]): Promise<void> => {
    for (const one of which) await judge(one, await cameOf(tries, one));
  };
  const [many, alone] = [wanted.filter((one) => kit.shell && one.alone !== true), wanted.filter((one) => !kit.shell || one.alone === true)];
  for (const way of [false, true]) {
    for (let rest = many.filter(({ wayOut }) => (wayOut === true) === way); rest.length > 0; ) {
      const came = await cameOfMany(tries, rest);
      const over = came.indexOf(undefined);
      const count = over < 0 ? rest.length : over;
      for (const [index, one] of rest.slice(0, count).entries()) await judge(one, came[index] as Came);
      // The one that was not over has a cell of its own; if it was the first, so have all.
      await inTurn(rest.slice(count, count === 0 ? undefined : count + 1));
      rest = count === 0 ? [] : rest.slice(count + 1);
    }
  }
  // What only waits for its end is in nobody's way.
  await Promise.all([inTurn(alone.filter(({ from }) => from === "time")), inTurn(alone.filter(({ from }) => from !== "time"))]);
  const promised = await driver.keeps();
  const isKept = (what: KeptApart): boolean => {
    const on = attempts.filter(({ from }) => from === what);
    // Where each attempt fails outside as well, there is nothing to get to, and nothing is shown.
    const shows = on.some(({ control }) => control === "escaped") || on.every(({ control }) => control === "not run");
    return on.length > 0 && shows && on.every(({ held }) => held);
  };
  return { driver: driver.id, attempts, keeps: promised.filter(isKept), broken: promised.filter((what) => !isKept(what)) };
}

/** Said of an attempt that was not made, so that nobody takes it for one that failed. */
export const NO_WAY = "it was not tried inside either: the way out does not work here";

type Came = "held" | "escaped" | "not tried" | "not made";

interface Tries {
  readonly driver: Driver;
  readonly kit: Kit;
  readonly run: Run;
  readonly field: Field;
  readonly places: Places;
  readonly openWay: OpenWay;
}

/** Many in one cell. Undefined for one that was not over, which is to be made in a cell of its own. */
async function cameOfMany(tries: Tries, those: readonly Escape[]): Promise<readonly (Came | undefined)[]> {
  const way = those[0]?.wayOut === true;
  // What the way out leads to is reached before the first and after the last, so it was there all the time.
  const scripts = way ? [REACHES, ...those.map(({ script }) => script), REACHES] : those.map(({ script }) => script);
  const sections = await sectionsOf(tries, scripts, { way, limits: { ...LIMITS, pids: ROOM.pids }, timeout: TOGETHER_MS });
  const isOpen = !way || [sections[0], sections.at(-1)].every((section) => section?.said.includes("REACHED") === true);
  return those.map((_, index) => {
    const section = sections[way ? index + 1 : index];
    return section?.said.includes("ESCAPED") === true ? "escaped" : section?.over === true && isOpen ? "held" : undefined;
  });
}

async function cameOf(tries: Tries, { from, script, endless, wayOut, lives }: Escape): Promise<Came> {
  const { driver, field } = tries;
  const way = wayOut === true;
  const limits = from === "cpu" && driver.runs !== "skills" ? { ...LIMITS, cpus: FEW_CPUS } : LIMITS;
  // A busy machine can be late with the cell itself.
  for (const timeout of [endless === true ? SHORT_MS : DEADLINE_MS, 4 * DEADLINE_MS]) {
    const [section, reached] = await sectionsOf(tries, way ? [script, REACHES] : [script], { way, limits, timeout });
    if (section === undefined) continue;
    if (section.said.includes("ESCAPED") || (lives === true && (await isAlive(`311.${field.aims.PORT}`)))) return "escaped";
    if (!section.over && !ENDED.includes(from)) continue;
    return way && reached?.said.includes("REACHED") !== true ? "not tried" : "held";
  }
  return "not made";
}

interface Made {
  readonly way: boolean;
  readonly limits: Limits;
  readonly timeout: number;
}

async function sectionsOf(tries: Tries, scripts: readonly string[], made: Made): Promise<readonly (Section | undefined)[]> {
  if (tries.kit.shell) {
    const { script, sections } = together(scripts);
    return sections(await outputOf(tries, script, made));
  }
  const output = await outputOf(tries, `print("BEGUN"); ${scripts.join("\n")}`, made);
  return [output.includes("BEGUN") ? { said: output, over: true } : undefined];
}

async function outputOf({ driver, kit, run, field, places, openWay }: Tries, script: string, { way, limits, timeout }: Made): Promise<string> {
  const opened = way ? await openWay(Number(field.aims.OPEN), Number(field.aims.OWN)) : undefined;
  try {
    const plain: Cell = {
      command: await kit.inside(script, places.GIVEN),
      env: { ...field.aims, ...places, PATH, FILL: "/tmp" },
      read: [],
      write: kit.folders && driver.allFiles !== true ? [places.GIVEN] : [],
      limits: way ? ROOM : limits,
    };
    const cell = opened === undefined ? plain : await opened.through(plain);
    await driver.ready?.(cell, async (prepared) => (await run.cell(prepared, { env: {}, timeout: READY_MS })).output);
    const prepared = await driver.prepare(cell);
    try {
      // What lies in the environment of those who start it must not be in it.
      return (await run.cell(prepared, { env: { [SECRET]: "1" }, timeout })).output;
    } finally {
      await prepared.close();
    }
  } finally {
    await opened?.close();
  }
}

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

/** Whether any process of this machine has this in its command. */
async function isAlive(text: string): Promise<boolean> {
  for (const name of await readdir("/proc").catch(() => [])) {
    if (!/^\d+$/.test(name)) continue;
    const command = await readFile(`/proc/${name}/cmdline`, "utf8").catch(() => "");
    if (command.includes(text)) return true;
  }
  return false;
}
