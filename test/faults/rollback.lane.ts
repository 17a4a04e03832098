/**
 * kill -9 of the whole running product at every step of a rollback, and of the task before it: each compensation is made once or not at
 * all, never twice, and what is reported of each is true. The tool server is in this process, so it knows what really happened.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { ROOT } from "../../scripts/root.ts";
import { chance } from "../chance.ts";
import { connect } from "../mcp/rig.ts";
import { changing } from "../mcp/servers.ts";
import { blocksOf } from "../readme.ts";
import { BIN, type Served, serve } from "../serve.ts";
import { verifies } from "../verifies.ts";

const STEPS = 3;
const RANDOM = 16;
/** Where it is killed: at which compensation, and at which point of it; or after so many milliseconds. */
type Kill = { readonly step: number; readonly point: "before" | "after" | "answered" } | { readonly ms: number };

interface Form {
  readonly id: string;
  readonly state: string;
  readonly ended_at?: string;
  readonly steps: readonly {
    readonly number: number;
    readonly state: string;
    readonly tool: string;
    readonly why?: string;
    readonly undo?: { readonly args: { readonly id: string } };
  }[];
}

test("killed at every step of a rollback: each compensation is made once or not at all, and its report is true", { timeout: 580_000 }, async (t) => {
  verifies("C-08");
  const tools = await changing(["create", "delete"].map((name) => ({ name, inputSchema: { type: "object" } })));
  const configuration = `
tools:
  crm:
    http: { url: "${tools.url}" }
    default: { effect: write, egress: false, trust: internal }
    tools: { create: { undo: { call: crm.delete, args: { id: { from: result, path: /structuredContent/id } }, timeout: 10s } } }
roles: { clerk: { write: [crm.create] } }
agents: { clerk: { role: clerk, limits: { requests: 10000/min, actions: 10000/min, duplicates: { writes: 10000, reads: 10000 } } } }
`;
  const made = new Set<string>();
  const deleted = new Map<string, number>();
  let next = 1;
  let killAt: (point: "create" | "before" | "after" | "answered") => boolean = () => false;
  tools.answer = (name, args) => {
    if (name === "create") {
      const id = `c-${next++}`;
      made.add(id);
      return killAt("create") ? new Promise(() => {}) : { content: [], structuredContent: { id } };
    }
    if (killAt("before")) return new Promise(() => {});
    deleted.set(String(args["id"]), (deleted.get(String(args["id"])) ?? 0) + 1);
    if (killAt("after")) return new Promise(() => {});
    killAt("answered");
    return { content: [{ type: "text", text: "deleted" }] };
  };
  let server = await serve(configuration);
  t.after(async () => {
    server.process.kill("SIGKILL");
    await tools.close();
  });
  const { key, folder } = server;
  const operator = async (method: "GET" | "POST", path: string, body?: object): Promise<unknown> => {
    const token = readFileSync(join(folder, "data/operator.token"), "utf8").trim();
    const answer = await fetch(`${server.url}/api/v1/rollbacks${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return answer.json();
  };
  const dead = (one: Served): Promise<void> =>
    new Promise((resolve) => ((one.process.exitCode ?? one.process.signalCode) === null ? one.process.once("exit", () => resolve()) : resolve()));
  const states: Record<string, number> = {};
  const all: Form[] = [];

  /** What is reported is what the tool server saw. */
  const check = (form: Form, what: string): void => {
    for (const { number, state, undo, why } of form.steps) {
      states[state] = (states[state] ?? 0) + 1;
      const times = deleted.get(undo?.args.id ?? "") ?? 0;
      assert.ok(times <= 1, `${what}: step ${number} was undone ${times} times`);
      if (state === "undone") assert.equal(times, 1, `${what}: step ${number} is said to be undone`);
      if (["open", "refused", "failed", "impossible"].includes(state)) assert.equal(times, 0, `${what}: step ${number} is said to be ${state}`);
      if (state !== "undone" && state !== "open") assert.ok(why, `${what}: step ${number} says why`);
    }
  };
  const over = async (id: string): Promise<Form> => {
    for (let tries = 0; tries < 200; tries++) {
      const form = (await operator("GET", `/${id}`)) as Form;
      if (form.state !== "running" && form.ended_at !== undefined) return form;
      // Killed before it was on the disk that it began: then nothing was undone, and it is begun again.
      if (form.state === "open") await operator("POST", `/${id}`, { reason: "again" });
      await pause(50);
    }
    throw new Error(`${id} does not end`);
  };

  const { below } = chance(8);
  const kills: readonly Kill[] = [
    ...Array.from({ length: STEPS }, (_, step) => (["before", "after", "answered"] as const).map((point) => ({ step, point }))).flat(),
    ...Array.from({ length: RANDOM }, () => ({ ms: below(250) })),
  ];
  for (const [number, kill] of kills.entries()) {
    const what = JSON.stringify(kill);
    const session = `task-${number}`;
    const client = await connect(`${server.url}/mcp/crm`, key, {}, { "x-holdfast-session": session });
    for (let step = 0; step < STEPS; step++) assert.notEqual((await client.callTool({ name: "create", arguments: {} })).isError, true, what);
    await client.close();
    const [task] = ((await operator("GET", "")) as readonly (Form & { session?: string })[]).filter((one) => one.session === session);
    assert.ok(task, what);
    let compensations = -1;
    const { process } = server;
    killAt = (point) => {
      if (point === "before") compensations++;
      if ("ms" in kill || kill.point !== point || kill.step !== compensations) return false;
      if (point === "answered") void pause(below(10)).then(() => process.kill("SIGKILL"));
      else process.kill("SIGKILL");
      return point !== "answered";
    };
    const run = operator("POST", `/${task.id}`, { reason: "wrong" }).catch(() => {});
    if ("ms" in kill) void pause(kill.ms).then(() => process.kill("SIGKILL"));
    await dead(server);
    await run;
    killAt = () => false;
    server = await serve(configuration, { folder });
    const form = await over(task.id);
    assert.equal(form.steps.length, STEPS, what);
    check(form, what);
    assert.ok(form.steps.filter(({ state }) => state !== "undone").length <= 1, `${what}: one crash leaves at most one step in doubt`);
    all.push(form);
  }

  // Killed while the task itself works: what was made and has no end is reported, never left out.
  for (let number = 0; number < 2; number++) {
    const client = await connect(`${server.url}/mcp/crm`, key, {}, { "x-holdfast-session": `broken-${number}` });
    await client.callTool({ name: "create", arguments: {} });
    const { process } = server;
    killAt = (point) => point === "create" && process.kill("SIGKILL");
    const broken = client.callTool({ name: "create", arguments: {} }).catch(() => {});
    await dead(server);
    killAt = () => false;
    await client.close().catch(() => {});
    server = await serve(configuration, { folder });
    void broken;
    const [task] = ((await operator("GET", "")) as readonly (Form & { session?: string })[]).filter((one) => one.session === `broken-${number}`);
    await operator("POST", `/${task?.id}`, { reason: "wrong" });
    const form = await over(task?.id ?? "");
    assert.deepEqual(
      form.steps.map(({ state }) => state),
      ["undone", "unknown"],
    );
    check(form, "broken");
  }

  // Every rollback once more: nothing that may have been done is done again.
  const before = [...deleted.values()].reduce((sum, times) => sum + times, 0);
  for (const { id } of all) await operator("POST", `/${id}`, { reason: "once more" });
  for (const { id } of all) check(await over(id), "once more");
  assert.equal(
    [...deleted.values()].reduce((sum, times) => sum + times, 0),
    before,
  );
  t.diagnostic(JSON.stringify({ kills: kills.length + 2, made: made.size, undone: before, states }));
  assert.equal(await server.stop(), 0);
});

test("the guide's configuration at work: the command line lists, plans and runs a rollback, and a host that performs itself has its own undone", {
  timeout: 120_000,
}, async (t) => {
  verifies("C-08");
  const names = ["create_customer", "delete_customer", "create_order", "cancel_order"];
  const tools = await changing(names.map((name) => ({ name, inputSchema: { type: "object" } })));
  let next = 1;
  let failing = false;
  tools.answer = (name) => (name === "create_customer" ? { content: [], structuredContent: { id: `c-${next++}` } } : { content: [], isError: failing });
  const [guide] = blocksOf(readFileSync(join(ROOT, "docs/guide/rollback.md"), "utf8")).filter(({ info }) => info === "yaml");
  assert.ok(guide);
  const server = await serve(guide.text.replace("http://127.0.0.1:9001/mcp", tools.url));
  t.after(async () => {
    server.process.kill("SIGKILL");
    await tools.close();
  });
  const holdfast = (...args: readonly string[]): Promise<{ readonly code: number | null; readonly out: string; readonly said: string }> =>
    new Promise((resolve) => {
      const child = spawn(BIN, args, { cwd: server.folder, env: { ...process.env, NO_COLOR: "1" } });
      let [out, said] = ["", ""];
      child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
      child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
      child.once("close", (code) => resolve({ code, out, said }));
    });
  const works = async (session: string): Promise<void> => {
    const client = await connect(`${server.url}/mcp/crm`, server.key, {}, { "x-holdfast-session": session });
    for (let step = 0; step < 2; step++) await client.callTool({ name: "create_customer", arguments: {} });
    await client.close();
  };
  const undone = (): readonly unknown[] => tools.called.filter(({ name }) => name === "delete_customer").map(({ args }) => args["id"]);

  await works("one");
  const listed = await holdfast("rollback", "list");
  assert.match(listed.out, /^TK-1\topen\tclerk\tone\t\S+\t2 open$/m);
  assert.equal(listed.code, 0);
  const planned = await holdfast("rollback", "run", "TK-1", "--dry-run");
  assert.match(planned.out, /^2\topen\tcrm\.create_customer\treq_\w+\tcrm\.delete_customer \{"id":"c-2","reason":"rollback"\}\t-\t-\n1\topen/m);
  assert.deepEqual([planned.code, undone()], [0, []]);
  assert.equal((await holdfast("rollback", "run", "TK-1")).code, 2, "a reason is wanted");
  const part = await holdfast("rollback", "run", "TK-1", "--from", "2", "--reason", "wrong");
  assert.deepEqual([part.code, undone()], [0, ["c-2"]], part.said);
  const rest = await holdfast("rollback", "run", "TK-1", "--reason", "all of it", "--json");
  assert.deepEqual([rest.code, undone()], [0, ["c-2", "c-1"]], rest.said);
  assert.deepEqual(
    (JSON.parse(rest.out) as Form).steps.map(({ state }) => state),
    ["undone", "undone"],
  );

  await works("two");
  failing = true;
  const failed = await holdfast("rollback", "run", "TK-2", "--reason", "wrong");
  assert.equal(failed.code, 100, failed.said);
  assert.match(failed.said, /not undone: 1 crm\.create_customer, 2 crm\.create_customer/);
  assert.equal((await holdfast("rollback", "list")).code, 100);
  assert.equal((await holdfast("rollback", "settle", "TK-1", "1", "--reason", "nothing is left of it")).code, 1);
  for (const step of ["1", "2"]) assert.equal((await holdfast("rollback", "settle", "TK-2", step, "--reason", "deleted by hand")).code, 0);
  assert.match((await holdfast("rollback", "show", "TK-2")).out, /failed\t.*looked at by operator: deleted by hand/);
  assert.equal((await holdfast("rollback", "list")).code, 0);
  assert.match((await holdfast("rollback", "show", "TK-2")).out, /rollback {2}by operator, \S+: wrong/);
  const absent = await holdfast("rollback", "show", "TK-9");
  assert.deepEqual([absent.code, /there is no task of this id/.test(absent.said)], [1, true]);

  // A host that performs itself, and reports what came back.
  const api = async (path: string, body: object): Promise<{ readonly [name: string]: unknown }> => {
    const answer = await fetch(`${server.url}/api/v1/${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${server.key}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return (await answer.json()) as { readonly [name: string]: unknown };
  };
  failing = false;
  const order = { type: "tool.call", tool: "crm.create_order", args: { note: "urgent" } };
  const decided = async (): Promise<unknown> => (await api("decide", { principal: { agent: "clerk", session: "host" }, action: order })).id;
  await api("release", { id: await decided(), text: '{"order":"o-1"}' });
  await api("release", { id: await decided(), failed: "upstream-invalid" });
  await decided();
  assert.equal((await api("rollback", { reason: "failed", session: "another" }))["title"], "this task did nothing that can be undone");
  // The host's own failure has begun it already (`on_failure`); else this does.
  await api("rollback", { reason: "failed", session: "host" });
  let own: Form | undefined;
  for (let tries = 0; own?.ended_at === undefined && tries < 100; tries++) {
    const found = JSON.parse((await holdfast("rollback", "list", "--json")).out) as readonly (Form & { session?: string })[];
    own = found.findLast(({ session }) => session === "host");
  }
  const reported = JSON.parse((await holdfast("rollback", "show", own?.id ?? "", "--json")).out) as Form;
  assert.deepEqual(reported.steps.map(({ state }) => state).slice(0, 2), ["undone", "unknown"]);
  assert.deepEqual(
    tools.called.filter(({ name }) => name === "cancel_order").map(({ args }) => args),
    [{ order: "o-1", note: "urgent" }],
  );

  // The kill switch, and what was under way taken back.
  await works("three");
  const paused = await holdfast("agents", "pause", "clerk", "--reason", "it runs wild", "--rollback");
  assert.match(paused.said, /open tasks? rolled back/);
  const states = (JSON.parse((await holdfast("rollback", "list", "--json")).out) as readonly Form[]).map(({ state }) => state);
  assert.ok(
    states.every((state) => state === "over"),
    states.join(),
  );
  // The sixth of the same writes is one too many for an agent; it was not done, and so it is not undone.
  assert.deepEqual(undone().at(-1), "c-5");
  await assert.rejects(works("four"), "it stays paused");

  const log = await holdfast("audit", "export");
  const events = [...log.out.matchAll(/"event":"rollback-(began|ended)"/g)].map(([, event]) => event);
  assert.ok(events.length >= 8);
  assert.deepEqual(
    events,
    events.map((_, index) => (index % 2 === 0 ? "began" : "ended")),
  );
  assert.equal(await server.stop(), 0);
});
