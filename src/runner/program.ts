import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { HoldfastError } from "../core/errors.ts";
import { killGroup } from "./group.ts";
import { lines } from "./lines.ts";

/** A program to start: its path and arguments as they are, never a line for a shell. */
export interface Program {
  readonly command: readonly string[];
  readonly env: { readonly [name: string]: string };
  readonly cwd?: string;
}

export interface Taker {
  /** One line of its standard output, without its end. */
  line(text: string): void;
  /** A line of its standard error, cut where it is long. For whoever looks after it. */
  said(text: string): void;
  /** Why it is over. Called once, last. */
  ended(why: string): void;
}

export interface Pipe {
  /** The process, which is also the name of its group. */
  readonly pid: number;
  /** Writes one line. Rejects `unavailable` when the program is over. */
  send(line: string): Promise<void>;
  /** Closes its input; what is still there after two seconds is asked to go, after three more made to, with everything it started. */
  end(): Promise<void>;
}

/** Starts programs. One that cannot be started is a rejection that names it. */
export interface Runner {
  start(program: Program, take: Taker): Promise<Pipe>;
  /** Ends everything it started. */
  shut(): Promise<void>;
}

/** UTF-16 code units of one line, and bytes that may wait for a program that does not read. */
const LONGEST_LINE = 16 << 20;
const MOST_UNREAD = 64 << 20;
const LONGEST_SAID = 4_096;
const PATIENCE = { ask: 2_000, make: 5_000 };

/** What a program gets of our own environment. INVARIANT: nothing else, so no secret of ours, and no switch of Node that would change it. */
const SHARED = ["PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "SystemRoot", "USERPROFILE", "APPDATA", "LOCALAPPDATA"];

export function startProgram({ command, env, cwd }: Program, take: Taker): Promise<Pipe> {
  const [file, ...args] = command;
  if (file === undefined) return Promise.reject(new HoldfastError("configuration", "a command needs its program"));
  const shared = Object.fromEntries(SHARED.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
  return new Promise((resolve, reject) => {
    let child: ChildProcessWithoutNullStreams;
    try {
      child = spawn(file, args, {
        env: { ...shared, ...env },
        ...(cwd === undefined ? {} : { cwd }),
        stdio: "pipe",
        shell: false,
        detached: true,
        windowsHide: true,
      });
    } catch (cause) {
      return reject(unstartable(file, cause));
    }
    let over: string | undefined;
    let started = false;
    const stop = (why: string): void => {
      over ??= why;
      if (child.pid !== undefined) killGroup(child.pid);
    };
    const gone = new Promise<void>((done) => {
      child.once("exit", (code, signal) => {
        over ??= signal === null ? `it ended with ${code}` : `it was ended by ${signal}`;
        // What it started and left behind goes with it; it would hold the pipes open.
        stop(over);
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
      // A write to a program that is gone is told by `close`, not by a crash of ours.
      child.stdin.on("error", () => {});
      child.stdout.on(
        "data",
        lines(LONGEST_LINE, take.line, () => stop("it wrote a line that is too long")),
      );
      child.stderr.on(
        "data",
        lines(LONGEST_SAID, take.said, () => {}),
      );
      resolve({
        pid: child.pid as number,
        async send(line) {
          if (over !== undefined || child.stdin.destroyed) throw new HoldfastError("unavailable", `the program is over: ${over ?? "it closed its input"}`);
          if (child.stdin.writableLength > MOST_UNREAD) stop("it does not read");
          else child.stdin.write(`${line}\n`);
        },
        async end() {
          over ??= "it was ended";
          child.stdin.end();
          const ask = setTimeout(() => child.pid !== undefined && killGroup(child.pid, "SIGTERM"), PATIENCE.ask);
          const make = setTimeout(() => child.pid !== undefined && killGroup(child.pid), PATIENCE.make);
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
  return {
    async start(program, take) {
      const pipe = await startProgram(program, {
        ...take,
        ended(why) {
          pipes.delete(pipe);
          take.ended(why);
        },
      });
      pipes.add(pipe);
      return pipe;
    },
    shut: async () => void (await Promise.all([...pipes].map((pipe) => pipe.end()))),
  };
}
