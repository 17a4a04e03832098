/** Every route that an agent, a person or a monitor can ask for, for `mediation.test.ts`: which pass `guard`, and which do not, and why. */

/** What does not pass `guard`, and why nothing an agent does can happen there. A new route is not in this list. */
export const EXCEPTIONS = [
  "* /v1/*", // refuses whatever is asked
  "* /mcp/*", // the same
  "DELETE /mcp/*", // ends the caller's own session
  "* /mcp",
  "DELETE /mcp",
  "GET /.well-known/oauth-protected-resource", // where access tokens are had, from the configuration
  "GET /.well-known/oauth-protected-resource/*",
  "GET /sign-in", // a person's browser sets out for the sign-in provider, and comes back
  "GET /sign-in/callback",
  "POST /slack/interactions", // a person answers a question in Slack, whose signature says who; what is approved passes guard when it is asked for again
  "GET /.well-known/authzen-configuration", // two addresses that are in the documentation
  "GET /api/v1/openapi.json", // the documentation
  "POST /api/v1/inspect", // looks at a text the caller has; does nothing
  "GET /api/v1/agents", // an operator looks at the agents, and stops them or lets them go on
  "GET /api/v1/agents/:id",
  "POST /api/v1/agents/:id/promote", // and says how much of what an agent changes is seen first
  "POST /api/v1/agents/:id/demote",
  "POST /api/v1/agents/:id/pause",
  "POST /api/v1/agents/:id/resume",
  "GET /api/v1/policies", // an operator looks at the rules, and at what they or others would decide
  "POST /api/v1/policies/draft",
  "POST /api/v1/policies/try",
  "POST /api/v1/policies/edit",
  "POST /api/v1/policies/replay",
  "GET /api/v1/policies/versions",
  "POST /api/v1/policies/save", // an operator who may changes the rules, as in the file; no agent's credential comes here
  "GET /api/v1/status", // an operator looks at the log
  "GET /api/v1/audit",
  "GET /api/v1/audit/timeline",
  "GET /api/v1/audit/live",
  "GET /api/v1/audit/:id",
  "GET /api/v1/approvals", // an operator looks at the questions, and answers them; what is approved passes guard when it is asked for again
  "POST /api/v1/approvals",
  "GET /api/v1/attention",
  "GET /api/v1/approvals/:id",
  "GET /api/v1/approvals/:id/rule",
  "POST /api/v1/approvals/:id",
  "GET /api/v1/tickets/:id", // a caller looks at its own question
  "POST /api/v1/tickets/:id", // and says something of it, which answers nothing
  "GET /api/v1/incidents", // an operator looks at incidents, and writes down what is done about them
  "POST /api/v1/incidents",
  "GET /api/v1/incidents/:id",
  "POST /api/v1/incidents/:id",
  "GET /api/v1/rollbacks", // an operator looks at what can be undone
  "GET /api/v1/rollbacks/:id",
  "POST /api/v1/rollbacks/:id/settle", // an operator notes that they have looked; nothing is done
  "POST /api/v1/step-up", // gives an operator's session something to sign
  "GET /api/v1/passkeys", // an operator looks after their own passkeys
  "POST /api/v1/passkeys",
  "POST /api/v1/passkeys/options",
  "POST /api/v1/passkeys/:id/rename",
  "POST /api/v1/passkeys/:id/remove",
  "GET /api/v1/people", // an operator looks at how Holdfast is set up, and takes back what was given
  "GET /api/v1/sessions",
  "POST /api/v1/sessions/end",
  "POST /api/v1/sessions/:id/end",
  "GET /api/v1/keys",
  "POST /api/v1/keys", // whoever runs the machine makes an agent's key
  "POST /api/v1/keys/:id/revoke",
  "GET /api/v1/channels",
  "POST /api/v1/channels/:id/test",
  "GET /healthz", // on the admin address
  "GET /readyz",
  "GET /metrics",
  "GET /operator/proof", // a server shows the command line of its own machine that it is the one that was started there
  "POST /operator/login", // on the admin address, with the token that lies beside the store
];

