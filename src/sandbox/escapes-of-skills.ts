import type { KeptApart } from "./driver.ts";
import type { Escape } from "./escapes.ts";

/**
 * Attempts of a skill to get out, in JavaScript. Outside, the same script is run by Node, with `print` and `env`. The ways back to what
 * started it are many in this language, so most are tried with each of the things that could be reached by them.
 */
const REACH: readonly (readonly [what: string, from: KeptApart, script: string])[] = [
  ["fs", "files", `.getBuiltinModule("fs").readFileSync(env.SECRET, "utf8") === "secret" && print("ESCAPED")`],
  ["write", "files", `.getBuiltinModule("fs").writeFileSync(env.OUTSIDE + "/written", "x"); print("ESCAPED")`],
  ["env", "files", `.env.HOLDFAST_ESCAPE_SECRET === "1" && print("ESCAPED")`],
  ["program", "pids", `.getBuiltinModule("child_process").spawnSync("true").status === 0 && print("ESCAPED")`],
  ["signal", "kernel", `.kill(Number(env.PID), 0) && print("ESCAPED")`],
  ["binding", "kernel", `.binding("fs") && print("ESCAPED")`],
  ["load", "kernel", `.dlopen && print("ESCAPED")`],
  ["thread", "cpu", `.getBuiltinModule("worker_threads").isMainThread !== undefined && print("ESCAPED")`],
];

/** Ways to `process`, which everything else is reached by. */
const WAYS: readonly (readonly [way: string, expression: string, control: true | string])[] = [
  ["global", "process", true],
  ["function", 'Function("return process")()', true],
  ["own-function", 'print.constructor("return process")()', true],
  ["error", '(() => { try { null.x } catch (e) { return e.constructor.constructor("return process")() } })()', true],
  [
    "thrown-at-us",
    '(() => { try { print({ toString() { throw null } }); readLine() } catch (e) { return e.constructor.constructor("return process")() } })()',
    "outside, there is no such host",
  ],
];

const reaching = WAYS.flatMap(([way, expression, control]) =>
  REACH.map(([what, from, script]): Escape => ({ id: `${what}-by-${way}`, from, control, script: `(${expression})${script}` })),
);

const NO_HOST = "outside, the same is there only in other programs";
const NO_LIMIT = "outside, it would take the machine's memory";
const NO_DEADLINE = "outside, nobody set a deadline";
const late = (id: string, script: string): Escape => ({ id, from: "time", control: NO_DEADLINE, endless: true, script });

