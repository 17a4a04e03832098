/** Providers that are slow, broken, or not what they should be: nobody waits long, and nothing of what they say is used. */
import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { after, afterEach, before, test } from "node:test";
import { decodeJwt, SignJWT } from "jose";
import { systemClock as clock } from "../../src/compose/platform.ts";
import { type Attempt, type Provider, SIGN_IN_LIMITS, signInProvider } from "../../src/vault/sign-in.ts";
import { COPY, provider, SECRET, type TestProvider } from "./provider.ts";
import { Browser } from "./rig.ts";

const REDIRECT = "http://127.0.0.1:1/sign-in/callback";
const HURRIED = { answer: 300, all: 500 };
const DISCOVERY = "/.well-known/openid-configuration";
let idp: TestProvider;
before(async () => {
  idp = await provider(REDIRECT);
});
after(() => idp.close());
afterEach(() => {
  idp.change();
  idp.answer();
});

const relying = (limits = SIGN_IN_LIMITS): Provider =>
  signInProvider({ issuer: idp.issuer, client: "holdfast", secret: SECRET, scopes: ["openid", "email"], claim: "email", clock }, limits);

/** Somebody who has been at the provider and comes back. */
async function returned(at: Provider): Promise<readonly [URL, Attempt]> {
  const begun = await at.begin(REDIRECT);
  if ("fault" in begun) throw new Error(begun.fault);
  return [new URL(await new Browser().through(begun.location, REDIRECT, "anna")), begun.attempt];
}

/** What a provider may answer that is none, or not well. */
const ANSWERS: readonly (readonly [string, string, (response: ServerResponse) => void])[] = [
  ["hangs up", "unreachable", (response) => response.destroy()],
  ["is broken", "unreachable", (response) => response.writeHead(503).end("{}")],
  ["says nothing", "unreachable", () => {}],
  ["says a little at a time, and never ends", "unreachable", (response) => void setInterval(() => response.write(" "), 50).unref()],
  ["answers with a page", "invalid", (response) => response.writeHead(200, { "content-type": "text/html" }).end("<p>Welcome")],
  ["answers with half of it", "invalid", (response) => response.writeHead(200, { "content-type": "application/json" }).end('{"issuer":')],
  ["answers with a list", "invalid", (response) => response.writeHead(200, { "content-type": "application/json" }).end("[]")],
  ["answers without end", "invalid", (response) => response.writeHead(200, { "content-type": "application/json" }).end(`["${"a".repeat(1 << 20)}"]`)],
  ["sends on to somewhere else", "invalid", (response) => response.writeHead(302, { location: COPY + response.req.url }).end()],
];
for (const [what, fault, answer] of ANSWERS) {
  test(`a provider that ${what} lets nobody in and keeps nobody waiting, and is asked anew`, async () => {
    // Patience is short only while the answer is bad: a good one may take its time on a busy machine.
    const limits = { ...SIGN_IN_LIMITS };
    const hurried = async <T>(path: string, ask: () => Promise<T>): Promise<T> => {
      if (fault === "unreachable") Object.assign(limits, HURRIED);
      idp.answer(path, answer);
      const begun = performance.now();
      const came = await ask();
      assert.ok(performance.now() - begun < SIGN_IN_LIMITS.answer);
      idp.answer();
      Object.assign(limits, SIGN_IN_LIMITS);
      return came;
    };
    const at = relying(limits);
    const begun = await hurried(DISCOVERY, () => at.begin(REDIRECT));
    assert.deepEqual("fault" in begun && begun.fault, fault);
    for (const path of ["/token", "/jwks"]) {
      const fresh = relying(limits);
      const [callback, attempt] = await returned(fresh);
      const ended = await hurried(path, () => fresh.finish(callback, attempt));
      assert.deepEqual("fault" in ended && ended.fault, fault, path);
    }
    const [callback, attempt] = await returned(at);
    assert.deepEqual(await at.finish(callback, attempt), { login: "Anna@example.com" });
  });
}

test("a provider that is not there at all is unreachable", async () => {
  const gone = await provider(REDIRECT);
  await gone.close();
  const at = signInProvider({ issuer: gone.issuer, client: "holdfast", scopes: ["openid"], claim: "sub", clock });
  assert.deepEqual(await at.begin(REDIRECT), { fault: "unreachable" });
});

