import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { driver as processDriver } from "../../src/sandbox/drivers/process.ts";
import { type Cell, LIMITS } from "../../src/sandbox/index.ts";
import { verifies } from "../verifies.ts";

const folder = mkdtempSync(join(tmpdir(), "holdfast-cells-"));
after(() => rmSync(folder, { recursive: true }));
const cell = (over: Partial<Cell>): Cell => ({ command: ["true"], env: {}, read: [], write: [], limits: LIMITS, ...over });

test("a cell that would give away the machine, or is not one, is refused before anything is started", async () => {
  verifies("C-04");
  symlinkSync("/proc", join(folder, "link"));
  mkdirSync(join(folder, "good"));
  const wrong: readonly (readonly [Partial<Cell>, RegExp])[] = [
    [{ command: [] }, /needs a command/],
    [{ read: ["/proc"] }, /give away the machine/],
    [{ read: ["/"] }, /give away the machine/],
    [{ write: ["/dev"] }, /give away the machine/],
    [{ read: ["/sys/fs/cgroup"] }, /give away the machine/],
    [{ read: [join(folder, "link")] }, /give away the machine/],
    [{ read: [join(folder, "good/../link/1")] }, /give away the machine/],
    [{ read: ["relative"] }, /absolute/],
    [{ read: [join(folder, "gone")] }, /is not there/],
    [{ cwd: "here" }, /absolute/],
    [{ env: { A: "b\0c" } }, /zero character/],
    [{ limits: { ...LIMITS, memory: 0 } }, /greater than nothing/],
    [{ limits: { ...LIMITS, cpus: Number.NaN } }, /greater than nothing/],
  ];
  for (const [over, why] of wrong) await assert.rejects(processDriver.prepare(cell(over)), why, JSON.stringify(over));
});

test("nothing of the command is read by a shell", async () => {
  const command = ["echo", "$(id)", "; id", "'", '"'];
  const prepared = await processDriver.prepare(cell({ command, env: { A: "$(id)" } }));
  assert.ok("argv" in prepared);
  assert.deepEqual(prepared.argv.slice(-command.length), command);
  assert.equal(
    prepared.argv.filter((word) => word.includes("$(id)")).every((word) => word === "$(id)"),
    true,
  );
  assert.deepEqual(await prepared.close(), { outOfMemory: false });
});
