import assert from "node:assert/strict";
import { test } from "node:test";
import type { Message } from "../../../codecs/mcp/index.ts";
import { HoldfastError } from "../../../core/errors.ts";
import type { JsonObject } from "../../../core/json.ts";
import { NEUTRAL_LABEL } from "../../../core/label.ts";
import type { Part } from "../../../core/layers.ts";
import { createSessions, type Session } from "../sessions.ts";
import type { McpUpstream, Sending } from "../upstream.ts";
import { following } from "./follow.ts";
import { createTask } from "./task.ts";

// Nobody waits here: a pause is over at once.
const clock = {
  now: Date.now,
  monotonic: () => 0,
  timer(_ms: number, fire: () => void) {
    setImmediate(fire);
    return () => {};
  },
};

/** A call at a server that answers as `says` does; what it throws breaks the connection. */
async function call(says: (method: string, times: number) => JsonObject, before?: (abort: () => void, method: string) => void, modern = false) {
  const asked: string[] = [];
  const upstream: McpUpstream = {
    id: "crm",
    async send(message, { read }) {
      assert.ok(message.kind === "request");
      const { id, method } = message;
      asked.push(method);
      before?.(() => task.cancel(new HoldfastError("cancelled", "stop")), method);
      const parts = read({ message: { kind: "result", id, result: says(method, asked.filter((one) => one === method).length) } });
      return {
        status: 200,
        form: "whole",
        facts: () => ({}),
        pump: async (write) => {
          for (const part of parts) await write(part);
        },
      };
    },
    listen: () => Promise.reject(new Error("none")),
    end: async () => {},
    close: async () => {},
  };
  const session = createSessions(clock, () => {}).begin("crm", { agent: "worker" }) as Session;
  const task = createTask({ session, label: NEUTRAL_LABEL, hidden: false, ttl: 60_000 }, clock);
  const begin = (): void => {
    task.signal.throwIfAborted();
    task.begin();
  };
  const followed = following({ task, upstream, clock, modern, augment: !modern, silent: false, begin });
  const got: Message[] = [];
  const read: Sending["read"] = ({ message }): readonly Part[] => {
    if (message !== undefined) got.push(message);
    return [];
  };
  const exchanged = await followed.send({ kind: "request", id: 7, method: "tools/call", params: { name: "x" } }, { link: session.link, read }, task.signal);
  const failed = await Promise.resolve(exchanged.pump(() => {})).then(
    () => undefined,
    (error: HoldfastError) => error,
  );
  await task.stopping;
  return { asked, got, failed };
}

const working = { taskId: "t-1", status: "working" };
const RELATED = "io.modelcontextprotocol/related-task";

test("a server that answers about another task, or with the result of another, is not believed, and its task is ended", async () => {
  for (const answers of [
    { "tasks/get": { ...working, taskId: "t-2" } },
    { "tasks/get": { taskId: "t-1", status: "soon" } },
    { "tasks/get": { ...working, status: "completed" }, "tasks/result": { content: [], _meta: { [RELATED]: { taskId: "t-2" } } } },
  ] as { readonly [method: string]: JsonObject }[]) {
    const { asked, got, failed } = await call((method) => (method === "tools/call" ? { task: working } : (answers[method] ?? {})));
    assert.equal(failed?.code, "upstream-invalid");
    assert.deepEqual(got, []);
    assert.equal(asked.at(-1), "tasks/cancel");
  }
});

test("a connection that breaks on the way loses no task, and one that stays broken ends it", async () => {
  const broken =
    (until: number) =>
    (method: string, times: number): JsonObject => {
      if (method === "tools/call") return { task: working };
      if (method === "tasks/get" && times <= until) throw new HoldfastError("upstream-unreachable", "broken");
      return method === "tasks/get" ? { ...working, status: "completed" } : { content: [], _meta: { [RELATED]: { taskId: "t-1" } } };
    };
  const fine = await call(broken(4));
  assert.deepEqual([fine.failed, fine.got], [undefined, [{ kind: "result", id: 7, result: { content: [] } }]]);
  assert.ok(!fine.asked.includes("tasks/cancel"));
  const lost = await call(broken(5));
  assert.equal(lost.failed?.code, "upstream-unreachable");
  assert.equal(lost.asked.at(-1), "tasks/cancel");
});

test("what is not wanted any more is ended at its server once, whenever that is", async () => {
  for (const [at, modern] of [
    ["tools/call", true],
    ["tasks/get", true],
    ["tasks/get", false],
  ] as const) {
    const { asked, got } = await call(
      (method) => (method !== "tools/call" ? working : modern ? { resultType: "task", ...working } : { task: working }),
      (abort, method) => void (method === at && abort()),
      modern,
    );
    assert.deepEqual([asked.filter((method) => method === "tasks/cancel").length, got], [1, []], at);
  }
});
