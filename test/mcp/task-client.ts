/** The official client of the 2025 era with tasks, as tests use it. */
import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { CallToolResultSchema } from "@modelcontextprotocol/sdk/types.js";

export const OPERATOR = { name: "operator" };
export const LIMITS = "{ requests: 10000/min, actions: 10000/min, duplicates: { writes: 10000, reads: 10000 } }";

export const textOf = (result: object): string => (result as { content?: readonly { text: string }[] }).content?.[0]?.text ?? "";

/** Begins a task as the official client does, and gives its name. */
export async function begun(client: Client, name: string, args: Record<string, unknown>, ttl?: number): Promise<string> {
  const stream = client.experimental.tasks.callToolStream({ name, arguments: args }, CallToolResultSchema, { task: ttl === undefined ? {} : { ttl } });
  for await (const message of stream) {
    if (message.type === "taskCreated") return message.task.taskId;
    assert.fail(JSON.stringify(message));
  }
  return assert.fail("no task was made");
}

export const state = async (client: Client, id: string): Promise<string> => {
  const { status, statusMessage = "" } = await client.experimental.tasks.getTask(id);
  return `${status} ${statusMessage}`.trim();
};

/** Waits until something holds; a law that never comes true fails by the test's own deadline. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await wait(10);
}
export const ticketIn = async (client: Client, id: string): Promise<string> => /HF-\d+/.exec(await state(client, id))?.[0] ?? "";
export const plain = { name: "plain" };
export const asRequest = (client: Client, method: string, params: object) =>
  client.request({ method, params } as never, CallToolResultSchema.loose() as never) as Promise<Record<string, unknown>>;
/** What a request is answered, faults in full. */
export const answerTo = (asked: Promise<unknown>): Promise<unknown> =>
  asked.catch((error: { code: number; message: string; data?: unknown }) => [error.code, error.message, error.data]);
