import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { CreateMessageRequestSchema, ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { type McpRig, startRig } from "../mcp/rig.ts";
import { verifies } from "../verifies.ts";

const script = (name: string): string => join(import.meta.dirname, `../../node_modules/@modelcontextprotocol/server-${name}/dist/index.js`);
const folder = mkdtempSync(join(tmpdir(), "holdfast-stdio-"));
let rig: McpRig;

before(async () => {
  writeFileSync(join(folder, "note.txt"), "a note");
  const command = (...parts: string[]): string => JSON.stringify([process.execPath, ...parts]);
  // A server that remembers what it was told, to see who shares it; and one that dies when it is asked to.
  const counter = `let n = 0; require("readline").createInterface({ input: process.stdin }).on("line", (l) => { const m = JSON.parse(l); if (m.method === "tools/call" && m.params.name === "die") process.exit(1); if (m.id === undefined) return; if (m.method === "tools/call" && m.params.name === "broken") return console.log("{broken"); const r = m.method === "initialize" ? { protocolVersion: m.params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: "c", version: "1" } } : m.method === "tools/list" ? { tools: ["count", "die", "broken"].map((name) => ({ name, inputSchema: { type: "object" } })) } : { content: [{ type: "text", text: String(++n) }] }; console.log("not a message"); console.log(JSON.stringify({ jsonrpc: "2.0", id: m.id, result: r })); });`;
  rig = await startRig(`
models: {}
tools:
  every: { stdio: { command: ${command(script("everything"))} }, default: { trust: internal } }
  files: { stdio: { command: ${command(script("filesystem"), folder)} }, default: { trust: internal } }
  memory: { stdio: { command: ${command(script("memory"))}, env: { MEMORY_FILE_PATH: ${JSON.stringify(join(folder, "memory.jsonl"))} } }, default: { trust: internal } }
  counter: { stdio: { command: ${command("-e", counter)} }, default: { trust: internal } }
  nowhere: { stdio: { command: [/nowhere/at-all] } }
roles: { all: { read: ["*"], write: ["*"] } }
agents: { worker: { role: all, limits: { requests: 10000/min, actions: 10000/min, duplicates: { writes: 10000, reads: 10000 } } } }
`);
});
after(async () => {
  await rig.close();
  rmSync(folder, { recursive: true });
});

test("the reference server as a program is used through the gateway like over HTTP", async () => {
  verifies("G-02");
  const client = await rig.client("every", await rig.key("worker"), { sampling: {}, elicitation: { form: {} }, roots: {} });
  client.setRequestHandler(CreateMessageRequestSchema, () => ({ model: "test", role: "assistant", content: { type: "text", text: "sampled here" } }));
  client.setRequestHandler(ElicitRequestSchema, () => ({ action: "accept", content: { name: "Ada" } }));
  assert.deepEqual((await client.callTool({ name: "echo", arguments: { message: "hi" } })).content, [{ type: "text", text: "Echo: hi" }]);
  const progress: number[] = [];
  await client.callTool({ name: "trigger-long-running-operation", arguments: { duration: 0.2, steps: 2 } }, undefined, {
    onprogress: (one) => progress.push(one.progress),
  });
  // The client's library may drop the last one: it comes together with the result.
  assert.deepEqual([progress[0], progress.length <= 2], [1, true]);
  assert.match(JSON.stringify(await client.callTool({ name: "trigger-sampling-request", arguments: { prompt: "hello", maxTokens: 10 } })), /sampled here/);
  assert.match(JSON.stringify(await client.callTool({ name: "trigger-elicitation-request", arguments: {} })), /Ada/);
});

test("the file system and memory servers do their work through the gateway", async () => {
  verifies("G-02");
  const key = await rig.key("worker");
  const files = await rig.client("files", key);
  assert.match(JSON.stringify(await files.callTool({ name: "read_text_file", arguments: { path: join(folder, "note.txt") } })), /a note/);
  await files.callTool({ name: "write_file", arguments: { path: join(folder, "new.txt"), content: "written" } });
  assert.equal(readFileSync(join(folder, "new.txt"), "utf8"), "written");
  const memory = await rig.client("memory", key);
  await memory.callTool({ name: "create_entities", arguments: { entities: [{ name: "Ada", entityType: "person", observations: ["writes programs"] }] } });
  assert.match(JSON.stringify(await memory.callTool({ name: "search_nodes", arguments: { query: "Ada" } })), /writes programs/);
});

test("each conversation has a process of its own: nothing of one is seen in another", async () => {
  verifies("G-02");
  const [first, second] = [await rig.client("counter", await rig.key("worker")), await rig.client("counter", await rig.key("worker"))];
  const count = async (client: typeof first): Promise<unknown> => (await client.callTool({ name: "count", arguments: {} })).content;
  const is = (n: string) => [{ type: "text", text: n }];
  assert.deepEqual([await count(first), await count(first), await count(second)], [is("1"), is("2"), is("1")]);
});

test("a program that dies is told as a fault, and its session is over; the next one works", async () => {
  const key = await rig.key("worker");
  const client = await rig.client("counter", key);
  await assert.rejects(client.callTool({ name: "die", arguments: {} }), /ended/);
  await assert.rejects(client.callTool({ name: "count", arguments: {} }));
  const again = await rig.client("counter", key);
  assert.equal((await again.callTool({ name: "count", arguments: {} })).isError, undefined);
});

test("an answer that cannot be read is a fault at once, not a client that waits", async () => {
  const client = await rig.client("counter", await rig.key("worker"));
  await assert.rejects(client.callTool({ name: "broken", arguments: {} }), /cannot be read/);
  assert.equal((await client.callTool({ name: "count", arguments: {} })).isError, undefined, "and the conversation goes on");
});

test("a program that is not there is an error that names the server and the program", async () => {
  await assert.rejects(rig.client("nowhere", await rig.key("worker")), /`\/nowhere\/at-all` cannot be started/);
});
