import { HoldfastError } from "../../core/errors.ts";
import { withoutAbsent } from "../../core/without-absent.ts";
import { type Attached, type AttachedOptions, attachTo, runAttached } from "../../runner/attached.ts";
import type { Program } from "../../runner/program.ts";
import { talkTo } from "../../runner/talk.ts";
import type { Prepared, Run, Start as StartCell, WorkFolder } from "../../sandbox/index.ts";
import type { Pipe, PipeTaker, StartProgram } from "../../surfaces/mcp-gateway/stdio-upstream.ts";

/** Starts a program as it is; only the runner does. */
export type Start = (program: Program) => StartProgram;

/** Runs a prepared cell to its end, whatever kind it is. `besides` is what those who start it have in their own environment. */
export async function runCell(prepared: Prepared, options: AttachedOptions, besides: { readonly [name: string]: string } = {}): Promise<Attached> {
  if ("begin" in prepared) return attachTo(await prepared.begin(), options);
  return runAttached(programOf(prepared), options, besides);
}

/** How a cell ended that was run to its end. */
export interface Ended extends Attached {
  readonly outOfMemory: boolean;
  /** More was in its work folder than may be. */
  readonly full: boolean;
}

/** Has a prepared cell run by `run`, which ends it when its signal aborts, and takes it away, whatever happens. */
export async function toItsEnd(
  prepared: Prepared,
  work: Pick<WorkFolder, "watch"> | undefined,
  signal: AbortSignal,
  run: (signal: AbortSignal) => Promise<Attached>,
): Promise<Ended> {
  const full = new AbortController();
  const unwatch = work?.watch(() => full.abort());
  let ran: Attached;
  let outOfMemory = false;
  try {
    signal.throwIfAborted();
    ran = await run(AbortSignal.any([signal, full.signal]));
  } finally {
    unwatch?.();
    ({ outOfMemory } = await prepared.close());
  }
  return { ...ran, outOfMemory, full: full.signal.aborted };
}

/** Speaks with a prepared cell in lines. */
export async function talkToCell(prepared: Prepared, take: PipeTaker, start: Start): Promise<Pipe> {
  return "begin" in prepared ? talkTo(await prepared.begin(), take) : start(programOf(prepared))(take);
}

/** INVARIANT: of the environment of whoever starts a cell, nothing is in it. */
export function programOf({ argv, env, user, opened, told }: Exclude<Prepared, { begin: unknown }>): Program {
  return { command: argv, env, alone: withoutAbsent({ user, opened, told }) };
}

/** Milliseconds for what a sandbox makes before its first cell. */
const READY_MS = 120_000;

/** Runs such a cell where this process may start programs, as that of a command line may. */
export const collected: StartCell = async (prepared) => (await runCell(prepared, { stdio: "collect", timeout: READY_MS })).output;

/** Runs it by whoever starts programs for us, to its end. */
export function collectedBy(start: Start): StartCell {
  return (prepared) =>
    new Promise((resolve, reject) => {
      let said = "";
      const late = setTimeout(() => reject(new HoldfastError("unavailable", "a sandbox does not get ready")), READY_MS);
      const ended = (): void => {
        clearTimeout(late);
        resolve(said);
      };
      const told = (text: string): void => void (said += `${text}\n`);
      talkToCell(prepared, { line: told, said: told, ended }, start).catch(reject);
    });
}

/** How attempts to get out are run. */
export const attempting: Run = {
  cell: (prepared, { env, timeout }) => runCell(prepared, { stdio: "collect", timeout }, env),
  program: (argv, { env, timeout }) => runAttached({ command: argv, env }, { stdio: "collect", timeout }),
};
