/** What a task did over MCP is undone: by real clients, at real servers of both eras, through `guard`. */
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";
import type { RollbackForm } from "../../src/surfaces/api/index.ts";
import { verifies } from "../verifies.ts";
import { type McpRig, startRig } from "./rig.ts";
import { type Changing, changing, type Running, stateless } from "./servers.ts";

const any = { type: "object" } as const;
const echoed: string[] = [];
let server: Changing;
let modern: Running;
let rig: McpRig;
let next = 1;

before(async () => {
  server = await changing(["create", "delete", "note", "order", "cancel", "stop", "pay", "refund", "slow"].map((name) => ({ name, inputSchema: any })));
  modern = await stateless(() => {
    const small = new McpServer({ name: "small", version: "1" }, { capabilities: { tools: {} } });
    small.registerTool("unsay", { inputSchema: z.object({ text: z.string() }) }, ({ text }) => {
      echoed.push(text);
      return { content: [{ type: "text", text: "unsaid" }] };
    });
    return small;
  });
  rig = await startRig(`
tools:
  crm:
    http: { url: "${server.url}" }
    default: { effect: write, egress: false, trust: internal }
    tools:
      create: { undo: { call: crm.delete, args: { id: { from: result, path: /structuredContent/id }, why: rollback } } }
      note: { undo: { call: small.unsay, args: { text: { from: args, path: /text } } } }
      order: { undo: { call: crm.cancel, args: { order: { from: text, path: /order } } } }
      pay: { undo: { call: crm.refund, args: { amount: { from: args, path: /amount } } } }
      slow: { undo: { call: crm.stop, timeout: 1s } }
  small: { http: { url: "${modern.url}" } }
roles: { clerk: { write: [crm.create, crm.note, crm.order, crm.pay, crm.slow], deny: [crm.delete] } }
agents:
  clerk: { role: clerk, limits: { requests: 10000/min, actions: 10000/min, duplicates: { writes: 10000, reads: 10000 } } }
  hasty: { role: clerk, on_failure: rollback, limits: { requests: 10000/min, actions: 10000/min, duplicates: { writes: 10000, reads: 10000 } } }
rules:
  - { id: big-refund, when: 'action.tool == "crm.refund" && args.amount > 500', then: deny, mode: enforce }
  - { id: refund, when: 'action.tool == "crm.refund" && args.amount > 100', then: ask, mode: enforce }
  - { id: big-pay, when: 'action.tool == "crm.pay" && args.amount > 1000', then: ask, mode: enforce }
`);
});
after(() => Promise.all([rig.close(), server.close(), modern.close()]));
beforeEach(() => {
  server.called.splice(0);
  echoed.splice(0);
  next = 1;
  server.answer = (name) =>
    name === "create"
      ? { content: [], structuredContent: { id: `c-${next++}` } }
      : { content: [{ type: "text", text: name === "order" ? `{"order":${next++}}` : "ok" }] };
});

/** A client with a conversation of its own. */
let conversations = 0;
async function working(agent = "clerk") {
  const session = `task-${++conversations}`;
  const key = await rig.key(agent);
  const client = await rig.client("crm", key, {}, { "x-holdfast-session": session });
  const task = async (): Promise<RollbackForm> => {
    const found = (await rig.undoing.calls.list(500)).find((one) => one.session === session);
    assert.ok(found, "the task is known");
    return (await rig.undoing.calls.get(found.id)) as RollbackForm;
  };
  return {
    session,
    task,
    call: (name: string, args: Record<string, unknown> = {}) => client.callTool({ name, arguments: args }),
    undo: async (from?: number): Promise<RollbackForm> => (await rig.undoing.calls.run((await task()).id, "anna", "wrong", from)) as RollbackForm,
  };
}
const states = (form: RollbackForm): readonly string[] => (form.steps ?? []).map(({ state }) => state);
const calls = (): readonly string[] => server.called.map(({ name, args }) => `${name} ${JSON.stringify(args)}`);

test("a rollback undoes what was done from the last effect back, through guard, with records of its own", async () => {
  verifies("C-08");
  const { call, undo } = await working();
  await call("create", { name: "ACME" });
  await call("note", { text: "hello" });
  await call("order");
  server.called.splice(0);
  const form = await undo();
  assert.deepEqual(states(form), ["undone", "undone", "undone"]);
  assert.deepEqual(calls(), ['cancel {"order":2}', 'delete {"id":"c-1","why":"rollback"}']);
  assert.deepEqual(echoed, ["hello"], "at a server that knows no sessions");
  for (const step of form.steps ?? []) {
    const record = rig.decided.find(({ request }) => request.id === step.undone_by);
    assert.equal(record?.request.context.surface, "rollback");
    assert.equal(record?.request.context.parent, step.request);
    assert.equal(record?.decision.effect, "permit");
    assert.ok(record?.decision.reasons.some(({ id }) => id === "rollback/registered"));
  }
  const again = await undo();
  assert.deepEqual(states(again), ["undone", "undone", "undone"]);
  assert.equal(calls().length, 2, "nothing is undone twice");
});

test("the agent itself may not call what undoes its effects", async () => {
  verifies("C-08");
  const { call } = await working();
  assert.equal((await call("delete", { id: "c-1" })).isError, true);
  assert.deepEqual(calls(), []);
});

test("a part of a task can be kept", async () => {
  const { call, undo } = await working();
  for (let number = 0; number < 3; number++) await call("create");
  const form = await undo(2);
  assert.deepEqual(states(form), ["open", "undone", "undone"]);
  assert.deepEqual(calls().slice(3), ['delete {"id":"c-3","why":"rollback"}', 'delete {"id":"c-2","why":"rollback"}']);
});