/** What a provider may say of itself that is not to be used. */
const METADATA: readonly (readonly [string, object])[] = [
  ["is somebody else", { issuer: "https://login.example.org" }],
  ["signs with shared secrets only", { id_token_signing_alg_values_supported: ["HS256", "none"] }],
  ["says nothing that can be read of how it signs", { id_token_signing_alg_values_supported: "RS256" }],
  ["sends people on without TLS", { authorization_endpoint: "http://login.example.org/auth" }],
  ["takes codes without TLS", { token_endpoint: "http://login.example.org/token" }],
  ["has its keys without TLS", { jwks_uri: "http://login.example.org/jwks" }],
  ["has more to say than has a use", { service_documentation: "a".repeat(1 << 20) }],
  ["has no keys", { jwks_uri: undefined }],
  ["sends people to a script", { authorization_endpoint: "javascript:alert(1)" }],
];
for (const [what, said] of METADATA) {
  test(`a provider that ${what} is not used`, async () => {
    idp.change(DISCOVERY, (body) => ({ ...body, ...said }));
    const begun = await relying().begin(REDIRECT);
    assert.equal("fault" in begun && begun.fault, "invalid");
  });
}

test("a provider that offers shared secrets beside signatures is held to signatures", async () => {
  idp.change(DISCOVERY, (body) => ({ ...body, id_token_signing_alg_values_supported: ["HS256", "none", "ES256"] }));
  const at = relying();
  const [callback, attempt] = await returned(at);
  idp.change("/token", async (body) => {
    const claims = decodeJwt(String(body["id_token"]));
    return { ...body, id_token: await new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode(SECRET)) };
  });
  const ended = await at.finish(callback, attempt);
  assert.equal("fault" in ended && ended.fault, "invalid");
});

test("a secret that is not ours, or another name of the provider, can be told apart from what is said", async () => {
  const known = { client: "holdfast", scopes: ["openid"], claim: "sub", clock } as const;
  const wrong = signInProvider({ ...known, issuer: idp.issuer, secret: SECRET.toUpperCase() });
  assert.deepEqual(await wrong.finish(...(await returned(wrong))), { fault: "invalid", detail: "OAUTH_WWW_AUTHENTICATE_CHALLENGE" });
  const none = signInProvider({ ...known, issuer: idp.issuer });
  assert.deepEqual(await none.finish(...(await returned(none))), { fault: "invalid", detail: "OAUTH_RESPONSE_BODY_ERROR" });
  const other = signInProvider({ ...known, issuer: idp.issuer.replace("127.0.0.1", "localhost") });
  assert.deepEqual(await other.begin(REDIRECT), { fault: "invalid", detail: "OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED" });
});

test("where the address is told at the userinfo endpoint only, it is asked for there, of the same account", async (t) => {
  const own = await provider(REDIRECT, { inToken: false });
  t.after(() => own.close());
  const at = signInProvider({ issuer: own.issuer, client: "public", scopes: ["openid", "email"], claim: "email", clock });
  const again = async (): Promise<unknown> => {
    const begun = await at.begin(REDIRECT);
    if ("fault" in begun) return begun;
    return at.finish(new URL(await new Browser().through(begun.location, REDIRECT, "anna")), begun.attempt);
  };
  assert.deepEqual(await again(), { login: "Anna@example.com" }, "and a public client needs no secret");
  assert.equal(own.asked.filter((path) => path === "/me").length, 1);
  own.change("/me", (body) => ({ ...body, sub: "carl", email: "carl@example.com" }));
  assert.equal(Reflect.get((await again()) as object, "fault"), "invalid");
});

test("no more than so many wait for a slow provider; the next is told so at once, and room is made when they are done", async () => {
  const limits = { ...SIGN_IN_LIMITS, ...HURRIED, atOnce: 2 };
  const at = relying(limits);
  idp.answer(DISCOVERY, () => {});
  const slow = [at.begin(REDIRECT), at.begin(REDIRECT)];
  assert.deepEqual(await at.begin(REDIRECT), { fault: "unavailable" });
  assert.deepEqual(await Promise.all(slow), [{ fault: "unreachable" }, { fault: "unreachable" }]);
  assert.equal(idp.asked.filter((path) => path === DISCOVERY).length > 0, true);
  idp.answer();
  Object.assign(limits, SIGN_IN_LIMITS);
  assert.ok("location" in (await at.begin(REDIRECT)));
});
