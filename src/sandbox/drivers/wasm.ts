import { readFile, stat } from "node:fs/promises";
import { extname, isAbsolute } from "node:path";
import { PassThrough, Writable } from "node:stream";
import { receiveMessageOnPort, Worker } from "node:worker_threads";
import { type Cell, type Driver, KEPT_APART, type Prepared, type Running } from "../driver.ts";
import { type Birth, type Channel, newChannel, type Said, send, type Task, UNTAKEN } from "../skill/channel.ts";
import { checkModule } from "../skill/limits.ts";
import { checkedText, withoutImage, wrong } from "../system.ts";

const KINDS: { readonly [ending: string]: Task["kind"] } = { ".js": "script", ".mjs": "module", ".wasm": "wasm" };
const MOST_CODE = 16 << 20;
/** What the interpreter begins with. */
const LEAST_MEMORY = 16 << 20;

/**
 * A skill: one file of JavaScript or WebAssembly in a thread of ours, that can compute, read its input and write its output. No file, no
 * network, no program is there to be forbidden. It shares our process: a hole in the WebAssembly engine is a way into Holdfast itself.
 */
export const driver: Driver = {
  id: "wasm",
  runs: "skills",
  wayOut: false,
  missing: async () => undefined,
  keeps: async () => KEPT_APART,
  async prepare(cell) {
    const task = await taskOf(cell);
    let outOfMemory = false;
    let running: Running | undefined;
    const prepared: Prepared = {
      async begin() {
        running = begin(takeThread(cell.limits.memory), task, () => (outOfMemory = true));
        return running;
      },
      async close() {
        running?.kill();
        await running?.ended;
        return { outOfMemory };
      },
    };
    return prepared;
  },
  // A thread does not outlive its process.
  reap: async () => {},
};

async function taskOf(cell: Cell): Promise<Task> {
  withoutImage("wasm", cell);
  const { command, env, limits } = cell;
  checkedText({ ...cell, cwd: cell.cwd });
  const [name = "", ...args] = command;
  const kind = KINDS[extname(name)];
  if (kind === undefined) return wrong("a skill is one file that ends in `.js`, `.mjs` or `.wasm`");
  if (!isAbsolute(name)) wrong(`\`${name}\` must be an absolute path`);
  if (cell.read.length + cell.write.length > 0) wrong("a skill has no files, so nothing can be named for it to read or to write");
  if (limits.memory < LEAST_MEMORY) wrong(`a skill needs ${LEAST_MEMORY >> 20} MB of memory`);
  if (limits.cpus < 1) wrong("a skill has one processor; it cannot be held to less");
  const found = await stat(name).catch(() => undefined);
  if (found?.isFile() !== true) return wrong(`\`${name}\` is not there`);
  if (found.size > MOST_CODE) wrong(`\`${name}\` is longer than ${MOST_CODE >> 20} MB`);
  const code = await readFile(name);
  if (kind === "wasm") checkModule(code, limits.memory);
  return { kind, code, name, args, env };
}

interface Thread extends Channel {
  readonly worker: Worker;
  /** Bytes. It was made with that limit. */
  readonly memory: number;
}

/** One that has loaded what it needs, for a process that runs one skill after another. Each thread runs one skill and is then gone. */
let spare: Thread | undefined;
let taken = 0;

function takeThread(memory: number): Thread {
  const fits = spare?.memory === memory;
  const thread = fits ? (spare as Thread) : newThread(memory, false);
  if (!fits) void spare?.worker.terminate();
  spare = undefined;
  // After the one that was asked for has said something: it is in a hurry, and this is not.
  if (taken++ > 0) thread.port.once("message", () => setTimeout(() => (spare ??= newThread(memory, true)), 20).unref());
  return thread;
}

function newThread(memory: number, waits: boolean): Thread {
  const { ours, theirs } = newChannel();
  const worker = new Worker(new URL(`../skill/thread${extname(import.meta.url)}`, import.meta.url), {
    env: {},
    argv: [],
    execArgv: ["--disable-warning=ExperimentalWarning"],
    stdin: false,
    stdout: true,
    stderr: true,
    workerData: { memory, waits, ...theirs } satisfies Birth,
    transferList: [theirs.port],
    resourceLimits: { maxOldGenerationSizeMb: 96, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 },
  });
  worker.unref();
  worker.once("error", () => {
    if (spare?.worker === worker) spare = undefined;
  });
  return { worker, memory, port: ours, counters: theirs.counters };
}

function begin(thread: Thread, task: Task, outOfMemory: () => void): Running {
  const { worker, port, counters } = thread;
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const waiting: (() => void)[] = [];
  const stdin = new Writable({
    write(piece: Buffer, _encoding, done) {
      waiting.push(done);
      send(thread, new Uint8Array(piece));
    },
    final(done) {
      send(thread, null);
      done();
    },
  });
  const { promise: ended, resolve } = Promise.withResolvers<number | undefined>();
  let isOver = false;
  const over = (code: number | undefined): void => {
    isOver = true;
    port.close();
    stdin.destroy();
    stdout.end();
    stderr.end();
    resolve(code);
  };
  const hear = (said: Said): void => {
    if (said.is === "read") waiting.shift()?.();
    else if (said.is === "out") {
      (said.to === 2 ? stderr : stdout).write(said.bytes, () => {
        Atomics.sub(counters, UNTAKEN, said.bytes.length);
        Atomics.notify(counters, UNTAKEN);
      });
    } else {
      if (said.outOfMemory) outOfMemory();
      // Its last word: nothing of the skill runs any more. The end of the thread, which takes as long as a short skill, comes after it and is waited for by nobody.
      over(said.code);
      setImmediate(() => void worker.terminate());
    }
  };
  worker.ref();
  port.on("message", hear);
  worker.once("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "ERR_WORKER_OUT_OF_MEMORY") outOfMemory();
  });
  worker.once("exit", () => {
    // The news of its end may come before its last words, which lie in the port.
    while (!isOver) {
      const left = receiveMessageOnPort(port);
      if (left === undefined) return over(undefined);
      hear(left.message as Said);
    }
  });
  send(thread, task);
  return { stdin, stdout, stderr, ended, kill: () => void worker.terminate() };
}
