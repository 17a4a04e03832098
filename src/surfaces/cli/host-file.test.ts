import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type HostFile, readHostFile, replaceHostFile } from "./host-file.ts";

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-host-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function read(path: string): Promise<HostFile> {
  const file = await readHostFile(path);
  assert.ok(file !== undefined);
  return file;
}

test("a file is replaced whole, with its mode; the copy beside it is the first one for good", async (t) => {
  const folder = folderOf(t);
  const path = join(folder, "mcp.json");
  writeFileSync(path, "first");
  chmodSync(path, 0o640);
  const backup = await replaceHostFile(await read(path), "second");
  await replaceHostFile(await read(path), "third");
  assert.equal(backup, `${path}.before-holdfast`);
  assert.deepEqual([readFileSync(path, "utf8"), readFileSync(backup, "utf8")], ["third", "first"]);
  for (const one of [path, backup]) assert.equal(statSync(one).mode & 0o777, 0o640);
  assert.deepEqual(readdirSync(folder).sort(), ["mcp.json", "mcp.json.before-holdfast"], "nothing else is left");
});

test("who reads the old file while it is replaced reads all of it", async (t) => {
  const path = join(folderOf(t), "mcp.json");
  const other = `${path}.open`;
  writeFileSync(path, "first");
  linkSync(path, other);
  await replaceHostFile(await read(path), "second");
  assert.equal(readFileSync(other, "utf8"), "first");
});

test("a link stays a link, and what it leads to is what changes", async (t) => {
  const folder = folderOf(t);
  mkdirSync(join(folder, "dotfiles"));
  const target = join(folder, "dotfiles", "mcp.json");
  const path = join(folder, "mcp.json");
  writeFileSync(target, "first");
  symlinkSync("dotfiles/mcp.json", path);
  assert.equal(await replaceHostFile(await read(path), "second"), `${(await read(path)).target}.before-holdfast`);
  assert.deepEqual([readlinkSync(path), readFileSync(target, "utf8")], ["dotfiles/mcp.json", "second"]);
  assert.ok(lstatSync(target).isFile());
});

test("what another program wrote since it was read is not overwritten", async (t) => {
  const folder = folderOf(t);
  const path = join(folder, "mcp.json");
  writeFileSync(path, "first");
  const file = await read(path);
  writeFileSync(path, "other");
  await assert.rejects(replaceHostFile(file, "second"), /was changed meanwhile/);
  assert.equal(readFileSync(path, "utf8"), "other");
  rmSync(path);
  await assert.rejects(replaceHostFile(file, "second"), /cannot be changed: ENOENT/);
  writeFileSync(join(folder, "elsewhere"), "first");
  symlinkSync("elsewhere", path);
  await assert.rejects(replaceHostFile(file, "second"), /was changed meanwhile/, "the same text at another place is another file");
  assert.equal(readFileSync(path, "utf8"), "first");
  assert.ok(!readdirSync(folder).some((name) => name.startsWith(".")), "no half file is left");
});

test("a planted link in the copy's place is neither written through nor taken for a copy", async (t) => {
  const folder = folderOf(t);
  const path = join(folder, "mcp.json");
  writeFileSync(path, "first");
  writeFileSync(join(folder, "victim"), "precious");
  symlinkSync("victim", `${path}.before-holdfast`);
  await assert.rejects(replaceHostFile(await read(path), "second"), /is there and is no file/);
  assert.deepEqual([readFileSync(path, "utf8"), readFileSync(join(folder, "victim"), "utf8")], ["first", "precious"]);
});

test("what is too large, no text, no file or not there is refused before anything is done", async (t) => {
  const folder = folderOf(t);
  const path = join(folder, "mcp.json");
  writeFileSync(path, " ".repeat(5 * 1024 * 1024));
  assert.equal((await read(path)).bytes.length, 5 * 1024 * 1024);
  writeFileSync(path, " ".repeat(5 * 1024 * 1024 + 1));
  await assert.rejects(readHostFile(path), /too large/);
  writeFileSync(path, Buffer.from([0x7b, 0xff, 0x7d]));
  await assert.rejects(readHostFile(path), /no UTF-8 text/);
  mkdirSync(join(folder, "directory"));
  await assert.rejects(readHostFile(join(folder, "directory")), /is no file/);
  assert.equal(await readHostFile(join(folder, "nothing")), undefined);
  assert.equal(await readHostFile(join(path, "nothing")), undefined);
  symlinkSync("nothing", join(folder, "dangling"));
  assert.equal(await readHostFile(join(folder, "dangling")), undefined);
  assert.ok(!existsSync(`${path}.before-holdfast`));
});

test("a pipe in the file's place is refused and makes nobody wait", { timeout: 10_000 }, async (t) => {
  const path = join(folderOf(t), "mcp.json");
  if (spawnSync("mkfifo", [path]).status !== 0) return t.diagnostic("no mkfifo here");
  await assert.rejects(readHostFile(path), /is no file/);
});
