import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../verifies.ts";
import { startRig } from "./rig.ts";
import { changing } from "./servers.ts";

test("a thousand interleaved calls of ten clients: each gets its own answers, and no other's (cross-tenant)", async (t) => {
  verifies("G-02");
  const server = await changing();
  t.after(() => server.close());
  server.tools = [{ name: "read_mail", description: "reads", inputSchema: { type: "object", properties: { canary: { type: "string" } } } }];
  server.answer = async (_name, { canary }) => {
    await new Promise((resolve) => setTimeout(resolve, Number(String(canary).slice(-1))));
    return { content: [{ type: "text", text: `canary ${canary}` }] };
  };
  const limits = "{ requests: 10000/min, actions: 10000/min, duplicates: { writes: 10000, reads: 10000 } }";
  const rig = await startRig(`
models: {}
tools: { crm: { http: { url: "${server.url}" } } }
roles: { all: { read: ["crm.*"], write: ["crm.*"] } }
agents: { worker: { role: all, limits: ${limits} } }
`);
  t.after(() => rig.close());
  const clients = await Promise.all(Array.from({ length: 10 }, async () => rig.client("crm", await rig.key("worker"))));
  await Promise.all(
    clients.map(async (client, tenant) => {
      for (let round = 0; round < 10; round++) {
        const calls = Array.from({ length: 10 }, (_, index) => `t${tenant}r${round}c${index}`);
        const answers = await Promise.all(calls.map((canary) => client.callTool({ name: "read_mail", arguments: { canary } })));
        assert.deepEqual(
          answers.map(({ content }) => (content as { text: string }[])[0]?.text),
          calls.map((canary) => `canary ${canary}`),
        );
      }
    }),
  );
  assert.equal(server.called.length, 1000);
});
