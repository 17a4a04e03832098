/** The egress proxy and clients that take nothing, go on, or go away: none of them holds a connection that nobody counts. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { verifies } from "../verifies.ts";
import { closed, type EgressRig, egressRig, head, host, outcomeIn, rawHost } from "./rig.ts";

let rig: EgressRig;
let web: Awaited<ReturnType<typeof host>>;

before(async () => {
  web = await host((request, response) => void response.end(request.url === "/large" ? Buffer.alloc(6 << 20) : "no need"));
  rig = await egressRig(`roles: { none: {} }\nagents: { a: { role: none, egress: [{ host: web.test, ports: [${web.port}], addresses: [127.0.0.1] }] } }`);
  rig.names.names.set("web.test", ["127.0.0.1"]);
});
after(() => Promise.all([rig.close(), web.close()]));

test("a client that takes nothing of its answer has its connection no longer than one that is silent", { timeout: 20_000 }, async () => {
  verifies("C-07");
  const opened = rig.opened.length;
  const socket = connect({ port: rig.port, host: "127.0.0.1" });
  socket.on("error", () => {}).pause();
  socket.write(`GET http://web.test:${web.port}/large HTTP/1.1\r\nHost: web.test:${web.port}\r\nProxy-Authorization: Bearer ${rig.key}\r\n\r\n`);
  while (rig.opened.length === opened) await pause(10);
  await pause(1_000);
  const { outcome } = await outcomeIn(rig, rig.opened.at(-1)?.id ?? "");
  assert.deepEqual([outcome.status, outcome.code, outcome.facts?.["ended"]], ["failed", "upstream-timeout", "idle"]);
  socket.destroy();
});

test("a body that goes on behind its answer holds no connection open", async () => {
  const socket = connect({ port: rig.port, host: "127.0.0.1" });
  socket.on("error", () => {});
  socket.write(
    `POST http://web.test:${web.port}/early HTTP/1.1\r\nHost: web.test:${web.port}\r\nProxy-Authorization: Bearer ${rig.key}\r\nContent-Length: 1000\r\n\r\nhalf`,
  );
  assert.match(String((await once(socket, "data"))[0]), /^HTTP\/1\.1 200 /);
  const late = setTimeout(() => socket.destroy(new Error("it stayed open")), 3_000);
  const failed: unknown[] = [];
  socket.on("error", (error) => failed.push(error)).resume();
  await closed(socket);
  clearTimeout(late);
  assert.deepEqual(failed, []);
});

test("a client that went away before it was known is led nowhere", async (t) => {
  let reached = 0;
  const far = await rawHost(() => void reached++);
  const one = await egressRig(
    `roles: { none: {} }\nagents: { a: { role: none, egress: [{ host: raw.test, ports: [${far.port}], addresses: [127.0.0.1], tls: false }] } }`,
  );
  t.after(() => Promise.all([one.close(), far.close()]));
  one.names.names.set("raw.test", ["127.0.0.1"]);
  let know = (): void => {};
  const asked = new Promise<void>((resolve) => (know = resolve));
  const keys = { verify: () => asked.then(() => ({ id: "key_1", agent: "a" })), watch: () => () => {} };
  const { port } = await one.egress.listen({ host: "127.0.0.1", port: 0 }, keys);
  for (const text of [
    head(`raw.test:${far.port}`, one.key),
    `GET http://raw.test:${far.port}/ HTTP/1.1\r\nHost: raw.test:${far.port}\r\nProxy-Authorization: Bearer ${one.key}\r\n\r\n`,
  ]) {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.on("error", () => {}).write(text);
    await pause(100);
    socket.resetAndDestroy();
    await pause(100);
  }
  know();
  const ends = async () => (await one.records()).filter((record) => record.kind === "outcome");
  for (let tries = 0; (await ends()).length < 2 && tries < 100; tries++) await pause(20);
  assert.deepEqual(
    (await ends()).map((end) => end.kind === "outcome" && end.code),
    ["cancelled", "cancelled"],
  );
  assert.equal(reached, 0);
});
