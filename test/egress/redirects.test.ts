/**
 * Where Holdfast itself asks somebody over HTTP it follows nobody elsewhere: the next address would get what the first was meant to get, its
 * credential first of all. Model upstreams are shown in `e2e/gateway.faults.test.ts`; the proxy hands a redirect to its client (`ssrf.test.ts`).
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { tellPeople } from "../../src/compose/people/telling.ts";
import { systemClock as clock } from "../../src/compose/platform.ts";
import { readConfig } from "../../src/config/index.ts";
import { createLog } from "../../src/telemetry/log.ts";
import { startRig } from "../mcp/rig.ts";
import { pay, rig } from "../oversight/rig.ts";
import { verifies } from "../verifies.ts";
import { host } from "./rig.ts";

let elsewhere: Awaited<ReturnType<typeof host>>;
let redirecting: Awaited<ReturnType<typeof host>>;
let status = 0;

before(async () => {
  elsewhere = await host((_request, response) => void response.end("{}"));
  redirecting = await host((_request, response) => void response.writeHead(status, { location: `http://127.0.0.1:${elsewhere.port}/taken` }).end());
});
after(() => Promise.all([elsewhere.close(), redirecting.close()]));

const KINDS = [301, 302, 303, 307, 308];

test("a tool server that redirects gets one request, and nobody else gets any", async (t) => {
  verifies("P-07", "G-03");
  const mcp = await startRig(`
tools: { moved: { http: { url: "http://127.0.0.1:${redirecting.port}/mcp", credential: the-credential } } }
roles: { all: { read: ["*"], write: ["*"] } }
agents: { worker: { role: all, limits: { requests: 1000/min } } }
`);
  t.after(() => mcp.close());
  const key = await mcp.key("worker");
  for (status of KINDS) {
    const before = redirecting.requests.length;
    await assert.rejects(mcp.client("moved", key));
    assert.equal(redirecting.requests.at(-1)?.headers.authorization, "Bearer the-credential");
    assert.equal(redirecting.requests.length, before + 1);
  }
  assert.equal(elsewhere.requests.length, 0);
});

test("a webhook that redirects is told once, and nobody else is told", async (t) => {
  verifies("P-07");
  status = 307;
  const loaded = await readConfig("holdfast.yaml", `oversight: { webhooks: [{ url: "http://127.0.0.1:${redirecting.port}/hook" }] }`, {
    env: {},
    readFile: async () => "",
  });
  assert.ok(loaded.ok);
  const one = await rig();
  const hooks = tellPeople(one.inbox, {
    config: () => loaded.config,
    policy: () => "",
    link: () => "http://console.test/",
    clock,
    log: createLog({ level: "silent" }),
  });
  t.after(() => hooks.shut());
  await one.ask(pay());
  for (let tries = 0; !redirecting.requests.some(({ url }) => url === "/hook") && tries < 200; tries++) await pause(10);
  await pause(50);
  assert.equal(redirecting.requests.filter(({ url }) => url === "/hook").length, 1);
  assert.equal(elsewhere.requests.length, 0);
});
