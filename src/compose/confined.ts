import type { ToolServerConfig } from "../config/index.ts";
import { withoutAbsent } from "../core/without-absent.ts";
import type { Program } from "../runner/program.ts";
import { LIMITS } from "../sandbox/index.ts";
import type { Pipe, PipeTaker, StartProgram } from "../surfaces/mcp-gateway/stdio-upstream.ts";
import { type Start, talkToCell } from "./cells.ts";
import { driverOf } from "./sandboxes.ts";

type Sandbox = NonNullable<ToolServerConfig["sandbox"]>;
/** Starts a server in the sandbox that its configuration names. INVARIANT: where there is one, the program is never started beside it. */
export function confined({ command, env, cwd }: Program, { driver, image, read, write, memory, pids, cpus, disk }: Sandbox, start: Start): StartProgram {
  return async (take: PipeTaker): Promise<Pipe> => {
    const prepared = await (await driverOf(driver)).prepare({
      command,
      env,
      ...(cwd === undefined ? {} : { cwd }),
      read: [...read, ...(cwd === undefined || write.includes(cwd) ? [] : [cwd])],
      write,
      limits: { ...LIMITS, ...withoutAbsent({ memory, pids, cpus, disk }) },
      ...(image === undefined ? {} : { image }),
    });
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
