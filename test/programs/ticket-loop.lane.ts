/** The 15,000 tickets at a real gateway: over MCP, as what a model proposes, and at the decision API; and 15,000 actions that are work. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { Pool } from "undici";
import { BIN, type Served, serve } from "../serve.ts";
import { verifies } from "../verifies.ts";

const TICKETS = 15_000;
const AT_ONCE = 16;
const MODEL = "made-1";

/** What was really made at the help desk. */
const done: string[] = [];
let proposed = 0;
const upstream = createServer(async (request, response) => {
  const text = await read(request);
  response.setHeader("content-type", "application/json");
  if (request.url === "/v1/chat/completions") {
    const i = ++proposed;
    const calls = [{ id: `c${i}`, type: "function", function: { name: "create_ticket", arguments: JSON.stringify(ticket(i)) } }];
    const choices = [{ index: 0, message: { role: "assistant", content: null, tool_calls: calls }, finish_reason: "tool_calls" }];
    const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
    return void response.end(JSON.stringify({ id: `chatcmpl-${i}`, object: "chat.completion", created: 1, model: MODEL, choices, usage }));
  }
  const { id, method, params } = JSON.parse(text === "" ? "{}" : text) as { id?: number; method?: string; params?: { name: string } };
  if (id === undefined) return void response.writeHead(202).end();
  if (method === "tools/call") done.push(String(params?.name));
  const tool = (name: string) => ({ name, inputSchema: { type: "object" } });
  const result =
    method === "initialize"
      ? { protocolVersion: "2025-11-25", capabilities: { tools: {} }, serverInfo: { name: "desk", version: "1" } }
      : method === "tools/list"
        ? { tools: [tool("create_ticket"), tool("update_customer"), tool("send_mail")] }
        : { content: [{ type: "text", text: "ok" }] };
  response.end(JSON.stringify({ jsonrpc: "2.0", id, result }));
});

const WORDS = "printer scanner monitor router switch server keyboard network cable toner".split(" ");
const ticket = (i: number): object => ({
  ticket_id: `MON-${i}`,
  title: `Incident ${i}: the ${WORDS[i % WORDS.length]} in the office does not answer`,
  description: `At 2026-03-0${1 + (i % 9)}T10:${10 + (i % 50)}:00Z the check number ${i} of the automatic monitoring failed, please look at it.`,
});
const WORK: readonly ((i: number) => readonly [tool: string, args: object])[] = [
  (i) => ["update_customer", { customer_id: `C-${i}`, field: "status", value: i % 3 === 0 ? "active" : "closed" }],
  (i) => ["send_mail", { to: `customer${i}@example.com`, subject: "Your order", body: "Dear customer, your order is on its way and will arrive soon." }],
];

let gateway: Served;
let pool: Pool;
/** An agent that nothing but the guard against loops would stop; and one with the limits that everybody has. */
const FREE = "requests: 10000/s, actions: 10000/s";

before(async () => {
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  const { port } = upstream.address() as AddressInfo;
  gateway = await serve(`
models: { made: { provider: openai, base_url: "http://127.0.0.1:${port}/v1", credential: none, models: [${MODEL}] } }
tools: { desk: { http: { url: "http://127.0.0.1:${port}/mcp" } } }
roles: { any: { read: ["*"], write: ["*"] } }
flow: { mode: monitor, rule_of_two: off }
agents:
  looping: { role: any, models: [made/*], limits: { ${FREE} } }
  working: { role: any, models: [made/*], limits: { ${FREE}, budget: { actions: ${TICKETS}/day } } }
  fast: { role: any, models: [made/*], limits: { requests: 10000/s } }
`);
  pool = new Pool(gateway.url, { connections: AT_ONCE });
});
after(async () => {
  await pool.close();
  await gateway.stop();
  upstream.closeAllConnections();
  upstream.close();
});

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function ask(path: string, key: string, body: object, headers: { [name: string]: string } = {}) {
  const answer = await pool.request({
    method: "POST",
    path,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json", accept: "application/json, text/event-stream", ...headers },
    body: JSON.stringify(body),
  });
  return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
}

