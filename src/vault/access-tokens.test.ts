import assert from "node:assert/strict";
import { test } from "node:test";
import { createLocalJWKSet, exportJWK, generateKeyPair, type JWTHeaderParameters, type JWTPayload, SignJWT, UnsecuredJWT } from "jose";
import { verifies } from "../../test/verifies.ts";
import { codeOf } from "../core/errors.ts";
import { accessTokens } from "./access-tokens.ts";

const ISSUER = "https://login.example";
const AUDIENCE = "https://holdfast.example/mcp";
const NOW = Date.UTC(2026, 10, 26);
const good = await generateKeyPair("ES256", { extractable: true });
const strange = await generateKeyPair("ES256");
const jwks = createLocalJWKSet({ keys: [{ ...(await exportJWK(good.publicKey)), kid: "one", alg: "ES256" }] });

const clock = { time: NOW };
const timers: { readonly at: number; readonly fire: () => void }[] = [];
const tokens = accessTokens({
  issuer: ISSUER,
  audience: AUDIENCE,
  scopes: ["mcp"],
  agents: { "client-a": "support" },
  keys: jwks,
  clock: {
    now: () => clock.time,
    monotonic: () => clock.time,
    timer(ms, fire) {
      const timer = { at: clock.time + ms, fire };
      timers.push(timer);
      return () => void (timers.includes(timer) && timers.splice(timers.indexOf(timer), 1));
    },
  },
});

const CLAIMS = { iss: ISSUER, aud: AUDIENCE, sub: "anna", client_id: "client-a", scope: "mcp other", exp: NOW / 1000 + 300, iat: NOW / 1000 };
const HEADER = { alg: "ES256", kid: "one", typ: "at+jwt" };
const sign = (claims: JWTPayload = {}, header: Partial<JWTHeaderParameters> = {}, key = good.privateKey): Promise<string> =>
  new SignJWT({ ...CLAIMS, ...claims }).setProtectedHeader({ ...HEADER, ...header }).sign(key);
const without = (...names: string[]): Promise<string> =>
  new SignJWT(Object.fromEntries(Object.entries(CLAIMS).filter(([name]) => !names.includes(name)))).setProtectedHeader(HEADER).sign(good.privateKey);

test("a token of the issuer for this address opens what its client is, in the name of its user", async () => {
  verifies("G-02", "P-03");
  const access = await tokens.verify(await sign());
  assert.ok(access !== undefined && !("insufficient" in access));
  assert.match(access.id, /^oauth_[0-9a-f]{16}$/);
  assert.deepEqual([access.agent, access.user], ["support", "anna"]);
  const renewed = await tokens.verify(await sign({ exp: NOW / 1000 + 900, jti: "2" }));
  assert.deepEqual(renewed, access, "renewed, it is the same");
  const other = await tokens.verify(await sign({ sub: "ben" }));
  assert.notDeepEqual(other, access);
  const itself = await tokens.verify(await sign({ sub: "client-a" }));
  assert.ok(itself !== undefined && "agent" in itself);
  assert.equal(itself.user, undefined, "a client that speaks for itself has no user");
  for (const typ of ["JWT", "at+JWT", "application/at+jwt"]) assert.ok("agent" in ((await tokens.verify(await sign({}, { typ }))) ?? {}), typ);
  for (const claims of [{ aud: [AUDIENCE, "https://else.example"] }, { scope: undefined, scp: ["mcp"] }, { client_id: undefined, azp: "client-a" }])
    assert.ok("agent" in ((await tokens.verify(await sign(claims as JWTPayload))) ?? {}), JSON.stringify(claims));
});

test("every other token opens nothing", async () => {
  verifies("G-02", "P-03");
  const body = Buffer.from(JSON.stringify({ ...CLAIMS, sub: "root" })).toString("base64url");
  const [head, , signature] = (await sign()).split(".");
  const secret = new TextEncoder().encode(JSON.stringify(await exportJWK(good.publicKey)));
  const bad: readonly (readonly [string, string])[] = [
    ["another issuer's", await sign({ iss: "https://evil.example" })],
    ["the issuer's with a slash", await sign({ iss: `${ISSUER}/` })],
    ["for another address", await sign({ aud: "https://else.example/mcp" })],
    ["for a part of the address", await sign({ aud: "https://holdfast.example" })],
    ["for nobody", await without("aud")],
    ["expired", await sign({ exp: NOW / 1000 - 6 })],
    ["that never expires", await without("exp")],
    ["not good yet", await sign({ nbf: NOW / 1000 + 60 })],
    ["of nobody", await without("sub")],
    ["of no client", await without("client_id")],
    ["with a name that is too long", await sign({ sub: "a".repeat(257) })],
    ["of somebody whose name breaks the line", await sign({ sub: "anna\nben" })],
    ["of somebody whose name turns around", await sign({ sub: "anna\u202e" })],
    ["good only with a proof of another key (DPoP)", await sign({ cnf: { jkt: "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I" } } as JWTPayload)],
    ["of the issuer, for signing out", await sign({}, { typ: "logout+jwt" })],
    ["signed by another key", await sign({}, {}, strange.privateKey)],
    ["signed by a key that is not there", await sign({}, { kid: "two" }, strange.privateKey)],
    ["changed", `${head}.${body}.${signature}`],
    ["without a signature", new UnsecuredJWT(CLAIMS).encode()],
    ["signed with what is public", await new SignJWT(CLAIMS).setProtectedHeader({ alg: "HS256", kid: "one" }).sign(secret)],
    ["no token", "abc"],
    ["nothing", ""],
    ["five parts", "a.b.c.d.e"],
    ["one with a critical header", await sign({}, { crit: ["x"], x: true } as Partial<JWTHeaderParameters>).catch(() => "a.b.c")],
  ];
  for (const [what, token] of bad) assert.equal(await tokens.verify(token), undefined, what);
  assert.deepEqual(await tokens.verify(await sign({ scope: "mcpx" })), { insufficient: "scope" });
  assert.deepEqual(await tokens.verify(await sign({ client_id: "constructor" })), { insufficient: "client" });
});

test("where the issuer's keys cannot be had, nobody knows, and nothing is opened", async () => {
  const deaf = accessTokens({
    issuer: ISSUER,
    audience: AUDIENCE,
    scopes: [],
    agents: {},
    keys: () => Promise.reject(new TypeError("fetch failed")),
    clock: { now: () => NOW, monotonic: () => 0, timer: () => () => {} },
  });
  await assert.rejects(
    async () => deaf.verify(await sign()),
    (error) => codeOf(error) === "unavailable",
  );
});

test("what a token opened ends when the last one that was shown has expired", async () => {
  const access = (await tokens.verify(await sign({ sub: "carl", exp: NOW / 1000 + 100 }))) as { id: string };
  let over = 0;
  const pass = (ms: number): void => {
    for (const until = clock.time + ms; clock.time < until; ) {
      clock.time = Math.min(until, ...timers.map(({ at }) => at));
      for (const timer of [...timers]) if (timer.at <= clock.time && timers.splice(timers.indexOf(timer), 1).length > 0) timer.fire();
    }
  };
  const stop = tokens.watch(access.id, () => over++);
  pass(90_000);
  await tokens.verify(await sign({ sub: "carl", exp: NOW / 1000 + 200 }));
  pass(100_000);
  assert.equal(over, 0);
  pass(20_000);
  assert.equal(over, 1);
  stop();
  tokens.watch("oauth_unknown", () => over++);
  assert.equal(over, 2);
  clock.time = NOW;
});
