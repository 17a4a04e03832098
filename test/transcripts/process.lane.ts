import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";

const BIN = fileURLToPath(new URL("../../bin/holdfast", import.meta.url));

function start(t: TestContext, args: readonly string[]) {
  const cwd = mkdtempSync(join(tmpdir(), "holdfast-process-"));
  t.after(() => rmSync(cwd, { recursive: true, force: true }));
  const child = spawn(BIN, args, { cwd, env: { PATH: process.env["PATH"], HOME: cwd } });
  t.after(() => child.kill("SIGKILL"));
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  child.stdin.on("error", () => {});
  const exit = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  return { child, exit, stderr: () => stderr };
}

const LINE = '{"text":"The meeting is at ten."}\n';

test("when the reader of the output goes away, it ends quietly", { timeout: 30_000 }, async (t) => {
  const { child, exit, stderr } = start(t, ["inspect", "--jsonl"]);
  const feed = (): void => {
    while (child.stdin.writable && child.stdin.write(LINE.repeat(100)));
  };
  child.stdin.on("drain", feed);
  feed();
  await new Promise((resolve) => child.stdout.once("data", resolve));
  child.stdout.destroy();
  assert.deepEqual([await exit, stderr()], [0, ""]);
});

test("Ctrl-C ends it at once, with no word and the code that shells expect", { timeout: 30_000 }, async (t) => {
  const { child, exit, stderr } = start(t, ["inspect", "--jsonl"]);
  child.stdin.write(LINE);
  await new Promise((resolve) => child.stdout.once("data", resolve));
  child.kill("SIGINT");
  assert.deepEqual([await exit, stderr()], [130, ""]);
});

test("an answer leaves as soon as its line has come, not at the end", { timeout: 30_000 }, async (t) => {
  const { child, exit } = start(t, ["inspect", "--jsonl"]);
  for (let i = 0; i < 3; i++) {
    child.stdin.write(`{"id":${i},"text":"hello"}\n`);
    const chunk = await new Promise((resolve) => child.stdout.once("data", resolve));
    assert.equal(JSON.parse(String(chunk)).id, i);
  }
  child.stdin.end();
  assert.equal(await exit, 0);
});
