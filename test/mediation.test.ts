/**
 * Complete mediation and authorisation, over everything that can be asked of a running Holdfast: each route of each surface reaches
 * `guard` or its halves, or stands in the short list of exceptions below; and each has a case without the credential it needs.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { request as send } from "undici";
import { openLog } from "../src/audit/log.ts";
import { maskingWith } from "../src/audit/mask.ts";
import { noteSigner, signerKey } from "../src/audit/note.ts";
import { type Generation, makeGeneration } from "../src/compose/generation.ts";
import { approvalsOf, openInbox } from "../src/compose/people/approvals.ts";
import { systemClock as clock, systemRandom as random } from "../src/compose/platform.ts";
import { policiesOf } from "../src/compose/policies/policies.ts";
import { openVersions } from "../src/compose/policies/versions.ts";
import { tallyOf } from "../src/compose/records/tally.ts";
import { composeEgress, type Egress } from "../src/compose/sandboxes/egress.ts";
import { composeSurfaces, jsonLimits, type Surfaces } from "../src/compose/surfaces.ts";
import { mcpServers } from "../src/compose/tools/mcp.ts";
import { openUndoing } from "../src/compose/undo/rollback.ts";
import { outOfTheBox } from "../src/config/index.ts";
import { createPseudonyms } from "../src/output/index.ts";
import type { Inbox } from "../src/oversight/index.ts";
import { createCounters, createLedger, createTraffic, memoryLeases, openPins } from "../src/permission/index.ts";
import { createRecordings } from "../src/sandbox/recordings.ts";
import { openMemoryLog } from "../src/stores/memory-log.ts";
import { newOperatorToken, operatorsOf } from "../src/surfaces/api/index.ts";
import { slackRoute } from "../src/surfaces/chat/slack.ts";
import { loopbackNames } from "../src/surfaces/http/sanity.ts";
import { type HttpServer, serve } from "../src/surfaces/http/serve.ts";
import { metadataRoutes } from "../src/surfaces/mcp-gateway/resource.ts";
import { createLog } from "../src/telemetry/log.ts";
import { createTelemetry } from "../src/telemetry/metrics.ts";
import { memoryDocuments } from "../src/vault/documents.ts";
import { createKeys } from "../src/vault/keys.ts";
import { createSessions } from "../src/vault/sessions.ts";
import { say, statusOf } from "./egress/rig.ts";
import { type Changing, changing } from "./mcp/servers.ts";
import { CONSOLE, EXCEPTIONS, GOOD, INITIALIZE } from "./mediation.routes.ts";
import { signInOfAnybody } from "./sign-in/stand-in.ts";
import { NO_PASSKEYS } from "./transcripts/kit.ts";
import { verifies } from "./verifies.ts";

const NO_INCIDENT = { refused: "not-there", text: "there is none" };

const folder = mkdtempSync(join(tmpdir(), "holdfast-mediation-"));
const token = newOperatorToken(random);
/** Served where an authorization server is configured. */
const resource = metadataRoutes({ issuer: "https://login.example", audience: "https://holdfast.example/mcp", scopes: [] });
const signIn = signInOfAnybody(() => url);
/** Served with what a Slack app signs. */
const slack = slackRoute({ secrets: () => ["x".repeat(32)], click: async () => "", reply: async () => {}, clock, log: createLog({ level: "silent" }) });
let surfaces: Surfaces;
let egress: Egress;
let egressPort = 0;
let server: HttpServer;
let admin: HttpServer;
let [url, adminUrl, key] = ["", "", ""];
let behind: Changing;
let opened = 0;
let closed = 0;

