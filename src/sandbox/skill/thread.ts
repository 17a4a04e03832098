/** The thread that one skill runs in, once. All that can be made before it is told what to run is made, so that one can wait ready. */
import { workerData } from "node:worker_threads";
import { type Birth, type Channel, ends, newChannel, send } from "./channel.ts";
import { runModule } from "./raw.ts";
import { loadInterpreter, type RunScript, readyFor } from "./script.ts";

const { memory, waits, ...channel } = workerData as Birth;
const interpreter = await loadInterpreter(memory);
if (waits) rehearse();
serve(channel, readyFor(interpreter));
// Whoever reads its last word also ends it: an end of its own takes as long as a short skill, and would be in their way.
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);

/** Runs the first thing that comes through the channel, and nothing after it. */
function serve(from: Channel, runScript: RunScript): void {
  const mine = ends(from);
  const task = mine.task();
  try {
    if (task.kind === "wasm") runModule(task, mine);
    else runScript(task, mine);
  } catch (error) {
    // A trap, an address outside of its memory, or what the engine refuses to compile.
    mine.write(2, new TextEncoder().encode(`${error instanceof Error ? error.message : "it failed"}\n`));
    mine.over(1, false);
  }
}

/** The engine compiles what is called when it is called, which takes longer than a short skill. Done with a channel and a context of its own, of which nothing is used again. */
function rehearse(): void {
  const { ours, theirs } = newChannel();
  const code = new TextEncoder().encode('print(6 * 7); console.log("a".repeat(2)); [1, 2].map((n) => ({ n })); JSON.stringify(args)');
  send({ ...theirs, port: ours }, { kind: "script", code, name: "", args: ["a"], env: { A: "a" } });
  serve(theirs, readyFor(interpreter));
  ours.close();
}
