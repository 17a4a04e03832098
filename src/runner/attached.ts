import { spawn } from "node:child_process";
import { HoldfastError } from "../core/errors.ts";
import { killGroup } from "./group.ts";

export interface AttachedOptions {
  /** `inherit`: our own input and output; `collect`: no input, and what it writes is handed back. */
  readonly stdio: "inherit" | "collect";
  /** Milliseconds. INVARIANT: the deadline is ours; nobody inside is asked. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
}

export interface Attached {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly late: boolean;
  /** Both streams, as far as they are kept. */
  readonly output: string;
}

/** UTF-16 code units. */
const MOST_OUTPUT = 1 << 20;

/** Runs one program and waits for it. Its whole environment is `env`. Rejects where it cannot be started. */
export function runAttached(argv: readonly string[], env: { readonly [name: string]: string }, { stdio, timeout, signal }: AttachedOptions): Promise<Attached> {
  const [file, ...args] = argv;
  if (file === undefined) return Promise.reject(new HoldfastError("configuration", "a command needs its program"));
  return new Promise((resolve, reject) => {
    // A group of its own: its end takes along what it started. Input from a terminal needs ours.
    const child = spawn(file, args, { env, stdio: stdio === "inherit" ? "inherit" : ["ignore", "pipe", "pipe"], shell: false, detached: stdio === "collect" });
    let [output, late] = ["", false];
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding("utf8").on("data", (text: string) => {
        if (output.length < MOST_OUTPUT) output += text.slice(0, MOST_OUTPUT - output.length);
      });
    const stop = (): void => {
      if (child.pid === undefined) return;
      if (stdio === "collect") killGroup(child.pid);
      else child.kill("SIGKILL");
    };
    const timer =
      timeout === undefined
        ? undefined
        : setTimeout(() => {
            late = true;
            stop();
          }, timeout);
    signal?.addEventListener("abort", stop, { once: true });
    child.once("error", (cause) => reject(new HoldfastError("configuration", `\`${file}\` cannot be started`, { cause })));
    child.once("close", (code, ended) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
      resolve({ code, signal: ended, late, output });
    });
    if (signal?.aborted === true) stop();
  });
}
