/**
 * The runner: the only process of `holdfast serve` that starts others. It holds no key and opens no network; all it knows comes over the
 * socket that it was born with, which has no name that anybody else could connect to. When that closes, everything it started ends.
 */
import { Socket } from "node:net";
import { frame, frames, type News, type Order } from "./frames.ts";
import { killGroup } from "./group.ts";
import { closeInherited } from "./inherited.ts";
import { MARK } from "./marks.ts";
import { type Pipe, runProgram, startProgram } from "./program.ts";

/** Programs at once. */
const MOST = 256;
const SOCKET_FD = 3;

closeInherited();
const socket = new Socket({ fd: SOCKET_FD, readable: true, writable: true });
const pipes = new Map<number, Pipe | "starting">();
const runs = new Map<number, AbortController>();
/** While the gateway does not keep up, no program is read: it waits, and our memory does not grow. */
const tell = (news: News): void => {
  if (socket.write(frame(news)) || waiting) return;
  waiting = true;
  each((pipe) => pipe.pause());
  socket.once("drain", () => {
    waiting = false;
    each((pipe) => pipe.resume());
  });
};
let waiting = false;
const each = (act: (pipe: Pipe) => void): void => {
  for (const pipe of pipes.values()) if (pipe !== "starting") act(pipe);
};

const full = (id: number): boolean => {
  const isFull = pipes.size + runs.size >= MOST;
  if (isFull) tell({ is: "unstartable", id, text: `${MOST} programs run already` });
  return isFull;
};
const why = (error: unknown): string => (error instanceof Error ? error.message : "unknown");

async function run({ do: _, id, given, tells, ...program }: Order & { do: "run" }): Promise<void> {
  if (full(id)) return;
  const ending = new AbortController();
  runs.set(id, ending);
  try {
    const wrote = tells ? (text: string) => tell({ is: "wrote", id, text }) : undefined;
    tell({ is: "ran", id, ran: await runProgram(program, given, ending.signal, process.env[MARK] ?? "", wrote) });
  } catch (error) {
    tell({ is: "unstartable", id, text: why(error) });
  } finally {
    runs.delete(id);
  }
}

async function start({ do: _, id, ...program }: Order & { do: "start" }): Promise<void> {
  if (full(id)) return;
  pipes.set(id, "starting");
  try {
    const pipe = await startProgram(
      program,
      {
        line: (text) => tell({ is: "line", id, text }),
        said: (text) => tell({ is: "said", id, text }),
        ended(text) {
          pipes.delete(id);
          tell({ is: "ended", id, text });
        },
      },
      process.env[MARK] ?? "",
    );
    pipes.set(id, pipe);
    if (waiting) pipe.pause();
    tell({ is: "started", id, pid: pipe.pid });
  } catch (error) {
    pipes.delete(id);
    tell({ is: "unstartable", id, text: why(error) });
  }
}

function stop(): void {
  for (const ending of runs.values()) ending.abort();
  each(({ pid }) => killGroup(pid));
  process.exit(0);
}

socket.on(
  "data",
  frames((order: Order) => {
    if (order.do === "answer") return tell({ is: "here", id: 0 });
    const pipe = pipes.get(order.id);
    if (order.do === "start") void start(order);
    else if (order.do === "run") void run(order);
    else if (runs.has(order.id)) runs.get(order.id)?.abort();
    else if (pipe === undefined || pipe === "starting") return;
    else if (order.do === "line") pipe.send(order.text).catch(() => {});
    else void pipe.end(order.now);
  }, stop),
);
socket.on("error", stop);
socket.on("close", stop);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {}); // the gateway says when it is over, by closing the socket
