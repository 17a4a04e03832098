import type { ToolServerConfig } from "../config/index.ts";
import { withoutAbsent } from "../core/without-absent.ts";
import type { Program } from "../runner/program.ts";
import { LIMITS } from "../sandbox/index.ts";
import type { Pipe, PipeTaker, StartProgram } from "../surfaces/mcp-gateway/stdio-upstream.ts";
import { prepareWith } from "./sandboxes.ts";
import type { WayOut } from "./way-out.ts";

type Sandbox = NonNullable<ToolServerConfig["sandbox"]>;
/** Starts a program as it is; only the runner does. */
export type Start = (program: Program) => StartProgram;

/** Starts a server in the sandbox that its configuration names, with a way out of its own where it may reach hosts. INVARIANT: where there is one, the program is never started beside it. */
export function confined(
  { command, env, cwd }: Program,
  { driver, read, write, memory, pids, cpus, disk, allow_hosts }: Sandbox,
  start: Start,
  wayOut: () => Promise<WayOut>,
): StartProgram {
  return async (take: PipeTaker): Promise<Pipe> => {
    const prepared = await prepareWith(driver, allow_hosts.length === 0 ? undefined : await wayOut(), {
      command,
      env,
      ...(cwd === undefined ? {} : { cwd }),
      read: [...read, ...(cwd === undefined || write.includes(cwd) ? [] : [cwd])],
      write,
      limits: { ...LIMITS, ...withoutAbsent({ memory, pids, cpus, disk }) },
    });
    let closed: ReturnType<typeof prepared.close> | undefined;
    const close = () => (closed ??= prepared.close());
    const told: PipeTaker = {
      ...take,
      ended(why) {
        void close().then(
          ({ outOfMemory }) => take.ended(outOfMemory ? "it was out of memory" : why),
          () => take.ended(why),
        );
      },
    };
    try {
      const pipe = await start({ command: prepared.argv, env: prepared.env })(told);
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
