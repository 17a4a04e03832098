import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createTaskSessionFromClient, toolDeclarationFromMcpTool } from "@modelcontextprotocol/ext-tasks/client";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { CreateMessageRequestSchema, ElicitRequestSchema, LoggingMessageNotificationSchema } from "@modelcontextprotocol/sdk/types.js";
import { fromJsonSchema, inputRequired, McpServer } from "@modelcontextprotocol/server";
import { BIN } from "../serve.ts";
import { verifies } from "../verifies.ts";
import { type McpRig, startRig } from "./rig.ts";
import { everything, type Running, stateless } from "./servers.ts";

let rig: McpRig;
let servers: Running[];
let modernHeaders: { readonly [name: string]: unknown }[];

const object = (properties: object = {}) => fromJsonSchema({ type: "object", properties } as never);

function small(): McpServer {
  const server = new McpServer({ name: "small", version: "1" }, { capabilities: { tools: {} } });
  server.registerTool("echo", { description: "echoes", inputSchema: object({ text: { type: "string" } }) }, async (args) => ({
    content: [{ type: "text", text: `heard ${(args as { text: string }).text}` }],
  }));
  const place = { region: { type: "string", "x-mcp-header": "Region" }, count: { type: "integer", "x-mcp-header": "Count" } };
  server.registerTool("place", { description: "says where", inputSchema: object(place) }, async (args) => ({
    content: [{ type: "text", text: `at ${(args as { region: string }).region}` }],
  }));
  server.registerTool("confirm", { description: "asks the user", inputSchema: object() }, async (_args, { mcpReq }) => {
    const answer = mcpReq.inputResponses?.["sure"] as { action?: string } | undefined;
    if (answer !== undefined) return { content: [{ type: "text", text: `said ${answer.action}` }] };
    return inputRequired({
      inputRequests: { sure: inputRequired.elicit({ message: "Are you sure?", requestedSchema: { type: "object", properties: {} } as never }) },
      requestState: "state-of-the-server",
    }) as never;
  });
  return server;
}

before(async () => {
  const [reference, modern] = [await everything(), await stateless(small)];
  servers = [reference, modern];
  modernHeaders = modern.headers;
  rig = await startRig(`
models: {}
tools:
  every: { http: { url: "${reference.url}" }, default: { trust: internal } }
  small: { http: { url: "${modern.url}" }, default: { trust: internal } }
roles: { all: { read: ["*"], write: ["*"] } }
agents: { worker: { role: all, limits: { requests: 10000/min, actions: 10000/min, duplicates: { writes: 10000, reads: 10000 } } } }
`);
});
after(async () => {
  await rig.close();
  await Promise.all(servers.map((server) => server.close()));
});

test("the official client of the 2025 era uses the reference server through the gateway as it does directly", async () => {
  verifies("G-02");
  const through = await rig.client("every", await rig.key("worker"), { sampling: {}, elicitation: { form: {} }, roots: {} });
  const logged: unknown[] = [];
  through.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => void logged.push(params));
  through.setRequestHandler(CreateMessageRequestSchema, () => ({ model: "test", role: "assistant", content: { type: "text", text: "sampled here" } }));
  through.setRequestHandler(ElicitRequestSchema, () => ({ action: "accept", content: { name: "Ada" } }));
  assert.match(through.getServerVersion()?.name ?? "", /everything/);
  const { tools } = await through.listTools();
  assert.ok(tools.length > 10);
  assert.deepEqual((await through.callTool({ name: "echo", arguments: { message: "hi" } })).content, [{ type: "text", text: "Echo: hi" }]);
  const image = (await through.callTool({ name: "get-tiny-image", arguments: {} })).content as { type: string; data?: string }[];
  assert.ok((image.find(({ type }) => type === "image")?.data?.length ?? 0) > 1000, "a picture arrives whole");
  const structured = await through.callTool({ name: "get-structured-content", arguments: { location: "Chicago" } });
  assert.ok(structured.structuredContent);
  const { resources } = await through.listResources();
  assert.ok((await through.readResource({ uri: resources[0]?.uri ?? "" })).contents.length > 0);
  assert.ok((await through.getPrompt({ name: "simple-prompt" })).messages.length > 0);
  const progress: number[] = [];
  await through.callTool({ name: "trigger-long-running-operation", arguments: { duration: 0.2, steps: 2 } }, undefined, {
    onprogress: (one) => progress.push(one.progress),
  });
  // The client's library may drop the last one: it comes together with the result.
  assert.deepEqual([progress[0], progress.length <= 2], [1, true]);
  const sampled = await through.callTool({ name: "trigger-sampling-request", arguments: { prompt: "hello", maxTokens: 10 } });
  assert.match(JSON.stringify(sampled), /sampled here/);
  const elicited = await through.callTool({ name: "trigger-elicitation-request", arguments: {} });
  assert.match(JSON.stringify(elicited), /Ada/);
  const kinds = new Set(rig.decided.map(({ request }) => request.action.type));
  for (const kind of ["tool.list", "tool.call", "resource.read", "client.sample", "client.elicit"] as const) assert.ok(kinds.has(kind), `${kind} passed guard`);
});

