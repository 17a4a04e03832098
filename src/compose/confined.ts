import type { ToolServerConfig } from "../config/index.ts";
import { withoutAbsent } from "../core/without-absent.ts";
import type { Program } from "../runner/program.ts";
import { type DriverSettings, LIMITS } from "../sandbox/index.ts";
import type { Pipe, PipeTaker, StartProgram } from "../surfaces/mcp-gateway/stdio-upstream.ts";
import { collectedBy, type Start, talkToCell } from "./cells.ts";
import { prepareWith } from "./sandboxes.ts";
import type { WayOut } from "./way-out.ts";

type Sandbox = NonNullable<ToolServerConfig["sandbox"]>;

/** Starts a server in the sandbox that its configuration names, with a way out of its own where it may reach hosts. INVARIANT: where there is one, the program is never started beside it. `before`: what stands before its command, inside. */
export function confined(
  { command, env, cwd }: Program,
  { driver, image, read, write, memory, pids, cpus, disk, allow_hosts }: Sandbox,
  start: Start,
  wayOut: () => Promise<WayOut>,
  settings: DriverSettings,
  before: readonly string[] = [],
): StartProgram {
  return async (take: PipeTaker): Promise<Pipe> => {
    const prepared = await prepareWith(
      driver,
      allow_hosts.length === 0 ? undefined : wayOut,
      {
        command: [...before, ...command],
        env,
        ...(cwd === undefined ? {} : { cwd }),
        read: [...read, ...(cwd === undefined || write.includes(cwd) ? [] : [cwd])],
        write,
        limits: { ...LIMITS, ...withoutAbsent({ memory, pids, cpus, disk }) },
        ...(image === undefined ? {} : { image }),
      },
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
    const told: PipeTaker = {
      ...take,
      ended(why) {
        void close().then(({ outOfMemory }) => take.ended(outOfMemory ? "it was out of memory" : why));
      },
    };
    try {
      const pipe = await talkToCell(prepared, told, start);
      return {
        send: (line) => pipe.send(line),
        async end() {
          await pipe.end();
          await close();
        },
      };
    } catch (error) {
      await close();
      throw error;
    }
  };
}
