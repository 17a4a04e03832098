import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gunzipSync } from "node:zlib";
import type { Hono } from "hono";
import { consoleApp, fromOwnPage, LAB, operatorOf, PAGES } from "./index.ts";
import type { Sessions } from "./sessions.ts";

const ORIGIN = "http://127.0.0.1:8787";
const NOW = 1_800_000_000_000;
const OWN = { host: "127.0.0.1:8787", origin: ORIGIN, "sec-fetch-site": "same-origin", "content-type": "application/json" };
let dist = "";
before(() => {
  dist = mkdtempSync(join(tmpdir(), "holdfast-dist-"));
  mkdirSync(join(dist, "assets"));
  writeFileSync(join(dist, "index.html"), "<!doctype html><title>Holdfast</title>");
  writeFileSync(join(dist, "lab.html"), "<!doctype html><title>playground</title>");
  writeFileSync(join(dist, "assets", "index-abc123.js"), `export const x = "${"a".repeat(5000)}";`);
  writeFileSync(join(dist, "notes.sqlite"), "not a type that is served");
});
after(() => rmSync(dist, { recursive: true, force: true }));

/** Sessions in memory, with one token `good`. */
function memorySessions(): Sessions {
  const [tokens, cookies] = [new Set(["good"]), new Set<string>()];
  return {
    redeem(token) {
      if (!tokens.delete(token)) return undefined;
      cookies.add("c1");
      return { cookie: "c1", expires: NOW + 60_000 };
    },
    verify: (cookie) => (cookies.has(cookie) ? { name: "robin" } : undefined),
    revoke: (cookie) => void cookies.delete(cookie),
  };
}

const appOf = (sessions: Sessions = memorySessions(), folder = dist): Hono =>
  consoleApp({ dist: folder, sessions, knowsHost: (host) => host === "127.0.0.1:8787" || host === "localhost:8787", now: () => NOW });

const get = (app: Hono, path: string, headers: { [name: string]: string } = {}): Response | Promise<Response> =>
  app.request(`${ORIGIN}${path}`, { headers: { host: "127.0.0.1:8787", ...headers } });

const login = (app: Hono, body: string, headers: { [name: string]: string } = {}): Response | Promise<Response> =>
  app.request(`${ORIGIN}/session`, { method: "POST", body, headers: { ...OWN, ...headers } });

test("every page is the application, under a policy that runs nothing but its own files", async () => {
  const app = appOf();
  for (const page of PAGES) {
    const response = await get(app, page.replace(":id", "7f3a"));
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("content-type"), "text/html; charset=utf-8");
    assert.equal(response.headers.get("cache-control"), "no-cache");
    const policy = response.headers.get("content-security-policy") ?? "";
    for (const part of [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "require-trusted-types-for 'script'",
    ]) {
      assert.ok(policy.split("; ").includes(part), part);
    }
    assert.doesNotMatch(policy, /unsafe|\*|https?:/);
    assert.equal(response.headers.get("x-content-type-options"), "nosniff");
    assert.equal(response.headers.get("referrer-policy"), "no-referrer");
    assert.equal(response.headers.get("cross-origin-opener-policy"), "same-origin");
  }
});

test("the playground is a document that may open no connection, and needs no session", async () => {
  const response = await get(appOf(), LAB);
  assert.equal(response.status, 200);
  assert.match(await response.text(), /playground/);
  const policy = (response.headers.get("content-security-policy") ?? "").split("; ");
  for (const part of ["default-src 'none'", "connect-src 'none'", "img-src 'none'", "form-action 'none'", "script-src 'self'"])
    assert.ok(policy.includes(part), part);
  assert.equal((await get(appOf(), LAB, { host: "evil.example" })).status, 421);
});

test("files are served from memory with their type, and hashed ones for good", async () => {
  const app = appOf();
  const response = await get(app, "/assets/index-abc123.js");
  assert.equal(response.headers.get("content-type"), "text/javascript; charset=utf-8");
  assert.match(response.headers.get("cache-control") ?? "", /immutable/);
  const etag = response.headers.get("etag") ?? "";
  assert.equal((await get(app, "/assets/index-abc123.js", { "if-none-match": `"x", ${etag}` })).status, 304);
  const packed = await get(app, "/assets/index-abc123.js", { "accept-encoding": "gzip, br" });
  assert.equal(packed.headers.get("content-encoding"), "gzip");
  assert.equal(gunzipSync(Buffer.from(await packed.arrayBuffer())).toString(), await response.text());
});

test("a header full of blanks holds up nobody", async () => {
  const app = appOf();
  for (const blank of [" ", ",", " ,"]) {
    const before = process.cpuUsage();
    assert.equal((await get(app, "/assets/index-abc123.js", { "if-none-match": `a${blank.repeat(15_000 / blank.length)}b` })).status, 200);
    const { user, system } = process.cpuUsage(before);
    assert.ok(user + system < 30_000, `${JSON.stringify(blank)}: ${user + system} µs`);
  }
});

