import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { Client as ModernClient } from "@modelcontextprotocol/client";
import { StdioClientTransport as ModernStdio } from "@modelcontextprotocol/client/stdio";
import { BIN } from "../serve.ts";
import { verifies } from "../verifies.ts";
import { type ThroughRun, throughRun } from "./through-run.ts";

const script = (name: string): string => join(import.meta.dirname, `../../node_modules/@modelcontextprotocol/server-${name}/dist/index.js`);
const home = mkdtempSync(join(tmpdir(), "holdfast-run-"));
const open: { close(): Promise<void> }[] = [];
after(async () => {
  // Also after a failure: a client that is left open keeps its server, and us.
  await Promise.all(open.map((client) => client.close().catch(() => {})));
  rmSync(home, { recursive: true });
});
const env = { PATH: process.env["PATH"] ?? "", HOME: home };
const SLOW = { timeout: 60_000 };

const connected = (args: readonly string[], cwd = home): Promise<ThroughRun> => throughRun(args, { env, cwd, made: (client) => open.push(client) });

test("with `holdfast run --` before its command a server works as before, and everything is recorded", SLOW, async () => {
  verifies("G-02", "A-01");
  const { client, said } = await connected(["--", process.execPath, script("everything")]);
  assert.match(client.getServerVersion()?.name ?? "", /everything/);
  assert.ok((await client.listTools()).tools.length > 5);
  assert.deepEqual((await client.callTool({ name: "echo", arguments: { message: "hi" } })).content, [{ type: "text", text: "Echo: hi" }]);
  const progress: number[] = [];
  await client.callTool({ name: "trigger-long-running-operation", arguments: { duration: 0.2, steps: 2 } }, undefined, {
    onprogress: (one) => progress.push(one.progress),
  });
  // The client's library may drop the last one: it comes together with the result.
  assert.deepEqual([progress[0], progress.length <= 2], [1, true]);
  const late = client.callTool({ name: "trigger-long-running-operation", arguments: { duration: 30, steps: 2 } }, undefined, { timeout: 100 });
  await assert.rejects(late, /timed out/);
  assert.deepEqual((await client.callTool({ name: "echo", arguments: { message: "after" } })).content, [{ type: "text", text: "Echo: after" }]);
  await client.close();
  assert.match(said(), /no configuration found/);
  const folder = join(home, ".local/state/holdfast/run/server-everything/log/audit/log");
  const log = readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("");
  for (const part of ["tool.list", "tool.call", "server-everything.echo", "tool-pinned"]) assert.ok(log.includes(part), part);
});

test("two clients may start the same server at once; each has a log of its own, and both the same pins", SLOW, async () => {
  const both = await Promise.all([
    connected(["--server", "twice", "--", process.execPath, script("memory")]),
    connected(["--server", "twice", "--", process.execPath, script("memory")]),
  ]);
  for (const { client } of both) assert.ok((await client.listTools()).tools.length > 3);
  await Promise.all(both.map(({ client }) => client.close()));
  assert.ok(existsSync(join(home, ".local/state/holdfast/run/twice/log-2/audit")));
});

test("a configuration decides: what the role does not grant is neither seen nor done", SLOW, async () => {
  verifies("P-01");
  const folder = mkdtempSync(join(home, "configured-"));
  writeFileSync(join(folder, "note.txt"), `a note with AKIA${"IOSFODNN7EXAMPLQ"}`);
  writeFileSync(
    join(folder, "holdfast.yaml"),
    `
models: {}
tools: { files: { default: { trust: internal } } }
roles: { reader: { read: [files.read_text_file, files.list_directory] } }
agents: { worker: { role: reader, limits: { requests: 1000/min, actions: 10000/min, duplicates: { writes: 10000, reads: 10000 } } } }
`,
  );
  const config = join(folder, "holdfast.yaml");
  const { client } = await connected(["--server", "files", "--config", config, "--", process.execPath, script("filesystem"), folder]);
  assert.deepEqual((await client.listTools()).tools.map(({ name }) => name).sort(), ["list_directory", "read_text_file"]);
  const read = JSON.stringify(await client.callTool({ name: "read_text_file", arguments: { path: join(folder, "note.txt") } }));
  assert.match(read, /a note with \[aws-access-key\]/);
  const refused = await client.callTool({ name: "write_file", arguments: { path: join(folder, "new.txt"), content: "x" } });
  assert.deepEqual([refused.isError, existsSync(join(folder, "new.txt"))], [true, false]);
  await client.close();
  assert.ok(existsSync(join(folder, "data/run/files/log/audit")), "data lie where the configuration says, seen from itself: a client starts us in any folder");
});

test("a client of both eras works too", SLOW, async () => {
  const client = new ModernClient({ name: "test", version: "1" }, { capabilities: {}, versionNegotiation: { mode: "auto" } });
  open.push(client);
  await client.connect(
    new ModernStdio({ command: BIN, args: ["run", "--server", "modern", "--", process.execPath, script("everything")], env, cwd: home, stderr: "ignore" }),
  );
  assert.deepEqual((await client.callTool({ name: "echo", arguments: { message: "hi" } })).content, [{ type: "text", text: "Echo: hi" }]);
  await client.close();
});

/** Runs one command line with these lines as its input, which stays open until `enough` of its output is there. */
async function raw(args: readonly string[], input: string, enough: (out: string) => boolean): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(BIN, ["run", ...args], { env, cwd: home });
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
    if (enough(out)) child.stdin.end();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  child.stdin.on("error", () => {});
  child.stdin.write(input);
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, out, err };
}

test("what is no message is answered as the protocol says, and the next one is read", SLOW, async () => {
  const { code, out } = await raw(
    ["--server", "raw", "--", process.execPath, script("everything")],
    '{"a":1,"a":2}\n[]\n{"jsonrpc":"2.0","id":1,"method":"nothing/known"}\n',
    (out) => out.split("\n").length > 3,
  );
  const codes = out
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { error: { code: number } }).error.code);
  assert.deepEqual(codes.sort(), [-32600, -32601, -32700]);
  assert.equal(code, 0);
});

test("a server that cannot be started is said, with what to look at", SLOW, async () => {
  const initialize = `${JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "t", version: "1" } } })}\n`;
  const missing = await raw(["--server", "missing", "--", "/nowhere/at-all"], initialize, (out) => out.includes("\n"));
  assert.match(missing.out, /`\/nowhere\/at-all` cannot be started: there is no such program/);
  const dying = await raw(["--server", "dying", "--", process.execPath, "-e", "process.exit(7)"], initialize, () => false);
  assert.equal(dying.code, 1);
  assert.match(dying.err, /the server is over: it ended with 7[\s\S]*is the command right\?/);
});
