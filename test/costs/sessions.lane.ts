/** What is left in memory of a long session, measured in a process of its own. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

const child = join(import.meta.dirname, "../conversation/memory-child.ts");

/** Bytes that are held for each byte of a long session; `more`: of six that came after it and are over, together. */
async function measured(...args: readonly string[]): Promise<{ readonly each: number; readonly more: number }> {
  const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", child, ...args], { timeout: 50_000 });
  return JSON.parse(stdout);
}

for (const kind of ["prose", "json", "small"])
  for (const readers of [[], ["hr@corp.example"]])
    test(`a session costs at most four times its text, and what is over goes: ${kind}${readers.length > 0 ? " that only some may read" : ""}`, async () => {
      const { each, more } = await measured(kind, ...readers);
      assert.ok(each > 0.2 && each <= 4, `${each.toFixed(1)} bytes for each`);
      // Three times as much was read in those six.
      assert.ok(more <= 2, `${more.toFixed(1)} bytes for each, and none of them is in use`);
    });
