/** The kill switch of a real gateway, from the command line: what is open ends within a second, nothing more passes, and all of it is on record. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { BIN, type Served, serve } from "../serve.ts";
import { verifies } from "../verifies.ts";

const run = promisify(execFile);
const upstream = createServer(async (request, response) => {
  const text = await read(request);
  if (request.url === "/v1/chat/completions") {
    response.writeHead(200, { "content-type": "text/event-stream" });
    const piece = (content: string): string =>
      `data: ${JSON.stringify({ id: "c1", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta: { role: "assistant", content }, finish_reason: null }] })}\n\n`;
    // Speaks for as long as anybody listens.
    const speaking = setInterval(() => response.write(piece("and another word follows this one. ")), 20);
    response.on("close", () => {
      clearInterval(speaking);
      ended.push("model");
    });
    return;
  }
  const message = JSON.parse(text === "" ? "{}" : text) as { id?: number; method?: string };
  if (message.id === undefined) return void response.writeHead(202).end();
  if (message.method === "tools/call") {
    called++;
    chain = String(request.headers["x-holdfast-chain"]);
    response.on("close", () => ended.push("tool"));
    return;
  }
  const result =
    message.method === "initialize"
      ? { protocolVersion: "2025-11-25", capabilities: { tools: {} }, serverInfo: { name: "slow", version: "1" } }
      : { tools: [{ name: "read_slowly", inputSchema: { type: "object" }, annotations: { readOnlyHint: true } }] };
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ jsonrpc: "2.0", id: message.id, result }));
});
const ended: string[] = [];
let called = 0;
/** What the server was last given to show, being an agent. */
let chain = "";
let port = 0;
let gateway: Served;

const configuration = (): string => `
models:
  slow: { provider: openai, base_url: "http://127.0.0.1:${port}/v1", credential: none, models: [m] }
  practice: { provider: practice }
tools:
  slow: { http: { url: "http://127.0.0.1:${port}/mcp" } }
  deep: { http: { url: "http://127.0.0.1:${port}/mcp" }, agent: worker }
roles:
  reader: { read: ["slow.*", "deep.*"], write: [] }
agents:
  support: { role: reader, models: [slow/*, practice/*], limits: { requests: 1000/min, actions: 10000/min, duplicates: { writes: 10000, reads: 10000 } } }
  worker: { role: reader, models: [slow/*, practice/*], limits: { requests: 1000/min } }
  other: { role: reader, models: [practice/*], limits: { requests: 1000/min, actions: 10000/min, duplicates: { writes: 10000, reads: 10000 } } }
`;

before(async () => {
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  port = (upstream.address() as AddressInfo).port;
  gateway = await serve(configuration());
});
after(async () => {
  await gateway.stop();
  upstream.closeAllConnections();
  upstream.close();
});

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

const holdfast = async (...args: string[]) => (await run(BIN, args, { cwd: gateway.folder, encoding: "utf8", env: { ...process.env, NO_COLOR: "1" } })).stdout;

const ask = (model: string, key: string, stream = false, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    headers: { ...headers, authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ model, stream, messages: [{ role: "user", content: "hello" }] }),
  });

