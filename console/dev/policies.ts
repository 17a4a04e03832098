import { Hono } from "hono";
import type { Json } from "../../src/core/json.ts";
import { policyRoutes } from "../../src/surfaces/api/policies.ts";
import { refusalOf } from "../../src/surfaces/http/refusal.ts";
import { policyRig } from "../../test/policy-rig.ts";

const TEXT = `
models: { practice: { provider: practice } }
tools:
  crm: { http: { url: "http://127.0.0.1:9/mcp" }, tools: { read_mail: { effect: read, egress: false, trust: untrusted }, send_mail: { effect: write, egress: true } } }
roles: { clerk: { read: [crm.read_mail, crm.search], write: [crm.send_mail] } }
agents: { support: { role: clerk }, reports: { role: clerk } }
rules:
  - { id: no-strangers, when: 'action.tool == "crm.send_mail" && args.to == "eve@evil.example"', then: deny, mode: enforce }
  - { id: after-mail, after: 'action.tool == "crm.read_mail"', when: 'action.tool == "crm.send_mail"', then: ask, approvers: [finance] }
people: { anna: { roles: [finance] }, robin: { roles: [security] }, ben: {} }
oversight: { policy_editors: [security] }
tests:
  - { agent: support, call: crm.send_mail, args: { to: eve@evil.example }, expect: deny }
`;
/** The same with no rule and no tool: what a page shows where there is nothing. */
const EMPTY = `
models: { practice: { provider: practice } }
agents: { support: { role: builtin/assistant } }
`;

/** The gateway's own policy behind the routes that the API has: a real file, and a log of what was decided under it. `by` is who looks. */
export async function policies(empty = false, by = "robin", proposed?: { readonly by: string; readonly text: string }): Promise<Hono> {
  const rig = await policyRig(empty ? EMPTY : proposed === undefined ? TEXT : TEXT.replace("oversight: {", "oversight: { policy_approvals: 2,"));
  if (proposed !== undefined) await rig.policies.save({ text: proposed.text, base: rig.inForce().digest, reason: "the auditors want it" }, proposed.by);
  process.once("exit", rig.remove);
  if (!empty) {
    for (const to of ["eve@evil.example", "bob@example.com"]) await rig.ask("crm.send_mail", { to, text: "Your parcel is on its way." });
    for (const folder of ["inbox", "archive"]) await rig.ask("crm.read_mail", { folder });
  }
  const app = new Hono();
  for (const { method, path, access } of policyRoutes(rig.policies)) {
    app.on(method, path, async (c) => {
      if (access.needs !== "operator") return c.notFound();
      const body = method === "GET" ? null : ((await c.req.json()) as Json);
      const call = { id: "fixture", params: {}, query: new URLSearchParams(), body, headers: c.req.raw.headers, signal: c.req.raw.signal };
      try {
        const reply = await access.run(call, { name: by, host: "127.0.0.1" });
        return "body" in reply ? c.json(reply.body, reply.status as 200) : c.body(reply.stream, 200, { "content-type": reply.type });
      } catch (error) {
        const { status, message } = refusalOf(error);
        return c.json({ type: "about:blank", title: message, status }, status as 400);
      }
    });
  }
  return app;
}