/** Each number once, so many at a time. */
async function each(times: number, one: (i: number) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (next < times) await one(next++);
    }),
  );
}

function keyOf(agent: string): string {
  return execFileSync(BIN, ["keys", "mint", "--agent", agent], { cwd: gateway.folder, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
}

/** Calls tools over MCP, in one session. */
async function caller(key: string): Promise<(i: number, tool: string, args: object) => Promise<string>> {
  const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "t", version: "1" } };
  const began = await ask("/mcp/desk", key, { jsonrpc: "2.0", id: 1, method: "initialize", params });
  const session = { "mcp-session-id": String(began.headers["mcp-session-id"]) };
  await ask("/mcp/desk", key, { jsonrpc: "2.0", method: "notifications/initialized" }, session);
  await ask("/mcp/desk", key, { jsonrpc: "2.0", id: 2, method: "tools/list" }, session);
  return async (i, name, args) =>
    (await ask("/mcp/desk", key, { jsonrpc: "2.0", id: 10 + i, method: "tools/call", params: { name, arguments: args } }, session)).text;
}

test(`of ${TICKETS} tickets over MCP five are made`, { timeout: 200_000 }, async () => {
  verifies("C-10");
  const call = await caller(keyOf("looping"));
  const before = done.length;
  let refused = 0;
  await each(TICKETS, async (i) => {
    if ((await call(i, "create_ticket", ticket(i))).includes("this write was made 5 times")) refused++;
  });
  assert.deepEqual([done.length - before, refused], [5, TICKETS - 5]);
});

test(`of ${TICKETS} tickets that a model proposes five reach the agent`, { timeout: 200_000 }, async () => {
  verifies("C-10");
  const key = keyOf("looping");
  const tools = [{ type: "function", function: { name: "create_ticket", parameters: { type: "object" } } }];
  let got = 0;
  await each(TICKETS, async (i) => {
    const { status, text } = await ask("/v1/chat/completions", key, { model: MODEL, tools, messages: [{ role: "user", content: `go on (${i})` }] });
    assert.equal(status, 200, text);
    if (text.includes('"tool_calls":[{')) got++;
  });
  assert.equal(got, 5);
});

test(`of ${TICKETS} tickets that a host asks about at the decision API five are permitted`, { timeout: 200_000 }, async () => {
  verifies("C-10");
  const key = keyOf("looping");
  let permitted = 0;
  await each(TICKETS, async (i) => {
    const { text } = await ask("/api/v1/decide", key, { action: { type: "tool.call", tool: "helpdesk.create_ticket", args: ticket(i) } });
    if ((JSON.parse(text) as { effect: string }).effect === "permit") permitted++;
  });
  assert.equal(permitted, 5);
});

test("an agent with the limits that everybody has makes a hundred calls in a minute, whatever they are", { timeout: 60_000 }, async () => {
  verifies("C-07");
  const call = await caller(keyOf("fast"));
  const before = done.length;
  await each(400, async (i) => void (await call(i, ...(WORK[i % 2] as (typeof WORK)[0])(i))));
  // The list of tools was one action.
  assert.ok(done.length - before <= 100 && done.length - before >= 95, `${done.length - before}`);
});

test(`${TICKETS} actions that are work, under a budget of as many a day, are all made`, { timeout: 200_000 }, async () => {
  verifies("C-10", "C-09");
  const call = await caller(keyOf("working"));
  const before = done.length;
  const refused: string[] = [];
  await each(TICKETS, async (i) => {
    const said = await call(i, ...(WORK[i % 2] as (typeof WORK)[0])(i));
    if (!said.includes('"text":"ok"')) refused.push(said);
  });
  assert.deepEqual([refused.slice(0, 3), done.length - before], [[], TICKETS]);
});
