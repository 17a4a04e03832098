/**
 * The MCP gateway as OAuth's resource server, with the official client: it finds the authorization server by itself, gets a token for this gateway,
 * and comes in. The authorization server is one of the test's own: as much of one as a client that speaks for itself needs.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { ClientCredentialsProvider } from "@modelcontextprotocol/sdk/client/auth-extensions.js";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { type Changing, changing } from "../mcp/servers.ts";
import { BIN, type Served, serve } from "../serve.ts";
import { verifies } from "../verifies.ts";

const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
const jwk = { ...(await exportJWK(publicKey)), kid: "one", alg: "ES256", use: "sig" };
const asked: URLSearchParams[] = [];
let scope = "mcp";
let lasts = 300;
let down = false;
let issuer = "";
const login = createServer(async (request, response) => {
  const json = (value: object, status = 200): void => void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
  if (down) return void response.destroy();
  if (request.url === "/jwks") return json({ keys: [jwk] });
  if (request.url?.startsWith("/.well-known/oauth-authorization-server") === true)
    return json({
      issuer,
      token_endpoint: `${issuer}/token`,
      authorization_endpoint: `${issuer}/authorize`,
      response_types_supported: ["code"],
      grant_types_supported: ["client_credentials"],
      token_endpoint_auth_methods_supported: ["client_secret_basic"],
      code_challenge_methods_supported: ["S256"],
    });
  if (request.url !== "/token") return json({}, 404);
  const form = new URLSearchParams(await read(request));
  asked.push(form);
  const [client = ""] = Buffer.from((request.headers.authorization ?? "").slice(6), "base64")
    .toString()
    .split(":");
  json({ access_token: await token({ client_id: client, sub: client, aud: form.get("resource") ?? "" }), token_type: "Bearer", expires_in: lasts });
});
async function read(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}
const token = (claims: object): Promise<string> =>
  new SignJWT({ iss: issuer, aud: audience, sub: "anna", client_id: "client-a", scope, jti: randomUUID(), ...claims })
    .setProtectedHeader({ alg: "ES256", kid: "one", typ: "at+jwt" })
    .setIssuedAt()
    .setExpirationTime(Math.floor(Date.now() / 1000) + lasts)
    .sign(privateKey);

let server: Changing;
let gateway: Served;
let audience = "";
before(async () => {
  server = await changing([{ name: "read_mail", description: "reads", inputSchema: { type: "object" }, annotations: { readOnlyHint: true } }]);
  await new Promise<void>((resolve) => login.listen(0, "127.0.0.1", resolve));
  issuer = `http://127.0.0.1:${(login.address() as AddressInfo).port}`;
  // The address stands in the configuration, so the port is taken once to be known.
  const probe = createServer();
  const port = await new Promise<number>((resolve) => probe.listen(0, "127.0.0.1", () => resolve((probe.address() as AddressInfo).port)));
  await new Promise((resolve) => probe.close(resolve));
  audience = `http://127.0.0.1:${port}/mcp`;
  gateway = await serve(
    `
models: {}
tools: { crm: { http: { url: "${server.url}", credential: upstream-secret }, tools: { read_mail: { effect: read } } } }
roles: { reader: { read: ["crm.*"] } }
agents: { support: { role: reader, limits: { requests: 1000/min } } }
`,
    {
      server: `listen: "127.0.0.1:${port}", oauth: { issuer: "${issuer}", audience: "${audience}", jwks: "${issuer}/jwks", scopes: [mcp], agents: { client-a: support } }`,
    },
  );
});
after(async () => {
  await gateway?.stop();
  await server.close();
  login.closeAllConnections();
  login.close();
});

const bearer = (text: string): { authorization: string } => ({ authorization: `Bearer ${text}` });
const INITIALIZE = {
  jsonrpc: "2.0",
  id: 0,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "t", version: "1" } },
};
const post = (path: string, headers: object): Promise<Response> =>
  fetch(`${gateway.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json, text/event-stream", ...headers },
    body: JSON.stringify(INITIALIZE),
  });

test("the official client finds where tokens are had, gets one for this gateway and calls a tool; the tool's server never sees it", async () => {
  verifies("G-02", "P-03");
  for (const path of ["/mcp", "/mcp/crm"]) {
    const client = new Client({ name: "test", version: "1" });
    const authProvider = new ClientCredentialsProvider({ clientId: "client-a", clientSecret: "s", scope: "mcp", expectedIssuer: issuer });
    await client.connect(new StreamableHTTPClientTransport(new URL(`${gateway.url}${path}`), { authProvider }));
    const { tools } = await client.listTools();
    const answer = await client.callTool({ name: tools[0]?.name ?? "", arguments: {} });
    assert.equal(answer.isError, undefined, JSON.stringify(answer));
    await client.close();
    assert.equal(asked.at(-1)?.get("resource"), audience);
  }
  for (const headers of server.headers) assert.equal(headers["authorization"], "Bearer upstream-secret");
  assert.equal(server.called.length, 2);
  assert.ok(server.headers.length > 0);
});

test("who shows nothing good is told where tokens are had, and who lacks a scope which one", async () => {
  verifies("G-02");
  const metadata = `resource_metadata="${new URL(audience).origin}/.well-known/oauth-protected-resource/mcp"`;
  for (const headers of [
    {},
    bearer("abc"),
    bearer("hf_none"),
    bearer(await token({ aud: "https://else.example" })),
    bearer(await token({ iss: "https://evil.example" })),
  ]) {
    const refused = await post("/mcp/crm", headers);
    assert.equal(refused.status, 401);
    const error = "authorization" in headers ? 'error="invalid_token", ' : "";
    assert.equal(refused.headers.get("www-authenticate"), `Bearer realm="holdfast", ${error}scope="mcp", ${metadata}`);
  }
  assert.equal((await post(`/mcp/crm?access_token=${await token({})}`, {})).status, 401, "what stands in an address opens nothing");
  assert.equal((await post(`/mcp/crm?a=1&access_token=${await token({})}`, bearer(await token({})))).status, 400, "and is not taken beside one that does");
  scope = "profile";
  const lacking = await post("/mcp/crm", bearer(await token({})));
  scope = "mcp";
  assert.equal(lacking.status, 403);
  assert.equal(lacking.headers.get("www-authenticate"), `Bearer realm="holdfast", error="insufficient_scope", scope="mcp", ${metadata}`);
  assert.equal((await post("/mcp/crm", bearer(await token({ client_id: "client-b" })))).status, 403);
  for (const path of ["", "/mcp", "/mcp/crm"]) {
    const said = await fetch(`${gateway.url}/.well-known/oauth-protected-resource${path}`);
    assert.equal(said.status, 200);
    assert.deepEqual(await said.json(), {
      resource: audience,
      authorization_servers: [issuer],
      bearer_methods_supported: ["header"],
      scopes_supported: ["mcp"],
      resource_name: "Holdfast",
    });
  }
});

test("a token opens the MCP gateway and nothing else, keys go on opening it, and a paused agent is out with either", async () => {
  verifies("P-08", "C-12");
  const good = await token({});
  assert.equal((await post("/mcp/crm", bearer(good))).status, 200);
  assert.equal((await post("/mcp/crm", bearer(gateway.key))).status, 200);
  for (const path of ["/v1/chat/completions", "/api/v1/decide", "/api/v1/release", "/api/v1/agents/support/pause"])
    assert.equal((await post(path, bearer(good))).status, 401, path);
  execFileSync(BIN, ["agents", "pause", "support", "--reason", "test"], { cwd: gateway.folder });
  assert.equal((await post("/mcp/crm", bearer(good))).status, 403);
  execFileSync(BIN, ["agents", "resume", "support", "--reason", "test"], { cwd: gateway.folder });
  assert.equal((await post("/mcp/crm", bearer(good))).status, 200);
});

test("a stream that a token opened ends with the token", async () => {
  lasts = 2;
  const short = await token({ sub: "short" });
  lasts = 300;
  const begun = await post("/mcp/crm", bearer(short));
  const session = begun.headers.get("mcp-session-id") ?? "";
  const started = performance.now();
  const stream = await fetch(`${gateway.url}/mcp/crm`, { headers: { accept: "text/event-stream", "mcp-session-id": session, ...bearer(short) } });
  assert.equal(stream.status, 200);
  await stream.text().catch(() => "");
  const took = performance.now() - started;
  assert.ok(took > 1_000 && took < 12_000, `${took} ms`);
  assert.equal((await post("/mcp/crm", bearer(short))).status, 401);
});

test("where the issuer's keys cannot be had at the start, nobody comes in with a token, and it says so", async (t) => {
  down = true;
  const other = await serve("models: {}\nagents: { support: { role: r } }\nroles: { r: {} }\n", {
    server: `listen: "127.0.0.1:0", oauth: { issuer: "${issuer}", audience: "${audience}", jwks: "${issuer}/jwks", agents: { client-a: support } }`,
  });
  t.after(() => other.stop());
  const refused = await fetch(`${other.url}/mcp`, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json, text/event-stream", ...bearer(await token({})) },
    body: JSON.stringify(INITIALIZE),
  });
  assert.equal(refused.status, 503);
  down = false;
});
