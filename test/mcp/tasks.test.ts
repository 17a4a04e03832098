/** Calls that go on as tasks, seen by real clients, and what is tried with them. */
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { CallToolResultSchema, ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { verifies } from "../verifies.ts";
import { type McpRig, startRig } from "./rig.ts";
import { taskServer } from "./task-server.ts";

const OPERATOR = { name: "operator" };
const LIMITS = "{ requests: 10000/min, actions: 10000/min, duplicates: { writes: 10000, reads: 10000 } }";

let server: Awaited<ReturnType<typeof taskServer>>;
let rig: McpRig;

before(async () => {
  server = await taskServer();
  rig = await startRig(`
models: {}
tools:
  long: { http: { url: "${server.url}" }, default: { trust: internal } }
  program: { stdio: { command: ["${process.execPath}", "${import.meta.dirname}/task-server.ts"] }, default: { trust: internal } }
roles: { all: { read: ["*"], write: ["*"] }, none: { read: [] } }
agents: { worker: { role: all, limits: ${LIMITS} }, idle: { role: none, limits: ${LIMITS} } }
rules: [{ id: guarded, when: 'action.tool == "long.plain" && args.text.startsWith("guarded")', then: ask, mode: enforce }]
`);
});
after(async () => {
  await Promise.all([rig.close(), server.close()]);
});
beforeEach(() => {
  server.called.length = 0;
  server.cancelled.length = 0;
});

const textOf = (result: object): string => (result as { content?: readonly { text: string }[] }).content?.[0]?.text ?? "";

/** Begins a task as the official client does, and gives its name. */
async function begun(client: Client, name: string, args: Record<string, unknown>, ttl?: number): Promise<string> {
  const stream = client.experimental.tasks.callToolStream({ name, arguments: args }, CallToolResultSchema, { task: ttl === undefined ? {} : { ttl } });
  for await (const message of stream) {
    if (message.type === "taskCreated") return message.task.taskId;
    assert.fail(JSON.stringify(message));
  }
  return assert.fail("no task was made");
}

for (const where of ["long", "program", ""]) {
  const named = (name: string): string => (where === "" ? `long__${name}` : name);
  const title = where === "" ? "the address of all servers" : where === "long" ? "a server over HTTP" : "a server that is a program";

  test(`a call goes on as a task, and its result is the one that a plain call has: ${title}`, async () => {
    verifies("G-02");
    const client = await rig.client(where, await rig.key("worker"), { elicitation: { form: {} } });
    const { tools } = await client.listTools();
    assert.deepEqual(
      tools.filter(({ name }) => where !== "" || name.startsWith("long__")).map(({ name, execution }) => [name, execution?.taskSupport]),
      [
        [named("slow"), "required"],
        [named("ask"), "required"],
        [named("plain"), "optional"],
      ],
    );
    const seen: string[] = [];
    for await (const message of client.experimental.tasks.callToolStream({ name: named("slow"), arguments: { text: "done", ms: 60 } })) {
      seen.push(message.type === "taskStatus" ? `${message.task.status} ${message.task.statusMessage ?? ""}`.trim() : message.type);
      if (message.type === "result") assert.equal(textOf(message.result), "done");
    }
    assert.deepEqual([seen[0], seen.at(-2), seen.at(-1)], ["taskCreated", "completed", "result"]);
  });

  test(`what a server asks within a task is decided, reaches the client with its result, and is answered: ${title}`, async () => {
    const client = await rig.client(where, await rig.key("worker"), { elicitation: { form: {} } });
    await client.listTools();
    client.setRequestHandler(ElicitRequestSchema, () => ({ action: "accept", content: { name: "Ada" } }));
    const messages = await Array.fromAsync(client.experimental.tasks.callToolStream({ name: named("ask"), arguments: {} }));
    const last = messages.at(-1);
    assert.ok(last?.type === "result", JSON.stringify(last));
    assert.equal(textOf(last.result), 'accept {"name":"Ada"}');
    assert.ok(rig.decided.some(({ request }) => request.action.type === "client.elicit"));
  });
}
