/** WebAssembly modules as skills, put together by hand, byte by byte. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { runCell } from "../../src/compose/sandboxes/cells.ts";
import { driver } from "../../src/sandbox/drivers/wasm.ts";
import { LIMITS } from "../../src/sandbox/index.ts";
import { verifies } from "../verifies.ts";

const folder = mkdtempSync(join(tmpdir(), "holdfast-modules-"));
after(() => rmSync(folder, { recursive: true }));

const text = (value: string): readonly number[] => [value.length, ...Buffer.from(value)];
const section = (id: number, bytes: readonly number[]): readonly number[] => [id, bytes.length, ...bytes];
/** A module with memory of one page that may become two, `hi` at 0, one import, and a `main` of these instructions. */
function module(code: readonly number[], from = "holdfast"): Uint8Array {
  const body = [0, ...code, 0x0b];
  return new Uint8Array([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [2, 0x60, 3, 0x7f, 0x7f, 0x7f, 0, 0x60, 0, 1, 0x7f]),
    ...section(2, [1, ...text(from), ...text("write"), 0, 0]),
    ...section(3, [1, 1]),
    ...section(5, [1, 1, 1, 2]),
    ...section(7, [2, ...text("main"), 0, 1, ...text("memory"), 2, 0]),
    ...section(10, [1, body.length, ...body]),
    ...section(11, [1, 0, 0x41, 0, 0x0b, ...text("hi\n")]),
  ]);
}

async function run(bytes: Uint8Array, timeout = 10_000) {
  const file = join(folder, "skill.wasm");
  writeFileSync(file, bytes);
  const prepared = await driver.prepare({ command: [file], env: {}, read: [], write: [], limits: { ...LIMITS, memory: 16 << 20 } });
  const { code, output, late } = await runCell(prepared, { stdio: "collect", timeout });
  await prepared.close();
  return { code, output, late };
}

const [I32, CALL, GROW] = [0x41, 0x10, 0x40];
const SAY_HI = [I32, 1, I32, 0, I32, 3, CALL, 0];

test("a module writes, and what it answers is the exit code", async () => {
  verifies("C-03");
  assert.deepEqual(await run(module([...SAY_HI, I32, 7])), { code: 7, output: "hi\n", late: false });
});

test("a module comes to no more memory than it declared", async () => {
  verifies("C-03", "C-06");
  assert.equal((await run(module([I32, 1, GROW, 0]))).code, 1, "one more page, which it declared");
  assert.equal((await run(module([I32, 2, GROW, 0]))).code, 0xff, "two more are refused: -1");
});

test("an address outside of its memory ends the module, and reaches nothing", async () => {
  verifies("C-03");
  const { code, output } = await run(module([I32, 1, I32, 0x7f, I32, 3, CALL, 0, I32, 0]));
  assert.equal(code, 1);
  assert.doesNotMatch(output, /hi/);
});

test("a module that imports anything else is not begun", async () => {
  verifies("C-03");
  const { code, output } = await run(module([...SAY_HI, I32, 0], "wasi"));
  assert.deepEqual([code, output], [126, "it imports `wasi.write`; there is `holdfast.write` and `holdfast.read`\n"]);
});

test("a module that does not end is ended", async () => {
  verifies("C-03", "C-07");
  const { late, code } = await run(module([0x03, 0x40, 0x0c, 0, 0x0b, I32, 0]), 1_000);
  assert.deepEqual([late, code], [true, null]);
});

test("what a skill says last is heard also where the news of its end comes first", async () => {
  verifies("C-03");
  const file = join(folder, "last.js");
  writeFileSync(file, 'print("its last words"); exit(3)');
  const prepared = await driver.prepare({ command: [file], env: {}, read: [], write: [], limits: LIMITS });
  const ran = runCell(prepared, { stdio: "collect", timeout: 10_000 });
  // As long as we hear nothing, it speaks and ends.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 800);
  const { code, output } = await ran;
  await prepared.close();
  assert.deepEqual([code, output], [3, "its last words\n"]);
});
