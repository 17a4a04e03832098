import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { HoldfastError } from "../core/errors.ts";
import type { Attached, AttachedOptions } from "./attached.ts";
import { frame, frames, type News, type Order } from "./frames.ts";
import { endMarked, MARK } from "./marks.ts";
import { type Pipe, type Runner, shared, type Taker } from "./program.ts";

export interface KeepOptions {
  /** Where the mark of what is started is written down, so that the next start finds what a crash left behind. */
  readonly file: string;
  readonly now: () => number;
}

const ENTRY = fileURLToPath(new URL("./process.ts", import.meta.url));
/** Starts of the runner within a minute; one that keeps dying is not helped by another. */
const MOST_STARTS = 5;
const MINUTE = 60_000;

interface Running {
  readonly take: Taker;
  readonly started: (pid: number) => void;
  readonly failed: (error: HoldfastError) => void;
  pid?: number;
}

/** Keeps the runner process: started when first needed, started again when it died, with everything it had begun ended first. */
export function keepRunner({ file, now }: KeepOptions): Runner {
  const programs = new Map<number, Running>();
  const runs = new Map<number, PromiseWithResolvers<Attached> & Pick<AttachedOptions, "wrote">>();
  let link: { readonly child: ChildProcess; readonly socket: Socket } | undefined;
  let starts: number[] = [];
  let next = 1;
  let shut = false;
  const mark = randomUUID();
  reap(file);

  const tell = (order: Order): void => void link?.socket.write(frame(order));

  const lost = (): void => {
    link = undefined;
    endMarked(mark);
    for (const [id, one] of [...programs]) {
      programs.delete(id);
      if (one.pid === undefined) one.failed(new HoldfastError("unavailable", "the runner ended while it started the program"));
      else one.take.ended("the runner ended");
    }
    // What it did until then is not known here: it is an error and no result.
    for (const { reject } of runs.values()) reject(new HoldfastError("unavailable", "the runner ended while the program ran"));
    runs.clear();
  };

  const hear = (news: News): void => {
    const run = runs.get(news.id);
    if (news.is === "wrote") {
      run?.wrote?.(news.text);
      return;
    }
    if (run !== undefined) {
      runs.delete(news.id);
      if (news.is === "ran") run.resolve(news.ran);
      else run.reject(new HoldfastError("configuration", "text" in news ? news.text : "it could not be started"));
    }
    const one = programs.get(news.id);
    if (one === undefined || news.is === "ran") return;
    if (news.is === "started") {
      one.pid = news.pid;
      one.started(news.pid);
    } else if (news.is === "line") one.take.line(news.text);
    else if (news.is === "said") one.take.said(news.text);
    else {
      programs.delete(news.id);
      if (news.is === "ended") one.take.ended(news.text);
      else one.failed(new HoldfastError("configuration", news.text));
    }
  };

  const connect = (): void => {
    if (link !== undefined) return;
    starts = starts.filter((moment) => now() - moment < MINUTE);
    if (starts.length >= MOST_STARTS) throw new HoldfastError("unavailable", "the runner keeps ending; see the log");
    starts.push(now());
    // Before anything can be started: what a crash leaves behind must be findable.
    note(file, mark);
    // The fourth descriptor is one end of an unnamed pair of sockets: nobody else can reach the other.
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", ENTRY], {
      // The runner needs no secret of ours either.
      env: { ...shared("NODE_COMPILE_CACHE"), [MARK]: mark },
      stdio: ["ignore", "ignore", "inherit", "pipe"],
    });
    const socket = child.stdio[3] as Socket;
    const mine = { child, socket };
    link = mine;
    const gone = (): void => {
      if (link === mine) lost();
    };
    socket.on(
      "data",
      frames(hear as never, () => child.kill("SIGKILL")),
    );
    socket.on("error", () => child.kill("SIGKILL"));
    socket.once("close", gone);
    child.once("error", gone);
    child.once("exit", gone);
  };

  return {
    async run(program, given, signal, wrote) {
      if (shut) throw new HoldfastError("unavailable", "the server is shutting down");
      signal.throwIfAborted();
      connect();
      const id = next++;
      const ran = Promise.withResolvers<Attached>();
      runs.set(id, { ...ran, wrote });
      const end = (): void => tell({ do: "end", id });
      signal.addEventListener("abort", end, { once: true });
      tell({ do: "run", id, given, tells: wrote !== undefined, ...program });
      return ran.promise.finally(() => signal.removeEventListener("abort", end));
    },
    start: (program, take) =>
      new Promise<Pipe>((resolve, reject) => {
        if (shut) return reject(new HoldfastError("unavailable", "the server is shutting down"));
        try {
          connect();
        } catch (error) {
          return reject(error);
        }
        const id = next++;
        let gone: () => void = () => {};
        const ended = new Promise<void>((done) => (gone = done));
        programs.set(id, {
          take: {
            ...take,
            ended(why) {
              take.ended(why);
              gone();
            },
          },
          failed: reject,
          started: (pid) =>
            resolve({
              pid,
              pause: () => {},
              resume: () => {},
              async send(text) {
                if (/[\r\n]/.test(text)) throw new HoldfastError("bad-request", "a message is one line");
                if (!programs.has(id)) throw new HoldfastError("unavailable", "the program is over");
                tell({ do: "line", id, text });
              },
              async end() {
                if (programs.has(id)) tell({ do: "end", id });
                else gone();
                await ended;
              },
            }),
        });
        tell({ do: "start", id, ...program });
      }),
    async shut() {
      shut = true;
      const current = link;
      if (current === undefined) return;
      const exited = new Promise<void>((done) => current.child.once("exit", () => done()));
      current.socket.end();
      const timer = setTimeout(() => current.child.kill("SIGKILL"), 5_000);
      await exited;
      clearTimeout(timer);
      lost();
    },
  };
}

function note(file: string, mark: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, JSON.stringify({ mark }), { mode: 0o600 });
  } catch (cause) {
    throw new HoldfastError("unavailable", "what is started cannot be written down, so nothing is started", { cause });
  }
}

/** What a crash of both processes left running, the runner itself included. */
function reap(file: string): void {
  try {
    const left: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (typeof left === "object" && left !== null && "mark" in left && typeof left.mark === "string" && /^[0-9a-f-]{36}$/.test(left.mark)) endMarked(left.mark);
  } catch {
    // Nothing was started before, or the file says nothing.
  }
}
