import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { HoldfastError } from "../core/errors.ts";
import { MARK } from "./marks.ts";
import { shared } from "./program.ts";
import type { Told, Wanted } from "./starter.ts";

/** Where runners come from: a process that is started once, while this one may still start one. */
export interface Starter {
  /** Starts that process, where it is not there. Throws `unavailable` where it cannot be. */
  begin(): void;
  /** Starts a runner. `ready` comes at most once, `gone` once and last. */
  runner(mark: string, hear: Birth): { end(): void };
  shut(): void;
}

export interface Birth {
  readonly ready: (socket: Socket) => void;
  readonly gone: () => void;
}

const ENTRY = fileURLToPath(new URL(`./starter${extname(import.meta.url)}`, import.meta.url));

/** `mark`: what it carries itself, so that the next start finds it. */
export function startsRunners(mark: string): Starter {
  const births = new Map<number, Birth & { socket?: Socket }>();
  let child: ChildProcess | undefined;
  let next = 1;

  const begin = (): void => {
    if (child !== undefined) return;
    let mine: ChildProcess;
    try {
      mine = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", ENTRY], {
        // It needs no secret of ours, and so does no runner.
        env: { ...shared("NODE_COMPILE_CACHE"), [MARK]: mark },
        stdio: ["ignore", "ignore", "inherit", "ipc"],
      });
    } catch (cause) {
      throw new HoldfastError("unavailable", "what starts programs is gone, and this process may not start it again; restart Holdfast", { cause });
    }
    child = mine;
    mine.on("message", ({ is, id }: Told, socket) => {
      const one = births.get(id);
      if (one === undefined) return void (socket as Socket | undefined)?.destroy();
      if (is === "started" && socket !== undefined) one.socket = socket as Socket;
      else if (is === "ready" && one.socket !== undefined) one.ready(one.socket);
      else over(id);
    });
    const gone = (): void => {
      if (child === mine) child = undefined;
      // A runner that is there goes on without it, until its own sockets close.
      for (const [id, { socket }] of births) if (socket === undefined) over(id);
    };
    mine.on("error", gone);
    mine.once("disconnect", gone);
  };
  const over = (id: number): void => {
    const one = births.get(id);
    births.delete(id);
    one?.socket?.destroy();
    one?.gone();
  };
  const tell = (wanted: Wanted): void => {
    if (child?.connected === true) child.send(wanted, () => {});
  };

  return {
    begin,
    runner(runnerMark, birth) {
      begin();
      const id = next++;
      births.set(id, birth);
      tell({ do: "start", id, mark: runnerMark });
      return {
        end() {
          tell({ do: "end", id, mark: runnerMark });
          over(id);
        },
      };
    },
    shut() {
      if (child?.connected === true) child.disconnect();
      child = undefined;
    },
  };
}
