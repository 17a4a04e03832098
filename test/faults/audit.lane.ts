/** The log alone, on a real disk that is made to fail and in a process that is killed: the two scripts, as tests. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { verifies } from "../verifies.ts";

const RUNS = process.env["HOLDFAST_FAULT_RUNS"] ?? "300";

function script(name: string, ...args: string[]): { readonly code: number | null; readonly out: string } {
  const { status, stdout } = spawnSync(process.execPath, [join(import.meta.dirname, name), ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  return { code: status, out: stdout };
}

test(`${RUNS} × kill -9 of a process that records: nothing acknowledged is lost, nothing was done without its record`, (t) => {
  verifies("A-02", "A-06");
  const { code, out } = script("audit-kill.ts", RUNS);
  t.diagnostic(out.split("\n")[0] ?? "");
  assert.equal(code, 0, out);
});

test("a disk that answers EIO or is full: everything is refused from then on, nothing acknowledged is lost, and the next start finds the log whole", (t) => {
  verifies("A-06");
  const { code, out } = script("audit-disk.ts");
  for (const line of out.trim().split("\n")) t.diagnostic(line);
  assert.equal(code, 0, out);
  assert.doesNotMatch(out, /not run/);
});