export const SKILL_ESCAPES: readonly Escape[] = [
  ...reaching,
  { id: "require", from: "files", control: true, script: `require("fs").readFileSync(env.SECRET, "utf8") === "secret" && print("ESCAPED")` },
  {
    id: "import-a-file",
    from: "files",
    control: true,
    script: `import("node:fs").then((fs) => fs.readFileSync(env.SECRET, "utf8") === "secret" && print("ESCAPED"))`,
  },
  {
    id: "import-of-the-interpreter",
    from: "files",
    control: NO_HOST,
    script: `import("std").then((std) => std.loadFile(env.SECRET) && print("ESCAPED")); import("os").then((os) => os.open && print("ESCAPED"))`,
  },
  {
    id: "modules-of-the-interpreter",
    from: "files",
    control: NO_HOST,
    script: `if (typeof std === "object" || typeof os === "object" || typeof scriptArgs === "object") print("ESCAPED")`,
  },
  {
    id: "inherited-environment",
    from: "files",
    control: NO_HOST,
    script: `Object.keys(env).some((name) => name === "HOLDFAST_ESCAPE_SECRET" || name === "HOME") && print("ESCAPED")`,
  },
  { id: "engine-outside", from: "files", control: true, script: `typeof WebAssembly === "object" && print("ESCAPED")` },
  {
    id: "stack-of-the-host",
    from: "files",
    control: true,
    script: `Error.prepareStackTrace = (_, sites) => sites; const [site] = [].concat(new Error("x").stack); typeof site === "object" && print("ESCAPED")`,
  },
  {
    id: "changed-prototype",
    from: "files",
    control: NO_HOST,
    script: `Object.prototype.toString = function () { print("ESCAPED", typeof this.process); return "x" }; Object.defineProperty(Object.prototype, "code", { get() { return process } }); readLine(); print(1)`,
  },
  { id: "fetch", from: "network", control: true, script: 'fetch("http://127.0.0.1:" + env.PORT).catch(() => {}); print("ESCAPED")' },
  { id: "connect", from: "network", control: true, script: `require("net").connect(Number(env.PORT), "127.0.0.1").on("error", () => {}); print("ESCAPED")` },
  { id: "socket-file", from: "network", control: true, script: `require("net").connect(env.SOCKET).on("error", () => {}); print("ESCAPED")` },
  { id: "abstract-socket", from: "network", control: true, script: `require("net").connect("\\0" + env.ABSTRACT).on("error", () => {}); print("ESCAPED")` },
  { id: "name-look-up", from: "network", control: true, script: `require("dns").lookup("localhost", () => print("ESCAPED"))` },
  { id: "datagram", from: "network", control: true, script: `require("dgram").createSocket("udp4").close(); print("ESCAPED")` },
  { id: "web-socket", from: "network", control: true, script: 'new WebSocket("ws://127.0.0.1:" + env.PORT).onerror = () => {}; print("ESCAPED")' },
  { id: "new-thread", from: "cpu", control: true, script: `new (require("worker_threads").Worker)("", { eval: true }); print("ESCAPED")` },
  { id: "browser-thread", from: "cpu", control: NO_HOST, script: `new Worker("data:,"); print("ESCAPED")` },
  { id: "start-a-program", from: "pids", control: true, script: `require("child_process").spawnSync("true").status === 0 && print("ESCAPED")` },
  { id: "set-user", from: "kernel", control: true, script: `typeof process.getuid() === "number" && print("ESCAPED")` },
  { id: "flags-of-the-engine", from: "kernel", control: true, script: `require("v8").setFlagsFromString("--no-opt"); print("ESCAPED")` },
  { id: "inspector", from: "kernel", control: true, script: `new (require("inspector").Session)().connect(); print("ESCAPED")` },
  {
    id: "memory-in-buffers",
    from: "memory",
    control: true,
    script: `const all = []; for (let n = 0; n < 2 * env.MEMORY; n += 1e6) all.push(new Uint8Array(1e6).fill(1)); print("ESCAPED")`,
  },
  {
    id: "memory-in-text",
    from: "memory",
    control: true,
    script: `let all = []; for (let n = 0; n < 2 * env.MEMORY; n += 1e6) all.push("x".repeat(1e6) + n); print("ESCAPED")`,
  },
  {
    id: "memory-in-objects",
    from: "memory",
    control: NO_LIMIT,
    script: `const all = []; for (let n = 0; n < env.MEMORY / 16; n++) all.push({ n, a: [n] }); print("ESCAPED")`,
  },
  { id: "one-great-buffer", from: "memory", control: true, script: `new ArrayBuffer(2 * env.MEMORY).byteLength && print("ESCAPED")` },
  { id: "deep-call", from: "memory", control: NO_LIMIT, script: `const f = (n) => n === 0 ? 0 : 1 + f(n - 1); f(1e7); print("ESCAPED")` },
  { id: "deep-text", from: "memory", control: NO_LIMIT, script: `JSON.parse("[".repeat(5e6)); print("ESCAPED")` },
  late("loop", `const t = Date.now(); while (Date.now() - t < 6000); print("ESCAPED")`),
  late("loop-that-catches", `const t = Date.now(); for (;;) { try { while (Date.now() - t < 6000); print("ESCAPED"); break } catch {} }`),
  late("pattern", `/^(a+)+$/.test("a".repeat(32) + "!"); print("ESCAPED")`),
  late("jobs-for-ever", `const t = Date.now(); const f = () => Date.now() - t < 6000 ? Promise.resolve().then(f) : print("ESCAPED"); f()`),
  late("sort-for-ever", `const t = Date.now(); for (; Date.now() - t < 6000; ) [3, 2, 1].sort(() => Math.random() - 0.5); print("ESCAPED")`),
  late("end-and-go-on", `try { exit(0) } catch {} const t = Date.now(); while (Date.now() - t < 6000); print("ESCAPED")`),
  late("write-for-ever", `const t = Date.now(); while (Date.now() - t < 6000) print("x".repeat(1e5)); print("ESCAPED")`),
];