async function mcp(message: object, session?: string, server = "slow"): Promise<Response> {
  return fetch(`${gateway.url}/mcp/${server}`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${gateway.key}`,
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      ...(session === undefined ? {} : { "mcp-session-id": session }),
    },
    body: JSON.stringify({ jsonrpc: "2.0", ...message }),
  });
}

/** A session in which the tools were listed. */
async function begin(server = "slow"): Promise<string> {
  const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "t", version: "1" } };
  const began = await mcp({ id: 1, method: "initialize", params }, undefined, server);
  const session = began.headers.get("mcp-session-id") ?? "";
  await began.text();
  await (await mcp({ method: "notifications/initialized" }, session, server)).text();
  await (await mcp({ id: 2, method: "tools/list" }, session, server)).text();
  return session;
}

/** Stops an agent; resolves with when that was asked for. */
async function pause(agent: string): Promise<number> {
  const token = (await readFile(`${gateway.folder}/data/operator.token`, "utf8")).trim();
  const pressed = performance.now();
  const answer = await fetch(`${gateway.url}/api/v1/agents/${agent}/pause`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ reason: "it loops" }),
  });
  assert.equal(answer.status, 200);
  return pressed;
}

test("a pause ends within a second what another agent does on behalf of the paused one, whether it says so or not, and it does nothing more for it", async () => {
  verifies("C-11", "C-12");
  const worker = (await holdfast("keys", "mint", "--agent", "worker")).trim();
  const apart = await ask("slow/m", worker, true);
  const session = await begin("deep");
  const running = mcp({ id: 3, method: "tools/call", params: { name: "read_slowly", arguments: {} } }, session, "deep")
    .then((answer) => answer.text())
    .catch(() => "cut");
  while (called === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  const streams = await Promise.all([ask("slow/m", worker, true, { "x-holdfast-chain": chain }), ask("slow/m", worker, true)]);
  const over = streams.map(async (stream) => {
    assert.equal(stream.status, 200);
    try {
      for await (const _ of stream.body ?? []);
    } catch {
      // Cut: that is the point.
    }
    return performance.now();
  });
  const pressed = await pause("support");
  for (const at of await Promise.all(over)) assert.ok(at - pressed < 1_000, "the stream ended within a second");
  await running;
  for (const headers of [{ "x-holdfast-chain": chain }, {}]) {
    const refused = await ask("practice/assistant", worker, false, headers);
    assert.equal(refused.status, 403);
    assert.match(await refused.text(), /chain\/paused/);
  }
  // What it had begun before anybody called it goes on.
  const reader = apart.body?.getReader();
  assert.equal((await reader?.read())?.done, false);
  await reader?.cancel();
  await holdfast("agents", "resume", "support", "--reason", "looked at");
  const again = await ask("practice/assistant", worker, false, { "x-holdfast-chain": chain });
  assert.equal(again.status, 200, await again.text());
  called = 0;
  ended.splice(0);
});

test("a pause ends a live stream and a running tool call within a second, stands after a restart, and a resume lets the agent work", async () => {
  verifies("C-12");
  const { key } = gateway;
  const other = (await holdfast("keys", "mint", "--agent", "other")).trim();
  const session = await begin();

  let over: { stream?: number; tool?: number } = {};
  const stream = await ask("slow/m", key, true);
  assert.equal(stream.status, 200);
  const heard = (async () => {
    let words = 0;
    try {
      for await (const _ of stream.body ?? []) words++;
    } catch {
      // Cut: that is the point.
    }
    over = { ...over, stream: performance.now() };
    return words;
  })();
  const running = mcp({ id: 3, method: "tools/call", params: { name: "read_slowly", arguments: {} } }, session)
    .then((answer) => answer.text())
    .catch(() => "cut")
    .finally(() => {
      over = { ...over, tool: performance.now() };
    });
  while (called === 0) await new Promise((resolve) => setTimeout(resolve, 20));

  // Over HTTP, so that the second is the gateway's and not that of a program's start.
  const operator = JSON.parse(await holdfast("agents", "list", "--json")) as { all?: unknown; agents: { agent: string; paused?: unknown }[] };
  assert.deepEqual(
    [operator.all, operator.agents.map(({ agent, paused }) => [agent, paused])],
    [
      undefined,
      [
        ["support", undefined],
        ["worker", undefined],
        ["other", undefined],
      ],
    ],
  );
  const pressed = await pause("support");
  assert.ok((await heard) > 0);
  assert.doesNotMatch(await running, /"result":\{"content":\[\]/);
  assert.ok((over.stream ?? Infinity) - pressed < 1_000, "the stream ended within a second");
  assert.ok((over.tool ?? Infinity) - pressed < 1_000, "the tool call ended within a second");
  while (ended.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.ok(performance.now() - pressed < 1_500, "and so did what was asked upstream");

  for (const path of ["/v1/chat/completions", "/v1/models", "/mcp/slow", "/api/v1/decide"]) {
    const refused = await fetch(gateway.url + path, { method: path === "/v1/models" ? "GET" : "POST", headers: { authorization: `Bearer ${key}` } });
    assert.equal(refused.status, 403, path);
    await refused.text();
  }
  assert.equal((await ask("practice/assistant", other)).status, 200, "another agent works");
  assert.match(await (await fetch(`${gateway.admin}/metrics`)).text(), /holdfast_agent_paused\{agent="support"\} 1/);
  assert.match(await holdfast("agents", "list"), /^support\tpaused\texception-based\t\S+\toperator\tit loops$/m);

  // A restart, without a chance to say goodbye.
  const { folder } = gateway;
  gateway.process.kill("SIGKILL");
  await gateway.stop();
  gateway = await serve(configuration(), { folder });
  assert.equal((await ask("practice/assistant", key)).status, 403, "it stands after kill -9");

  await holdfast("agents", "resume", "support", "--reason", "repaired");
  assert.equal((await ask("practice/assistant", key)).status, 200);
  await holdfast("agents", "pause", "--all", "--reason", "a fire drill");
  for (const one of [key, other]) assert.equal((await ask("practice/assistant", one)).status, 403);
  await holdfast("agents", "resume", "--all", "--reason", "over");
  assert.equal((await ask("practice/assistant", other)).status, 200);

  const exported = async () =>
    (await holdfast("audit", "export"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { event?: string; facts?: object })
      .filter(({ event }) => event === "agent-paused" || event === "agent-resumed")
      .map(({ event, facts }) => ({ event, ...facts }));
  // An export ends with the newest checkpoint, which is written every second.
  let events = await exported();
  for (let tries = 0; events.length < 6 && tries < 20; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    events = await exported();
  }
  assert.deepEqual(events, [
    { event: "agent-paused", agent: "support", by: "operator", reason: "it loops" },
    { event: "agent-resumed", agent: "support", by: "operator", reason: "looked at" },
    { event: "agent-paused", agent: "support", by: "operator", reason: "it loops" },
    { event: "agent-resumed", agent: "support", by: "operator", reason: "repaired" },
    { event: "agent-paused", agent: "*", by: "operator", reason: "a fire drill" },
    { event: "agent-resumed", agent: "*", by: "operator", reason: "over" },
  ]);
});

test("the command line says what is missing, and no agent's key pauses anybody", async () => {
  verifies("C-12", "P-08");
  const fails = async (...args: string[]): Promise<{ code: number; stderr: string }> =>
    run(BIN, args, { cwd: gateway.folder }).then(
      () => assert.fail("it must fail"),
      (error: { code: number; stderr: string }) => error,
    );
  const both = await fails("agents", "pause", "--reason", "x");
  assert.equal(both.code, 2);
  assert.match(both.stderr, /name one agent, or say `--all`/);
  assert.match((await fails("agents", "pause", "support")).stderr, /say why/);
  assert.match((await fails("agents", "pause", "nobody", "--reason", "x")).stderr, /there is no agent of this name/);
  assert.match((await fails("agents", "resume", "support", "--reason", "x")).stderr, /this is not paused/);
  const refused = await fetch(`${gateway.url}/api/v1/agents/support/pause`, {
    method: "POST",
    headers: { authorization: `Bearer ${gateway.key === "" ? `hf_${"x".repeat(43)}` : gateway.key}`, "content-type": "application/json" },
    body: JSON.stringify({ reason: "x" }),
  });
  assert.equal(refused.status, 403);
});
