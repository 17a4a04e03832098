import variant from "@jitl/quickjs-wasmfile-release-sync";
import { newQuickJSWASMModuleFromVariant, newVariant, type QuickJSContext, type QuickJSHandle, type QuickJSSyncVariant } from "quickjs-emscripten-core";
import { type Ends, lineReader, type Task } from "./channel.ts";

const STACK = 256 << 10;
const encoder = new TextEncoder();

/** WebAssembly counts memory in pages of 64 KiB; the interpreter begins with so many. */
const PAGE = 1 << 16;
const FIRST_PAGES = 256;

/**
 * The interpreter, with memory that cannot become more than so many bytes. INVARIANT: the engine holds that limit; the interpreter's own
 * (`setMemoryLimit`) was seen not to (0.29 to 0.32).
 */
export function loadInterpreter(memory: number) {
  const wasmMemory = new WebAssembly.Memory({ initial: FIRST_PAGES, maximum: Math.max(FIRST_PAGES, Math.floor(memory / PAGE)) });
  return newQuickJSWASMModuleFromVariant(newVariant(variant as unknown as QuickJSSyncVariant, { wasmMemory }));
}
export type Interpreter = Awaited<ReturnType<typeof loadInterpreter>>;

/** Runs one skill, and is then used up. */
export type RunScript = (task: Task, ends: Ends) => void;

/**
 * What runs JavaScript in an interpreter that is itself WebAssembly (QuickJS), made before it is known what that will be. All there is besides the
 * language: `print`, `console.log` and `console.error`, `readLine`, `args`, `env`, `exit`. INVARIANT: only strings and numbers cross, never an object of ours.
 */
export function readyFor(interpreter: Interpreter): RunScript {
  const runtime = interpreter.newRuntime();
  runtime.setMaxStackSize(STACK);
  const context = runtime.newContext();
  let exited: number | undefined;
  let ends: Ends | undefined;
  // Asked every some thousand steps: what was written is seen while it goes on computing.
  runtime.setInterruptHandler(() => {
    ends?.flush();
    return exited !== undefined;
  });
  // Nothing can be imported: no loader is set.
  offer(
    context,
    () => ends as Ends,
    (status) => (exited = status),
  );
  return ({ kind, code, name, args, env }, given) => {
    ends = given;
    tell(context, { args, env });
    const source = new TextDecoder().decode(code);
    const result = context.evalCode(source, name, { type: kind === "module" ? "module" : "global", strict: kind === "module" });
    let failure = result.error;
    if (failure === undefined) {
      const jobs = runtime.executePendingJobs();
      if (jobs.error !== undefined) failure = jobs.error;
      else if (kind === "module") {
        const state = context.getPromiseState((result as { value: QuickJSHandle }).value);
        if (state.type === "rejected") failure = state.error;
      }
    }
    if (exited !== undefined || failure === undefined) {
      given.over(exited ?? 0);
      return;
    }
    const text = described(context, failure);
    given.write(2, encoder.encode(`${text}\n`));
    given.over(1, /\bout of memory\b/.test(text));
  };
}

function offer(context: QuickJSContext, ends: () => Ends, exit: (code: number) => void): void {
  const define = (name: string, call: (...args: readonly QuickJSHandle[]) => QuickJSHandle | undefined, on = context.global): void =>
    context.newFunction(name, (...args) => call(...args) as QuickJSHandle).consume((made) => context.setProp(on, name, made));
  const writer =
    (to: 1 | 2) =>
    (...values: readonly QuickJSHandle[]): undefined => {
      ends().write(to, encoder.encode(`${values.map((value) => context.getString(value)).join(" ")}\n`));
    };
  define("print", writer(1));
  const console = context.newObject();
  define("log", writer(1), console);
  define("error", writer(2), console);
  console.consume((made) => context.setProp(context.global, "console", made));
  context.newArray().consume((made) => context.setProp(context.global, "args", made));
  context.newObject().consume((made) => context.setProp(context.global, "env", made));
  const next = lineReader({ read: () => ends().read() });
  define("readLine", () => {
    const line = next();
    return line === undefined ? context.null : context.newString(line);
  });
  define("exit", (code) => {
    exit(code === undefined ? 0 : context.getNumber(code) & 0xff);
    throw new Error("exit");
  });
}

/** Its arguments and variables, string by string: nothing of ours is handed in. Without any, what was offered is all there is. */
function tell(context: QuickJSContext, { args, env }: Pick<Task, "args" | "env">): void {
  for (const [name, made, texts] of [
    ["args", () => context.newArray(), args],
    ["env", () => context.newObject(), env],
  ] as const) {
    const entries = Object.entries(texts);
    if (entries.length === 0) continue;
    made().consume((on) => {
      for (const [key, text] of entries) context.newString(text).consume((value) => context.setProp(on, key, value));
      context.setProp(context.global, name, on);
    });
  }
}

function described(context: QuickJSContext, failure: QuickJSHandle): string {
  const { name, message, stack } = (context.dump(failure) ?? {}) as { readonly [part: string]: unknown };
  return typeof message === "string" ? `${name}: ${message}\n${stack ?? ""}`.trim().slice(0, 4_096) : "the skill threw something that is no error";
}
