import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { dirname } from "node:path";
import { HoldfastError } from "../core/errors.ts";
import type { Attached, AttachedOptions } from "./attached.ts";
import { frame, frames, type News, type Order } from "./frames.ts";
import { endMarked } from "./marks.ts";
import type { Pipe, Runner, Taker } from "./program.ts";
import { startsRunners } from "./starts.ts";

export interface KeepOptions {
  /** Where the mark of what is started is written down, so that the next start finds what a crash left behind. */
  readonly file: string;
  readonly now: () => number;
  /** What starts runners is there from the beginning: this process is about to give up starting programs. */
  readonly early?: boolean;
  /** How often a runner has to answer; after three times without a word, also about being there at all, it is ended. Milliseconds. */
  readonly beat?: number;
}

/** Starts of the runner within a minute; one that keeps dying is not helped by another. */
const MOST_STARTS = 5;
const MINUTE = 60_000;
const BEAT = 5_000;
const MOST_MISSED = 3;

/** A runner; until it is ready, what it is to be told waits. */
interface Link {
  socket?: Socket;
  readonly waiting: string[];
  readonly end: () => void;
  readonly gone: Promise<void>;
  missed: number;
}

interface Running {
  readonly take: Taker;
  readonly started: (pid: number) => void;
  readonly failed: (error: HoldfastError) => void;
  pid?: number;
}

/** Keeps the runner process: started when first needed, started again when it died, with everything it had begun ended first. */
export function keepRunner({ file, now, early = false, beat = BEAT }: KeepOptions): Runner {
  const programs = new Map<number, Running>();
  const runs = new Map<number, PromiseWithResolvers<Attached> & Pick<AttachedOptions, "wrote">>();
  let link: Link | undefined;
  let starts: number[] = [];
  let next = 1;
  let shut = false;
  const mark = randomUUID();
  const starter = startsRunners(starterMark(mark));
  reap(file);
  if (early) {
    note(file, mark);
    starter.begin();
  }

  const tell = (order: Order): void => {
    if (link?.socket === undefined) link?.waiting.push(frame(order));
    else link.socket.write(frame(order));
  };
  /** One that says nothing at all, stopped or in a loop of its own, would keep everybody waiting, and so would one that never comes. */
  const pulse = setInterval(() => {
    if (link === undefined) return;
    if (++link.missed > MOST_MISSED) lost();
    else if (link.socket !== undefined) tell({ do: "answer", id: 0 });
  }, beat);
  pulse.unref();

  const lost = (): void => {
    const before = link;
    link = undefined;
    before?.end();
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
    if (one === undefined || news.is === "ran" || news.is === "here") return;
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
    const { promise: gone, resolve } = Promise.withResolvers<void>();
    const over = (): void => {
      if (link === mine) lost();
    };
    const { end } = starter.runner(mark, {
      ready(socket) {
        mine.socket = socket;
        mine.missed = 0;
        const heard = frames(hear as never, over);
        socket.on("data", (chunk: Buffer) => {
          mine.missed = 0;
          heard(chunk);
        });
        socket.on("error", over);
        socket.once("close", over);
        for (const one of mine.waiting.splice(0)) socket.write(one);
      },
      gone() {
        resolve();
        over();
      },
    });
    const mine: Link = { waiting: [], end, gone, missed: 0 };
    link = mine;
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
        const { promise: over, resolve: gone } = Promise.withResolvers<void>();
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
              async end(now = false) {
                if (programs.has(id)) tell({ do: "end", id, now });
                await over;
              },
            }),
        });
        tell({ do: "start", id, ...program });
      }),
    async shut() {
      shut = true;
      clearInterval(pulse);
      const current = link;
      if (current !== undefined) {
        current.socket?.end();
        const timer = setTimeout(current.end, current.socket === undefined ? 0 : 5_000);
        await current.gone;
        clearTimeout(timer);
      }
      starter.shut();
    },
  };
}

/** Of what starts runners: it outlives a runner, so it is not ended with one. */
const starterMark = (mark: string): string => `${mark}-starter`;

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
    if (typeof left === "object" && left !== null && "mark" in left && typeof left.mark === "string" && /^[0-9a-f-]{36}$/.test(left.mark))
      for (const one of [left.mark, starterMark(left.mark)]) endMarked(one);
  } catch {
    // Nothing was started before, or the file says nothing.
  }
}
