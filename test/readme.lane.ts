/**
 * The README as a new user follows it: a fresh copy of the tree, only npm and whatever Node is on the machine, every block marked `run` in its order, and
 * after each the output that the README promises. `npm ci && npm start` stays running; what it prints stands in for `hf_…` and the console's address.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, before, test } from "node:test";
import { ROOT } from "../scripts/root.ts";
import { blocksOf, missingLines } from "./readme.ts";

const READY_WITHIN = 90_000;
const blocks = blocksOf(readFileSync(join(ROOT, "README.md"), "utf8"));
const folder = mkdtempSync(join(tmpdir(), "holdfast-readme-"));
// npm puts the checkout's own programs first in PATH; a new user does not have them.
const PATH = (process.env["PATH"] ?? "")
  .split(delimiter)
  .filter((entry) => !entry.includes("node_modules"))
  .join(delimiter);
const env = { PATH, HOME: process.env["HOME"] ?? folder, LANG: "C.UTF-8" };
let server: ChildProcess | undefined;
let said = "";

before(() => {
  const copied = spawnSync("bash", ["-c", 'git ls-files -co --exclude-standard -z | xargs -0 tar c --ignore-failed-read | tar x -C "$0"', folder], {
    cwd: ROOT,
  });
  assert.equal(copied.status, 0, String(copied.stderr));
});

after(async () => {
  if (server?.pid !== undefined && server.exitCode === null) {
    const gone = new Promise((resolve) => server?.once("exit", resolve));
    process.kill(-server.pid, "SIGTERM");
    await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, 10_000).unref())]);
    if (server.exitCode === null) process.kill(-server.pid, "SIGKILL");
  }
  rmSync(folder, { recursive: true, force: true });
});

/** Whole lines only: what is printed may arrive in pieces. */
const keyIn = (text: string): string | undefined => /(hf_[A-Za-z0-9_-]{8,})\s/.exec(text)?.[1];
const loginIn = (text: string): string | undefined => /(http:\/\/127\.0\.0\.1:8787\/\S*login\S*)\s/.exec(text)?.[1];

test("npm ci && npm start is ready, and prints a key and the console's address, within a minute and a half", async () => {
  const [start] = blocks.filter(({ info }) => info === "sh start");
  assert.ok(start, "the README has a block `sh start`");
  const child = spawn("bash", ["-c", start.text], { cwd: folder, env, detached: true });
  server = child;
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (said += text));
  const late = performance.now() + READY_WITHIN;
  while (!said.includes("Holdfast is ready") || keyIn(said) === undefined || loginIn(said) === undefined) {
    assert.equal(child.exitCode, null, `it ended:\n${said}`);
    assert.ok(performance.now() < late, `not ready in time:\n${said}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
});

let exported = "";
for (const [index, block] of blocks.entries()) {
  if (!block.info.endsWith(" run")) continue;
  test(`README.md line ${block.line} does what it says`, () => {
    const key = keyIn(said);
    assert.ok(key !== undefined && loginIn(said) !== undefined, said);
    const text = block.text.replaceAll("hf_…", key);
    // What one block exports, the next one has, as in one terminal.
    const script = `set -euo pipefail\n${exported}\n${text}\nexport -p > .exported`;
    const ran = spawnSync("bash", ["-c", script], { cwd: folder, env, encoding: "utf8", timeout: 60_000 });
    const promised = blocks[index + 1]?.info === "text output" ? (blocks[index + 1]?.text ?? "") : "";
    assert.equal(ran.status, 0, `${ran.stdout}${ran.stderr}`);
    exported = readFileSync(join(folder, ".exported"), "utf8");
    assert.deepEqual(missingLines(promised, ran.stdout + ran.stderr), [], ran.stdout + ran.stderr);
  });
}

test("the README has its first five minutes", () => {
  assert.ok(blocks.filter(({ info }) => info.endsWith(" run")).length >= 5);
});
