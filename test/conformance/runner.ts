import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import type { Pipe, Program, Runner } from "../../src/runner/program.ts";

/** A program as a line of JavaScript. */
const program = (script: string, env: Program["env"] = {}): Program => ({ command: [process.execPath, "-e", script], env });
const ECHO = "process.stdin.on('data', (d) => process.stdout.write(d))";
/** True while it runs. A process that is over and that nobody has asked about yet (Z) is over. */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== "linux" || !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** Signals take a moment. */
export async function over(pids: readonly number[]): Promise<void> {
  for (const until = Date.now() + 2_000; pids.some(alive); await wait(5)) assert.ok(Date.now() < until, "a process still runs");
}

interface Started {
  readonly pipe: Pipe;
  readonly lines: string[];
  readonly said: string[];
  readonly ended: Promise<string>;
  line(wanted: (lines: readonly string[]) => boolean): Promise<void>;
}

async function start(runner: Runner, what: Program): Promise<Started> {
  const [lines, said]: string[][] = [[], []];
  const { promise: ended, resolve } = Promise.withResolvers<string>();
  const pipe = await runner.start(what, { line: (text) => void lines?.push(text), said: (text) => void said?.push(text), ended: resolve });
  return {
    pipe,
    lines: lines as string[],
    said: said as string[],
    ended,
    async line(wanted) {
      for (const until = Date.now() + 10_000; !wanted(lines as string[]); await wait(5))
        assert.ok(Date.now() < until, `only heard ${JSON.stringify(lines?.slice(-3))}`);
    },
  };
}

