import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { keepRunner } from "../../src/runner/keep.ts";
import { directRunner } from "../../src/runner/program.ts";
import { alive, over, runnerConformance } from "../conformance/runner.ts";

const folder = mkdtempSync(join(tmpdir(), "holdfast-runner-"));
after(() => rmSync(folder, { recursive: true }));
let count = 0;
const kept = () => keepRunner({ file: join(folder, `${count++}/runner.json`), now: () => performance.now() });

runnerConformance("direct", directRunner);
runnerConformance("kept", kept);

const SLEEP = { command: [process.execPath, "-e", "setInterval(() => {}, 1000)"], env: {} };

/** The runner process of a kept runner: the parent of what it started. */
const parentOf = (pid: number): number =>
  Number(
    readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /, "")
      .split(" ")[1],
  );

test("when the runner is killed, everything that it started ends, everybody is told, and the next start works", { timeout: 60_000 }, async () => {
  const runner = kept();
  const ended: string[] = [];
  const take = { line: () => {}, said: () => {}, ended: (why: string) => void ended.push(why) };
  const pipes = await Promise.all([runner.start(SLEEP, take), runner.start(SLEEP, take)]);
  process.kill(parentOf(pipes[0].pid), "SIGKILL");
  while (ended.length < 2) await wait(5);
  assert.deepEqual(ended, ["the runner ended", "the runner ended"]);
  await over(pipes.map(({ pid }) => pid));
  await assert.rejects(pipes[0].send("x"), /over/);
  const again = await runner.start(SLEEP, take);
  assert.ok(alive(again.pid));
  await runner.shut();
});

test("a runner that keeps dying is not started for ever", { timeout: 60_000 }, async () => {
  const runner = kept();
  const take = { line: () => {}, said: () => {}, ended: () => {} };
  for (let round = 0; round < 5; round++) {
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    const pipe = await runner.start(SLEEP, { ...take, ended: () => resolve() });
    process.kill(parentOf(pipe.pid), "SIGKILL");
    await ended;
  }
  await assert.rejects(runner.start(SLEEP, take), /keeps ending/);
  await runner.shut();
});

test("when the gateway is killed, everything that its runner started ends, and the runner", { timeout: 60_000 }, async () => {
  const keep = JSON.stringify(new URL("../../src/runner/keep.ts", import.meta.url).href);
  const script = `const { keepRunner } = await import(${keep}); const p = await keepRunner({ file: process.argv[1], now: () => performance.now() }).start(${JSON.stringify(SLEEP)}, { line() {}, said() {}, ended() {} }); console.log(p.pid); setInterval(() => {}, 1000);`;
  const gateway = spawn(process.execPath, ["--input-type=module", "-e", script, join(folder, "killed.json")], { stdio: ["ignore", "pipe", "inherit"] });
  const pid = await new Promise<number>((resolve) => gateway.stdout.once("data", (chunk: Buffer) => resolve(Number(chunk.toString()))));
  const runner = parentOf(pid);
  assert.ok(alive(pid) && alive(runner));
  gateway.kill("SIGKILL");
  await over([pid, runner]);
});

test("where it cannot be written down, nothing is started", { timeout: 60_000 }, async () => {
  writeFileSync(join(folder, "a-file"), "");
  const runner = keepRunner({ file: join(folder, "a-file/runner.json"), now: () => performance.now() });
  await assert.rejects(runner.start(SLEEP, { line: () => {}, said: () => {}, ended: () => {} }), /cannot be written down/);
  await runner.shut();
});

test("what a crash of both processes left running is ended at the next start, and nothing else is", { timeout: 60_000 }, async () => {
  const file = join(folder, "left.json");
  const mark = "01234567-89ab-cdef-0123-456789abcdef";
  const sleeping = (env: NodeJS.ProcessEnv) =>
    spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { detached: true, stdio: "ignore", env: { ...process.env, ...env } });
  const left = sleeping({ HOLDFAST_STARTED_BY: mark });
  const innocent = [sleeping({}), sleeping({ HOLDFAST_STARTED_BY: `${mark}x` }), sleeping({ OTHER: `HOLDFAST_STARTED_BY=${mark}` })];
  const gone = new Promise<void>((resolve) => left.once("exit", () => resolve()));
  const pids = innocent.map(({ pid }) => pid as number);
  while (![left.pid as number, ...pids].every(alive)) await wait(5);
  writeFileSync(file, JSON.stringify({ mark }));
  await keepRunner({ file, now: () => performance.now() }).shut();
  await gone;
  for (const nonsense of ["", "{", "[[1]]", "{}", '{"mark":1}', '{"mark":""}', '{"mark":"x"}']) {
    writeFileSync(file, nonsense);
    await keepRunner({ file, now: () => performance.now() }).shut();
  }
  assert.deepEqual(pids.map(alive), [true, true, true]);
  for (const one of innocent) one.kill("SIGKILL");
});

