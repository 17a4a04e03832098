/** Who wants to be somebody else at the console: each case ends at the sign-in page with its reason, without a session, and in bounded time. */
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { decodeJwt, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from "jose";
import { signInDoor } from "../../src/compose/people/sign-in.ts";
import { systemClock as clock, systemRandom as random } from "../../src/compose/platform.ts";
import { readConfig } from "../../src/config/index.ts";
import { loopbackNames } from "../../src/surfaces/http/sanity.ts";
import { serve } from "../../src/surfaces/http/serve.ts";
import { createLog } from "../../src/telemetry/log.ts";
import { createSessions } from "../../src/vault/sessions.ts";
import { provider, SECRET, type TestProvider } from "./provider.ts";
import { type Answer, Browser, faultIn, freePort, type House, house, PEOPLE } from "./rig.ts";
import { signInOfAnybody } from "./stand-in.ts";

const port = await freePort();
const log = createLog({ level: "silent" });
const metrics = { answered() {}, decided() {}, upstream() {}, live() {} };
const origin = `http://127.0.0.1:${port}`;
let idp: TestProvider;
let home: House;
before(async () => {
  idp = await provider(`${origin}/sign-in/callback`);
  home = await house(port, idp.issuer);
});
after(async () => {
  await home.close();
  await idp.close();
});
afterEach(() => idp.change());

async function refused(browser: Browser, came: Answer, fault: string): Promise<void> {
  assert.deepEqual([came.status, new URL(came.location).origin, new URL(came.location).pathname, faultIn(came)], [303, origin, "/login", fault]);
  assert.equal(
    came.cookies.some((cookie) => /^(__Host-)?holdfast=[^;]/.test(cookie)),
    false,
    "a session began",
  );
  assert.equal(await browser.whose(home), undefined);
}

const signed = (claims: JWTPayload, key: CryptoKey | Uint8Array = idp.key, alg = "ES256"): Promise<string> =>
  new SignJWT(claims).setProtectedHeader({ alg, kid: "one" }).sign(key);
const { privateKey: stranger } = await generateKeyPair("ES256");
const now = (): number => Math.floor(Date.now() / 1000);

/** Tokens that the provider's own key signed where nothing else is said: what is wrong is in them. */
const TOKENS: readonly (readonly [string, string, (claims: JWTPayload, token: string) => unknown])[] = [
  ["from another issuer", "invalid", (claims) => signed({ ...claims, iss: "https://login.example.org" })],
  ["made for another client", "invalid", (claims) => signed({ ...claims, aud: "another" })],
  ["made for several, and handed to another", "invalid", (claims) => signed({ ...claims, aud: ["holdfast", "another"], azp: "another" })],
  ["that has expired", "invalid", (claims) => signed({ ...claims, exp: now() - 120 })],
  ["that never expires", "invalid", ({ exp: _, ...claims }) => signed(claims)],
  ["that is not good yet", "invalid", (claims) => signed({ ...claims, nbf: now() + 600 })],
  ["of another attempt", "invalid", (claims) => signed({ ...claims, nonce: "another" })],
  ["of no attempt", "invalid", ({ nonce: _, ...claims }) => signed(claims)],
  ["of nobody", "invalid", ({ sub: _, ...claims }) => signed(claims)],
  ["without a signature", "invalid", (claims) => new UnsecuredJWT(claims).encode()],
  ["with the signature cut off", "invalid", (_claims, token) => token.replace(/[^.]+$/, "")],
  ["signed with the secret that both know", "invalid", (claims) => signed(claims, new TextEncoder().encode(SECRET), "HS256")],
  ["signed by somebody else", "invalid", (claims) => signed(claims, stranger)],
  [
    "that was changed",
    "invalid",
    (claims, token) =>
      [token.split(".")[0], Buffer.from(JSON.stringify({ ...claims, email: "carl@example.com" })).toString("base64url"), token.split(".")[2]].join("."),
  ],
  ["that is none", "invalid", () => "abc"],
  ["that is missing", "invalid", () => undefined],
  ["with an address that is not verified", "unverified", (claims) => signed({ ...claims, email_verified: false })],
  ["with an address that nobody speaks of verifying", "unverified", ({ email_verified: _, ...claims }) => signed(claims)],
  ["with an address that is verified in words", "unverified", (claims) => signed({ ...claims, email_verified: "true" })],
  ["with an address that is none", "invalid", (claims) => signed({ ...claims, email: ["anna@example.com"] })],
  ["of somebody whom nobody knows here", "unknown", (claims) => signed({ ...claims, email: "mallory@example.com" })],
  ["of a look-alike", "unknown", (claims) => signed({ ...claims, email: "аnna@example.com" })],
  ["that names a person of the file by its name", "unknown", (claims) => signed({ ...claims, email: "anna" })],
  ["that names what every object has", "unknown", (claims) => signed({ ...claims, email: "__proto__" })],
];

/** Signs in as `name` with every token of the provider exchanged for another. */
async function withToken(browser: Browser, forged: (claims: JWTPayload, token: string) => unknown, name = "anna"): Promise<Answer> {
  const callback = await browser.toCallback(home, name);
  idp.change("/token", async (body) => {
    const token = String(body["id_token"]);
    return { ...body, id_token: await forged(decodeJwt(token), token) };
  });
  return browser.ask(callback);
}

for (const [what, fault, forged] of TOKENS) {
  test(`a token ${what} opens nothing`, async () => {
    const browser = new Browser();
    await refused(browser, await withToken(browser, forged), fault);
  });
}

test("a token that is as it should be opens the console, so it is not the exchange that the others fail for", async () => {
  const browser = new Browser();
  assert.equal((await withToken(browser, (claims) => signed(claims))).location, `${origin}/activity`);
  assert.equal(await browser.whose(home), "anna");
});

test("who has no verified address, or is nobody here, does not come in; nor does who turned back at the provider", async () => {
  for (const [name, fault] of [
    ["ben", "unverified"],
    ["carl", "unknown"],
    ["dora", "unverified"],
    ["", "refused"],
  ] as const) {
    const browser = new Browser();
    await refused(browser, await browser.signIn(home, name), fault);
  }
});

test("what comes back is good in the browser that asked for it, and nowhere else", async () => {
  const [anna, thief] = [new Browser(), new Browser()];
  const callback = await anna.toCallback(home, "anna");
  await refused(thief, await thief.ask(callback), "over");
  // Login CSRF: the victim is at the provider, and is made to open the attacker's answer. What was under way goes on.
  const victims = await thief.toCallback(home, "anna");
  await refused(thief, await thief.ask(callback), "over");
  assert.equal((await thief.ask(victims)).location, `${origin}/activity`);
  assert.equal((await anna.ask(callback)).location, `${origin}/activity`, "nobody used it up by trying");
});

test("an answer is good once, also for who keeps the cookie, and so is a code in the clothes of another attempt", async () => {
  const browser = new Browser();
  const callback = await browser.toCallback(home, "anna");
  const kept = new Map(browser.cookies);
  await browser.ask(callback);
  const asked = idp.asked.length;
  const again = new Browser();
  for (const [name, value] of kept) again.cookies.set(name, value);
  await refused(again, await again.ask(callback), "over");
  assert.equal(idp.asked.length, asked, "the provider is not even asked");
  const other = new Browser();
  const fresh = new URL(await other.toCallback(home, "anna"));
  fresh.searchParams.set("code", new URL(callback).searchParams.get("code") ?? "");
  await refused(other, await other.ask(fresh.href), "over");
});

test("an answer that names another provider, or none although ours always does, or the state twice, is not taken to ours", async () => {
  for (const change of [
    (answer: URLSearchParams) => answer.set("iss", "https://login.example.org"),
    (answer: URLSearchParams) => answer.delete("iss"),
    (answer: URLSearchParams) => answer.append("iss", idp.issuer),
    (answer: URLSearchParams) => answer.append("state", "another"),
    (answer: URLSearchParams) => answer.append("code", "another"),
    (answer: URLSearchParams) => answer.delete("code"),
  ]) {
    const browser = new Browser();
    const callback = new URL(await browser.toCallback(home, "anna"));
    change(callback.searchParams);
    const asked = idp.asked.filter((path) => path === "/token").length;
    await refused(browser, await browser.ask(callback.href), "invalid");
    assert.equal(idp.asked.filter((path) => path === "/token").length, asked, "the code went nowhere");
  }
});

test("coming back without having set out begins no session, whatever else is shown, and even where the provider vouches for everybody", async (t) => {
  const said: string[] = [];
  let steady = 0;
  const anybody = serve({
    surface: "test",
    routes: signInOfAnybody(() => open, { clock: { ...clock, monotonic: () => steady }, log: { ...log, warn: ({ fault }) => void said.push(String(fault)) } }),
    names: loopbackNames,
    keys: { verify: () => undefined, watch: () => () => {} },
    clock,
    log,
    metrics,
  });
  t.after(() => anybody.drain(0));
  const open = `http://127.0.0.1:${(await anybody.listen("127.0.0.1", 0)).port}`;
  for (const headers of [{}, { authorization: `Bearer hf_${"a".repeat(40)}` }, { cookie: "__Host-holdfast-sign-in=abc" }, { cookie: "holdfast-sign-in=abc" }]) {
    const { status, location, cookies } = await new Browser().raw(`${open}/sign-in/callback?code=c&state=s`, headers);
    assert.deepEqual([status, location, cookies], [303, "/login?fault=over", []]);
  }
  assert.deepEqual(said, ["over"], "who comes back without end does not fill the log");
  steady = 1000;
  await new Browser().raw(`${open}/sign-in/callback?code=c&state=s`, {});
  assert.deepEqual(said, ["over", "over"]);
  const browser = new Browser();
  assert.equal((await browser.ask(`${open}/sign-in`)).location, "https://login.example/");
  assert.equal((await browser.ask(`${open}/sign-in/callback?code=c&state=another`)).cookies.length, 0);
  assert.equal((await browser.ask(`${open}/sign-in/callback?code=c&state=s`)).location, `${open}/`, "who set out comes in");
});

test("nobody comes in while the log cannot be written", async (t) => {
  const at = await freePort();
  const open = `http://127.0.0.1:${at}`;
  const own = await provider(`${open}/sign-in/callback`);
  const loaded = await readConfig("holdfast.yaml", `server: { sign_in: { issuer: "${own.issuer}", client: public } }\n${PEOPLE}`, {
    env: {},
    readFile: async () => "",
  });
  assert.ok(loaded.ok && loaded.config.server.sign_in);
  let full = true;
  const { people } = loaded.config;
  const audit = { system: async () => (full ? Promise.reject(new Error("the disk is full")) : undefined) };
  const sessions = createSessions({ clock, random });
  const begun: string[] = [];
  const counted: typeof sessions = {
    ...sessions,
    begin(operator, life) {
      begun.push(operator.name);
      return sessions.begin(operator, life);
    },
  };
  const routes = signInDoor(loaded.config.server.sign_in, { people: () => people, sessions: counted, audit, clock, log, url: () => open });
  const served = serve({ surface: "test", routes, names: loopbackNames, keys: { verify: () => undefined, watch: () => () => {} }, clock, log, metrics });
  t.after(() => Promise.all([served.drain(0), own.close()]));
  await served.listen("127.0.0.1", at);
  const comeIn = async (name: string): Promise<Answer> => {
    const browser = new Browser();
    return browser.ask(await browser.through((await browser.ask(`${open}/sign-in`)).location, `${open}/`, name));
  };
  for (const name of ["anna", "carl"]) assert.equal(faultIn(await comeIn(name)), "unavailable", name);
  assert.deepEqual(begun, []);
  full = false;
  assert.equal((await comeIn("anna")).location, `${open}/`);
  assert.deepEqual(begun, ["anna"]);
});

test("a cookie of somebody else's making is none", async () => {
  const browser = new Browser();
  const callback = await browser.toCallback(home, "anna");
  const name = "__Host-holdfast-sign-in";
  const real = browser.cookies.get(name) ?? "";
  for (const forged of [
    "",
    "abc",
    real.slice(0, -2),
    `${real}AA`,
    Buffer.from(JSON.stringify({ state: new URL(callback).searchParams.get("state") })).toString("base64url"),
  ]) {
    browser.cookies.set(name, forged);
    await refused(browser, await browser.ask(callback), "over");
  }
});

test("wherever somebody wants to be led afterwards, it is a page of the console", async () => {
  const ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "/%2f%2fevil.example",
    "/activity//evil.example",
    "/activity/../../evil",
    "/activity#@evil.example",
    "/activity\r\nset-cookie: a=b",
    "javascript:alert(1)",
    "/login",
    "/session",
    "/sign-in",
    "/api/v1/status",
    "/unknown",
    `/activity?text=${"a".repeat(600)}`,
  ];
  const browser = new Browser();
  for (const to of ELSEWHERE) assert.equal((await browser.signIn(home, "anna", to)).location, `${origin}/`, to);
  for (const to of ["/approvals/HF-12", "/agents/support", "/activity?agent=a&since=2020-01-01T00:00", "/"])
    assert.equal((await browser.signIn(home, "anna", to)).location, `${origin}${to}`, to);
});

test("only our own page sets out, at our own address, and what a request calls us does not count", async () => {
  const browser = new Browser();
  for (const headers of [{ "sec-fetch-site": "cross-site" }, { "sec-fetch-site": "same-site" }, { host: `localhost:${port}` }, { host: "127.0.0.1" }]) {
    const { location, status, cookies } = await browser.raw(`${origin}/sign-in?to=/activity`, headers);
    assert.deepEqual([status, location, cookies], [303, `${origin}/login?fault=elsewhere&to=%2Factivity`, []]);
  }
  assert.equal((await browser.raw(`${origin}/sign-in`, { host: "evil.example" })).status, 421);
  const { location } = await browser.raw(`${origin}/sign-in`, {
    "x-forwarded-host": "evil.example",
    "x-forwarded-proto": "https",
    forwarded: "host=evil.example",
  });
  assert.equal(new URL(location).searchParams.get("redirect_uri"), `${origin}/sign-in/callback`);
});