/** What every runner promises. `make` is asked for a fresh one; the kit shuts it. */
export function runnerConformance(name: string, make: () => Runner): void {
  const on = (title: string, body: (runner: Runner) => Promise<void>): void =>
    void test(`${name}: ${title}`, { timeout: 60_000 }, async () => {
      const runner = make();
      try {
        await body(runner);
      } finally {
        await runner.shut();
      }
    });

  on("lines go both ways, whole and in order, however they are cut", async (runner) => {
    const { pipe, lines, line } = await start(runner, program(ECHO));
    const sent = ["one", "zwei ü €", "x".repeat(300_000), '{"a":"\\n"}', ...Array.from({ length: 2_000 }, (_, index) => `line ${index}`)];
    for (const text of sent) await pipe.send(text);
    await line(({ length }) => length >= sent.length);
    assert.deepEqual(lines, sent);
  });

  on("a program that is not there is an error that names it", async (runner) => {
    await assert.rejects(start(runner, { command: ["/nowhere/at-all"], env: {} }), /`\/nowhere\/at-all` cannot be started: there is no such program/);
  });

  on("arguments are arguments: no shell reads them", async (runner) => {
    const { line } = await start(runner, { command: [process.execPath, "-e", "console.log(process.argv[1])", "$(id); `id` && id > /tmp/x"], env: {} });
    await line(([first]) => first === "$(id); `id` && id > /tmp/x");
  });

  on("a program gets the environment it was given, and no secret of ours", async (runner) => {
    process.env["HOLDFAST_TEST_SECRET"] = "hidden";
    process.env["NODE_OPTIONS"] = "";
    try {
      const { line, lines } = await start(runner, program("console.log(JSON.stringify(process.env))", { GIVEN: "yes" }));
      await line(({ length }) => length > 0);
      const env = JSON.parse(lines[0] as string) as Record<string, string>;
      assert.equal(env["GIVEN"], "yes");
      assert.ok(env["PATH"]);
      assert.deepEqual(
        Object.keys(env).filter((key) => /SECRET|NODE_|HOLDFAST_TEST/.test(key)),
        [],
      );
    } finally {
      delete process.env["HOLDFAST_TEST_SECRET"];
      delete process.env["NODE_OPTIONS"];
    }
  });

  on("no open file or socket of ours reaches a program", async (runner) => {
    const { line, lines } = await start(runner, { command: ["/bin/sh", "-c", "ls -l /proc/self/fd | grep -c -E 'socket:|holdfast'; echo done"], env: {} });
    await line((all) => all.includes("done"));
    // Its own three are pipes or sockets made for it.
    if (process.platform === "linux") assert.ok(Number(lines[0]) <= 3, lines.join(" "));
  });

  on("a program that is alone has what it was given and nothing of ours, and as root's is nobody from the start", async (runner) => {
    const folder = mkdtempSync(join(tmpdir(), "holdfast-alone-"));
    try {
      const file = join(folder, "file");
      writeFileSync(file, "");
      const user = process.getuid?.() === 0 ? { user: 65_534 } : {};
      const { line, lines } = await start(runner, {
        command: ["/bin/sh", "-c", "echo written >&3; cat <&4; echo; id -u; id -G; tr '\\0' '\\n' < /proc/$$/environ; echo done"],
        env: { GIVEN: "yes" },
        alone: { ...user, opened: [file], told: Buffer.from("told").toString("base64") },
      });
      await line((all) => all.includes("done"));
      const [uid, groups] = user.user === undefined ? [lines[1], lines[2]] : ["65534", "65534"];
      assert.deepEqual(lines, ["told", uid, groups, "GIVEN=yes", "done"]);
      assert.equal(readFileSync(file, "utf8"), "written\n");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  on("where a file that it is to find open is not there, nothing is started", async (runner) => {
    await assert.rejects(start(runner, { command: ["/bin/sh", "-c", "exit"], env: {}, alone: { opened: ["/nowhere/at-all"] } }), /cannot be started/);
  });

  on("a program that ends is told once, and what is sent to it after that is refused", async (runner) => {
    const { pipe, ended, lines } = await start(runner, program("console.log('bye'); process.exitCode = 3"));
    assert.match(await ended, /ended with 3/);
    assert.deepEqual(lines, ["bye"]);
    await assert.rejects(pipe.send("more"), /over/);
    await pipe.end();
  });

  on("a program that does not want to go is made to, with all that it started", async (runner) => {
    const script =
      "process.on('SIGTERM', () => {}); const c = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' }); console.log(c.pid); setInterval(() => {}, 1000)";
    const { pipe, line, lines } = await start(runner, program(script));
    await line(({ length }) => length > 0);
    const grandchild = Number(lines[0]);
    assert.ok(alive(grandchild));
    await pipe.end();
    await over([pipe.pid, grandchild]);
  });

  on("what a program leaves behind when it ends goes with it", async (runner) => {
    const script =
      "const c = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' }); console.log(c.pid); setTimeout(() => process.exit(0), 100)";
    const { ended, lines } = await start(runner, program(script));
    await ended;
    await over([Number(lines[0])]);
  });

  on("a program that floods its error output holds nothing up", async (runner) => {
    const { pipe, line, said } = await start(runner, program(`process.stderr.write('e'.repeat(2_000_000) + '\\n'); ${ECHO}`));
    await pipe.send("still here");
    await line(([first]) => first === "still here");
    assert.ok(said.every(({ length }) => length <= 70_000));
    const many = await start(runner, program(`for (let n = 0; n < 5_000; n++) console.error("line", n); ${ECHO}`));
    await many.pipe.send("still here");
    await many.line(([first]) => first === "still here");
    await wait(300);
    assert.ok(many.said.length <= 210, `${many.said.length} lines`);
  });

  on("a line without an end ends the program, not us", async (runner) => {
    const { ended } = await start(
      runner,
      program("const x = 'y'.repeat(1 << 20); const go = () => { while (process.stdout.write(x)); process.stdout.once('drain', go) }; go()"),
    );
    assert.match(await ended, /too long/);
  });

  on("one message is one line, both ways: a second one cannot hide in it, and what is not UTF-8 is no message", async (runner) => {
    const { pipe, lines, line } = await start(runner, program(ECHO));
    for (const text of ["a\nb", "a\r\nb", "\n"]) await assert.rejects(pipe.send(text), /one line/);
    await pipe.send("after");
    await line(([first]) => first === "after");
    assert.deepEqual(lines, ["after"]);
    const { ended } = await start(runner, program("process.stdout.write(Buffer.from([0x61, 0xff, 0x62, 0x0a])); setInterval(() => {}, 1000)"));
    assert.match(await ended, /not UTF-8/);
  });

  on("what hides from its group keeps nobody waiting, and is found when the runner is shut", async (runner) => {
    if (process.platform !== "linux") return;
    const script =
      "const c = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'inherit' }); c.unref(); console.log(c.pid); setTimeout(() => process.exit(0), 200)";
    const { ended, lines } = await start(runner, program(script));
    const began = Date.now();
    await ended;
    assert.ok(Date.now() - began < 5_000);
    const hidden = Number(lines[0]);
    assert.ok(alive(hidden));
    await runner.shut();
    await over([hidden]);
  });

  on("after the end nothing is started any more", async (runner) => {
    await runner.shut();
    await assert.rejects(start(runner, program(ECHO)), /any more|shutting down/);
  });

  on("many programs come and go, and nothing stays", async (runner) => {
    const open = (): number => (process.platform === "linux" ? readdirSync("/proc/self/fd").length : 0);
    await (await start(runner, program(ECHO))).pipe.end();
    const before = open();
    const pids: number[] = [];
    for (let round = 0; round < 5; round++) {
      const some = await Promise.all(Array.from({ length: 4 }, () => start(runner, program(ECHO))));
      pids.push(...some.map(({ pipe }) => pipe.pid));
      await Promise.all(some.map(({ pipe }) => pipe.end()));
    }
    await over(pids);
    assert.ok(open() <= before + 2, `${open()} descriptors, ${before} before`);
  });

  on("shutting ends what still runs", async (runner) => {
    const { pipe, ended } = await start(runner, program(ECHO));
    await runner.shut();
    await ended;
    await over([pipe.pid]);
  });
}
