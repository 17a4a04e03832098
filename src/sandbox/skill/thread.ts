/** The thread that one skill runs in, once. It loads the interpreter before it is told what to run, so that one can wait ready. */
import { parentPort, workerData } from "node:worker_threads";
import { ends, type Task } from "./channel.ts";
import { runModule } from "./raw.ts";
import { loadInterpreter, runScript, warmUp } from "./script.ts";

const { memory, waits } = workerData as { readonly memory: number; readonly waits: boolean };
const interpreter = await loadInterpreter(memory);
if (waits) warmUp(interpreter);

parentPort?.once("message", (task: Task) => {
  const mine = ends(task);
  try {
    if (task.kind === "wasm") runModule(task, mine);
    else runScript(interpreter, task, mine);
  } catch (error) {
    // A trap, an address outside of its memory, or what the engine refuses to compile.
    mine.write(2, new TextEncoder().encode(`${error instanceof Error ? error.message : "it failed"}\n`));
    mine.over(1, false);
  }
  task.port.close();
});