test("the reference server's task goes on through the gateway, its question to the user included", async () => {
  verifies("G-02");
  const client = await rig.client("every", await rig.key("worker"), { elicitation: { form: {} } });
  client.setRequestHandler(ElicitRequestSchema, () => ({ action: "accept", content: { interpretation: "snake" } }));
  await client.listTools();
  const seen: string[] = [];
  const stream = client.experimental.tasks.callToolStream({ name: "simulate-research-query", arguments: { topic: "python", ambiguous: true } });
  for await (const message of stream) {
    if (message.type === "taskStatus") seen.push(message.task.statusMessage ?? "");
    if (message.type === "error") throw message.error;
    if (message.type === "result") assert.match(JSON.stringify(message.result), /python \(snake\)/);
  }
  assert.ok(
    seen.some((text) => text === "Gathering sources..." || text === "Analyzing content..."),
    seen.join(),
  );
});

test("a client that starts its server through `holdfast run` has tasks as well", async () => {
  const home = mkdtempSync(join(tmpdir(), "holdfast-tasks-"));
  const args = ["run", "--", process.execPath, join(import.meta.dirname, "task-server.ts")];
  const client = new Client({ name: "test", version: "1" }, { capabilities: {} });
  await client.connect(
    new StdioClientTransport({ command: BIN, args, env: { PATH: process.env["PATH"] ?? "", HOME: home }, cwd: home, stderr: "ignore" }) as never,
  );
  await client.listTools();
  const messages = await Array.fromAsync(client.experimental.tasks.callToolStream({ name: "slow", arguments: { text: "done", ms: 50 } }));
  await client.close();
  rmSync(home, { recursive: true, force: true });
  const last = messages.at(-1);
  assert.ok(last?.type === "result", JSON.stringify(last));
  assert.match(JSON.stringify(last.result), /"text":"done"/);
});

test("the extension's own client finds the tasks of the 2025 era where its server has none of the newer", async () => {
  const client = await rig.modern("every", await rig.key("worker"));
  const own = createTaskSessionFromClient(client, { endpointId: "every" });
  const { tools } = await client.listTools();
  const declaration = toolDeclarationFromMcpTool(tools.find(({ name }) => name === "echo") as never);
  const execution = await own.callTool("echo", { message: "hi" }, { declaration, task: { preference: "require" } });
  const { outcome } = await execution.settle();
  assert.ok(outcome.status === "completed", JSON.stringify(outcome));
  assert.match(JSON.stringify(outcome.result), /Echo: hi/);
});

