/** An MCP server of the 2026 era that answers at once, over HTTP, or over standard input and output where it is told `stdio`. */
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { listening } from "./listening.ts";

const text = "The order left the house on Tuesday and will arrive within two days. ".repeat(12);
const tool = { name: "order_status", description: "Looks up an order", inputSchema: { type: "object", properties: { order: { type: "string" } } } };

function answer({ id, method, params }: { id?: unknown; method: string; params?: { protocolVersion?: string } }): string {
  const result =
    method === "initialize"
      ? { protocolVersion: params?.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: "bench", version: "1" } }
      : method === "tools/list"
        ? { tools: [tool], resultType: "complete" }
        : { content: [{ type: "text", text }], resultType: "complete" };
  return JSON.stringify({ jsonrpc: "2.0", id, result });
}

if (process.argv[2] === "stdio") {
  createInterface({ input: process.stdin }).on("line", (line) => {
    const message = JSON.parse(line) as Parameters<typeof answer>[0];
    if (message.id !== undefined) process.stdout.write(`${answer(message)}\n`);
  });
} else {
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const body = answer(JSON.parse(Buffer.concat(pieces).toString()) as Parameters<typeof answer>[0]);
      response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) }).end(body);
    });
  });
  server.keepAliveTimeout = 60_000;
  listening(server);
}
