/**
 * An MCP server that has what the protocol's conformance suite asks for, on the official library: to be measured directly and through
 * the gateway. What each thing must do is what the suite says of it.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import {
  CallToolRequestSchema,
  type CallToolResult,
  CompleteRequestSchema,
  CreateMessageResultSchema,
  ElicitResultSchema,
  GetPromptRequestSchema,
  ListPromptsRequestSchema,
  ListResourcesRequestSchema,
  ListResourceTemplatesRequestSchema,
  ListToolsRequestSchema,
  type PromptMessage,
  ReadResourceRequestSchema,
  SetLevelRequestSchema,
  SubscribeRequestSchema,
  type Tool,
  UnsubscribeRequestSchema,
} from "@modelcontextprotocol/sdk/types.js";
import { eventStore } from "./event-store.ts";
import type { Running } from "./servers.ts";

const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const WAV = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=";

interface Asked {
  readonly args: Record<string, unknown>;
  readonly server: Server;
  readonly id: string | number;
  readonly token: string | number | undefined;
  readonly transport: StreamableHTTPServerTransport;
}
interface Served extends Omit<Tool, "name" | "inputSchema"> {
  readonly inputSchema?: Tool["inputSchema"];
  readonly run: (asked: Asked) => CallToolResult | Promise<CallToolResult>;
}

const said = (text: string): CallToolResult => ({ content: [{ type: "text", text }] });
const only =
  (...content: CallToolResult["content"]) =>
  () => ({ content });
const resource = (uri: string, mimeType: string, text: string) => ({ type: "resource" as const, resource: { uri, mimeType, text } });

/** Asks the client's user, on the stream of the call. */
async function elicited(
  { server, id }: Asked,
  message: string,
  properties: object,
  required: readonly string[] = [],
): Promise<CallToolResult & { answer: string }> {
  const params = { message, requestedSchema: { type: "object", properties, ...(required.length === 0 ? {} : { required }) } };
  const { action, content } = await server.request({ method: "elicitation/create", params } as never, ElicitResultSchema, { relatedRequestId: id });
  return { content: [], answer: `action=${action}, content=${JSON.stringify(content ?? {})}` };
}

const options = (...names: string[]): readonly { const: string; title: string }[] => names.map((title, index) => ({ const: `value${index + 1}`, title }));

