import assert from "node:assert/strict";
import { test } from "node:test";
import { authenticator } from "../../../test/authenticator.ts";
import { stage } from "../../../test/passkeys.ts";
import { namesFor } from "../../surfaces/http/bind.ts";
import { FRESH_MS, siteOf } from "./passkeys.ts";

const said = ({ status, body }: { readonly status: number; readonly body: { readonly [name: string]: unknown } }): string =>
  `${status} ${String(body["title"])}`;
const idIn = ({ body }: { readonly body: { readonly [name: string]: unknown } }, at = 0): string => (body["passkeys"] as { id: string }[])[at]?.id ?? "";

test("a first passkey takes a fresh login, by either clock", async () => {
  for (const clock of ["wall", "monotonic"] as const) {
    const on = await stage();
    const anna = on.visitor("anna");
    on.time[clock] += FRESH_MS;
    assert.match(said(await anna.add()), /^403 your login is more than ten minutes old: log in anew/);
    assert.equal((await on.visitor("anna").add()).status, 200);
  }
});

test("another passkey takes one that is there, which signs the new one itself; so does removing one", async () => {
  const on = await stage();
  const anna = on.visitor("anna");
  const { key } = await anna.add();
  const second = authenticator("EdDSA");
  assert.match(said(await anna.add(second)), /^403 your passkey has to sign this/);
  const stolen = authenticator();
  assert.match(said(await anna.add(stolen, stolen)), /^403 this is no passkey of yours/);
  // Also long after the login: the passkey says more than that.
  on.pass(FRESH_MS);
  const both = await anna.add(second, key, "phone");
  assert.equal(both.status, 200, said(both));
  const path = `/api/v1/passkeys/${idIn(both)}/remove`;
  assert.match(said(await anna.call(path, {})), /^403 your passkey has to sign this/);
  assert.equal((await anna.signed(second, path, {})).status, 200);
  assert.equal(await on.count("anna"), 1);
  assert.deepEqual(
    on.records.map(({ event }) => event).filter((event) => event.startsWith("passkey-")),
    ["passkey-added", "passkey-added", "passkey-removed"],
  );
});

test("of two first passkeys that are made at once, one is the first, and the other has to be signed", async () => {
  const on = await stage();
  const [mine, thiefs] = [on.visitor("anna"), on.visitor("anna")];
  const both = await Promise.all([mine.add(), thiefs.add()]);
  assert.deepEqual(both.map(({ status }) => status).sort(), [200, 403]);
  assert.equal(await on.count("anna"), 1);
});

test("nobody sees, names or removes another person's passkeys", async () => {
  const on = await stage();
  const anna = on.visitor("anna");
  const ben = on.visitor("ben");
  const { key } = await ben.add();
  const id = idIn(await anna.add());
  assert.deepEqual((await on.visitor("operator").call("/api/v1/passkeys")).body["passkeys"], []);
  assert.equal((await ben.call(`/api/v1/passkeys/${id}/rename`, { name: "mine" })).status, 404);
  assert.equal((await ben.signed(key, `/api/v1/passkeys/${id}/remove`, {})).status, 404);
  assert.equal((await anna.call(`/api/v1/passkeys/${id}/rename`, { name: "red key" })).status, 200);
  assert.equal(((await anna.call("/api/v1/passkeys")).body["passkeys"] as { name: string }[])[0]?.name, "red key");
  assert.equal(await on.count("ben"), 1);
});

test("a challenge to make a passkey is good for its own session and once, and none that was made for a request makes one", async () => {
  const on = await stage();
  const [anna, ben] = [on.visitor("anna"), on.visitor("ben")];
  const key = authenticator();
  const options = await anna.call("/api/v1/passkeys/options", {});
  const made = { name: "x", ...key.make({ ...anna.site, challenge: String(options.body["challenge"]) }) };
  assert.match(said(await ben.call("/api/v1/passkeys", made)), /^403 this was not asked for here/);
  assert.match(said(await anna.call("/api/v1/passkeys", made)), /^403 this was not asked for here/, "it was used up");
  assert.equal((await anna.add(key)).status, 200);
  const given = await anna.challenge("/api/v1/passkeys", {});
  const other = authenticator().make({ ...anna.site, challenge: String(given.body["challenge"]) });
  assert.match(said(await anna.signed(key, "/api/v1/passkeys", { name: "x", ...other })), /^403 this was not asked for here/);
  assert.equal(await on.count("anna"), 1);
});

