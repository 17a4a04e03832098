/** `holdfast serve` starts nothing by itself: only what starts runners does, which was there before. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type Served, serve, temporaryFolder } from "../serve.ts";

const skip = process.platform !== "linux" && "it takes Linux";

/** Both are nobody where the test is root's, because root reads everything. */
const account = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
/** What the gateway runs as. Root has the kernel's files of a process either way, but not another group. */
const mine = [process.getuid?.(), account.gid ?? process.getgid?.()];

/** Whose a process's environment is to read: root's, where it is not to be dumped, and not its own account's any more. */
function ownerOf(pid: number): readonly number[] {
  const { uid, gid } = statSync(`/proc/${pid}/environ`);
  return [uid, gid];
}

/** What somebody who got code into the gateway would do, at a signal; at another, become a program. */
const TAKEN_OVER = `
import { execFileSync, spawnSync } from "node:child_process";
import { renameSync, writeFileSync } from "node:fs";
import { isMainThread, Worker } from "node:worker_threads";
const [out, touched] = [process.env.TAKEN_OUT, process.env.TAKEN_TOUCHED];
const tried = (act) => { try { const { error } = act() ?? {}; return error?.code ?? "started" } catch (error) { return error.code } };
if (isMainThread && out !== undefined) {
  process.on("SIGUSR2", () => {
    const said = {
      spawn: tried(() => spawnSync("/usr/bin/touch", [touched])),
      exec: tried(() => execFileSync("/bin/sh", ["-c", "touch " + touched])),
    };
    const script = "const { parentPort } = require('node:worker_threads'); let said; try { require('node:child_process').execFileSync('/bin/true'); said = 'started' } catch (error) { said = error.code } parentPort.postMessage(said)";
    new Worker(script, { eval: true, execArgv: [] }).once("message", (thread) => { writeFileSync(out + ".part", JSON.stringify({ ...said, thread })); renameSync(out + ".part", out) });
  });
  process.on("SIGPWR", () => process.execve("/usr/bin/touch", ["touch", touched], {}));
}
`;

/** The least that an MCP server says. */
const SERVER = `
require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  if (method === "initialize") console.log(JSON.stringify({ jsonrpc: "2.0", id, result: { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: "least", version: "1" } } }));
});
`;

const STARTED = /"result":\{.*"serverInfo"/;

interface Taken {
  readonly served: Served;
  readonly touched: string;
  said(): Promise<{ readonly [way: string]: string }>;
  /** What a client is told that connects to the server. */
  connect(): Promise<string>;
}

async function taken(options = ""): Promise<Taken> {
  const folder = temporaryFolder();
  const at = (name: string): string => join(folder, name);
  writeFileSync(at("taken.mjs"), TAKEN_OVER);
  writeFileSync(at("server.cjs"), SERVER);
  const served = await serve(
    `
tools: { least: { stdio: { command: ["${process.execPath}", "${at("server.cjs")}"] }, default: { effect: read, trust: internal } } }
roles: { all: { read: ["*"], write: ["*"] } }
agents: { worker: { role: all } }
`,
    {
      folder,
      ...(account.gid === undefined ? {} : { gid: account.gid }),
      env: { NODE_OPTIONS: `--import ${at("taken.mjs")} ${options}`, TAKEN_OUT: at("said"), TAKEN_TOUCHED: at("touched") },
    },
  );
  return {
    served,
    touched: at("touched"),
    async said() {
      served.process.kill("SIGUSR2");
      for (const until = Date.now() + 10_000; !existsSync(at("said")); await wait(20)) assert.ok(Date.now() < until, served.said());
      return JSON.parse(readFileSync(at("said"), "utf8"));
    },
    async connect() {
      const message = {
        jsonrpc: "2.0",
        id: 1,
        method: "initialize",
        params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "t", version: "1" } },
      };
      const answer = await fetch(`${served.url}/mcp/least`, {
        method: "POST",
        headers: { authorization: `Bearer ${served.key}`, "content-type": "application/json", accept: "application/json, text/event-stream" },
        body: JSON.stringify(message),
      });
      return answer.text();
    },
  };
}

/** Processes whose command names this file of ours, begun by `parent` or by one that it began. */
function running(file: string, parent: number): readonly number[] {
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const read = (pid: string, what: string): string => {
    try {
      return readFileSync(`/proc/${pid}/${what}`, "utf8");
    } catch {
      return "";
    }
  };
  const parentOf = (pid: string): string => /^PPid:\s+(\d+)/m.exec(read(pid, "status"))?.[1] ?? "0";
  return all.filter((pid) => read(pid, "cmdline").includes(file) && [parentOf(pid), parentOf(parentOf(pid))].includes(String(parent))).map(Number);
}

