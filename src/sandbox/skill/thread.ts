/** The thread that one skill runs in, once. All that can be made before it is told what to run is made, so that one can wait ready. */
import { workerData } from "node:worker_threads";
import { type Birth, type Channel, ends, newChannel, type Said, type Task } from "./channel.ts";
import { runModule } from "./raw.ts";
import { loadInterpreter, type RunScript, readyFor } from "./script.ts";

const { memory, waits, port, counters } = workerData as Birth;
const interpreter = await loadInterpreter(memory);
if (waits) await rehearse();
serve({ port, counters }, readyFor(interpreter));

/** Runs the first thing that comes through the channel, and nothing after it. */
function serve(channel: Channel, runScript: RunScript): void {
  const mine = ends(channel);
  channel.port.once("message", (task: Task) => {
    try {
      if (task.kind === "wasm") runModule(task, mine);
      else runScript(task, mine);
    } catch (error) {
      // A trap, an address outside of its memory, or what the engine refuses to compile.
      mine.write(2, new TextEncoder().encode(`${error instanceof Error ? error.message : "it failed"}\n`));
      mine.over(1, false);
    }
    channel.port.close();
  });
}

/** The engine compiles what is called when it is called, which takes longer than a short skill. Done with a channel and a context of its own, of which nothing is used again. */
async function rehearse(): Promise<void> {
  const { ours, theirs } = newChannel();
  const over = new Promise<void>((done) => ours.on("message", ({ is }: Said) => is === "over" && done()));
  serve(theirs, readyFor(interpreter));
  const code = new TextEncoder().encode('print(6 * 7); console.log("a".repeat(2)); [1, 2].map((n) => ({ n })); JSON.stringify(args)');
  ours.postMessage({ kind: "script", code, name: "", args: [], env: {} } satisfies Task);
  await over;
}
