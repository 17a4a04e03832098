/** The least that can be stopped from outside and cannot take more memory than it was given: QuickJS in a thread, told one script. */
import { parentPort, workerData } from "node:worker_threads";
import { loadInterpreter } from "../src/sandbox/skill/script.ts";

const { memory, waits } = workerData as { readonly memory: number; readonly waits: boolean };
const interpreter = await loadInterpreter(memory);
// Run once before, as ours is: else most of what is measured is that the engine compiles it.
if (waits) ready()("print(6 * 7)");
const evaluate = ready();
parentPort?.once("message", (code: string) => parentPort?.postMessage(evaluate(code)));
parentPort?.postMessage("ready");

function ready(): (code: string) => string {
  const context = interpreter.newContext();
  let said = "";
  const print = context.newFunction("print", (value) => {
    said += `${context.getString(value)}\n`;
  });
  print.consume((made) => context.setProp(context.global, "print", made));
  return (code) => {
    context.unwrapResult(context.evalCode(code)).dispose();
    return said;
  };
}