before(async () => {
  behind = await changing([{ name: "read_file", inputSchema: { type: "object" } }]);
  const undo = { call: "server.read_file", args: {}, timeout: 5_000 };
  const config = { ...outOfTheBox(), tools: { server: { http: { url: behind.url }, default: {}, tools: { make: { undo } } } } };
  const masking = maskingWith(random(32));
  const signer = noteSigner(signerKey("holdfast/test", random(32)));
  const audit = await openLog({ store: await openMemoryLog(), clock, signer, masking });
  const counted = {
    ...audit,
    get size() {
      return audit.size;
    },
    get healthy() {
      return audit.healthy;
    },
    open: (request: Parameters<typeof audit.open>[0]) => {
      opened++;
      const entry = audit.open(request);
      const close: typeof entry.close = (outcome) => {
        closed++;
        entry.close(outcome);
      };
      return { decided: entry.decided, close };
    },
  };
  const metrics = createTelemetry({ auditSize: () => audit.size, auditHealthy: () => audit.healthy, paused: () => [], budgets: () => [] });
  const keys = createKeys({ documents: memoryDocuments(), clock, random });
  const log = createLog({ level: "silent" });
  const pins = await openPins({ load: async () => [], save: async () => {} }, clock.now);
  const mcp = mcpServers({
    clock,
    metrics,
    start: () => () => Promise.reject(new Error("none")),
    run: () => Promise.reject(new Error("none")),
    wayOut: (agent) => egress.wayOut(agent),
    said: () => {},
    held: { watch: () => () => {} },
    session: () => 86_400_000,
  });
  const ledger = createLedger(memoryLeases(), clock);
  const inbox: Inbox = await openInbox({
    documents: memoryDocuments(),
    clock,
    random,
    signer,
    audit,
    pins,
    phases: { answered() {} },
    reviewers: { noted: async () => {} },
    ledger,
    current: () => ({ config, digest: "", layers: generation.layers }),
  });
  const traffic = createTraffic();
  egress = composeEgress({ current: () => generation, traffic, clock, log, metrics });
  const own = { paths: [], ports: () => [] };
  const versions = await openVersions(memoryDocuments(), clock.now);
  const undoing = await openUndoing({
    resolve: async () => [],
    documents: memoryDocuments(),
    clock,
    log,
    record: async () => {},
    pins,
    own,
    audit: () => counted,
    current: () => generation,
  });
  const lasting = {
    watch: undoing.watch,
    traffic,
    audit: counted,
    clock,
    ...createCounters(),
    ledger,
    pseudonyms: createPseudonyms({ random, clock }),
    recordings: createRecordings(),
    isWritable: () => true,
    isPaused: () => false,
    autonomy: { phase: () => "exception-based" as const, picks: () => true },
    own,
    log,
    metrics,
    scopeOf: keys.modelsOf,
    pins,
    oversight: inbox.layer,
    approvalUrl: () => undefined,
    mcp,
    newest: () => generation,
    news: () => {},
  };
  const generation: Generation = makeGeneration(config, lasting, jsonLimits(config));
  surfaces = composeSurfaces({
    chainOf: () => undefined,
    current: () => generation,
    audit: counted,
    clock,
    keys,
    agents: {
      list: () => ({ agents: [] }),
      pause: async () => false,
      resume: async () => false,
      history: () => undefined,
      promote: async () => ({ refused: "not-there", text: "there is none" }),
      demote: async () => ({ refused: "not-there", text: "there is none" }),
    },
    incidents: { list: () => [], get: () => undefined, open: async () => NO_INCIDENT, act: async () => NO_INCIDENT },
    policies: policiesOf({ current: () => generation, inForce: () => ({ config, digest: "", text: "" }), pins, log: audit.source, versions }),
    sessions: createSessions({ clock, random }),
    operators: operatorsOf(token, () => []),
    approvals: approvalsOf(inbox, () => config, { all: () => [], of: (person) => ({ person, answers: 0, approved: 0, median: 0, caught: 0, missed: 0 }) }),
    rollbacks: undoing.calls,
    ...NO_PASSKEYS,
    metrics,
    tally: tallyOf(audit),
    url: () => url,
    knowsHost: () => true,
    dist: folder,
  });
  const shared = { keys, clock, log, metrics, names: loopbackNames };
  server = serve({
    ...shared,
    surface: "http",
    routes: [...surfaces.routes, slack, ...resource, ...signIn],
    fallback: (request, response, { path }) => surfaces.fallback(request, response, path),
  });
  admin = serve({ ...shared, surface: "admin", routes: surfaces.admin });
  const at = ({ port }: AddressInfo): string => `http://127.0.0.1:${port}`;
  url = at(await server.listen("127.0.0.1", 0));
  adminUrl = at(await admin.listen("127.0.0.1", 0));
  egressPort = (await egress.listen({ host: "127.0.0.1", port: 0 }, keys)).port;
  key = (await keys.mint({ agent: "agent" })).text;
});
after(async () => {
  await Promise.all([server.drain(0), admin.drain(0), egress.shut(), surfaces.api.shut(), behind.close()]);
  rmSync(folder, { recursive: true });
});

