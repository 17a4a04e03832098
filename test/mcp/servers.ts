/** Real MCP servers for tests: the reference server in its own process, and servers of the SDKs whose tools a test can change. */
import { spawn } from "node:child_process";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { toNodeHandler } from "@modelcontextprotocol/node";
import { Server as LegacyServer } from "@modelcontextprotocol/sdk/server/index.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { CallToolRequestSchema, type CallToolResult, ListToolsRequestSchema, type Tool } from "@modelcontextprotocol/sdk/types.js";
import { createMcpHandler, type McpServer } from "@modelcontextprotocol/server";

export interface Running {
  readonly url: string;
  close(): Promise<void>;
}

/** `@modelcontextprotocol/server-everything`, the protocol's own reference server, over HTTP with sessions. */
export async function everything(): Promise<Running> {
  const port = await freePort();
  const script = join(import.meta.dirname, "../../node_modules/@modelcontextprotocol/server-everything/dist/index.js");
  const child = spawn(process.execPath, [script, "streamableHttp"], {
    env: { PATH: process.env["PATH"], PORT: String(port) },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  let said = "";
  await new Promise<void>((resolve, reject) => {
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (said.includes("listening")) resolve();
    });
    void exited.then(() => reject(new Error(`the reference server ended: ${said}`)));
  });
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    async close() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

export interface Changing extends Running {
  /** The tools as the server describes them now. */
  tools: Tool[];
  instructions: string;
  answer: (name: string, args: Record<string, unknown>) => CallToolResult | Promise<CallToolResult>;
  /** What it tells meanwhile, before it answers. */
  before: (call: { readonly name: string; readonly _meta?: unknown }, tell: (method: string, params: object) => Promise<void>) => Promise<void>;
  /** What reached it. */
  readonly called: { readonly name: string; readonly args: Record<string, unknown> }[];
  readonly headers: IncomingHttpHeaders[];
}

/** A server of the 2025 era, with sessions, whose tools and answers a test changes while it runs. */
export async function changing(tools: Tool[] = []): Promise<Changing> {
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  const state: Omit<Changing, "url" | "close"> = {
    tools,
    instructions: "",
    answer: (name) => ({ content: [{ type: "text", text: `did ${name}` }] }),
    before: async () => {},
    called: [],
    headers: [],
  };
  const http = createServer(async (request, response) => {
    state.headers.push(request.headers);
    const known = sessions.get(String(request.headers["mcp-session-id"]));
    if (known !== undefined) return void known.handleRequest(request, response);
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: () => `s${sessions.size}`,
      onsessioninitialized: (id) => void sessions.set(id, transport),
    });
    const server = new LegacyServer(
      { name: "changing", version: "1" },
      { capabilities: { tools: { listChanged: true }, logging: {} }, ...(state.instructions === "" ? {} : { instructions: state.instructions }) },
    );
    server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: state.tools }));
    server.setRequestHandler(CallToolRequestSchema, async ({ params }, extra) => {
      state.called.push({ name: params.name, args: params.arguments ?? {} });
      await state.before(params, async (method, rest) => extra.sendNotification({ method, params: rest } as never));
      return state.answer(params.name, params.arguments ?? {});
    });
    await server.connect(transport as never);
    await transport.handleRequest(request, response);
  });
  return Object.assign(state, await listening(http));
}

/** A server of the 2026 era. `make` is called for every request. */
export async function stateless(make: () => McpServer): Promise<Running & { readonly headers: IncomingHttpHeaders[] }> {
  const headers: IncomingHttpHeaders[] = [];
  const handle = toNodeHandler(createMcpHandler(() => make()));
  const http = createServer((request, response) => {
    headers.push(request.headers);
    void handle(request as Parameters<typeof handle>[0], response);
  });
  return { headers, ...(await listening(http)) };
}

async function listening(http: ReturnType<typeof createServer>): Promise<Running> {
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`,
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
