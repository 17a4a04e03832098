/** Servers whose tools go on as tasks, on the official libraries: of the 2025 era over HTTP and as a program, and of the 2026 era. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { InMemoryTaskMessageQueue, InMemoryTaskStore } from "@modelcontextprotocol/sdk/experimental/tasks/index.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { ElicitResultSchema } from "@modelcontextprotocol/sdk/types.js";
import { McpServer as ModernMcpServer } from "@modelcontextprotocol/server";
import { z } from "zod";
import type { Running } from "./servers.ts";

export interface Told {
  /** What reached it: the tools, and the tasks that it was told to end. */
  readonly called: string[];
  readonly cancelled: string[];
  readonly stores: InMemoryTaskStore[];
}

/** A server of the 2025 era. `slow` goes on for `ms`; `ask` asks the user within its task; `plain` is no task. */
function server({ called, cancelled, stores }: Told): McpServer {
  const store = new InMemoryTaskStore();
  stores.push(store);
  const made = new McpServer(
    { name: "tasks", version: "1" },
    {
      capabilities: { tools: {}, tasks: { list: {}, cancel: {}, requests: { tools: { call: {} } } } },
      taskStore: store,
      taskMessageQueue: new InMemoryTaskMessageQueue(),
    },
  );
  const update = store.updateTaskStatus.bind(store);
  store.updateTaskStatus = async (id, status, ...rest) => {
    if (status === "cancelled") cancelled.push(id);
    return update(id, status, ...rest);
  };
  const text = (said: string) => ({ content: [{ type: "text" as const, text: said }] });
  const { tasks } = made.experimental;
  const slow = { text: z.string(), ms: z.number(), status: z.string().optional(), failing: z.boolean().optional() };
  tasks.registerToolTask(
    "slow",
    { description: "goes on for a while", inputSchema: slow, execution: { taskSupport: "required" } },
    {
      async createTask({ text: said, ms, status, failing }, { taskStore, taskRequestedTtl }) {
        called.push(`slow ${said}`);
        const task = await taskStore.createTask({ ttl: taskRequestedTtl ?? null, pollInterval: 20 });
        if (status !== undefined) await taskStore.updateTaskStatus(task.taskId, "working", status);
        void wait(ms, undefined, { ref: false })
          .then(() =>
            taskStore.storeTaskResult(task.taskId, failing === true ? "failed" : "completed", {
              ...text(said),
              ...(failing === true ? { isError: true } : {}),
            }),
          )
          .catch(() => {});
        return { task };
      },
      getTask: async (_args, { taskId, taskStore }) => taskStore.getTask(taskId),
      getTaskResult: async (_args, { taskId, taskStore }) => (await taskStore.getTaskResult(taskId)) as never,
    },
  );
  tasks.registerToolTask(
    "ask",
    { description: "asks on the way", inputSchema: {}, execution: { taskSupport: "required" } },
    {
      async createTask(_args, { taskStore, sendRequest }) {
        called.push("ask");
        const task = await taskStore.createTask({ ttl: 60_000, pollInterval: 20 });
        const go = async (): Promise<void> => {
          await taskStore.updateTaskStatus(task.taskId, "input_required", "needs a name");
          const params = { message: "Which name?", requestedSchema: { type: "object" as const, properties: { name: { type: "string" as const } } } };
          // The library does not stop its clock when an answer comes within a task.
          const within = { timeout: 3_000, relatedTask: { taskId: task.taskId } } as object;
          const answer = await sendRequest({ method: "elicitation/create", params }, ElicitResultSchema, within).catch((error: Error) => ({
            action: `refused: ${error.message}`,
            content: undefined,
          }));
          await taskStore.storeTaskResult(task.taskId, "completed", text(`${answer.action} ${JSON.stringify(answer.content ?? {})}`));
        };
        void go().catch(() => {});
        return { task };
      },
      getTask: async (_args, { taskId, taskStore }) => taskStore.getTask(taskId),
      getTaskResult: async (_args, { taskId, taskStore }) => (await taskStore.getTaskResult(taskId)) as never,
    },
  );
  tasks.registerToolTask(
    "count",
    { description: "counts", inputSchema: { count: z.any() }, outputSchema: { count: z.number() }, execution: { taskSupport: "required" } },
    {
      async createTask({ count }, { taskStore }) {
        const task = await taskStore.createTask({ ttl: 60_000, pollInterval: 20 });
        await taskStore.storeTaskResult(task.taskId, "completed", { content: [], structuredContent: { count } });
        return { task };
      },
      getTask: async (_args, { taskId, taskStore }) => taskStore.getTask(taskId),
      getTaskResult: async (_args, { taskId, taskStore }) => (await taskStore.getTaskResult(taskId)) as never,
    },
  );
  made.registerTool("plain", { description: "is done at once", inputSchema: { text: z.string() } }, ({ text: said }) => {
    called.push(`plain ${said}`);
    return text(said);
  });
  return made;
}

