/** The sandboxes `runc`, `gvisor` and `wasm` as they are on this machine. `process` and `container` have files of their own. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { driverOf } from "../../src/compose/sandboxes.ts";
import { isLeftBehind } from "../../src/sandbox/owner.ts";
import { BIN } from "../serve.ts";
import { verifies } from "../verifies.ts";

const folder = mkdtempSync(join(tmpdir(), "holdfast-drivers-"));
after(() => rmSync(folder, { recursive: true, force: true }));

for (const id of ["runc", "gvisor", "wasm"]) {
  const driver = await driverOf(id);
  const missing = await driver.missing();
  assert.ok(missing === undefined || process.env["CI"] !== "true", missing ?? "");
  const skill = (script: string): string => {
    const file = join(folder, "skill.js");
    writeFileSync(file, script);
    return file;
  };
  /** The same for both kinds. */
  const command = (program: string, script: string): readonly string[] => (driver.runs === "skills" ? [skill(script)] : ["sh", "-c", program]);
  const run = (flags: readonly string[], what: readonly string[]) =>
    spawnSync(BIN, ["sandbox", "run", "--driver", id, ...flags, "--", ...what], { encoding: "utf8", input: "asked" });

  describe(`the sandbox \`${id}\``, { skip: missing ?? false }, () => {
    test("a command has its exit code, its input and output, and an end", { timeout: 60_000 }, () => {
      verifies("C-06", "C-07");
      const plain = run([], command("cat; echo; exit 7", "print(readLine()); exit(7)"));
      assert.deepEqual([plain.status, plain.stdout], [7, "asked\n"], plain.stderr);
      assert.equal(run(["--timeout", "2"], command("trap '' TERM; sleep 20", "for (;;) {}")).status, 124);
      const greedy = command(`perl -e '$x = "x" x (300 << 20)'`, "for (const all = []; ; ) all.push(new Uint8Array(1e6))");
      assert.equal(run(["--memory", "64m"], greedy).status, 137);
      assert.equal(run(["--image", "x:1"], command("true", "1")).status, 1, "an image is refused where there are none");
      if (driver.runs === "programs") {
        const threads = run([], ["perl", "-Mthreads", "-e", 'threads->create(sub { print "from a thread" })->join']);
        assert.equal(threads.stdout, "from a thread", threads.stderr);
        return;
      }
      const out = run(["--allow-host", "a.test"], command("true", "1"));
      assert.equal(out.status, 1, "a host is refused where there is no way out");
      assert.match(out.stderr, /has no way out/);
      assert.equal(run(["--read", folder], command("", "1")).status, 1, "files are refused where there are none");
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