test("a program that writes faster than it is read waits: nobody's memory grows", { timeout: 60_000 }, async () => {
  const runner = kept();
  let heard = 0;
  const line = (): void => {
    heard++;
    // A reader that is slow.
    for (const until = performance.now() + 2; performance.now() < until; );
  };
  const flood = `const line = "x".repeat(50_000) + "\\n"; const go = () => { while (process.stdout.write(line)); process.stdout.once("drain", go); }; go();`;
  const pipe = await runner.start({ command: [process.execPath, "-e", flood], env: {} }, { line, said: () => {}, ended: () => {} });
  const memory = (): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${parentOf(pipe.pid)}/status`, "utf8"))?.[1]) / 1024;
  for (const until = Date.now() + 3_000; Date.now() < until; ) await wait(50);
  assert.ok(heard > 100, `${heard} lines`);
  assert.ok(memory() < 400, `${memory()} MB`);
  await runner.shut();
});

test("a runner that hangs is ended with all that it started, everybody is told, and the next start works", { timeout: 60_000 }, async (t) => {
  const runner = keepRunner({ file: join(folder, `${count++}/runner.json`), now: () => performance.now(), beat: 1_000 });
  t.after(() => runner.shut());
  const ended: string[] = [];
  const take = { line: () => {}, said: () => {}, ended: (why: string) => void ended.push(why) };
  const pipe = await runner.start(SLEEP, take);
  const hung = parentOf(pipe.pid);
  await wait(6_000);
  assert.deepEqual(ended, [], "one that answers is left alone");
  process.kill(hung, "SIGSTOP");
  while (ended.length === 0) await wait(5);
  assert.deepEqual(ended, ["the runner ended"]);
  await over([pipe.pid, hung]);
  assert.ok(alive((await runner.start(SLEEP, take)).pid));
});

test("where what starts runners hangs, who wants a program is told so and does not wait for ever, and when it goes on so does the next start", {
  timeout: 60_000,
}, async (t) => {
  const runner = keepRunner({ file: join(folder, `${count++}/runner.json`), now: () => performance.now(), beat: 1_000 });
  t.after(() => runner.shut());
  const ended = Promise.withResolvers<string>();
  const take = { line: () => {}, said: () => {}, ended: ended.resolve };
  const first = parentOf((await runner.start(SLEEP, take)).pid);
  const starter = parentOf(first);
  process.kill(starter, "SIGSTOP");
  try {
    process.kill(first, "SIGKILL");
    await ended.promise;
    const late = wait(20_000, "nobody is told", { ref: false });
    await assert.rejects(Promise.race([runner.start(SLEEP, take), late]), /the runner ended while it started the program/);
  } finally {
    process.kill(starter, "SIGCONT");
  }
  const again = await runner.start(SLEEP, take);
  assert.equal(parentOf(parentOf(again.pid)), starter);
});

test("a runner that leaks is ended before it has taken the machine's memory, everybody is told, and the next start works", { timeout: 60_000 }, async (t) => {
  const runner = kept();
  t.after(() => runner.shut());
  const ended = Promise.withResolvers<string>();
  const pipe = await runner.start(SLEEP, { line: () => {}, said: () => {}, ended: ended.resolve });
  const pid = parentOf(pipe.pid);
  let most = 0;
  const looks = setInterval(() => (most = Math.max(most, residentOf(pid))), 50);
  // A leak put in by its debugger, which it opens at this signal.
  process.kill(pid, "SIGUSR1");
  await evaluated(pid, "globalThis.leak = []; setInterval(() => { for (let n = 0; n < 4; n++) leak.push(new Array(1e6).fill(leak.length + 0.5)) }, 1); 0");
  assert.equal(await ended.promise, "the runner ended");
  clearInterval(looks);
  assert.ok(most > 800 && most < 1_500, `${most} MB`);
  await over([pipe.pid]);
  const again = await runner.start(SLEEP, { line: () => {}, said: () => {}, ended: () => {} });
  assert.ok(alive(again.pid));
});

/** Megabytes of memory that a process holds. */
function residentOf(pid: number): number {
  try {
    return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}

/** Runs this in a process of Node whose debugger is about to open at the usual port. */
async function evaluated(pid: number, expression: string): Promise<void> {
  let targets: readonly { readonly webSocketDebuggerUrl: string }[] | undefined;
  for (const until = Date.now() + 10_000; targets === undefined; await wait(50)) {
    assert.ok(Date.now() < until, "its debugger does not open");
    targets = await fetch("http://127.0.0.1:9229/json").then(
      (answer) => answer.json() as never,
      () => undefined,
    );
  }
  const socket = new WebSocket(targets[0]?.webSocketDebuggerUrl as string);
  await once(socket, "open");
  const ask = async (asked: string): Promise<{ readonly result: { readonly value: unknown } }> => {
    socket.send(JSON.stringify({ id: 1, method: "Runtime.evaluate", params: { expression: asked } }));
    const [{ data }] = (await once(socket, "message")) as [MessageEvent];
    return JSON.parse(data).result;
  };
  assert.equal((await ask("process.pid")).result.value, pid, "the port is another's");
  await ask(expression);
  socket.close();
}
