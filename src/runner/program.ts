import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { randomUUID } from "node:crypto";
import { HoldfastError } from "../core/errors.ts";
import { type Attached, type AttachedOptions, runAttached } from "./attached.ts";
import { type Alone, begin } from "./begin.ts";
import { killGroup } from "./group.ts";
import { endMarked, MARK } from "./marks.ts";
import { type Taker, talk } from "./talk.ts";

export type { Taker } from "./talk.ts";

/** A program to start: its path and arguments as they are, never a line for a shell. */
export interface Program {
  readonly command: readonly string[];
  readonly env: { readonly [name: string]: string };
  readonly cwd?: string;
  /** It begins a sandbox: nothing of ours goes with it, the mark neither. */
  readonly alone?: Alone;
}

export interface Pipe {
  /** The process, which is also the name of its group. */
  readonly pid: number;
  /** Reads no more of what it writes, until told to go on. */
  pause(): void;
  resume(): void;
  /** Writes one line. Rejects `unavailable` when the program is over, and `bad-request` what is more than a line. */
  send(line: string): Promise<void>;
  /** Closes its input; what is still there after two seconds is asked to go, after three more made to, with everything it started; with `now` at once. */
  end(now?: boolean): Promise<void>;
}

/** What a program that is run to its end gets. */
export interface Given {
  /** All of its standard input; without it there is none. */
  readonly input?: string;
  /** Milliseconds, after which it is ended. */
  readonly timeout: number;
}

/** Starts programs. One that cannot be started is a rejection that names it. */
export interface Runner {
  start(program: Program, take: Taker): Promise<Pipe>;
  /** Runs one to its end; it ends at once when `signal` aborts. `wrote` is told of its output as in AttachedOptions. */
  run(program: Omit<Program, "cwd">, given: Given, signal: AbortSignal, wrote?: AttachedOptions["wrote"]): Promise<Attached>;
  /** Ends everything it started. */
  shut(): Promise<void>;
}

/** How long what a program left behind may hold its pipes open. */
const LINGER = 1_000;
const PATIENCE = { ask: 2_000, make: 5_000 };

/** What a program gets of our own environment. INVARIANT: nothing else, so no secret of ours, and no switch of Node that would change it. */
const SHARED: readonly string[] = ["PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "SystemRoot", "USERPROFILE", "APPDATA", "LOCALAPPDATA"];

/** The variables of our own environment that a child gets, and those that are named besides. */
export function shared(...besides: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries([...SHARED, ...besides].flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
}

/** As `startProgram`, and waits for its end; that comes at once where it writes more than is kept. */
export const runProgram = (
  program: Omit<Program, "cwd">,
  given: Given,
  signal: AbortSignal,
  mark: string,
  wrote?: AttachedOptions["wrote"],
): Promise<Attached> =>
  runAttached(program, { ...given, stdio: "collect", whole: true, wrote, signal }, { ...(shared() as Record<string, string>), [MARK]: mark });

/** `mark` goes into its environment: by it everything is found that it starts. */
export function startProgram({ command, env, cwd, alone }: Program, take: Taker, mark: string): Promise<Pipe> {
  const [file, ...args] = command;
  if (file === undefined) return Promise.reject(new HoldfastError("configuration", "a command needs its program"));
  return new Promise((resolve, reject) => {
    let child: ChildProcessWithoutNullStreams;
    try {
      child = begin(file, args, {
        ...{ env, alone, shared: { ...shared(), ...env, [MARK]: mark } },
        options: { ...(cwd === undefined ? {} : { cwd }), detached: true, windowsHide: true },
        stdio: ["pipe", "pipe", "pipe"],
      }) as ChildProcessWithoutNullStreams;
    } catch (cause) {
      return reject(unstartable(file, cause));
    }
    let over: string | undefined;
    let started = false;
    const isThere = (): boolean => child.pid !== undefined && child.exitCode === null && child.signalCode === null;
    const stop = (why: string): void => {
      over ??= why;
      if (child.pid !== undefined) killGroup(child.pid);
    };
    const gone = new Promise<void>((done) => {
      child.once("exit", (code, signal) => {
        over ??= signal === null ? `it ended with ${code}` : `it was ended by ${signal}`;
        // What it started and left behind goes with it; it would hold the pipes open. What hides from that does not keep us waiting.
        stop(over);
        setTimeout(() => {
          child.stdout.destroy();
          child.stderr.destroy();
        }, LINGER).unref();
      });
      child.once("close", () => {
        if (started) take.ended(over ?? "it ended");
        done();
      });
    });
    child.once("error", (cause) => {
      over ??= "it could not be started";
      reject(unstartable(file, cause));
    });
    child.once("spawn", () => {
      started = true;
      resolve({
        pid: child.pid as number,
        ...talk(child, take, { over: () => over, stop }),
        async end(now = false) {
          over ??= "it was ended";
          child.stdin.end();
          if (now) stop(over);
          const ask = setTimeout(() => isThere() && killGroup(child.pid as number, "SIGTERM"), PATIENCE.ask);
          const make = setTimeout(() => isThere() && killGroup(child.pid as number), PATIENCE.make);
          await gone;
          clearTimeout(ask);
          clearTimeout(make);
        },
      });
    });
  });
}

function unstartable(file: string, cause: unknown): HoldfastError {
  const code = (cause as NodeJS.ErrnoException).code;
  const why = code === "ENOENT" ? "there is no such program, or its folder is not there" : code === "EACCES" ? "it may not be run" : String(code);
  return new HoldfastError("configuration", `\`${file}\` cannot be started: ${why}`, { cause });
}

/** Programs as children of this process: for `holdfast run`, which is itself the child of whoever asked for the program. */
export function directRunner(): Runner {
  const pipes = new Set<Pipe>();
  const mark = randomUUID();
  const ending = new AbortController();
  let shut = false;
  return {
    async run(program, given, signal, wrote) {
      if (shut) throw new HoldfastError("unavailable", "nothing is started any more");
      return runProgram(program, given, AbortSignal.any([signal, ending.signal]), mark, wrote);
    },
    async start(program, take) {
      if (shut) throw new HoldfastError("unavailable", "nothing is started any more");
      const ended = (why: string): void => {
        pipes.delete(pipe);
        take.ended(why);
      };
      const pipe = await startProgram(program, { ...take, ended }, mark);
      pipes.add(pipe);
      return pipe;
    },
    async shut() {
      shut = true;
      ending.abort();
      await Promise.all([...pipes].map((pipe) => pipe.end()));
      endMarked(mark);
    },
  };
}