interface Listed {
  readonly name: string;
  readonly guarded: boolean;
  readonly needs: "key" | "operator" | "none";
  readonly base: () => string;
}

function everything(): readonly Listed[] {
  const flat = (routes: Surfaces["routes"], base: () => string): Listed[] =>
    routes.map(({ method, path, guarded, access }) => ({ name: `${method} ${path}`, guarded, needs: access.needs, base }));
  const api = surfaces.api.routes.map(
    ({ method, path, guarded, access }): Listed => ({ name: `${method} ${path}`, guarded, needs: access.needs, base: () => url }),
  );
  const all = [...flat([...surfaces.routes, slack, ...resource, ...signIn], () => url), ...api, ...flat(surfaces.admin, () => adminUrl)];
  // `decide` is served twice: without a framework, and by the API for whoever mounts it alone.
  return [...new Map(all.map((route) => [route.name, route])).values()];
}

async function ask(
  { name, base }: Listed,
  headers: { [name: string]: string },
  body?: object,
  path?: string,
): Promise<{ status: number; text: string; json: () => Promise<unknown> }> {
  const [method, pattern] = name.split(" ") as [string, string];
  const target = path ?? pattern.replace("/*", "/x").replace(":id", "x");
  const sent = method === "*" ? "GET" : method;
  const answer = await send(base() + target, {
    method: sent,
    headers: { ...headers, ...(sent === "POST" ? { "content-type": "application/json", origin: base() } : {}) },
    ...(sent === "POST" ? { body: JSON.stringify(body ?? {}) } : {}),
  });
  // A live stream does not end by itself.
  const live = (name.endsWith("/live") || name.startsWith("GET /mcp")) && answer.statusCode === 200;
  if (live) answer.body.destroy();
  const text = live ? "{}" : await answer.body.text();
  return { status: answer.statusCode, text, json: async () => JSON.parse(text) };
}

test("every route reaches guard or is a named exception, and the list of exceptions holds nothing else", () => {
  verifies("P-08", "G-01");
  const unguarded = everything().filter(({ guarded }) => !guarded);
  assert.deepEqual(unguarded.map(({ name }) => name).sort(), [...EXCEPTIONS].sort());
  const guarded = everything().filter((route) => route.guarded);
  assert.deepEqual(guarded.map(({ name }) => name).sort(), Object.keys(GOOD).sort(), "each guarded route has a good request here");
  const ofConsole = surfaces.console.routes.map(({ method, path }) => `${method} ${path}`);
  assert.deepEqual([...new Set(ofConsole)].sort(), [...CONSOLE].sort());
});

test("a guarded route opens a record for what it is asked, and closes it", async () => {
  verifies("A-01", "A-06");
  const bearer = { authorization: `Bearer ${key}`, "anthropic-version": "2023-06-01" };
  for (const route of everything().filter(({ guarded }) => guarded)) {
    const { path, body, headers } = GOOD[route.name] ?? {};
    let used = body;
    const shown: { [name: string]: string } = { ...(route.needs === "operator" ? { authorization: `Bearer ${token}` } : bearer), ...headers };
    if (route.name.startsWith("GET /mcp")) shown["mcp-session-id"] = await mcpSession(path ?? "/mcp", bearer);
    const decided = async (asked = GOOD["POST /api/v1/decide"]?.body): Promise<string> => {
      const decide = everything().find(({ name }) => name === "POST /api/v1/decide") as Listed;
      return ((await (await ask(decide, bearer, asked)).json()) as { id: string }).id;
    };
    if (route.name === "POST /api/v1/release") used = { ...body, id: await decided() };
    if (route.name.includes("rollback")) {
      const id = await decided({ action: { type: "tool.call", tool: "server.make", args: {} } });
      await ask(everything().find(({ name }) => name === "POST /api/v1/release") as Listed, bearer, { id, value: {} });
    }
    const [openedBefore, closedBefore] = [opened, closed];
    const { status, text } = await ask(route, shown, used, path);
    assert.equal(status, 200, `${route.name}: ${text}`);
    if (route.name === "POST /api/v1/release") assert.equal(closed, closedBefore + 1, "release closes the record that decide opened");
    else if (["/sample", "rollback"].some((part) => route.name.includes(part))) assert.ok(opened > openedBefore + 1, `${route.name}: several calls`);
    else assert.equal(opened, openedBefore + 1, route.name);
  }
});

