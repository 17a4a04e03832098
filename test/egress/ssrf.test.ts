/** Nobody is led inside: every form of every address that an agent must not reach, at the proxy as it is. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { verifies } from "../verifies.ts";
import { ANSWERS, HOSTS } from "./forms.ts";
import { ask, type EgressRig, egressRig, host, statusOf } from "./rig.ts";

let rig: EgressRig;
let inside: Awaited<ReturnType<typeof host>>;
let allowed: Awaited<ReturnType<typeof host>>;
const MANY = "limits: { connections: 10000/min, actions: 10000/min, breaker: { failures: 10000 } }";

before(async () => {
  inside = await host((_request, response) => void response.end("the secret"));
  allowed = await host((request, response) => {
    const [, to = ""] = /^\/to\/(.*)$/.exec(request.url ?? "") ?? [];
    if (to === "") response.end("hello from outside");
    else response.writeHead(302, { location: decodeURIComponent(to) }).end();
  });
  const ports = `ports: [80, 443, ${inside.port}, ${allowed.port}]`;
  rig = await egressRig(`
roles: { none: {} }
agents:
  a:
    role: none
    egress:
      - { host: allowed.test, ${ports}, addresses: [127.0.0.1] }
      - { host: "*.below.test", ${ports}, addresses: [127.0.0.1] }
      - { host: turned.test, ${ports} }
      - { host: "*", ${ports} }
    ${MANY}
`);
  rig.names.names.set("allowed.test", ["127.0.0.1"]).set("deep.below.test", ["127.0.0.1"]);
});
after(async () => {
  await rig.close();
  await Promise.all([inside.close(), allowed.close()]);
});

const led = (answer: string): boolean => statusOf(answer) === 200 || answer.includes("the secret");

test("no form of an address leads inside, in a request or in a tunnel", { timeout: 60_000 }, async (t) => {
  verifies("P-07", "P-08");
  const all = [...new Set(HOSTS)];
  const got: string[] = [];
  for (const form of all) {
    const bytes = Buffer.from(form, "utf8").toString("latin1");
    for (const port of [inside.port, 80]) if (led(await ask(rig, `http://${bytes}:${port}/`, rig.key))) got.push(`GET ${form}`);
    if (led(await ask(rig, `http://${bytes}/`, rig.key))) got.push(`GET ${form}`);
    for (const port of [inside.port, 443]) if (led(await ask(rig, `${bytes}:${port}`, rig.key, { method: "CONNECT" }))) got.push(`CONNECT ${form}`);
  }
  t.diagnostic(`${all.length} forms, five ways each`);
  assert.ok(all.length >= 150, `${all.length}`);
  assert.deepEqual(got, []);
  assert.equal(inside.requests.length, 0, "nothing inside was reached");
});

test("an allowed name does not lead inside, whatever a name server says", { timeout: 60_000 }, async (t) => {
  verifies("P-07");
  const got: string[] = [];
  // Most of these addresses answer nobody here: what counts is that they were refused, and not that nothing came of it.
  const refused = (answer: string): boolean => statusOf(answer) === 403 && answer.includes('"code":"egress/address"');
  for (const [index, answer] of ANSWERS.entries()) {
    const name = `n${index}.turned.example`;
    rig.names.names.set(name, answer);
    if (!refused(await ask(rig, `http://${name}/`, rig.key))) got.push(`${name}: ${answer}`);
    if (!refused(await ask(rig, `${name}:443`, rig.key, { method: "CONNECT" }))) got.push(`${name}: ${answer}`);
    const [last] = rig.opened.slice(-1);
    assert.equal(last?.action.args?.["host"], name);
  }
  t.diagnostic(`${ANSWERS.length} answers`);
  assert.deepEqual(got, []);
  assert.equal(inside.requests.length, 0);
});

test("a name that leads outside when it is looked up and inside afterwards is connected to where it was decided", async () => {
  verifies("P-07");
  // First this machine's own address that is excepted, then the one that is not; and the other way round.
  rig.names.names.set("flips.below.test", (time) => (time === 1 ? ["127.0.0.1"] : ["127.0.0.2"]));
  const first = await ask(rig, `http://flips.below.test:${allowed.port}/`, rig.key);
  assert.equal(statusOf(first), 200);
  const args = rig.opened.at(-1)?.action.args;
  assert.deepEqual([args?.["address"], args?.["others"]], ["127.0.0.1", undefined]);
  assert.equal(statusOf(await ask(rig, `http://flips.below.test:${allowed.port}/`, rig.key)), 403, "the next request is looked up and decided anew");
  assert.equal(rig.names.asked.filter((name) => name === "flips.below.test").length, 2, "one look-up for one connection");
});

test("a redirect goes back to the client, and its next request is decided like any other", async () => {
  verifies("P-07");
  const forms = [
    `http://127.0.0.1:${inside.port}/`,
    `http://localhost:${inside.port}/`,
    `http://[::1]:${inside.port}/`,
    `http://[::ffff:127.0.0.1]:${inside.port}/`,
    `http://2130706433:${inside.port}/`,
    `http://0x7f.1:${inside.port}/`,
    `http://allowed.test@127.0.0.1:${inside.port}/`,
    `http://turned.test:${inside.port}/`,
    "http://169.254.169.254/latest/meta-data/",
    "http://metadata.google.internal/",
  ];
  rig.names.names.set("turned.test", ["127.0.0.1"]);
  const before = inside.requests.length;
  for (const form of forms) {
    const answer = await ask(rig, `http://allowed.test:${allowed.port}/to/${encodeURIComponent(form)}`, rig.key);
    assert.equal(statusOf(answer), 302, form);
    const [, location = ""] = /^location: (.*)\r$/im.exec(answer) ?? [];
    assert.equal(location, form);
    assert.ok(!led(await ask(rig, location, rig.key)), form);
  }
  assert.equal(inside.requests.length, before);
  const answer = await ask(rig, `http://allowed.test:${allowed.port}/to/${encodeURIComponent(`http://deep.below.test:${allowed.port}/`)}`, rig.key);
  const [, location = ""] = /^location: (.*)\r$/im.exec(answer) ?? [];
  assert.match(await ask(rig, location, rig.key), /hello from outside/, "one to an allowed host is followed by the client");
});

test("every allowed host is reached, in every form in which it may be written", async () => {
  verifies("P-07");
  const at = `:${allowed.port}`;
  const forms = ["allowed.test", "ALLOWED.TEST", "Allowed.Test", "deep.below.test"];
  for (const form of forms) {
    for (const path of ["/", "", "/a/b?c=d&e=%20f", "?q=1"])
      assert.match(await ask(rig, `http://${form}${at}${path}`, rig.key), /hello from outside/, form + path);
    assert.match(await ask(rig, `HTTP://${form}${at}/`, rig.key, { host: form + at }), /hello from outside/);
  }
  rig.names.names.set("many.below.test", ["127.0.0.1", "127.0.0.1"]);
  assert.match(await ask(rig, `http://many.below.test${at}/`, rig.key), /hello from outside/);
});

test("a name that is not listed is not looked up, so nothing leaves in the question", async () => {
  verifies("P-07");
  const quiet = await egressRig("roles: { none: {} }\nagents: { a: { role: none, egress: [allowed.test] } }");
  try {
    for (const name of ["secret-of-mine.evil.test", "x.allowed.test", "allowed.test.evil.test"])
      assert.equal(statusOf(await ask(quiet, `http://${name}/`, quiet.key)), 403);
    assert.equal(statusOf(await ask(quiet, "http://allowed.test/", "")), 407, "nor is one that is listed for whoever shows no key");
    assert.deepEqual(quiet.names.asked, []);
    assert.equal(statusOf(await ask(quiet, "http://allowed.test/", quiet.key)), 502, "it has no address");
    assert.deepEqual(quiet.names.asked, ["allowed.test"]);
  } finally {
    await quiet.close();
  }
});