test("what undoing needs and the answer does not hold, what the tool calls a failure, and what broke on its way is reported and never skipped", async () => {
  verifies("C-08");
  const { call, undo } = await working();
  await call("create");
  server.answer = () => ({ content: [] });
  await call("create");
  server.answer = () => ({ content: [{ type: "text", text: "no" }], isError: true });
  await call("create");
  server.answer = () => Promise.reject(new Error("broken"));
  await call("create").catch(() => {});
  server.answer = (name) => ({ content: [], isError: name === "delete" });
  const form = await undo();
  assert.deepEqual(states(form), ["failed", "impossible", "unknown", "unknown"]);
  for (const step of form.steps ?? []) assert.ok(step.why, `${step.number} says why`);
});

test("a compensation that hangs ends at its deadline as unknown, is not made again, and the rest goes on", async () => {
  verifies("C-08", "C-07");
  const { call, undo } = await working();
  await call("create");
  await call("slow");
  server.answer = (name) => (name === "stop" ? new Promise(() => {}) : { content: [] });
  const form = await undo();
  assert.deepEqual(states(form), ["undone", "unknown"]);
  await undo();
  assert.equal(calls().filter((one) => one.startsWith("stop")).length, 1);
});

test("the operator's rules hold for compensations: what they deny is refused, what they ask a person is made once it is approved", async () => {
  verifies("C-08");
  const { call, undo, task } = await working();
  await call("pay", { amount: 50 });
  await call("pay", { amount: 200 });
  await call("pay", { amount: 600 });
  server.called.splice(0);
  const form = await undo();
  assert.deepEqual(states(form), ["undone", "refused", "refused"]);
  const ticket = /HF-\d+/.exec(form.steps?.[1]?.why ?? "")?.[0] ?? "";
  assert.ok("approval" in (await rig.inbox.approve(ticket, { name: "operator" })), `${form.steps?.[1]?.why}`);
  assert.deepEqual(states(await undo()), ["undone", "undone", "refused"]);
  assert.deepEqual(calls(), ['refund {"amount":50}', 'refund {"amount":200}']);
  assert.match((await task()).steps?.[2]?.why ?? "", /big-refund/);
});

test("what a paused agent did can still be undone, and its pause stays", async (t) => {
  verifies("C-08", "C-12");
  t.after(() => rig.paused.clear());
  const { call, undo } = await working();
  await call("create");
  rig.paused.add("clerk");
  assert.deepEqual(states(await undo()), ["undone"]);
  assert.equal((await call("create")).isError, true);
});

test("a client rolls back its own task, by key and conversation, and sees no arguments; nobody else's is there for it", async () => {
  verifies("C-08");
  const { call, session, task } = await working();
  await call("create");
  const mine = rig.decided.at(-1)?.request.principal;
  assert.ok(mine);
  const { runOwn } = rig.undoing.calls;
  assert.equal(await runOwn({ ...mine, capability: "key_other" }, session, "failed"), undefined);
  assert.equal(await runOwn({ ...mine, agent: "hasty" }, session, "failed"), undefined);
  assert.equal(await runOwn({ agent: mine.agent, capability: mine.capability as string }, "another", "failed"), undefined);
  assert.deepEqual(states(await task()), ["open"]);
  const form = await runOwn(mine, session, "failed");
  assert.deepEqual(
    form?.steps?.map(({ state, undo }) => [state, undo]),
    [["undone", { call: "crm.delete" }]],
  );
});

test("where the configuration says so, a call that a person rejects undoes what the task did before", async () => {
  verifies("C-08");
  const { call, task } = await working("hasty");
  await call("create");
  const waiting = await call("pay", { amount: 5_000 });
  const ticket = /HF-\d+/.exec(JSON.stringify(waiting))?.[0] ?? "";
  await rig.inbox.reject(ticket, { name: "operator" });
  await call("pay", { amount: 5_000 });
  let form = await task();
  for (let tries = 0; form.ended_at === undefined && tries < 100; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    form = await task();
  }
  assert.deepEqual([form.by, states(form)], ["on_failure of hasty", ["undone"]]);
  assert.deepEqual(calls(), ["create {}", 'delete {"id":"c-1","why":"rollback"}']);
});

test("that a tool says no, or answers with an error, starts no rollback", async () => {
  const { call, task } = await working("hasty");
  await call("create");
  server.answer = () => ({ content: [], isError: true });
  await call("create");
  server.answer = () => Promise.reject(new Error("broken"));
  await call("create").catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 50));
  const form = await task();
  assert.deepEqual([form.state, states(form)], ["open", ["open", "unknown", "unknown"]]);
});

test("a server that is gone refuses nothing for good: the step is open to the next run", async () => {
  verifies("C-08");
  const { call, undo } = await working();
  await call("create");
  const { tools } = server;
  server.tools = [];
  const form = await undo();
  assert.deepEqual(states(form), ["refused"]);
  server.tools = tools;
  assert.deepEqual(states(await undo()), ["undone"]);
});

test("a compensation whose definition its server has changed is not made", async () => {
  verifies("C-08");
  const { call, undo } = await working();
  await call("create");
  const { tools } = server;
  server.tools = tools.map((tool) => (tool.name === "delete" ? { ...tool, description: "Deletes everything." } : tool));
  const form = await undo();
  assert.deepEqual(states(form), ["refused"]);
  assert.equal(calls().length, 1);
  server.tools = tools;
});