/** A session of the 2025 era, which alone has a stream to listen to. */
async function mcpSession(path: string, headers: { readonly [name: string]: string }): Promise<string> {
  const { headers: answered, body } = await send(url + path, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json", accept: "application/json, text/event-stream" },
    body: JSON.stringify(INITIALIZE),
  });
  await body.text();
  return String(answered["mcp-session-id"]);
}

/** Whoever comes here shows an operator's token, or a signature over the body. */
const PROVEN_OTHERWISE: ReadonlySet<string> = new Set(["POST /operator/login", "POST /slack/interactions"]);

test("without a credential nothing but the documentation and the admin address answers", async () => {
  for (const route of everything()) {
    const { status } = await ask(route, { "holdfast-challenge": "x".repeat(43) });
    if (route.needs === "none" && !PROVEN_OTHERWISE.has(route.name)) assert.ok(status < 400, `${route.name}: ${status}`);
    else assert.equal(status, 401, route.name);
  }
});

test("an agent's key opens nothing of an operator's, and an operator's token nothing of an agent's", async () => {
  verifies("P-08");
  for (const route of everything()) {
    if (route.needs === "operator") assert.equal((await ask(route, { authorization: `Bearer ${key}` })).status, 403, route.name);
    if (route.needs === "key") assert.equal((await ask(route, { authorization: `Bearer ${token}` })).status, 401, route.name);
    if (PROVEN_OTHERWISE.has(route.name)) assert.equal((await ask(route, { authorization: `Bearer ${key}` })).status, 401);
  }
});

test("nothing is recorded, decided or done for whoever shows no key", async () => {
  const before = opened;
  for (const route of everything().filter(({ guarded }) => guarded)) await ask(route, {}, GOOD[route.name]?.body, GOOD[route.name]?.path);
  assert.equal(opened, before);
});

test("the egress proxy has no route of its own: whatever is asked of it is one decided connection, or nothing without a key", async () => {
  verifies("P-07", "P-08", "G-01", "A-01");
  const through = (target: string, shown: string) =>
    say(egressPort, `${target} HTTP/1.1\r\nHost: ${(target.split(" ")[1] ?? "").replace(/^http:\/\/([^/]+).*$/, "$1")}\r\n${shown}Connection: close\r\n\r\n`);
  const proof = (text: string): string => `Proxy-Authorization: Bearer ${text}\r\n`;
  const targets = ["CONNECT example.com:443", "CONNECT 127.0.0.1:80", "GET http://example.com/", "POST http://example.com/"];
  for (const target of targets) {
    const before = opened;
    for (const shown of ["", proof(token), `Authorization: Bearer ${key}\r\n`]) assert.equal(statusOf(await through(target, shown)), 407, target);
    assert.equal(opened, before, "nothing is recorded, decided or done for whoever shows no key");
    const [openedBefore, closedBefore] = [opened, closed];
    const shown = target.startsWith("POST") ? `${proof(key)}Content-Length: 0\r\n` : proof(key);
    assert.equal(statusOf(await through(target, shown)), 403, target);
    assert.deepEqual([opened, closed], [openedBefore + 1, closedBefore + 1], target);
  }
  for (const target of ["GET /", "GET /metrics", "GET /v1/models", "OPTIONS *"]) assert.equal(statusOf(await through(target, proof(key))), 400, target);
});