/** The console's own routes: files, and an operator's session. */
export const CONSOLE = [
  "GET /",
  "GET /login",
  "GET /activity",
  "GET /activity/:id",
  "GET /agents",
  "GET /agents/:id",
  "GET /incidents",
  "GET /incidents/:id",
  "GET /rollbacks",
  "GET /rollbacks/:id",
  "GET /approvals",
  "GET /approvals/:id",
  "GET /lab",
  "GET /policies",
  "GET /settings",
  "GET /session",
  "POST /session",
  "DELETE /session",
];

export const INITIALIZE = {
  jsonrpc: "2.0",
  id: 0,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "test", version: "1" } },
};

/** What reaches guard must be shown to: one good request for each guarded route. */
export const GOOD: { readonly [route: string]: { readonly path?: string; readonly body?: object; readonly headers?: { readonly [name: string]: string } } } = {
  "POST /v1/chat/completions": { body: { model: "assistant", messages: [{ role: "user", content: "hello" }] } },
  "POST /v1/responses": { body: { model: "assistant", input: "hello" } },
  "POST /v1/messages": { body: { model: "assistant", max_tokens: 100, messages: [{ role: "user", content: "hello" }] } },
  "POST /v1/messages/count_tokens": { body: { model: "assistant", messages: [{ role: "user", content: "hello" }] } },
  "GET /v1/models": {},
  "GET /v1/models/*": { path: "/v1/models/practice%2Fassistant" },
  "POST /mcp/*": { path: "/mcp/server", body: INITIALIZE, headers: { accept: "application/json, text/event-stream" } },
  "GET /mcp/*": { path: "/mcp/server", headers: { accept: "text/event-stream" } },
  "POST /mcp": { body: INITIALIZE, headers: { accept: "application/json, text/event-stream" } },
  "GET /mcp": { headers: { accept: "text/event-stream" } },
  "POST /api/v1/decide": { body: { principal: { agent: "agent" }, action: { type: "tool.call", tool: "read_file", args: {} } } },
  "POST /api/v1/release": { body: { id: "<decided>", text: "ok" } },
  "POST /api/v1/sample": { body: { task: "attacked-inbox" } }, // a client of our own gateway: its calls pass guard there
  "POST /api/v1/rollbacks/:id": { path: "/api/v1/rollbacks/TK-1", body: { reason: "wrong" } }, // each compensation passes guard
  "POST /api/v1/rollback": { body: { reason: "it failed" } },
  "POST /access/v1/evaluation": {
    body: { subject: { type: "agent", id: "agent" }, action: { name: "tool.call" }, resource: { type: "tool", id: "read_file" } },
  },
};

/** Routes of operators that change something and take no passkey, and why none of them lets anything through. */
export const WITHOUT_PASSKEY: { readonly [route: string]: string } = {
  "POST /api/v1/step-up": "gives something to sign",
  "POST /api/v1/passkeys/options": "gives something to sign",
  "POST /api/v1/passkeys/:id/rename": "a name opens nothing",
  "POST /api/v1/agents/:id/pause": "stopping waits for nothing",
  "POST /api/v1/agents/:id/demote": "less is done unseen",
  "POST /api/v1/policies/draft": "changes nothing: a draft is only looked at",
  "POST /api/v1/policies/edit": "changes nothing: a draft is written, and only looked at",
  "POST /api/v1/policies/replay": "changes nothing: it says what would have been decided",
  "POST /api/v1/policies/try": "changes nothing: it says what would be decided",
  "POST /api/v1/sessions/end": "takes back what was given",
  "POST /api/v1/sessions/:id/end": "takes back what was given",
  "POST /api/v1/keys/:id/revoke": "takes back what was given",
  "POST /api/v1/channels/:id/test": "sends a fixed text to where the configuration says",
  "POST /api/v1/incidents": "writes something down; nothing else is done",
  "POST /api/v1/incidents/:id": "writes something down; nothing else is done",
  "POST /api/v1/sample": "the practice model, which touches nothing",
};
