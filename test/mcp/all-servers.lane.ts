import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CreateMessageRequestSchema, ElicitRequestSchema, type Tool } from "@modelcontextprotocol/sdk/types.js";
import { fromJsonSchema, McpServer } from "@modelcontextprotocol/server";
import { verifies } from "../verifies.ts";
import { type McpRig, startRig } from "./rig.ts";
import { type Changing, changing, everything, type Running, stateless } from "./servers.ts";

const tool = (name: string): Tool => ({ name, inputSchema: { type: "object", properties: { to: { type: "string" } } } });
let [one, two]: Changing[] = [];
let others: Running[] = [];
let rig: McpRig;
let modern: McpRig;

const small = (name: string) => () => {
  const server = new McpServer({ name, version: "1" }, { capabilities: { tools: {} } });
  server.registerTool("who", { description: "says who", inputSchema: fromJsonSchema({ type: "object" } as never) }, async () => ({
    content: [{ type: "text", text: name }],
  }));
  return server;
};

before(async () => {
  [one, two] = [await changing([tool("read_mail"), tool("send_mail")]), await changing([tool("read_mail")])];
  const [reference, left, right] = [await everything(), await stateless(small("left")), await stateless(small("right"))];
  others = [reference, left, right];
  rig = await startRig(`
models: {}
tools:
  every: { http: { url: "${reference.url}" }, default: { trust: internal } }
  one: { http: { url: "${one.url}" } }
  two: { http: { url: "${two.url}" } }
  dead: { http: { url: "http://127.0.0.1:9/mcp" } }
roles: { all: { read: ["*"], write: ["*"] }, some: { read: [two.read_mail] } }
agents: { worker: { role: all, limits: { requests: 10000/min, actions: 10000/min, duplicates: { writes: 10000, reads: 10000 } } }, reader: { role: some, limits: { requests: 10000/min, actions: 10000/min, duplicates: { writes: 10000, reads: 10000 } } } }
`);
  modern = await startRig(`
models: {}
tools: { left: { http: { url: "${left.url}" }, default: { trust: internal } }, right: { http: { url: "${right.url}" }, default: { trust: internal } } }
roles: { all: { read: ["*"], write: ["*"] } }
agents: { worker: { role: all, limits: { requests: 10000/min, actions: 10000/min, duplicates: { writes: 10000, reads: 10000 } } } }
`);
});
after(async () => {
  await Promise.all([rig.close(), modern.close(), one?.close(), two?.close(), ...others.map((server) => server.close())]);
});

test("at one address a client finds the tools of all servers under their servers' names, and each call goes to its own", async () => {
  verifies("G-02");
  const client = await rig.client("", await rig.key("worker"), { sampling: {}, elicitation: { form: {} }, roots: {} });
  client.setRequestHandler(CreateMessageRequestSchema, () => ({ model: "test", role: "assistant", content: { type: "text", text: "sampled here" } }));
  client.setRequestHandler(ElicitRequestSchema, () => ({ action: "accept", content: { name: "Ada" } }));
  const names = (await client.listTools()).tools.map(({ name }) => name);
  for (const name of ["every__echo", "one__read_mail", "one__send_mail", "two__read_mail"]) assert.ok(names.includes(name), name);
  assert.ok(!names.some((name) => name.startsWith("dead")), "a server that does not answer is left out");
  assert.deepEqual((await client.callTool({ name: "every__echo", arguments: { message: "hi" } })).content, [{ type: "text", text: "Echo: hi" }]);
  assert.match(
    JSON.stringify(await client.callTool({ name: "every__trigger-sampling-request", arguments: { prompt: "hello", maxTokens: 10 } })),
    /sampled here/,
  );
  assert.match(JSON.stringify(await client.callTool({ name: "every__trigger-elicitation-request", arguments: {} })), /Ada/);
  const { resources } = await client.listResources();
  assert.ok((await client.readResource({ uri: resources[0]?.uri ?? "" })).contents.length > 0);
  const { prompts } = await client.listPrompts();
  assert.ok((await client.getPrompt({ name: prompts.find(({ name }) => name.endsWith("simple-prompt"))?.name ?? "" })).messages.length > 0);
  await client.callTool({ name: "two__read_mail", arguments: {} });
  assert.deepEqual([one?.called.length, two?.called.length], [0, 1]);
  await assert.rejects(client.callTool({ name: "read_mail", arguments: {} }), /server__name/);
  await assert.rejects(client.callTool({ name: "nowhere__read_mail", arguments: {} }), /server__name/);
});

test("what was read at one server holds for a call to another", async () => {
  verifies("P-09");
  const client = await rig.client("", await rig.key("worker"));
  await client.callTool({ name: "two__read_mail", arguments: {} });
  assert.match(JSON.stringify(await client.callTool({ name: "one__send_mail", arguments: { to: "eve@evil.example" } })), /flow\/untrusted-context/);
});

test("an agent finds what its role grants, whatever else the servers have", async () => {
  verifies("P-01");
  const client = await rig.client("", await rig.key("reader"));
  assert.deepEqual(
    (await client.listTools()).tools.map(({ name }) => name),
    ["two__read_mail"],
  );
  assert.match(JSON.stringify(await client.callTool({ name: "one__read_mail", arguments: {} })), /default-deny/);
});

test("servers of the 2026 era are one for a client of that era as well", async () => {
  verifies("G-02");
  const client = await modern.modern("", await modern.key("worker"));
  assert.deepEqual((await client.listTools()).tools.map(({ name }) => name).sort(), ["left__who", "right__who"]);
  for (const side of ["left", "right"])
    assert.deepEqual((await client.callTool({ name: `${side}__who`, arguments: {} })).content, [{ type: "text", text: side }]);
});
