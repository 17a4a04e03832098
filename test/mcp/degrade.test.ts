/** What goes on over MCP when a tool server is gone: by real clients, at a real server that is taken away. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { verifies } from "../verifies.ts";
import { type McpRig, startRig } from "./rig.ts";
import { type Changing, changing } from "./servers.ts";

let server: Changing;
let rig: McpRig;
const clients: { [agent: string]: Client } = {};

before(async () => {
  server = await changing(
    ["read", "write", "fails", "other"].map((name) => ({
      name,
      inputSchema: { type: "object" },
      ...(name === "read" ? { outputSchema: { type: "object", properties: { id: { type: "string" } }, required: ["id"] } } : {}),
    })),
  );
  server.answer = (name, { id }) =>
    name === "fails"
      ? { isError: true, content: [{ type: "text", text: "no" }] }
      : { content: [{ type: "text", text: `${name} ${id}: IBAN DE89370400440532013000` }], structuredContent: { id: String(id) }, _meta: { of: "the server" } };
  rig = await startRig(`
tools:
  crm:
    http: { url: "${server.url}" }
    default: { effect: read, egress: false, trust: internal }
    tools: { write: { effect: write } }
roles: { all: { read: ["crm.*"], write: ["crm.*"] } }
agents:
  plain: { role: all, limits: &wide { requests: 1000/min, duplicates: { writes: 1000, reads: 10000 }, breaker: { failures: 1000 } } }
  cached: { role: all, limits: *wide, degrade: &recorded { downstream: cached, recorded: 1h } }
  second: { role: all, limits: *wide, degrade: *recorded }
  reader: { role: all, limits: *wide, degrade: { downstream: read-only } }
`);
  for (const agent of ["plain", "cached", "second", "reader"]) {
    clients[agent] = await rig.client("crm", await rig.key(agent));
    await clients[agent]?.listTools();
  }
});
after(() => rig.close());

type Result = {
  readonly isError?: boolean;
  readonly content: readonly { readonly text: string }[];
  readonly structuredContent?: object;
  readonly _meta?: object;
};
const call = (agent: string, name: string, args: Record<string, unknown> = {}): Promise<Result> =>
  (clients[agent] as Client).callTool({ name, arguments: args }).then(
    (result) => result as unknown as Result,
    (error: unknown) => ({ isError: true, content: [{ text: String(error) }] }),
  );
const text = ({ content }: Result): string => content.map((one) => one.text).join("\n");

test("while its server is gone a read is answered with what the same call of the same caller was answered, and nothing else is", async () => {
  verifies("C-11");
  for (const agent of ["plain", "cached"]) await call(agent, "read", { id: 7 });
  await call("cached", "fails");
  await call("cached", "write", { id: 7 });
  await call("cached", "read", { id: 7 });
  await server.close();
  const before = server.called.length;
  for (let i = 0; i < 5; i++) assert.equal((await call("plain", "other", { i })).isError, true);

  const stood = await call("cached", "read", { id: 7 });
  assert.equal(stood.isError, undefined);
  assert.match(
    text(stood),
    /^Recorded answer: the tool was not called; this is what the same call was answered \d+ s ago\.\nread 7: IBAN (?!DE89370400440532013000)/,
  );
  assert.deepEqual(stood.structuredContent, { id: "7" });
  assert.match(JSON.stringify(stood._meta), /^\{"of":"the server","holdfast\/recorded":\{"age":\d+\}\}$/);
  const { request, decision } = rig.decided.at(-1) ?? {};
  assert.ok(decision?.reasons.some(({ id }) => id === "degraded/cached"));
  const [obligation] = decision?.obligations.filter(({ kind }) => kind === "recorded") ?? [];
  const original = rig.decided.findLast(
    (one) => one.request.id !== request?.id && one.request.principal.agent === "cached" && one.request.action.tool === "crm.read",
  );
  assert.deepEqual(obligation, { kind: "recorded", of: original?.request.id });
  assert.equal(rig.ended.at(-1)?.status, "done");

  for (const [agent, name, args] of [
    ["plain", "read", { id: 7 }], // nothing is configured
    ["cached", "read", { id: 8 }], // another call
    ["cached", "read", {}],
    ["cached", "fails", {}], // what failed is no answer
    ["cached", "write", { id: 7 }], // never a change
    ["second", "read", { id: 7 }], // somebody else's
    ["reader", "write", { id: 7 }],
  ] as const) {
    const refused = await call(agent, name, args);
    assert.equal(refused.isError, true, `${agent} ${name} ${JSON.stringify(args)}`);
    assert.match(text(refused), /in a row and rests/);
  }
  // Reads are tried where they may go on, and do not succeed.
  assert.doesNotMatch(text(await call("reader", "read", { id: 7 })), /in a row and rests/);
  // What stood in was no success of the server: it rests as before.
  assert.match(text(await call("plain", "read", { id: 7 })), /in a row and rests/);
  assert.equal(server.called.length, before);
});
