import type { ToolServerConfig } from "../../config/index.ts";
import { withoutAbsent } from "../../core/without-absent.ts";
import type { Program } from "../../runner/program.ts";
import { type Cell, type DriverSettings, LIMITS, type WorkFolder } from "../../sandbox/index.ts";
import type { Pipe, PipeTaker, StartProgram } from "../../surfaces/mcp-gateway/stdio-upstream.ts";
import { collectedBy, type Start, talkToCell } from "./cells.ts";
import { prepareWith } from "./sandboxes.ts";
import type { WayOut } from "./way-out.ts";

type Sandbox = NonNullable<ToolServerConfig["sandbox"]>;

/** What a program finds in the sandbox of its server. */
export function cellOf({ image, read, write, memory, pids, cpus, disk, keeps }: Sandbox, { command, env, cwd }: Program, work: WorkFolder | undefined): Cell {
  return {
    ...{ command, env, write, keeps },
    ...(cwd === undefined ? {} : { cwd }),
    read: [...read, ...(cwd === undefined || write.includes(cwd) ? [] : [cwd])],
    limits: { ...LIMITS, ...withoutAbsent({ memory, pids, cpus, disk }) },
    ...(work === undefined ? {} : { work }),
    ...(image === undefined ? {} : { image }),
  };
}

/** Starts a server in the sandbox that its configuration names, with a way out of its own where it may reach hosts. INVARIANT: where there is one, the program is never started beside it. `before`: what stands before its command, inside. `work`: its work folder, made before it starts. */
export function confined(
  { command, env, cwd }: Program,
  sandbox: Sandbox,
  start: Start,
  wayOut: () => Promise<WayOut>,
  settings: DriverSettings,
  before: readonly string[] = [],
  work?: () => Promise<WorkFolder>,
): StartProgram {
  return async (take: PipeTaker): Promise<Pipe> => {
    const folder = await work?.();
    const prepared = await prepareWith(
      sandbox.driver,
      sandbox.allow_hosts.length === 0 ? undefined : wayOut,
      cellOf(sandbox, { command: [...before, ...command], env, ...(cwd === undefined ? {} : { cwd }) }, folder),
      collectedBy(start),
      settings,
    );
    let closed: ReturnType<typeof prepared.close> | undefined;
    // What cannot be taken away now is found at the next start; it is no reason for anything else to stop.
    const close = () =>
      (closed ??= prepared.close().catch(() => {
        take.said("its sandbox could not be taken away; the next start tries again");
        return { outOfMemory: false };
      }));
    let isFull = false;
    let unwatch = (): void => {};
    const told: PipeTaker = {
      ...take,
      ended(why) {
        unwatch();
        void close().then(({ outOfMemory }) => take.ended(outOfMemory ? "it was out of memory" : isFull ? "more was in its work folder than may be" : why));
      },
    };
    try {
      const pipe = await talkToCell(prepared, told, start);
      if (folder !== undefined)
        unwatch = folder.watch(() => {
          isFull = true;
          // What is in it ends at once; whoever spoke with it is told by the end of its streams.
          void close();
          void pipe.end().catch(() => {});
        });
      return {
        send: (line) => pipe.send(line),
        async end(now = false) {
          unwatch();
          // What is in it is over with it, whatever it listens to.
          if (now) void close();
          await pipe.end(now);
          await close();
        },
      };
    } catch (error) {
      await close();
      throw error;
    }
  };
}