test("nothing that is not a file of the console can be named", async () => {
  const app = appOf();
  for (const path of [
    "/notes.sqlite",
    "/../package.json",
    "/assets/../../package.json",
    "/assets/%2e%2e/index.html",
    "/%2e%2e%2f",
    "/index.html",
    "/lab.html",
    "/constructor",
    "/x",
  ]) {
    assert.equal((await get(app, path)).status, 404, path);
  }
});

test("a console that was not built says so", async () => {
  const response = await get(appOf(memorySessions(), join(dist, "nowhere")), "/");
  assert.equal(response.status, 503);
  assert.match(await response.text(), /npm run build/);
});

test("a one-time token gives a session once, in a cookie that scripts and other sites cannot use", async () => {
  const app = appOf();
  const first = await login(app, '{"token":"good"}');
  assert.equal(first.status, 200);
  const cookie = first.headers.get("set-cookie") ?? "";
  assert.match(cookie, /^holdfast=c1; HttpOnly; SameSite=Strict; Path=\/; Max-Age=60$/);
  assert.equal((await login(app, '{"token":"good"}')).status, 401);
  assert.deepEqual(await (await get(app, "/session", { cookie: "holdfast=c1" })).json(), { operator: "robin" });
});

test("a browser that keeps `__Host-` cookies gets one", async () => {
  const app = appOf();
  const probe = (await get(app, "/session")).headers.get("set-cookie") ?? "";
  assert.match(probe, /^__Host-holdfast-probe=1; Path=\/; Secure; HttpOnly; SameSite=Strict/);
  const cookies = (await login(app, '{"token":"good"}', { cookie: "__Host-holdfast-probe=1" })).headers.getSetCookie();
  assert.match(cookies[0] ?? "", /^__Host-holdfast=c1; Secure; HttpOnly; SameSite=Strict; Path=\//);
  assert.match(cookies[1] ?? "", /^__Host-holdfast-probe=; .*Max-Age=0$/);
});

test("logging out ends the session on the server and takes both cookies away", async () => {
  const sessions = memorySessions();
  const app = appOf(sessions);
  await login(app, '{"token":"good"}');
  assert.deepEqual(await operatorOf(sessions, "a=b; holdfast=c1"), { name: "robin" });
  const out = await app.request(`${ORIGIN}/session`, { method: "DELETE", headers: { ...OWN, cookie: "holdfast=c1" } });
  assert.equal(out.headers.getSetCookie().length, 2);
  assert.equal(await operatorOf(sessions, "holdfast=c1"), undefined);
});

const FOREIGN: readonly [name: string, headers: { [name: string]: string }, status: number][] = [
  ["another name for this machine (rebinding)", { host: "evil.example:8787", origin: "http://evil.example:8787" }, 421],
  ["no host", { host: "" }, 421],
  ["a page of another site", { origin: "https://evil.example", "sec-fetch-site": "cross-site" }, 403],
  ["a page on another port of this host", { origin: "http://127.0.0.1:9999", "sec-fetch-site": "same-site" }, 403],
  ["a page without an origin", { origin: "null" }, 403],
  ["a form", { "content-type": "application/x-www-form-urlencoded" }, 415],
  ["a form that looks like text", { "content-type": "text/plain" }, 415],
];
for (const [name, headers, status] of FOREIGN) {
  test(`a login asked by ${name} is refused and does not use the token up`, async () => {
    const app = appOf();
    assert.equal((await login(app, '{"token":"good"}', headers)).status, status);
    assert.equal((await login(app, '{"token":"good"}')).status, 200);
  });
}

test("bodies that hold no token are refused, and long ones are not read", async () => {
  const app = appOf();
  for (const body of ["", "null", "[]", "{", '{"token":4}', '{"tokens":"good"}']) assert.equal((await login(app, body)).status, 400, body);
  assert.equal((await login(app, JSON.stringify({ token: "x".repeat(5000) }))).status, 413);
});

test("every file and page is refused under a name that is not ours", async () => {
  const app = appOf();
  for (const path of ["/", "/login", "/assets/index-abc123.js", "/session"]) assert.equal((await get(app, path, { host: "evil.example" })).status, 421, path);
});

test("when sessions cannot be asked, nobody is let in", async () => {
  const broken = (): never => {
    throw new Error("down");
  };
  const app = appOf({ redeem: broken, verify: broken, revoke: broken });
  assert.equal((await get(app, "/session", { cookie: "holdfast=c1" })).status, 503);
  const response = await login(app, '{"token":"good"}');
  assert.equal(response.status, 503);
  assert.equal(response.headers.get("set-cookie"), null);
});

test("a request counts as our own page's only if the browser says so", () => {
  const headers = (entries: { [name: string]: string }): Headers => new Headers(entries);
  assert.equal(fromOwnPage(headers({ host: "h:1", origin: "http://h:1" })), true);
  assert.equal(fromOwnPage(headers({ host: "h:1", origin: "https://h:1", "sec-fetch-site": "same-origin" })), true);
  assert.equal(fromOwnPage(headers({ host: "h:1" })), false);
  assert.equal(fromOwnPage(headers({ host: "h:1", origin: "http://h:1", "sec-fetch-site": "none" })), false);
  assert.equal(fromOwnPage(headers({ host: "h:1", origin: "http://h:2" })), false);
});