export async function taskServer(): Promise<Running & Told> {
  const told: Told = { called: [], cancelled: [], stores: [] };
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  const http = createServer(async (request, response) => {
    const known = sessions.get(String(request.headers["mcp-session-id"]));
    if (known !== undefined) return void known.handleRequest(request, response);
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: () => crypto.randomUUID(),
      onsessioninitialized: (id) => void sessions.set(id, transport),
    });
    await server(told).connect(transport as never);
    await transport.handleRequest(request, response);
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  return {
    ...told,
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`,
    close: () =>
      new Promise((resolve) => {
        for (const store of told.stores) store.cleanup();
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
}

/** The tasks of a server of the 2026 era. Its library knows nothing of them, so they are written out here as the extension has them. */
export interface ModernTasks {
  /** What a task says of itself now: by its name. */
  readonly tasks: Map<string, Record<string, unknown>>;
  readonly called: string[];
  readonly cancelled: string[];
  readonly answered: Record<string, unknown>[];
}

export function modernServer({ tasks, called, cancelled, answered }: ModernTasks): () => ModernMcpServer {
  const stamp = { createdAt: "2026-11-01T10:00:00Z", lastUpdatedAt: "2026-11-01T10:00:00Z", ttlMs: 60_000, pollIntervalMs: 50 };
  return () => {
    const made = new ModernMcpServer({ name: "modern", version: "1" }, { capabilities: { tools: {}, extensions: { "io.modelcontextprotocol/tasks": {} } } });
    made.registerTool("slow", { description: "goes on for a while", inputSchema: z.object({ text: z.string() }) }, ({ text }) => {
      called.push(text);
      const taskId = `upstream-${called.length}-${text}`;
      if (!tasks.has(taskId)) tasks.set(taskId, { status: "working" });
      return { resultType: "task", taskId, ...stamp, status: "working" } as never;
    });
    made.registerTool("plain", { description: "is done at once", inputSchema: z.object({ text: z.string() }) }, ({ text }) => {
      called.push(text);
      return { content: [{ type: "text", text }] };
    });
    const named = { params: z.looseObject({ taskId: z.string() }) };
    made.server.setRequestHandler("tasks/get", named, ({ taskId }) => {
      const state = tasks.get(taskId);
      if (state === undefined) throw new Error("no such task");
      return { taskId, ...stamp, ...state } as never;
    });
    made.server.setRequestHandler("tasks/cancel", named, ({ taskId }) => {
      cancelled.push(taskId);
      tasks.set(taskId, { status: "cancelled" });
      return {};
    });
    made.server.setRequestHandler("tasks/update", named, ({ taskId }, { mcpReq: { inputResponses } }) => {
      answered.push(inputResponses as Record<string, unknown>);
      tasks.set(taskId, { status: "completed", result: { content: [{ type: "text", text: `heard ${JSON.stringify(inputResponses)}` }] } });
      return {};
    });
    return made;
  };
}

if (process.argv[1] === import.meta.filename) await server({ called: [], cancelled: [], stores: [] }).connect(new StdioServerTransport());
