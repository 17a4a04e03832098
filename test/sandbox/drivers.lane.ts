/** The sandboxes `runc`, `gvisor` and `wasm` as they are on this machine. `process` and `container` have files of their own. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { driverOf } from "../../src/compose/sandboxes/sandboxes.ts";
import { isLeftBehind } from "../../src/sandbox/owner.ts";
import { BIN } from "../serve.ts";
import { verifies } from "../verifies.ts";
import { command } from "./command.ts";

const folder = mkdtempSync(join(tmpdir(), "holdfast-drivers-"));
after(() => rmSync(folder, { recursive: true, force: true }));

for (const id of ["runc", "gvisor", "wasm"]) {
  const driver = await driverOf(id);
  const missing = await driver.missing();
  assert.ok(missing === undefined || process.env["CI"] !== "true", missing ?? "");
  const skill = (script: string): string => {
    const file = join(mkdtempSync(join(folder, "skill-")), "skill.js");
    writeFileSync(file, script);
    return file;
  };
  /** The same for both kinds. */
  const what = (program: string, script: string): readonly string[] => (driver.runs === "skills" ? [skill(script)] : ["sh", "-c", program]);
  const run = (flags: readonly string[], words: readonly string[]) => command(["run", "--driver", id, ...flags, "--", ...words]);

  describe(`the sandbox \`${id}\``, { skip: missing ?? false }, () => {
    test("a command has its exit code, its input and output, and an end", { timeout: 60_000 }, async () => {
      verifies("C-06", "C-07");
      const greedy = what(`perl -e '$x = "x" x (300 << 20)'`, "for (const all = []; ; ) all.push(new Uint8Array(1e6))");
      const [plain, late, outOfMemory, image] = await Promise.all([
        run([], what("cat; echo; exit 7", "print(readLine()); exit(7)")),
        run(["--timeout", "2"], what("trap '' TERM; sleep 20", "for (;;) {}")),
        run(["--memory", "64m"], greedy),
        run(["--image", "x:1"], what("true", "1")),
      ]);
      assert.deepEqual([plain.status, plain.stdout], [7, "asked\n"], plain.stderr);
      assert.deepEqual([late.status, outOfMemory.status], [124, 137]);
      assert.equal(image.status, 1, "an image is refused where there are none");
      if (driver.runs === "programs") {
        const [threads, many] = await Promise.all([
          run([], ["perl", "-Mthreads", "-e", 'threads->create(sub { print "from a thread" })->join']),
          run(["--pids", "40", "--memory", "64m"], ["sh", "-c", "for i in $(seq 60); do /bin/true; done; echo over"]),
        ]);
        assert.equal(threads.stdout, "from a thread", threads.stderr);
        assert.equal(many.stdout, "over\n", "what is there is counted, and not what was");
        return;
      }
      const [out, files] = await Promise.all([run(["--allow-host", "a.test"], what("true", "1")), run(["--read", folder], what("", "1"))]);
      assert.equal(out.status, 1, "a host is refused where there is no way out");
      assert.match(out.stderr, /has no way out/);
      assert.equal(files.status, 1, "files are refused where there are none");
    });

    if (driver.runs === "programs")
      test("what a killed Holdfast left running is ended by the next", { timeout: 60_000 }, async () => {
        verifies("C-07");
        const killed = spawn(BIN, ["sandbox", "run", "--driver", id, "--allow-host", "a.test", "--", "sh", "-c", "echo up; sleep 77.5"], {
          detached: true,
          env: { ...process.env, XDG_STATE_HOME: folder },
        });
        await once(killed.stdout, "data");
        process.kill(-(killed.pid as number), "SIGKILL");
        await once(killed, "exit");
        const left = (): readonly string[] => readdirSync(tmpdir()).filter((name) => isLeftBehind(name));
        assert.equal(left().length, 2, "what it ran on, and its way out");
        // gVisor ends its sandbox with whoever started it; runc does not.
        const isThere = (): boolean => spawnSync("ps", ["axww"], { encoding: "utf8" }).stdout.includes("sleep 77.5");
        assert.equal(isThere(), id === "runc");
        await driver.reap();
        assert.deepEqual([left(), isThere()], [[], false]);
      });
  });
}