test("a gateway in whose code somebody is starts no program, in no thread and not in its own place, is not its own account's to read, and its servers are started as before", {
  skip,
  timeout: 60_000,
}, async () => {
  const { served, said, connect, touched } = await taken();
  const pid = served.process.pid as number;
  assert.deepEqual(await said(), { spawn: "EPERM", exec: "EPERM", thread: "EPERM" });
  process.kill(pid, "SIGUSR1");
  assert.deepEqual(ownerOf(pid), [0, 0], "its own account does not read it");
  assert.match(readFileSync(`/proc/${pid}/status`, "utf8"), /^NoNewPrivs:\s+1$[\s\S]*^Seccomp:\s+2$/m);
  assert.match(await connect(), STARTED);
  const [runner = 0] = running("runner/process", pid);
  process.kill(runner, "SIGKILL");
  // Whoever asks in the moment in which it is gone and the gateway does not know yet is told that it ended.
  for (const until = Date.now() + 5_000; running("runner/process", pid).includes(runner) || !STARTED.test(await connect()); await wait(20))
    assert.ok(Date.now() < until, "a runner that was killed is followed by another");
  const gone = new Promise((resolve) => served.process.once("exit", resolve));
  served.process.kill("SIGPWR");
  await gone;
  assert.equal(existsSync(touched), false, served.said());
  assert.doesNotMatch(served.said(), /Debugger listening/);
});

test("what is shown of the gateway is the filter's doing: without it each attempt starts a program, and that it is not there is said", {
  skip,
  timeout: 60_000,
}, async () => {
  const { served, said, touched } = await taken("--no-experimental-ffi");
  assert.deepEqual(await said(), { spawn: "started", exec: "started", thread: "started" });
  assert.equal(existsSync(touched), true);
  assert.deepEqual(ownerOf(served.process.pid as number), mine, "its own account reads it");
  assert.match(served.said(), /may still start programs/);
  await served.stop();
});

test("what starts runners has nothing of the gateway's environment, and where it was killed what runs goes on and nothing new is started", {
  skip,
  timeout: 60_000,
}, async () => {
  const { served, connect } = await taken();
  const pid = served.process.pid as number;
  const [starter = 0] = running("runner/starter", pid);
  assert.doesNotMatch(readFileSync(`/proc/${starter}/environ`, "utf8"), /TAKEN_|NODE_OPTIONS/);
  assert.match(await connect(), STARTED);
  const [runner = 0] = running("runner/process", pid);
  process.kill(starter, "SIGKILL");
  await wait(200);
  assert.match(await connect(), STARTED);
  process.kill(runner, "SIGKILL");
  await wait(300);
  assert.match(await connect(), /"error"/);
  assert.equal(served.process.exitCode, null, "the gateway itself goes on");
  await served.stop();
});

/** What another program of the same account comes to of one that holds a secret, after this. */
async function cameTo(node: string, shut: string): Promise<{ readonly [way: string]: boolean }> {
  const holder: ChildProcess = spawn(node, ["--inspect-port=0", "--input-type=module", "-e", `${shut}; console.log("up"); process.stdin.resume()`], {
    ...account,
    cwd: "/",
    env: { SECRET: "of-the-gateway" },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let said = "";
  holder.stderr?.setEncoding("utf8").on("data", (text: string) => void (said += text));
  try {
    await once(holder.stdout as NodeJS.ReadableStream, "data");
    const opens = (file: string): boolean =>
      spawnSync("perl", ["-e", 'open(my $f, "<", $ARGV[0]) or exit 1', `/proc/${holder.pid}/${file}`], { ...account, cwd: "/" }).status === 0;
    const files = { environ: opens("environ"), mem: opens("mem") };
    // Node opens its debugger at this signal: whoever connects to it runs what they like.
    spawnSync("perl", ["-e", "kill 'USR1', $ARGV[0]", String(holder.pid)], { ...account, cwd: "/" });
    for (const until = Date.now() + 1_500; Date.now() < until && !said.includes("Debugger listening"); ) await wait(20);
    assert.equal(holder.exitCode, null);
    return { ...files, debugger: said.includes("Debugger listening") };
  } finally {
    holder.kill("SIGKILL");
  }
}

test("a program of the same account reads neither the gateway's environment nor its memory, and cannot make it open its debugger", {
  skip,
  timeout: 30_000,
}, async () => {
  // The checkout may lie where only its owner comes: nobody needs a copy elsewhere.
  const open = mkdtempSync(join(tmpdir(), "holdfast-open-"));
  try {
    chmodSync(open, 0o755);
    const node = join(open, "node");
    copyFileSync(process.execPath, node);
    cpSync(SOURCES, join(open, "src"), { recursive: true });
    const module = JSON.stringify(pathToFileURL(join(open, "src/compose/starts-nothing.ts")).href);
    assert.deepEqual(await cameTo(node, `await (await import(${module})).startNothingMore()`), { environ: false, mem: false, debugger: false });
    assert.deepEqual(await cameTo(node, ""), { environ: true, mem: true, debugger: true }, "the attempts prove nothing");
  } finally {
    rmSync(open, { recursive: true, force: true });
  }
});
const SOURCES = fileURLToPath(new URL("../../src", import.meta.url));