test("a passkey that was made without verifying the person, or elsewhere, is none; and none is registered twice", async () => {
  const on = await stage();
  const anna = on.visitor("anna");
  for (const over of [{ verified: false }, { origin: "http://localhost:1" }, { host: "evil.example" }, { type: "webauthn.get" }]) {
    const { body } = await anna.call("/api/v1/passkeys/options", {});
    const made = authenticator().make({ ...anna.site, challenge: String(body["challenge"]), ...over });
    assert.match(said(await anna.call("/api/v1/passkeys", { name: "x", ...made })), /^403 .*not what it was asked for/);
  }
  const id = new Uint8Array(32).fill(5);
  assert.equal((await anna.add(authenticator("ES256", { id }))).status, 200);
  assert.match(said(await on.visitor("ben").add(authenticator("ES256", { id }))), /^403 this passkey is registered already/);
});

test("an address without a name makes no passkey, and whoever has one elsewhere is sent there and not let through", async () => {
  const on = await stage();
  const anna = on.visitor("anna");
  const { key } = await anna.add();
  const resume = "/api/v1/agents/support/resume";
  const numeric = on.visitor("anna", "127.0.0.1:8787");
  assert.match(said(await numeric.add()), /^409 passkeys need a name: open the console at `localhost`/);
  assert.match(said(await numeric.challenge(resume, { reason: "x" })), /^409 passkeys need a name/);
  assert.match(said(await numeric.call(resume, { reason: "x" })), /^403 your passkey has to sign this/);
  const named = on.visitor("anna", "holdfast.example.org", "https://holdfast.example.org");
  assert.match(said(await named.signed(key, resume, { reason: "x" })), /^409 your passkeys belong to `localhost`: open the console there/);
  assert.deepEqual(on.done, []);
});

test("hosts and origins are those that the server goes by, whatever a request says", () => {
  const names = namesFor({ host: "0.0.0.0", port: 8787 }, ["holdfast.example.org"])(8787);
  const at = (host: string): unknown =>
    siteOf({ ...names, origins: [...names.origins, "https://holdfast.example.org:8443", "https://other.example", "no origin"] }, host);
  assert.deepEqual(at("localhost:8787"), { host: "localhost", origins: ["http://localhost:8787"] });
  assert.deepEqual(at("HOLDFAST.example.org"), {
    host: "holdfast.example.org",
    origins: ["https://holdfast.example.org", "https://holdfast.example.org:8443"],
  });
  for (const host of ["127.0.0.1:8787", "[::1]:8787", "other.example", "evil.example", "org", "example.org", ""]) assert.equal(at(host), undefined, host);
});

test("where passkeys are off, a fresh login removes one: that is how somebody goes on who has lost all of theirs", async () => {
  const on = await stage();
  const id = idIn(await on.visitor("anna").add());
  on.world.mode = "off";
  const anna = on.visitor("anna");
  on.pass(FRESH_MS);
  assert.match(said(await anna.call(`/api/v1/passkeys/${id}/remove`, {})), /^403 your login is more than ten minutes old/);
  assert.equal((await on.visitor("anna").call(`/api/v1/passkeys/${id}/remove`, {})).status, 200);
  assert.equal(await on.count("anna"), 0);
});

test("what cannot be recorded leaves neither a passkey more nor one less", async () => {
  const on = await stage();
  const anna = on.visitor("anna");
  on.world.recording = false;
  assert.equal((await anna.add()).status, 500);
  assert.equal(await on.count("anna"), 0);
  on.world.recording = true;
  const id = idIn(await anna.add());
  on.world.mode = "off";
  on.world.recording = false;
  assert.equal((await anna.call(`/api/v1/passkeys/${id}/remove`, {})).status, 500);
  assert.equal(await on.count("anna"), 1);
});
