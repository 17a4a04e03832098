/** The protocol's own conformance suite, against a server directly and through the gateway: what passes directly passes through it. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fromJsonSchema, McpServer } from "@modelcontextprotocol/server";
import { verifies } from "../verifies.ts";
import { referenceServer } from "./reference-server.ts";
import { type McpRig, startRig } from "./rig.ts";
import { type Running, stateless } from "./servers.ts";

const SUITE = join(import.meta.dirname, "../../node_modules/@modelcontextprotocol/conformance/dist/index.js");
const folder = mkdtempSync(join(tmpdir(), "holdfast-conformance-"));
let rig: McpRig;
let servers: Running[];
const through: Record<string, Running> = {};
const direct: Record<string, string> = {};

/** A server of the 2026 era with a little of everything; what it does not have fails directly as well, and is not counted. */
function modern(): McpServer {
  const server = new McpServer({ name: "reference", version: "1" }, { capabilities: { tools: {}, resources: {}, prompts: {} } });
  const none = fromJsonSchema({ type: "object" } as never);
  const text = (said: string) => ({ content: [{ type: "text" as const, text: said }] });
  server.registerTool("test_simple_text", { description: "Says a text", inputSchema: none }, async () => text("This is a simple text response for testing."));
  server.registerTool("test_error_handling", { description: "Fails", inputSchema: none }, async () => ({
    ...text("This tool intentionally returns an error for testing"),
    isError: true,
  }));
  server.registerResource("static-text", "test://static-text", { description: "A text", mimeType: "text/plain" }, async (uri) => ({
    contents: [{ uri: uri.href, mimeType: "text/plain", text: "This is the content of the static text resource." }],
  }));
  server.registerPrompt("test_simple_prompt", { description: "A prompt" }, async () => ({
    messages: [{ role: "user", content: { type: "text", text: "This is a simple prompt for testing." } }],
  }));
  return server;
}

before(async () => {
  const [legacy, stateful] = [await referenceServer(), await stateless(modern)];
  servers = [legacy, stateful];
  rig = await startRig(`
models: {}
tools:
  legacy: { http: { url: "${legacy.url.replace("localhost", "127.0.0.1")}" }, default: { trust: internal } }
  modern: { http: { url: "${stateful.url}" }, default: { trust: internal } }
roles: { all: { read: ["*"], write: ["*"] } }
agents: { worker: { role: all, limits: { requests: 10000/min, actions: 10000/min, duplicates: { writes: 10000, reads: 10000 } } } }
`);
  direct["legacy"] = legacy.url;
  direct["modern"] = stateful.url;
  for (const server of ["legacy", "modern"]) through[server] = await keyed(server, await rig.key("worker"));
});
after(async () => {
  await rig.close();
  await Promise.all([...Object.values(through), ...servers].map((server) => server.close()));
  rmSync(folder, { recursive: true });
});

/** The suite cannot show a key, so this does; Host and Origin stay what the suite sends, but for the port. */
async function keyed(server: string, key: string): Promise<Running> {
  const gateway = new URL(rig.url);
  const proxy = createServer((request, response) => {
    const { port } = proxy.address() as AddressInfo;
    const renamed = (value: string | undefined): string | undefined => value?.replace(`:${port}`, `:${gateway.port}`);
    const headers = { ...request.headers, authorization: `Bearer ${key}` };
    for (const name of ["host", "origin"] as const) if (headers[name] !== undefined) headers[name] = renamed(headers[name]);
    const inner = httpRequest({ host: gateway.hostname, port: gateway.port, path: `/mcp/${server}`, method: request.method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
      answer.on("error", () => response.destroy());
    });
    response.on("close", () => inner.destroy());
    inner.on("error", () => response.destroy());
    request.pipe(inner);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://localhost:${(proxy.address() as AddressInfo).port}/mcp`,
    close: () =>
      new Promise((resolve) => {
        proxy.close(() => resolve());
        proxy.closeAllConnections();
      }),
  };
}

interface Checks {
  readonly passed: ReadonlySet<string>;
  readonly failed: number;
}

let runs = 0;
async function checks(url: string, version: string): Promise<Checks> {
  const out = join(folder, String(runs++));
  const child = spawn(process.execPath, [SUITE, "server", "--url", url, "--suite", "all", "--spec-version", version, "-o", out], { stdio: "ignore" });
  await new Promise((resolve) => child.once("exit", resolve));
  const passed = new Set<string>();
  let failed = 0;
  for (const scenario of readdirSync(out)) {
    const name = scenario.replace(/-\d{4}-\d\d-\d\dT.*$/, "");
    const all = JSON.parse(readFileSync(join(out, scenario, "checks.json"), "utf8")) as { id: string; status: string }[];
    for (const [index, { id, status }] of all.filter((one) => one.status !== "INFO").entries()) {
      if (status === "SUCCESS") passed.add(`${name}: ${id}${all.filter((one) => one.id === id).length > 1 ? ` ${index}` : ""}`);
      else if (status === "FAILURE") failed++;
    }
  }
  return { passed, failed };
}

for (const [server, version, least] of [
  ["legacy", "2025-06-18", 50],
  ["legacy", "2025-11-25", 80],
  ["modern", "2026-07-28", 40],
] as const)
  test(`conformance with ${version}: every check that passes directly passes through the gateway`, { timeout: 300_000 }, async (t) => {
    verifies("G-02");
    const alone = await checks(direct[server] as string, version);
    const guarded = await checks((through[server] as Running).url, version);
    t.diagnostic(
      `${version}: directly ${alone.passed.size} passed, ${alone.failed} failed; through the gateway ${guarded.passed.size} passed, ${guarded.failed} failed`,
    );
    assert.deepEqual(
      [...alone.passed].filter((id) => !guarded.passed.has(id)),
      [],
    );
    assert.ok(alone.passed.size >= least, `only ${alone.passed.size} checks pass directly: the measure is broken`);
  });