const TOOLS: Record<string, Served> = {
  test_simple_text: { run: only({ type: "text", text: "This is a simple text response for testing." }) },
  test_image_content: { run: only({ type: "image", data: PNG, mimeType: "image/png" }) },
  test_audio_content: { run: only({ type: "audio", data: WAV, mimeType: "audio/wav" }) },
  test_embedded_resource: { run: only(resource("test://embedded-resource", "text/plain", "This is an embedded resource content.")) },
  test_multiple_content_types: {
    run: only(
      { type: "text", text: "Multiple content types test:" },
      { type: "image", data: PNG, mimeType: "image/png" },
      resource("test://mixed-content-resource", "application/json", '{"test":"data","value":123}'),
    ),
  },
  test_error_handling: { run: () => ({ ...said("This tool intentionally returns an error for testing"), isError: true }) },
  test_tool_with_logging: {
    async run({ server, id }) {
      for (const data of ["Tool execution started", "Tool processing data", "Tool execution completed"]) {
        await server.notification({ method: "notifications/message", params: { level: "info", data } }, { relatedRequestId: id });
        await wait(50);
      }
      return said("Tool with logging executed successfully");
    },
  },
  test_tool_with_progress: {
    async run({ server, id, token }) {
      for (const progress of [0, 50, 100]) {
        if (token !== undefined)
          await server.notification({ method: "notifications/progress", params: { progressToken: token, progress, total: 100 } }, { relatedRequestId: id });
        await wait(50);
      }
      return said("Tool with progress executed successfully");
    },
  },
  test_sampling: {
    inputSchema: { type: "object", properties: { prompt: { type: "string" } }, required: ["prompt"] },
    async run({ server, id, args }) {
      const params = { messages: [{ role: "user" as const, content: { type: "text" as const, text: String(args["prompt"]) } }], maxTokens: 100 };
      const { content } = await server.request({ method: "sampling/createMessage", params }, CreateMessageResultSchema, { relatedRequestId: id });
      return said(`LLM response: ${"text" in content ? content.text : ""}`);
    },
  },
  test_elicitation: {
    inputSchema: { type: "object", properties: { message: { type: "string" } }, required: ["message"] },
    async run(asked) {
      const text = (description: string): object => ({ type: "string", description });
      const { answer } = await elicited(asked, String(asked.args["message"]), { username: text("User's response"), email: text("User's email address") }, [
        "username",
        "email",
      ]);
      return said(`User response: ${answer}`);
    },
  },
  test_elicitation_sep1034_defaults: {
    async run(asked) {
      const { answer } = await elicited(asked, "Please review the defaults", {
        name: { type: "string", default: "John Doe" },
        age: { type: "integer", default: 30 },
        score: { type: "number", default: 95.5 },
        status: { type: "string", enum: ["active", "inactive", "pending"], default: "active" },
        verified: { type: "boolean", default: true },
      });
      return said(`Elicitation completed: ${answer}`);
    },
  },
  test_elicitation_sep1330_enums: {
    async run(asked) {
      const plain = ["option1", "option2", "option3"];
      const { answer } = await elicited(asked, "Please choose", {
        untitledSingle: { type: "string", enum: plain },
        titledSingle: { type: "string", oneOf: options("First Option", "Second Option", "Third Option") },
        legacyEnum: { type: "string", enum: ["opt1", "opt2", "opt3"], enumNames: ["Option One", "Option Two", "Option Three"] },
        untitledMulti: { type: "array", items: { type: "string", enum: plain } },
        titledMulti: { type: "array", items: { anyOf: options("First Choice", "Second Choice", "Third Choice") } },
      });
      return said(`Elicitation completed: ${answer}`);
    },
  },
  json_schema_2020_12_tool: {
    description: "Tool with JSON Schema 2020-12 features",
    inputSchema: {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      type: "object",
      $defs: { address: { $anchor: "addressDef", type: "object", properties: { street: { type: "string" }, city: { type: "string" } } } },
      properties: {
        name: { type: "string" },
        address: { $ref: "#/$defs/address" },
        contactMethod: { type: "string", enum: ["phone", "email"] },
        phone: { type: "string" },
        email: { type: "string" },
      },
      allOf: [{ anyOf: [{ required: ["phone"] }, { required: ["email"] }] }],
      if: { properties: { contactMethod: { const: "phone" } }, required: ["contactMethod"] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { required: ["phone"] },
      else: { required: ["email"] },
      additionalProperties: false,
    } as unknown as Tool["inputSchema"],
    run: () => said("done"),
  },
  test_reconnection: {
    async run({ transport, id }) {
      transport.closeSSEStream(id);
      await wait(100);
      return said("The client came back for this.");
    },
  },
};

const RESOURCES: Record<string, { mimeType: string; text?: string; blob?: string }> = {
  "test://static-text": { mimeType: "text/plain", text: "This is the content of the static text resource." },
  "test://static-binary": { mimeType: "image/png", blob: PNG },
  "test://watched-resource": { mimeType: "text/plain", text: "Watched resource content" },
};

const user = (content: PromptMessage["content"]): PromptMessage => ({ role: "user", content });
const PROMPTS: Record<string, { args: readonly string[]; messages: (args: Record<string, string>) => PromptMessage[] }> = {
  test_simple_prompt: { args: [], messages: () => [user({ type: "text", text: "This is a simple prompt for testing." })] },
  test_prompt_with_arguments: {
    args: ["arg1", "arg2"],
    messages: ({ arg1, arg2 }) => [user({ type: "text", text: `Prompt with arguments: arg1='${arg1}', arg2='${arg2}'` })],
  },
  test_prompt_with_embedded_resource: {
    args: ["resourceUri"],
    messages: ({ resourceUri = "" }) => [
      user(resource(resourceUri, "text/plain", "Embedded resource content for testing.")),
      user({ type: "text", text: "Please process the embedded resource above." }),
    ],
  },
  test_prompt_with_image: {
    args: [],
    messages: () => [user({ type: "image", data: PNG, mimeType: "image/png" }), user({ type: "text", text: "Please analyze the image above." })],
  },
};

function serverFor(transport: StreamableHTTPServerTransport): Server {
  const server = new Server(
    { name: "reference", version: "1" },
    {
      capabilities: {
        tools: { listChanged: true },
        resources: { subscribe: true, listChanged: true },
        prompts: { listChanged: true },
        logging: {},
        completions: {},
      },
    },
  );
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: Object.entries(TOOLS).map(([name, { run: _run, ...tool }]) => ({
      name,
      description: `Does what ${name} says`,
      inputSchema: { type: "object" as const },
      ...tool,
    })),
  }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, { requestId }) => {
    const tool = TOOLS[params.name];
    if (tool === undefined) return { ...said(`there is no tool ${params.name}`), isError: true };
    return tool.run({ args: params.arguments ?? {}, server, id: requestId, token: params._meta?.progressToken, transport });
  });
  server.setRequestHandler(ListResourcesRequestSchema, () => ({
    resources: Object.entries(RESOURCES).map(([uri, { mimeType }]) => ({ uri, name: uri.slice(7), description: `The resource ${uri}`, mimeType })),
  }));
  server.setRequestHandler(ListResourceTemplatesRequestSchema, () => ({
    resourceTemplates: [{ uriTemplate: "test://template/{id}/data", name: "template", description: "A resource for each id", mimeType: "application/json" }],
  }));
  server.setRequestHandler(ReadResourceRequestSchema, ({ params: { uri } }) => {
    const [, id] = /^test:\/\/template\/([^/]+)\/data$/.exec(uri) ?? [];
    if (id !== undefined)
      return { contents: [{ uri, mimeType: "application/json", text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` }) }] };
    const found = RESOURCES[uri];
    if (found === undefined) throw Object.assign(new Error(`there is no resource ${uri}`), { code: -32002 });
    return { contents: [{ uri, ...found } as never] };
  });
  for (const schema of [SubscribeRequestSchema, UnsubscribeRequestSchema, SetLevelRequestSchema])
    server.setRequestHandler(schema as typeof SetLevelRequestSchema, () => ({}));
  server.setRequestHandler(ListPromptsRequestSchema, () => ({
    prompts: Object.entries(PROMPTS).map(([name, { args }]) => ({
      name,
      description: `The prompt ${name}`,
      arguments: args.map((arg) => ({ name: arg, description: arg, required: true })),
    })),
  }));
  server.setRequestHandler(GetPromptRequestSchema, ({ params }) => {
    const prompt = PROMPTS[params.name];
    if (prompt === undefined) throw Object.assign(new Error(`there is no prompt ${params.name}`), { code: -32602 });
    return { messages: prompt.messages(params.arguments ?? {}) };
  });
  server.setRequestHandler(CompleteRequestSchema, () => ({ completion: { values: ["paris", "park", "party"], total: 3, hasMore: false } }));
  void server.connect(transport as never);
  return server;
}

export async function referenceServer(): Promise<Running> {
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  const http = createServer((request, response) => {
    const { port } = http.address() as AddressInfo;
    const names = [`localhost:${port}`, `127.0.0.1:${port}`];
    const { host = "", origin } = request.headers;
    if (!names.includes(host) || (origin !== undefined && !names.some((name) => origin === `http://${name}`))) return void response.writeHead(403).end();
    const known = sessions.get(String(request.headers["mcp-session-id"]));
    if (known !== undefined) return void known.handleRequest(request, response);
    if (request.headers["mcp-session-id"] !== undefined) return void response.writeHead(404).end();
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: () => crypto.randomUUID(),
      eventStore: eventStore(),
      retryInterval: 500,
      onsessioninitialized: (id) => void sessions.set(id, transport),
    });
    serverFor(transport);
    void transport.handleRequest(request, response);
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://localhost:${(http.address() as AddressInfo).port}/mcp`,
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
}
