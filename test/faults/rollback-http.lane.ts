/**
 * kill -9 of the whole running product at every point of the requests that undo a task. With a key that its server knows each effect is
 * undone exactly once, whatever is killed; without one at most once, and what nobody saw the end of is said to be unknown.
 */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { CERTIFICATE, CERTIFICATE_KEY } from "../egress/certificate.ts";
import { nameServer } from "../egress/name-server.ts";
import { connect } from "../mcp/rig.ts";
import { changing } from "../mcp/servers.ts";
import { type Served, serve, temporaryFolder } from "../serve.ts";
import { verifies } from "../verifies.ts";

type Point = "before" | "after" | "answered";
interface Form {
  readonly id: string;
  readonly session?: string;
  readonly state: string;
  readonly ended_at?: string;
  readonly steps: readonly { readonly tool: string; readonly state: string }[];
}

test("killed at every point of a request that undoes: exactly once where its server tells a repetition, and else at most once and said so", {
  timeout: 240_000,
}, async (t) => {
  verifies("C-08");
  const undone = new Map<string, number>();
  const known = new Set<string>();
  let killAt: (point: Point) => boolean = () => false;
  const shop = createServer({ cert: CERTIFICATE, key: CERTIFICATE_KEY }, (request, response) => {
    if (killAt("before")) return;
    const key = request.headers["idempotency-key"];
    const again = key !== undefined && known.has(String(key));
    if (key !== undefined) known.add(String(key));
    if (!again) undone.set(request.url ?? "", (undone.get(request.url ?? "") ?? 0) + 1);
    if (killAt("after")) return;
    response.writeHead(204).end();
    killAt("answered");
  });
  await new Promise<void>((resolve) => shop.listen(0, "127.0.0.1", resolve));
  const { port } = shop.address() as AddressInfo;
  const names = await nameServer();
  names.names.set("shop.example.com", ["127.0.0.1"]);
  const tools = await changing(["pay", "order"].map((name) => ({ name, inputSchema: { type: "object" } })));
  let next = 1;
  tools.answer = (name) => ({ content: [], structuredContent: { id: `${name}-${next++}` } });
  const undo = (more: string): string =>
    `{ undo: { http: { method: DELETE, url: "https://shop.example.com:${port}/{id}", addresses: [127.0.0.0/8]${more} }, args: { id: { from: result, path: /structuredContent/id } }, timeout: 10s } }`;
  const configuration = `
tools:
  shop:
    http: { url: "${tools.url}" }
    default: { effect: write, egress: false, trust: internal }
    tools: { pay: ${undo(", idempotency: Idempotency-Key")}, order: ${undo("")} }
roles: { clerk: { write: [shop.pay, shop.order] } }
agents: { clerk: { role: clerk, limits: { requests: 10000/min, actions: 10000/min, duplicates: { writes: 10000, reads: 10000 } } } }
egress: { resolvers: ["${names.at}"] }
`;
  const folder = temporaryFolder();
  writeFileSync(join(folder, "ca.pem"), CERTIFICATE);
  const start = (): Promise<Served> => serve(configuration, { folder, env: { NODE_EXTRA_CA_CERTS: join(folder, "ca.pem") } });
  let server = await start();
  const { key } = server;
  t.after(async () => {
    server.process.kill("SIGKILL");
    shop.closeAllConnections();
    shop.close();
    await Promise.all([tools.close(), names.close()]);
  });
  const operator = async (method: "GET" | "POST", path: string, body?: object): Promise<unknown> => {
    const token = readFileSync(join(folder, "data/operator.token"), "utf8").trim();
    const answer = await fetch(`${server.url}/api/v1/rollbacks${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return answer.json();
  };
  const over = async (id: string): Promise<Form> => {
    for (let tries = 0; tries < 200; tries++, await pause(50)) {
      const form = (await operator("GET", `/${id}`)) as Form;
      if (form.state !== "running" && form.ended_at !== undefined) return form;
    }
    throw new Error(`${id} does not end`);
  };

  const kills = [0, 1].flatMap((at) => (["before", "after", "answered"] as const).map((point) => ({ at, point })));
  for (const [number, { at, point }] of kills.entries()) {
    const session = `task-${number}`;
    const what = `killed ${point} request ${at}`;
    const client = await connect(`${server.url}/mcp/shop`, key, {}, { "x-holdfast-session": session });
    for (const name of ["pay", "order"]) assert.notEqual((await client.callTool({ name, arguments: {} })).isError, true, what);
    await client.close();
    const [task] = ((await operator("GET", "")) as readonly Form[]).filter((one) => one.session === session);
    assert.ok(task, what);
    const { process } = server;
    const dead = new Promise<void>((resolve) => process.once("exit", () => resolve()));
    // The order is undone first, then the payment.
    let asked = -1;
    killAt = (here) => {
      if (here === "before") asked++;
      return here === point && asked === at && process.kill("SIGKILL");
    };
    const run = operator("POST", `/${task.id}`, { reason: "wrong" }).catch(() => {});
    await dead;
    await run;
    killAt = () => false;
    server = await start();
    const [pay, order] = (await over(task.id)).steps;
    const [paid, ordered] = [`/pay-${2 * number + 1}`, `/order-${2 * number + 2}`].map((path) => undone.get(path) ?? 0);
    assert.deepEqual([pay?.state, paid], ["undone", 1], `${what}: the server tells a repetition`);
    if (at === 1 || order?.state === "undone") assert.deepEqual([order?.state, ordered], ["undone", 1], what);
    else assert.deepEqual([order?.state, ordered], ["unknown", point === "before" ? 0 : 1], what);
    // Once more: nothing that may have been done is done again.
    await operator("POST", `/${task.id}`, { reason: "once more" });
    await over(task.id);
    assert.deepEqual([undone.get(`/pay-${2 * number + 1}`), undone.get(`/order-${2 * number + 2}`) ?? 0], [1, ordered], what);
  }
  t.diagnostic(JSON.stringify({ kills: kills.length, undone: undone.size }));
  assert.equal(await server.stop(), 0);
});
