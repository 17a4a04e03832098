import { Hono } from "hono";
import { composeLayers } from "../../src/compose/layers.ts";
import { policiesOf } from "../../src/compose/policies.ts";
import { readConfig } from "../../src/config/index.ts";
import type { Json } from "../../src/core/json.ts";
import { openPins } from "../../src/permission/index.ts";
import { policyRoutes } from "../../src/surfaces/api/policies.ts";

const TEXT = `
models: { practice: { provider: practice } }
tools:
  crm: { http: { url: "http://127.0.0.1:9/mcp" }, tools: { read_mail: { effect: read, egress: false, trust: untrusted }, send_mail: { effect: write, egress: true } } }
roles: { clerk: { read: [crm.read_mail, crm.search], write: [crm.send_mail] } }
agents: { support: { role: clerk }, reports: { role: clerk } }
rules:
  - { id: no-strangers, when: 'action.tool == "crm.send_mail" && args.to == "eve@evil.example"', then: deny, mode: enforce }
  - { id: after-mail, after: 'action.tool == "crm.read_mail"', when: 'action.tool == "crm.send_mail"', then: ask, approvers: [finance] }
people: { anna: { roles: [finance] } }
tests:
  - { agent: support, call: crm.send_mail, args: { to: eve@evil.example }, expect: deny }
`;
/** The same with no rule and no tool: what a page shows where there is nothing. */
const EMPTY = `
models: { practice: { provider: practice } }
agents: { support: { role: builtin/assistant } }
`;

/** The gateway's own policy behind the routes that the API has, over an empty log. */
export async function policies(empty = false): Promise<Hono> {
  const loaded = await readConfig("holdfast.yaml", empty ? EMPTY : TEXT, { env: {}, readFile: async () => "" });
  if (!loaded.ok) throw new Error(loaded.faults.map(({ message }) => message).join(", "));
  const clock = { now: Date.now, monotonic: () => performance.now(), timer: () => () => {} };
  const nowhere = { open: () => ({ decided: async () => {}, close: () => {} }) };
  const composed = composeLayers(loaded.config, nowhere, { clock, uncounted: true });
  const pins = await openPins({ load: async () => [], save: async () => {} }, clock.now);
  const log = { size: async () => 0, read: async () => [], get: async () => undefined, close: async () => {} };
  const app = new Hono();
  for (const { method, path, access } of policyRoutes(policiesOf(() => composed, pins, log))) {
    app.on(method, path, async (c) => {
      if (access.needs !== "operator") return c.notFound();
      const body = method === "GET" ? null : ((await c.req.json()) as Json);
      const call = { id: "fixture", params: {}, query: new URLSearchParams(), body, headers: c.req.raw.headers, signal: c.req.raw.signal };
      const reply = await access.run(call, { name: "robin", host: "127.0.0.1" });
      return "body" in reply ? c.json(reply.body) : c.notFound();
    });
  }
  return app;
}
