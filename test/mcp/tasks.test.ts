/** Calls that go on as tasks, seen by real clients, and what is tried with them. */
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { CallToolResultSchema, ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { interrupted } from "../../src/audit/interrupted.ts";
import { verifies } from "../verifies.ts";
import { type McpRig, startRig } from "./rig.ts";
import { answerTo, asRequest, begun, LIMITS, plain, state, textOf, until } from "./task-client.ts";
import { taskServer } from "./task-server.ts";

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
`);
});
after(async () => {
  await Promise.all([rig.close(), server.close()]);
});
beforeEach(() => {
  server.called.length = 0;
  server.cancelled.length = 0;
});

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
        [named("count"), "required"],
        [named("plain"), "optional"],
      ],
    );
    const id = await begun(client, named("slow"), { text: "done", ms: 30 });
    assert.equal(textOf(await client.experimental.tasks.getTaskResult(id, CallToolResultSchema)), "done");
    assert.equal(await state(client, id), "completed");
    assert.deepEqual(
      (await client.experimental.tasks.listTasks()).tasks.map(({ taskId }) => taskId),
      [id],
    );
  });

  test(`what a server asks within a task is decided, reaches the client with its result, and is answered: ${title}`, async () => {
    const client = await rig.client(where, await rig.key("worker"), { elicitation: { form: {} } });
    await client.listTools();
    client.setRequestHandler(ElicitRequestSchema, () => ({ action: "accept", content: { name: "Ada" } }));
    const id = await begun(client, named("ask"), {});
    assert.equal(textOf(await client.experimental.tasks.getTaskResult(id, CallToolResultSchema)), 'accept {"name":"Ada"}');
    assert.ok(rig.decided.some(({ request }) => request.action.type === "client.elicit"));
  });
}

const outcomes = (tool: string): readonly string[] => rig.ended.flatMap(({ request, status }) => (request.action.tool === tool ? [status] : []));
test("a tool of a server that knows no tasks goes on as one too, and what it is refused for is said before there is a task", async () => {
  verifies("G-02");
  const client = await rig.client("long", await rig.key("worker"));
  const id = await begun(client, "plain", { text: "hello" });
  assert.equal(textOf(await client.experimental.tasks.getTaskResult(id, CallToolResultSchema)), "hello");
  assert.deepEqual(server.called, ["plain hello"]);
  const idle = await rig.client("long", await rig.key("idle"));
  assert.match(JSON.stringify(await answerTo(asRequest(idle, "tools/call", { ...plain, arguments: { text: "no" }, task: {} }))), /-32001.*denied by/);
  assert.deepEqual((await idle.experimental.tasks.listTasks()).tasks, []);
  assert.deepEqual(server.called, ["plain hello"]);
});

test("one record holds a call that goes on as a task: open while it goes on, and closed with what came of it", async () => {
  verifies("A-01");
  const client = await rig.client("long", await rig.key("worker"));
  const before = rig.decided.filter(({ request }) => request.action.tool === "long.slow").length;
  const ends = outcomes("long.slow").length;
  const id = await begun(client, "slow", { text: "recorded", ms: 150, status: "on the way" });
  assert.equal(rig.decided.filter(({ request }) => request.action.tool === "long.slow").length, before + 1);
  await until(async () => (await state(client, id)) === "working on the way");
  assert.equal(outcomes("long.slow").length, ends, "it is open");
  assert.equal(textOf(await client.experimental.tasks.getTaskResult(id, CallToolResultSchema)), "recorded");
  assert.deepEqual(outcomes("long.slow").slice(ends), ["done"]);
  assert.equal(textOf(await client.experimental.tasks.getTaskResult(id, CallToolResultSchema)), "recorded", "it is kept for its time, and read again");
  assert.equal(outcomes("long.slow").length, ends + 1);
});

test("a foreign task and one that never was are answered alike, whoever asks and whatever for (task IDOR)", async () => {
  verifies("G-02", "P-03");
  const [mine, theirs] = [await rig.client("long", await rig.key("worker")), await rig.client("long", await rig.key("worker"))];
  const elsewhere = await rig.client("program", await rig.key("worker"));
  const id = await begun(mine, "slow", { text: "secret", ms: 300 });
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-/, "a name of ours, and random");
  const never = id.replace(/^.{8}/, "00000000");
  for (const method of ["tasks/get", "tasks/result", "tasks/cancel"])
    for (const client of [theirs, elsewhere]) {
      const answers = await Promise.all([id, never, "", "1"].map((taskId) => answerTo(asRequest(client, method, { taskId }))));
      for (const answer of answers) assert.deepEqual(answer, [-32602, "MCP error -32602: there is no such task", undefined], method);
    }
  assert.deepEqual((await theirs.experimental.tasks.listTasks()).tasks, []);
  assert.deepEqual(
    (await mine.experimental.tasks.listTasks()).tasks.map(({ taskId }) => taskId),
    [id],
  );
  assert.equal(textOf(await mine.experimental.tasks.getTaskResult(id, CallToolResultSchema)), "secret");
  assert.match(JSON.stringify(await answerTo(asRequest(theirs, "tasks/result", { taskId: id }))), /no such task/, "also once it is over");
});

test("the key that began a task finds it again in another session, and at the address of all servers", async () => {
  const key = await rig.key("worker");
  const id = await begun(await rig.client("long", key), "slow", { text: "found", ms: 50 });
  for (const where of ["long", ""]) {
    const back = await rig.client(where, key);
    assert.equal(textOf(await back.experimental.tasks.getTaskResult(id, CallToolResultSchema)), "found");
  }
  const other = await rig.client("program", key);
  assert.match(JSON.stringify(await answerTo(asRequest(other, "tasks/get", { taskId: id }))), /no such task/, "a task is its server's");
});

test("what a server says of its task passes the output filter: a secret in a result and in a status is masked", async () => {
  verifies("O-01");
  const secret = `AKIA${"IOSFODNN7EXAMPLQ"}`;
  const client = await rig.client("long", await rig.key("worker"));
  const id = await begun(client, "slow", { text: `key ${secret}`, ms: 150, status: `with ${secret}` });
  await until(async () => (await state(client, id)) !== "working");
  const said = await state(client, id);
  assert.ok(said.startsWith("working with") && !said.includes(secret), said);
  const result = await client.experimental.tasks.getTaskResult(id, CallToolResultSchema);
  assert.ok(textOf(result).startsWith("key ") && !JSON.stringify(result).includes(secret), textOf(result));
});

test("a client that cancels its task is believed at once, the server is told, and the record says that it may have been done", async () => {
  const client = await rig.client("long", await rig.key("worker"));
  const id = await begun(client, "slow", { text: "stop", ms: 5_000, status: "on the way" });
  await until(async () => (await state(client, id)) === "working on the way");
  const waiting = answerTo(client.experimental.tasks.getTaskResult(id, CallToolResultSchema));
  assert.equal((await client.experimental.tasks.cancelTask(id)).status, "cancelled");
  await until(() => server.cancelled.length > 0);
  assert.match(JSON.stringify(await waiting), /cancelled by its client/);
  await until(() => outcomes("long.slow").at(-1) === "failed");
  assert.match(JSON.stringify(await answerTo(client.experimental.tasks.cancelTask(id))), /-32602.*over already/);
});

test("a task that outlives its time is over and forgotten: its server is told, and its record is closed without claiming success", async () => {
  const client = await rig.client("long", await rig.key("worker"));
  const id = await begun(client, "slow", { text: "late", ms: 10_000, status: "on the way" }, 1);
  await until(async () => /no such task/.test(JSON.stringify(await answerTo(client.experimental.tasks.getTask(id)))));
  await until(() => server.cancelled.length > 0);
  assert.equal(outcomes("long.slow").at(-1), "failed");
});

test("an agent that is stopped has its running tasks ended at their server, and gets nothing more of them (kill switch)", async () => {
  verifies("C-12");
  const key = await rig.key("worker");
  const client = await rig.client("long", key);
  const id = await begun(client, "slow", { text: "wild", ms: 10_000, status: "on the way" });
  await until(async () => (await state(client, id)) === "working on the way");
  await rig.held.pause("worker", "anna", "it runs wild");
  try {
    await until(() => server.cancelled.length > 0);
    assert.equal(outcomes("long.slow").at(-1), "failed");
    await assert.rejects(client.experimental.tasks.getTask(id), /403|paused/);
  } finally {
    await rig.held.resume("worker");
  }
  const again = await rig.client("long", key);
  assert.equal(await state(again, id), "cancelled an operator has paused this agent");
  assert.match(JSON.stringify(await answerTo(again.experimental.tasks.getTaskResult(id, CallToolResultSchema))), /paused this agent/);
});

test("a key that is revoked ends its tasks", async () => {
  const client = await rig.client("long", await rig.key("worker"));
  const id = await begun(client, "slow", { text: "revoked", ms: 10_000, status: "on the way" });
  await until(async () => (await state(client, id)) === "working on the way");
  const { capability = "" } = rig.decided.at(-1)?.request.principal ?? {};
  await rig.keys.revoke(capability);
  await until(() => server.cancelled.length > 0);
  assert.equal(outcomes("long.slow").at(-1), "failed");
});

test("after a restart nothing claims that what was going on was done: its record is open until then, and the restart closes it as interrupted", async () => {
  verifies("A-01");
  const client = await rig.client("long", await rig.key("worker"));
  await begun(client, "slow", { text: "crash", ms: 5_000 });
  const { request } = rig.decided.findLast(({ request: { action } }) => action.tool === "long.slow") ?? assert.fail();
  await rig.audit.flush();
  assert.deepEqual((await interrupted(rig.audit.source, 0)).filter(({ id }) => id === request.id).length, 1);
});

test("when Holdfast stops, each task gets its end on record and its server is told", async () => {
  const own = await startRig(`
models: {}
tools: { long: { http: { url: "${server.url}" }, default: { trust: internal } } }
roles: { all: { read: ["*"], write: ["*"] } }
agents: { worker: { role: all, limits: ${LIMITS} } }
`);
  const client = await own.client("long", await own.key("worker"));
  const id = await begun(client, "slow", { text: "stop", ms: 60_000, status: "on the way" });
  await until(async () => (await state(client, id)) === "working on the way");
  await own.close();
  assert.equal(server.cancelled.length, 1);
  assert.equal(own.ended.findLast(({ request }) => request.action.tool === "long.slow")?.status, "failed");
});

test("a client that ends its session ends what it began there", async () => {
  const client = await rig.client("long", await rig.key("worker"));
  const id = await begun(client, "slow", { text: "gone", ms: 60_000, status: "on the way" });
  await until(async () => (await state(client, id)) === "working on the way");
  await (client.transport as unknown as { terminateSession(): Promise<void> }).terminateSession();
  await until(() => server.cancelled.length > 0 && outcomes("long.slow").at(-1) === "failed");
});

test("a structured result of a task that is not what its tool declares is not handed on", async () => {
  verifies("O-06");
  const client = await rig.client("long", await rig.key("worker"));
  for (const [count, expected] of [
    [3, /"count":3/],
    ["<script>", /not what the tool declares/],
  ] as const) {
    const id = await begun(client, "count", { count });
    assert.match(JSON.stringify(await answerTo(client.experimental.tasks.getTaskResult(id, CallToolResultSchema))), expected);
  }
});

test("a task in a form that MCP does not have is refused, and a version that has no tasks does not make one", async () => {
  const key = await rig.key("worker");
  const client = await rig.client("long", key);
  for (const task of ["yes", { ttl: "1" }, { ttl: -1 }, [], null])
    assert.match(
      JSON.stringify(await answerTo(asRequest(client, "tools/call", { ...plain, arguments: { text: "no" }, task }))),
      /-32602/,
      JSON.stringify(task),
    );
  assert.deepEqual(server.called, []);
  const hello = { protocolVersion: "2025-06-18", capabilities: { tasks: { list: {} } }, clientInfo: { name: "old", version: "1" } };
  const begin = await rig.post("long", key, { jsonrpc: "2.0", id: 1, method: "initialize", params: hello });
  const answer = await begin.text();
  assert.ok(answer.includes("2025-06-18") && !answer.includes('"tasks":{'), answer);
  const named = { "mcp-session-id": begin.headers.get("mcp-session-id") ?? "", "mcp-protocol-version": "2025-06-18" };
  await rig.post("long", key, { jsonrpc: "2.0", method: "notifications/initialized" }, named);
  const called = await rig.post(
    "long",
    key,
    { jsonrpc: "2.0", id: 2, method: "tools/call", params: { ...plain, arguments: { text: "old" }, task: {} } },
    named,
  );
  assert.match(await called.text(), /"text":"old"/);
});
