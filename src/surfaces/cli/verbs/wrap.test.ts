import assert from "node:assert/strict";
import { chmodSync, chownSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { type TestContext, test } from "node:test";
import { run } from "../run.ts";

interface Place {
  readonly path: string;
  readonly holdfast: (...argv: readonly string[]) => Promise<{ exit: number; out: string; err: string }>;
}

/** A home with a file of Cursor's in it. */
function cursor(t: TestContext, file: string): Place {
  const home = mkdtempSync(join(tmpdir(), "holdfast-wrap-"));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  mkdirSync(join(home, ".cursor"));
  const path = join(home, ".cursor", "mcp.json");
  writeFileSync(path, file);
  return {
    path,
    async holdfast(...argv) {
      const [out, err] = [new PassThrough(), new PassThrough()];
      const written = Promise.all([text(out), text(err)]);
      const exit = await run(argv, { in: new PassThrough(), out, err, env: { HOME: home }, cwd: home, signal: AbortSignal.timeout(60_000) });
      out.end();
      err.end();
      const [outText, errText] = await written;
      return { exit, out: outText, err: errText };
    },
  };
}

const ONE = '{"mcpServers": {"files": {"command": "npx", "args": ["server"]}}}';

test("a second time the file is not even written", async (t) => {
  const { path, holdfast } = cursor(t, ONE);
  assert.equal((await holdfast("wrap", "cursor")).exit, 0);
  const [before, wrapped] = [statSync(path), readFileSync(path, "utf8")];
  assert.equal((await holdfast("wrap", "cursor")).exit, 0);
  assert.deepEqual([statSync(path).ino, statSync(path).mtimeMs, readFileSync(path, "utf8")], [before.ino, before.mtimeMs, wrapped]);
  const [{ command, args }] = Object.values((JSON.parse(wrapped) as { mcpServers: object }).mcpServers) as [{ command: string; args: readonly string[] }];
  assert.ok(isAbsolute(command) && statSync(command).isFile(), "the client starts it from any folder");
  assert.deepEqual(args, ["run", "--server", "files", "--", "npx", "server"]);
  assert.equal((await holdfast("unwrap", "cursor")).exit, 0);
  assert.equal(readFileSync(path, "utf8"), ONE);
});

test("a dry run and a refused file write nothing, not even a copy", async (t) => {
  const { path, holdfast } = cursor(t, ONE);
  assert.equal((await holdfast("wrap", "cursor", "--dry-run")).exit, 0);
  assert.equal(readFileSync(path, "utf8"), ONE);
  for (const bad of ['{"mcpServers": {', '{"mcpServers": {}, "mcpServers": {"a": {"command": "x"}}}', `${ONE}${" ".repeat(5 * 1024 * 1024)}`]) {
    writeFileSync(path, bad);
    const { exit, out, err } = await holdfast("wrap", "cursor");
    assert.deepEqual([exit, out, readFileSync(path, "utf8")], [1, "", bad], err);
  }
  assert.throws(() => statSync(`${path}.before-holdfast`), /ENOENT/);
});

test("a file that anybody can change is told, and keeps its mode", async (t) => {
  const { path, holdfast } = cursor(t, ONE);
  chmodSync(path, 0o666);
  assert.match((await holdfast("wrap", "cursor")).err, /can be changed by anybody/);
  assert.equal(statSync(path).mode & 0o777, 0o666);
  chmodSync(path, 0o600);
  assert.doesNotMatch((await holdfast("unwrap", "cursor")).err, /anybody/);
});

test("run as root on a user's file, the file and its copy stay the user's", async (t) => {
  if (process.getuid?.() !== 0) return t.diagnostic("only root can give a file away");
  const { path, holdfast } = cursor(t, ONE);
  chownSync(path, 1234, 1235);
  await holdfast("wrap", "cursor");
  for (const one of [path, `${path}.before-holdfast`]) assert.deepEqual([statSync(one).uid, statSync(one).gid], [1234, 1235]);
});

test("a link in a project leads to one file, which is changed once, and stays a link", async (t) => {
  const { path, holdfast } = cursor(t, ONE);
  const link = join(path, "../../.mcp.json");
  const user = join(path, "../../.claude.json");
  symlinkSync(".cursor/mcp.json", link);
  symlinkSync(".cursor/mcp.json", user);
  const { exit, out } = await holdfast("wrap", "claude-code", "--json");
  assert.deepEqual([exit, (JSON.parse(out) as { files: unknown[] }).files.length], [0, 1]);
  assert.ok(lstatSync(link).isSymbolicLink() && lstatSync(user).isSymbolicLink());
  assert.match(readFileSync(path, "utf8"), /"run", "--server", "files"/);
});

test("names that look like options or like parts of every object are names", async (t) => {
  const file = '{"mcpServers": {"--config": {"command": "--"}, "__proto__": {"command": "x", "args": ["--help"]}}}';
  const { path, holdfast } = cursor(t, file);
  assert.equal((await holdfast("wrap", "cursor", "--server", "__proto__", "--server=--config")).exit, 0);
  const wrapped = readFileSync(path, "utf8");
  assert.match(wrapped, /"run", "--server", "config", "--", "--"\]/);
  assert.match(wrapped, /"run", "--server", "proto__", "--", "x", "--help"\]/);
  assert.equal((await holdfast("unwrap", "cursor")).exit, 0);
  assert.equal(readFileSync(path, "utf8"), file);
});

