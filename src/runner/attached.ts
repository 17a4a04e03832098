import type { ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import { HoldfastError } from "../core/errors.ts";
import { begin } from "./begin.ts";
import { killGroup } from "./group.ts";
import { inPieces } from "./pieces.ts";
import type { Program } from "./program.ts";
import type { Spoken } from "./talk.ts";

export interface AttachedOptions {
  /** `inherit`: our own input and output; `collect`: `input`, or none, and what it writes is handed back. */
  readonly stdio: "inherit" | "collect";
  readonly input?: string;
  /** Its output is wanted whole: it is ended where it writes more than is kept. */
  readonly whole?: true;
  /** Told what it writes to standard output, in pieces, while it runs and `collect` keeps it. */
  readonly wrote?: ((piece: string) => void) | undefined;
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
  /** Standard output alone. */
  readonly out: string;
  /** It wrote more than is kept. */
  readonly cut: boolean;
}

/** UTF-16 code units. */
const MOST_OUTPUT = 1 << 20;

/** Runs one program and waits for it. Nothing of our environment is in its own, but `besides` where it is not alone. Rejects where it cannot be started. */
export function runAttached(
  { command, env, alone }: Omit<Program, "cwd">,
  { stdio, input, whole, wrote, timeout, signal }: AttachedOptions,
  besides: { readonly [name: string]: string } = {},
): Promise<Attached> {
  const [file, ...args] = command;
  if (file === undefined) return Promise.reject(new HoldfastError("configuration", "a command needs its program"));
  return new Promise((resolve, reject) => {
    const unstartable = (cause: unknown): void => reject(new HoldfastError("configuration", `\`${file}\` cannot be started`, { cause }));
    // A group of its own: its end takes along what it started. Input from a terminal needs ours.
    let child: ChildProcess;
    try {
      child = begin(file, args, {
        ...{ env, alone, shared: { ...env, ...besides } },
        options: { detached: stdio === "collect" },
        stdio: stdio === "inherit" ? ["inherit", "inherit", "inherit"] : [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
      });
    } catch (cause) {
      return unstartable(cause);
    }
    // One that does not read its input, or is gone before it has, is told by how it ends.
    child.stdin?.on("error", () => {}).end(input);
    const stop = (): void => {
      if (child.pid === undefined) return;
      if (stdio === "collect") killGroup(child.pid);
      else child.kill("SIGKILL");
    };
    const said = stdio === "collect" ? collected(child.stdout as Readable, child.stderr as Readable, whole && stop, wrote) : nothing;
    const isLate = bounded(stop, { timeout, signal });
    child.once("error", unstartable);
    child.once("close", (code, ended) => {
      resolve({ code, signal: ended, late: isLate(), ...said() });
    });
  });
}

/** The same for what is not a child of ours. */
export async function attachTo(running: Spoken, { stdio, input, whole, wrote, timeout, signal }: AttachedOptions): Promise<Attached> {
  running.stdin.on("error", () => {});
  let said = nothing;
  if (stdio === "collect") {
    said = collected(running.stdout, running.stderr, whole && (() => running.kill()), wrote);
    running.stdin.end(input);
  } else {
    process.stdin.pipe(running.stdin);
    running.stdout.pipe(process.stdout, { end: false });
    running.stderr.pipe(process.stderr, { end: false });
  }
  const isLate = bounded(() => running.kill(), { timeout, signal });
  const code = await running.ended;
  if (stdio === "inherit") {
    process.stdin.unpipe(running.stdin);
    process.stdin.pause();
  }
  return { code: code ?? null, signal: code === undefined ? "SIGKILL" : null, late: isLate(), ...said() };
}

type Said = Pick<Attached, "output" | "out" | "cut">;

const nothing = (): Said => ({ output: "", out: "", cut: false });

function collected(stdout: Readable, stderr: Readable, full: (() => void) | undefined, wrote: AttachedOptions["wrote"]): () => Said {
  const pieces = wrote && inPieces(wrote);
  let [output, out, cut] = ["", "", false];
  const take = (stream: Readable, kept: (text: string) => void): unknown =>
    stream.setEncoding("utf8").on("data", (text: string) => {
      const room = MOST_OUTPUT - output.length;
      if (!cut && text.length > room) {
        cut = true;
        full?.();
      }
      const fits = text.slice(0, room);
      output += fits;
      kept(fits);
    });
  take(stdout, (text) => {
    out += text;
    pieces?.add(text);
  });
  take(stderr, () => {});
  return () => {
    pieces?.end();
    return { output, out, cut };
  };
}

/** Stops at the deadline or when told to. What it gives says, at the end, whether it was the deadline; it is then over with both. */
function bounded(stop: () => void, { timeout, signal }: { readonly timeout: number | undefined; readonly signal: AbortSignal | undefined }): () => boolean {
  let late = false;
  const expire = (): void => {
    late = true;
    stop();
  };
  const timer = timeout === undefined ? undefined : setTimeout(expire, timeout);
  signal?.addEventListener("abort", stop, { once: true });
  if (signal?.aborted === true) stop();
  return () => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
    return late;
  };
}