test("the official client of the 2026 era does too, an input request and its sealed state included", async () => {
  verifies("G-02");
  const client = await rig.modern("small", await rig.key("worker"), { elicitation: { form: {} } });
  client.setRequestHandler("elicitation/create", async () => ({ action: "accept", content: {} }));
  assert.deepEqual((await client.listTools()).tools.map(({ name }) => name).sort(), ["confirm", "echo", "place"]);
  assert.deepEqual((await client.callTool({ name: "echo", arguments: { text: "grüß" } })).content, [{ type: "text", text: "heard grüß" }]);
  assert.deepEqual((await client.callTool({ name: "confirm", arguments: {} })).content, [{ type: "text", text: "said accept" }]);
  assert.ok(
    modernHeaders.some((headers) => headers["mcp-method"] === "tools/call" && headers["mcp-name"] === "echo"),
    "headers are made for the upstream",
  );
});

test("a client of both eras falls back to the era of the server", async () => {
  const client = await rig.modern("every", await rig.key("worker"));
  assert.deepEqual((await client.callTool({ name: "echo", arguments: { message: "hi" } })).content, [{ type: "text", text: "Echo: hi" }]);
});

const META = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientInfo": { name: "test", version: "1" },
  "io.modelcontextprotocol/clientCapabilities": { elicitation: { form: {} } },
};

/** One raw tool call of the 2026 era. */
async function call(
  key: string,
  name: string,
  params: object,
  headers: Record<string, string> = {},
): Promise<{ status: number; result?: Record<string, unknown>; error?: { code: number } }> {
  const answer = await rig.post(
    "small",
    key,
    { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name, arguments: {}, ...params, _meta: META } },
    { "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/call", "mcp-name": name, ...headers },
  );
  const text = await answer.text();
  const data = text.startsWith("{") ? text : (text.match(/^data: (\{.*)$/m)?.[1] ?? "{}");
  return { status: answer.status, ...(JSON.parse(data) as object) };
}

test("a server's state comes back only as it was given: by the same key, for the same call, unchanged (tampered requestState)", async () => {
  verifies("G-02");
  const [key, stranger] = [await rig.key("worker"), await rig.key("worker")];
  const first = await call(key, "confirm", {});
  const state = String(first.result?.["requestState"]);
  assert.ok(!state.includes("state-of-the-server") && state.startsWith("hf1."), "nobody reads it on the way");
  const inputResponses = { sure: { action: "accept", content: {} } };
  const flipped = state.slice(0, -3) + (state.at(-3) === "A" ? "B" : "A") + state.slice(-2);
  for (const [what, by, params] of [
    ["changed", key, { requestState: flipped }],
    ["invented", key, { requestState: "state-of-the-server" }],
    ["another's", stranger, { requestState: state }],
    ["for another call", key, { requestState: state, arguments: { more: 1 } }],
  ] as const) {
    assert.equal((await call(by, "confirm", { inputResponses, ...params })).error?.code, -32602, what);
  }
  const done = await call(key, "confirm", { inputResponses, requestState: state });
  assert.deepEqual(done.result?.["content"], [{ type: "text", text: "said accept" }]);
});

test("an argument that its definition mirrors into a header is checked, and sent on as the body says", async () => {
  verifies("G-02");
  const key = await rig.key("worker");
  const args = { arguments: { region: "zürich", count: 3 } };
  const encoded = `=?base64?${Buffer.from("zürich").toString("base64")}?=`;
  const good = { "mcp-param-region": encoded, "mcp-param-count": "3.0" };
  assert.deepEqual((await call(key, "place", args, good)).result?.["content"], [{ type: "text", text: "at zürich" }]);
  const sent = modernHeaders.find((headers) => headers["mcp-name"] === "place");
  assert.deepEqual([sent?.["mcp-param-region"], sent?.["mcp-param-count"]], [encoded, "3"]);
  for (const headers of [{}, { ...good, "mcp-param-region": "paris" }, { ...good, "mcp-param-count": "4" }, { ...good, "mcp-param-region": "=?base64?%?=" }]) {
    const { status, error } = await call(key, "place", args, headers as Record<string, string>);
    assert.deepEqual([status, error?.code], [400, -32020], JSON.stringify(headers));
  }
});
