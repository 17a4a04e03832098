import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
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
