import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { login as words } from "../../console/src/text/login/en.ts";
import { readTree } from "../../scripts/sources.ts";
import { SIGN_IN_FAULTS } from "../../src/surfaces/console/index.ts";
import { provider, type TestProvider } from "./provider.ts";
import { Browser, faultIn, freePort, type House, house, PEOPLE } from "./rig.ts";

const port = await freePort();
let idp: TestProvider;
let home: House;
before(async () => {
  idp = await provider(`http://127.0.0.1:${port}/sign-in/callback`);
  home = await house(port, idp.issuer);
});
after(async () => {
  await home.close();
  await idp.close();
});

/** What is on record, of sign-ins. */
const recorded = (): readonly object[] =>
  readFileSync(join(home.folder, "data/audit/log/0000000000000000.jsonl"), "utf8")
    .split("\n")
    .filter((line) => /"event":"sign(ed|-)/.test(line))
    .map((line) => {
      const { event, facts } = JSON.parse(line);
      return { event, ...facts };
    });

test("who is vouched for by the provider, and stands in the configuration, comes in to the page that was asked for", async () => {
  const browser = new Browser();
  const callback = await browser.toCallback(home, "anna", "/activity?agent=support");
  const sent = browser.cookies.get("__Host-holdfast-sign-in") ?? "";
  const came = await browser.ask(callback);
  assert.deepEqual([came.status, came.location], [303, `${home.url}/activity?agent=support`]);
  assert.equal(await browser.whose(home), "anna");
  assert.equal(browser.cookies.has("__Host-holdfast-sign-in"), false);
  const session = came.cookies.find((cookie) => cookie.startsWith("__Host-holdfast=")) ?? "";
  for (const part of ["Secure", "HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=28800"]) assert.ok(session.includes(part), part);
  assert.equal(Buffer.from(sent, "base64url").toString("latin1").includes("activity"), false, "what is kept in the browser cannot be read there");
  assert.equal((await browser.ask(`${home.url}/api/v1/status`)).status, 200);
});

test("the way to the provider asks for a code with PKCE, a nonce and a state, fresh each time, and holds no secret", async () => {
  const [one, two] = await Promise.all([1, 2].map(async () => new URL((await new Browser().ask(`${home.url}/sign-in`)).location).searchParams));
  assert.ok(one && two);
  assert.deepEqual(
    ["response_type", "client_id", "redirect_uri", "scope", "code_challenge_method"].map((name) => one.get(name)),
    ["code", "holdfast", `${home.url}/sign-in/callback`, "openid email", "S256"],
  );
  for (const name of ["state", "nonce", "code_challenge"]) {
    assert.match(one.get(name) ?? "", /^[\w-]{43}$/, name);
    assert.notEqual(one.get(name), two.get(name));
  }
  assert.equal(one.get("client_secret"), null);
});

test("each who comes in, and each who is nobody here, is on record before there is a session", async () => {
  const before = recorded().length;
  await new Browser().signIn(home, "anna");
  assert.equal(faultIn(await new Browser().signIn(home, "carl")), "unknown");
  assert.deepEqual(recorded().slice(before), [
    { event: "signed-in", person: "anna" },
    { event: "sign-in-refused", why: "unknown" },
  ]);
});

test("a browser that keeps no pinned cookies on plain HTTP comes in with plain ones", async () => {
  const browser = new Browser();
  browser.pins = false;
  assert.equal((await browser.signIn(home, "anna")).location, `${home.url}/activity`);
  assert.ok(browser.cookies.has("holdfast"));
  assert.equal(await browser.whose(home), "anna");
});

test("behind a proxy that ends TLS only the configured origin counts, and only cookies that are pinned to it", async (t) => {
  const OUTSIDE = "https://holdfast.example.com";
  const own = await provider(`${OUTSIDE}/sign-in/callback`);
  const behind = await house(await freePort(), own.issuer, { origin: OUTSIDE });
  t.after(() => Promise.all([behind.close(), own.close()]));
  const browser = new Browser();
  /** As the proxy passes it on. */
  const ask = (path: string, headers: object = {}) => browser.raw(`${behind.url}${path}`, { host: "holdfast.example.com", ...headers });
  assert.equal((await browser.raw(`${behind.url}/sign-in`, {})).location, `${OUTSIDE}/login?fault=elsewhere`);
  const begun = await ask("/sign-in?to=/agents", { "sec-fetch-site": "same-origin" });
  const [, cookie = ""] = /^(__Host-holdfast-sign-in=[\w-]+); Secure; HttpOnly; SameSite=Lax; Path=\/; Max-Age=600$/.exec(begun.cookies.join()) ?? [];
  assert.equal(new URL(begun.location).searchParams.get("redirect_uri"), `${OUTSIDE}/sign-in/callback`);
  const callback = (await browser.through(begun.location, `${OUTSIDE}/`, "anna")).slice(OUTSIDE.length);
  assert.equal((await ask(callback, { cookie: cookie.replace("__Host-", "") })).location, "/login?fault=over");
  const came = await ask(callback, { cookie });
  assert.equal(came.location, "/agents");
  assert.match(came.cookies.join("\n"), /^__Host-holdfast=[\w-]{43}; Secure; HttpOnly; SameSite=Strict; Path=\//m);
});

test("signing out ends the session", async () => {
  const browser = new Browser();
  await browser.signIn(home, "anna");
  const kept = new Map(browser.cookies);
  await browser.ask(`${home.url}/session`, { method: "DELETE", headers: { origin: home.url } });
  for (const [name, value] of kept) browser.cookies.set(name, value);
  assert.equal(await browser.whose(home), undefined);
});

test("who has no session is told what the provider is called", async () => {
  const { status, text } = await new Browser().ask(`${home.url}/session`);
  assert.deepEqual([status, JSON.parse(text).sign_in], [401, "Example"]);
});

test("who is taken out of the configuration, or whose login becomes another's, is out at once", async () => {
  const browser = new Browser();
  await browser.signIn(home, "anna");
  const link = new Browser();
  const token = home.login.split("#")[1];
  await link.ask(`${home.url}/session`, { method: "POST", headers: { origin: home.url, "content-type": "application/json" }, body: JSON.stringify({ token }) });
  for (const people of ["people: {}", "people: { anna: { login: another@example.com } }", "people: { anna: {} }"]) {
    assert.equal(await browser.whose(home), "anna");
    await home.people(people);
    assert.equal(await browser.whose(home), undefined, people);
    assert.equal((await browser.ask(`${home.url}/api/v1/status`)).status, 401);
    assert.equal(await link.whose(home), "operator");
    await home.people(PEOPLE);
  }
});

test("a session is as long as the configuration says", async (t) => {
  const at = await freePort();
  const own = await provider(`http://127.0.0.1:${at}/sign-in/callback`);
  const short = await house(at, own.issuer, { client: "public", secret: undefined, claim: "sub", scopes: ["openid"], session: "1m" });
  t.after(() => Promise.all([short.close(), own.close()]));
  await short.people("people: { anna: { login: anna } }");
  const came = await new Browser().signIn(short, "anna");
  assert.match(came.cookies.join("\n"), /__Host-holdfast=[\w-]{43}; Secure; HttpOnly; SameSite=Strict; Path=\/; Max-Age=(60|59)$/m);
});

test("the page has words for each reason why nobody comes in, and for no other", () => {
  const worded = Object.keys(words).flatMap((id) => /^login\.fault\.(.+)$/.exec(id)?.[1] ?? []);
  assert.deepEqual(worded.sort(), [...SIGN_IN_FAULTS].sort());
});

test("nothing that speaks OpenID Connect is loaded before somebody signs in", () => {
  const loading = readTree().filter(({ path, text }) => path.startsWith("src/") && !path.endsWith(".test.ts") && text.includes('"openid-client"'));
  assert.deepEqual(
    loading.map(({ path }) => path),
    ["src/vault/sign-in.ts"],
  );
  for (const { text } of loading)
    for (const line of text.split("\n").filter((one) => one.includes('"openid-client"')))
      assert.match(line, /^import type |await (Promise\.all\(\[)?import\("openid-client"\)/);
});