test("a name cannot redraw the lines that a person reads", async (t) => {
  const { holdfast } = cursor(t, '{"mcpServers": {"\\u001b[2Kfine": {"command": "\\u001b[1A"}, "x": {"command": "/e\\u001b/holdfast", "args": ["run"]}}}');
  for (const more of [["--dry-run"], []]) {
    const { out, err } = await holdfast("wrap", "cursor", ...more);
    assert.ok(!`${out}${err}`.includes("\u001b"), out);
  }
});

test("servers of a client's profiles are servers of the client: none of them is left out in silence", async (t) => {
  const { path, holdfast } = cursor(t, ONE);
  const home = join(path, "../..");
  const there = [".config/Code/User", ".config/Code/User/profiles/-1a2b", ".config/Code/User/profiles/work", ".openclaw", ".openclaw-dev"];
  for (const folder of there) {
    mkdirSync(join(home, folder), { recursive: true });
    const [file, servers] = folder.startsWith(".openclaw")
      ? ["openclaw.json", '{"mcp": {"servers": {"a": {"command": "x"}}}}']
      : ["mcp.json", '{"servers": {"a": {"command": "x"}}}'];
    writeFileSync(join(home, folder, file), servers);
  }
  for (const [client, most] of [
    ["vscode", 3],
    ["openclaw", 2],
  ] as const) {
    const { exit, out } = await holdfast("wrap", client);
    assert.deepEqual([exit, out.match(/wrapped {4}a/g)?.length], [0, most], out);
    assert.equal((await holdfast("unwrap", client)).out.match(/unwrapped {2}a/g)?.length, most);
  }
});

test("who asks for another agent or configuration is not told that all is as it should be", async (t) => {
  const { path, holdfast } = cursor(t, ONE);
  writeFileSync(join(path, "../../strict.yaml"), "agents: { desk: { role: builtin/assistant } }");
  await holdfast("wrap", "cursor");
  const { out, err } = await holdfast("wrap", "cursor", "--config", "strict.yaml", "--agent", "desk");
  assert.match(out, /left {7}files: it is run under whatever configuration/);
  assert.match(err, /files: unwrap it first to have it run as you say/);
  const german = await holdfast("--lang", "de", "wrap", "cursor", "--config", "strict.yaml");
  assert.match(german.out, /belassen +files: Läuft unter der Konfiguration, die dort gefunden wird/);
});
