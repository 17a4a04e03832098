/** The egress proxy as agents meet it: who gets in, what is passed on, what ends a connection, and what is written down of it. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { connect as connectTls, createServer as createTlsServer } from "node:tls";
import { verifies } from "../verifies.ts";
import { ask, closed, type EgressRig, egressRig, head, host, outcomeIn, rawHost, say, statusOf } from "./rig.ts";

let rig: EgressRig;
let web: Awaited<ReturnType<typeof host>>;
/** Answers what it gets, and says nothing by itself. */
let echo: Awaited<ReturnType<typeof rawHost>>;
let admin: Awaited<ReturnType<typeof host>>;
const PSK = { key: Buffer.alloc(32, 7), identity: "test" };
const secure = createTlsServer({ pskCallback: () => PSK.key, ciphers: "PSK" }, (socket) => socket.on("error", () => {}).pipe(socket));
let securePort = 0;

before(async () => {
  web = await host((request, response) => {
    if (request.url === "/large") return void response.end(Buffer.alloc(6 << 20));
    if (request.url === "/silent") return;
    if (request.url === "/cut") return void response.writeHead(200, { "content-length": "100" }).write("half", () => response.destroy());
    if (request.url === "/hop")
      response.setHeader("connection", "x-mine").setHeader("x-mine", "1").setHeader("proxy-authenticate", "Basic").setHeader("x-yours", "2");
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece)).on("end", () => response.end(`got ${Buffer.concat(pieces)}`));
  });
  admin = await host((_request, response) => void response.end("administration"));
  echo = await rawHost((socket) => void socket.pipe(socket));
  await new Promise<void>((resolve) => secure.listen(0, "127.0.0.1", resolve));
  securePort = (secure.address() as { port: number }).port;
  const ports = `[80, 443, ${web.port}, ${echo.port}, ${securePort}, ${admin.port}]`;
  rig = await egressRig(
    `
roles: { none: {}, blocked: { deny: [net.connect] }, wide: { read: ["*"], write: ["*"] } }
agents:
  a:
    role: none
    egress:
      - { host: web.test, ports: ${ports}, addresses: [127.0.0.0/8] }
      - { host: raw.test, ports: ${ports}, addresses: [127.0.0.1], tls: false }
      - { host: read.test, ports: ${ports}, addresses: [127.0.0.1], methods: [GET] }
      - { host: "::1", ports: ${ports}, addresses: ["::1"] }
    limits: { connections: 10000/min, actions: 10000/min }
  few: { role: none, egress: [{ host: web.test, ports: ${ports}, addresses: [127.0.0.1] }], limits: { connections: 3/min } }
  little: { role: none, egress: [{ host: raw.test, ports: ${ports}, addresses: [127.0.0.1], tls: false }], limits: { traffic: 100kb/h } }
  blocked: { role: blocked, egress: [{ host: web.test, ports: ${ports}, addresses: [127.0.0.1] }] }
  wide: { role: wide }
rules:
  - { id: not-at-night, when: 'action.type == "net.connect" && args.host == "read.test" && args.port == 443', then: deny, mode: enforce }
`,
    [admin.port],
  );
  for (const name of ["web.test", "raw.test", "read.test", "other.test"]) rig.names.names.set(name, ["127.0.0.1"]);
});
after(async () => {
  await rig.close();
  secure.close();
  await Promise.all([web.close(), echo.close(), admin.close()]);
});

const keyOf = async (agent: string): Promise<string> => (await rig.keys.mint({ agent })).text;
const url = (path = "/", name = "web.test"): string => `http://${name}:${web.port}${path}`;

/** A tunnel that is open. */
async function tunnel(target: string, key = rig.key): Promise<Socket> {
  const socket = connect({ port: rig.port, host: "127.0.0.1" });
  socket.on("error", () => {}).write(head(target, key));
  const [answer] = (await once(socket, "data")) as [Buffer];
  assert.match(answer.toString(), /^HTTP\/1\.1 200 /);
  return socket;
}

/** A connection is over at its other end as well. */
async function hostsClosed(): Promise<void> {
  for (let tries = 0; echo.sockets.size > 0 && tries < 100; tries++) await pause(10);
  assert.equal(echo.sockets.size, 0);
}

const outcomeOf = (id: string) => outcomeIn(rig, id);
const last = (): string => rig.opened.at(-1)?.id ?? "";

test("without a key nothing is read, looked up or recorded, and the proxy asks for one", async () => {
  verifies("P-07", "G-02");
  const [opened, asked] = [rig.opened.length, rig.names.asked.length];
  for (const more of [
    "",
    "Proxy-Authorization: Bearer hf_nothing\r\n",
    "Proxy-Authorization: Basic\r\n",
    "Proxy-Authorization: Digest a=b\r\n",
    "Authorization: Bearer KEY\r\n",
  ]) {
    const shown = more.replace("KEY", rig.key);
    const plain = await ask(rig, url(), "", { more: shown });
    assert.match(plain, /^HTTP\/1\.1 407 [\s\S]*proxy-authenticate: Basic realm="holdfast"/, shown);
    assert.equal(statusOf(await say(rig.port, `CONNECT web.test:443 HTTP/1.1\r\nHost: web.test:443\r\n${shown}\r\n`)), 407, shown);
  }
  const posted = await ask(rig, url(), "", { method: "POST", more: "Content-Length: 1000000\r\nExpect: 100-continue\r\n" });
  assert.equal(statusOf(posted), 407, "no body is invited");
  assert.deepEqual([rig.opened.length, rig.names.asked.length], [opened, asked]);
});

test("a key is shown as clients show one: as bearer, as password, as name", async () => {
  const basic = (text: string): string => `Proxy-Authorization: Basic ${Buffer.from(text).toString("base64")}\r\n`;
  for (const more of [`Proxy-Authorization: Bearer ${rig.key}\r\n`, basic(`a:${rig.key}`), basic(`${rig.key}:`), basic(`:${rig.key}`)])
    assert.equal(statusOf(await ask(rig, url(), "", { more })), 200, more.slice(0, 30));
  const two = await ask(rig, url(), rig.key, { more: basic(`a:${await keyOf("few")}`) });
  assert.equal(statusOf(two), 400, "two of them are two identities");
});

test("what is between two neighbours stays between them, and the key is shown to nobody", async () => {
  verifies("P-07");
  const answer = await ask(rig, url("/hop"), rig.key, {
    more: "Connection: x-private\r\nX-Private: 1\r\nTE: trailers\r\nUpgrade: other\r\nAuthorization: mine\r\nX-Kept: 2\r\n",
  });
  const seen = web.requests.at(-1);
  assert.deepEqual(
    [seen?.headers.host, seen?.headers.authorization, seen?.headers["x-kept"], seen?.headers.connection],
    [`web.test:${web.port}`, "mine", "2", "close"],
  );
  for (const name of ["proxy-authorization", "x-private", "te", "upgrade"]) assert.equal(seen?.headers[name], undefined, name);
  assert.ok(!JSON.stringify(seen?.rawHeaders).includes(rig.key));
  assert.match(answer, /x-yours: 2/i);
  assert.doesNotMatch(answer, /x-mine|proxy-authenticate/i);
});

test("a body goes through as it is, also in chunks, and only after the connection was decided", async () => {
  assert.match(await ask(rig, url(), rig.key, { method: "POST", more: "Content-Length: 5\r\n", body: "hello" }), /got hello/);
  assert.match(
    await ask(rig, url(), rig.key, { method: "PUT", more: "Transfer-Encoding: chunked\r\n", body: "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n" }),
    /got hello/,
  );
  assert.match(
    await ask(rig, url(), rig.key, { method: "POST", more: "Content-Length: 5\r\nExpect: 100-continue\r\n", body: "hello" }),
    /^HTTP\/1\.1 100 [\s\S]*got hello/,
  );
});

test("what is not one plain request in absolute form is refused", async () => {
  verifies("P-07");
  const cases: readonly (readonly [number, Promise<string>])[] = [
    [400, ask(rig, "/", rig.key, { host: "web.test" })],
    [400, ask(rig, url(), rig.key, { host: "other.test" })],
    [400, ask(rig, url(), rig.key, { host: `web.test:${web.port + 1}` })],
    [400, ask(rig, url(), rig.key, { more: `Host: web.test:${web.port}\r\n` })],
    [400, ask(rig, `https://web.test:${web.port}/`, rig.key)],
    [400, ask(rig, `ftp://web.test:${web.port}/`, rig.key)],
    [400, ask(rig, `${url()}#part`, rig.key)],
    [400, ask(rig, "web.test", rig.key, { method: "CONNECT" })],
    [400, ask(rig, "web.test:443/", rig.key, { method: "CONNECT" })],
    [400, ask(rig, "http://web.test:443", rig.key, { method: "CONNECT" })],
    [400, ask(rig, "web.test:0", rig.key, { method: "CONNECT" })],
    [400, ask(rig, "web.test:0443", rig.key, { method: "CONNECT" })],
    [400, ask(rig, "web.test:70000", rig.key, { method: "CONNECT" })],
    [405, ask(rig, url(), rig.key, { method: "TRACE" })],
    [414, ask(rig, url(`/${"a".repeat(16_000)}`), rig.key)],
  ];
  for (const [index, [status, answer]] of cases.entries()) {
    const got = statusOf(await answer);
    assert.ok(got === status || (status === 414 && got === 431), `case ${index}: ${await answer}`);
  }
});

test("an agent reaches the hosts, ports and methods of its own list, whatever its role grants", async () => {
  verifies("P-07", "P-01");
  const code = (answer: string): unknown => JSON.parse(answer.split("\r\n\r\n")[1] ?? "").code;
  assert.equal(code(await ask(rig, url("/", "other.test"), rig.key)), "egress/host");
  assert.equal(code(await ask(rig, "http://web.test:81/", rig.key)), "egress/host");
  assert.equal(code(await ask(rig, url(), await keyOf("wide"))), "egress/host", "a role that grants everything names no host");
  assert.equal(code(await ask(rig, url(), await keyOf("blocked"))), "roles/blocked", "a block stays");
  assert.equal(statusOf(await ask(rig, url("/", "read.test"), rig.key)), 200);
  assert.equal(code(await ask(rig, url("/", "read.test"), rig.key, { method: "POST", more: "Content-Length: 0\r\n" })), "egress/host");
  assert.equal(code(await ask(rig, `read.test:${web.port}`, rig.key, { method: "CONNECT" })), "egress/host", "in a tunnel no method is seen");
});

test("our own addresses are out of reach, also where loopback is excepted", async () => {
  verifies("P-08");
  const refused = /^HTTP\/1\.1 403 [\s\S]*own\/address/;
  rig.names.names.set("web.test", ["127.0.0.5"]);
  assert.match(await ask(rig, `http://web.test:${admin.port}/`, rig.key), refused);
  rig.names.names.set("web.test", ["127.0.0.1"]);
  assert.match(await ask(rig, `web.test:${admin.port}`, rig.key, { method: "CONNECT" }), refused);
  assert.match(await ask(rig, `http://[::1]:${admin.port}/`, rig.key), refused);
  assert.equal(admin.requests.length, 0);
});

test("a tunnel carries TLS for its own host, and is recorded with what it carried", async () => {
  verifies("P-07", "A-01");
  const socket = await tunnel(`web.test:${securePort}`);
  const tls = connectTls({
    socket,
    servername: "web.test",
    pskCallback: () => ({ psk: PSK.key, identity: PSK.identity }),
    ciphers: "PSK",
    checkServerIdentity: () => undefined,
  });
  await once(tls, "secureConnect");
  tls.write("through the tunnel");
  const [back] = (await once(tls, "data")) as [Buffer];
  assert.equal(back.toString(), "through the tunnel");
  tls.end();
  await closed(socket);
  const { intent, outcome } = await outcomeOf(last());
  assert.ok(intent?.kind === "intent");
  assert.deepEqual(
    [intent.action, intent.agent, intent.surface, intent.effect, intent.target, intent.args],
    [
      "net.connect",
      "a",
      "egress-proxy",
      "permit",
      { type: "host", id: `web.test:${securePort}` },
      { host: "web.test", port: securePort, method: "CONNECT", address: "127.0.0.1" },
    ],
  );
  assert.equal(outcome.status, "done");
  assert.ok(Number(outcome.facts?.["bytes_out"]) > 100 && Number(outcome.facts?.["bytes_in"]) > 100, JSON.stringify(outcome.facts));
  const metrics = await rig.metrics();
  assert.match(metrics, /holdfast_egress_connections_total\{host="web\.test",effect="permit"\} [1-9]/);
  assert.match(metrics, /holdfast_egress_connections_total\{host="other",effect="deny"\} [1-9]/);
  assert.match(metrics, /holdfast_egress_bytes_total\{host="web\.test",way="in"\} [1-9]/);
});

test("a tunnel that is no TLS, or TLS for another host, reaches the host with no byte", async () => {
  verifies("P-07");
  let reached = 0;
  const deaf = await rawHost((socket) => socket.on("data", () => void reached++));
  const narrow = await egressRig(
    `roles: { none: {} }\nagents: { a: { role: none, egress: [{ host: web.test, ports: [${deaf.port}], addresses: [127.0.0.1] }, { host: 127.0.0.1, ports: [${deaf.port}], addresses: [127.0.0.1] }], limits: { connections: 100/min, breaker: { failures: 100 } } } }`,
  );
  narrow.names.names.set("web.test", ["127.0.0.1"]);
  try {
    const begun = async (to = "web.test"): Promise<Socket> => {
      const socket = connect({ port: narrow.port, host: "127.0.0.1" });
      socket.on("error", () => {}).write(head(`${to}:${deaf.port}`, narrow.key));
      await once(socket, "data");
      return socket;
    };
    for (const servername of ["evil.test", "www.web.test", "web.test.evil.test", ""]) {
      const socket = await begun();
      connectTls({ socket, ...(servername === "" ? {} : { servername }) }).on("error", () => {});
      await closed(socket);
    }
    // An address has no name to compare, and must be TLS all the same.
    for (const to of ["web.test", "127.0.0.1"])
      for (const text of ["GET / HTTP/1.1\r\nHost: web.test\r\n\r\n", "SSH-2.0-x\r\n", "\x80\x2e\x01\x03\x01", "\x16\x02\x00\x00\x05hello"]) {
        const socket = await begun(to);
        socket.write(text, "latin1");
        await closed(socket);
      }
    assert.equal(reached, 0);
    await pause(50);
    const ends = (await narrow.records()).filter((record) => record.kind === "outcome");
    assert.equal(ends.length, 12);
    for (const end of ends) assert.ok(end.kind === "outcome" && end.status === "failed" && end.code === "denied", JSON.stringify(end));
    // In pieces, as a slow network brings it.
    const socket = await begun();
    const pieces: Buffer[] = [];
    const other = await rawHost((taken) => taken.on("data", (piece: Buffer) => pieces.push(piece)));
    connectTls({ port: other.port, host: "127.0.0.1", servername: "web.test" }).on("error", () => {});
    while (pieces.length === 0) await pause(5);
    for (const byte of Buffer.concat(pieces)) socket.write(Buffer.of(byte));
    for (let tries = 0; reached === 0 && tries < 100; tries++) await pause(10);
    assert.ok(reached > 0, "the right one arrives");
    socket.destroy();
    await other.close();
  } finally {
    await narrow.close();
    await deaf.close();
  }
});

test("where configuration says that a host speaks no TLS, bytes go both ways and either end may close first", async () => {
  const socket = await tunnel(`raw.test:${echo.port}`);
  socket.write("one");
  assert.equal(String((await once(socket, "data"))[0]), "one");
  socket.end("two");
  let rest = "";
  socket.on("data", (chunk) => (rest += String(chunk)));
  await closed(socket);
  assert.equal(rest, "two", "what was on its way still arrives");
  const { outcome } = await outcomeOf(last());
  assert.deepEqual([outcome.status, outcome.facts], ["done", { bytes_out: 6, bytes_in: 6 }]);
});

test("a connection carries no more than it may, and is silent no longer than it may", { timeout: 20_000 }, async () => {
  verifies("C-06", "C-07");
  const large = await ask(rig, url("/large"), rig.key);
  assert.ok(large.length < 4 << 20, `${large.length}`);
  const first = await outcomeOf(last());
  assert.deepEqual([first.outcome.status, first.outcome.code, first.outcome.facts?.["ended"]], ["failed", "rate-limited", "bytes"]);
  const started = performance.now();
  assert.equal(statusOf(await ask(rig, url("/silent"), rig.key)), 504);
  const socket = await tunnel(`raw.test:${echo.port}`);
  await closed(socket);
  assert.ok(performance.now() - started < 4_000);
  assert.equal((await outcomeOf(last())).outcome.facts?.["ended"], "idle");
  await closed(await tunnel(`web.test:${securePort}`));
  const { outcome } = await outcomeOf(last());
  assert.deepEqual([outcome.code, outcome.facts?.["ended"]], ["upstream-timeout", "idle"], "also before its first byte");
});

test("what stands in the head of a request or an answer is carried, too", async () => {
  assert.equal(statusOf(await ask(rig, url(`/${"x".repeat(4_000)}`), rig.key, { more: `X-More: ${"y".repeat(5_000)}\r\n` })), 200);
  const { outcome } = await outcomeOf(last());
  assert.ok(Number(outcome.facts?.["bytes_out"]) > 9_000, JSON.stringify(outcome.facts));
  assert.ok(Number(outcome.facts?.["bytes_in"]) > "got ".length + "date".length, JSON.stringify(outcome.facts));
});

test("an answer that is cut off does not look whole", async () => {
  const answer = await ask(rig, url("/cut"), rig.key);
  assert.match(answer, /half$/);
  assert.deepEqual([(await outcomeOf(last())).outcome.status, (await outcomeOf(last())).outcome.code], ["failed", "upstream-unreachable"]);
});

test("an agent connects no more often, carries no more, and has no more open than it may", { timeout: 20_000 }, async () => {
  verifies("C-06");
  const few = await keyOf("few");
  const statuses: number[] = [];
  for (let time = 0; time < 5; time++) statuses.push(statusOf(await ask(rig, url(), few)));
  assert.deepEqual(statuses, [200, 200, 200, 429, 429]);
  const little = await keyOf("little");
  const socket = await tunnel(`raw.test:${echo.port}`, little);
  socket.on("data", () => {}).write(Buffer.alloc(200 << 10));
  await closed(socket);
  assert.equal((await outcomeOf(last())).outcome.facts?.["ended"], "traffic");
  assert.match(await say(rig.port, head(`raw.test:${echo.port}`, little), /\}$/), /^HTTP\/1\.1 429 [\s\S]*limits\/traffic/);
  const open = await Promise.all(Array.from({ length: 8 }, () => tunnel(`raw.test:${echo.port}`)));
  assert.equal(statusOf(await ask(rig, url(), rig.key)), 429);
  for (const one of open) one.destroy();
  await hostsClosed();
});

test("a paused agent's connections end within a second, and so do those of a key that is revoked", async () => {
  verifies("C-12", "I-10");
  const { text, key } = await rig.keys.mint({ agent: "a" });
  const [paused, revoked] = [await tunnel(`raw.test:${echo.port}`), await tunnel(`raw.test:${echo.port}`, text)];
  let started = performance.now();
  await Promise.all([closed(revoked), rig.keys.revoke(key.id)]);
  assert.ok(performance.now() - started < 1_000);
  assert.equal((await outcomeOf(last())).outcome.code, "unauthenticated");
  assert.equal(statusOf(await ask(rig, url(), text)), 407);
  started = performance.now();
  await Promise.all([closed(paused), rig.held.pause("a", "anna", "it runs wild")]);
  assert.ok(performance.now() - started < 1_000);
  await hostsClosed();
  assert.equal(statusOf(await ask(rig, url(), rig.key)), 403);
  await rig.held.resume("a");
  assert.equal(statusOf(await ask(rig, url(), rig.key)), 200);
});

test("rules decide about connections like about everything else", async () => {
  verifies("P-07");
  assert.match(await ask(rig, "http://read.test:443/", rig.key), /^HTTP\/1\.1 403 [\s\S]*rules\/not-at-night/);
});

test("what an agent declares is compared with its connections, and told to no host", async () => {
  verifies("P-11");
  const declaring = (intent: string): string => `X-Holdfast-Intent: ${intent}\r\n`;
  const of = (intent: object): string => declaring(JSON.stringify(intent));
  for (const intent of [{ tools: ["net.connect"], targets: ["web.test"] }, { targets: ["*.test"] }, { effect: "write" }]) {
    assert.equal(statusOf(await ask(rig, url(), rig.key, { more: of(intent) })), 200, JSON.stringify(intent));
    assert.equal(web.requests.at(-1)?.headers["x-holdfast-intent"], undefined);
  }
  const reached = web.requests.length;
  for (const [intent, reason] of [
    [{ tools: ["crm.*"] }, "tool"],
    [{ effect: "read" }, "effect"],
    [{ targets: ["other.test"] }, "target"],
  ] as const) {
    assert.match(await ask(rig, url(), rig.key, { more: of(intent) }), new RegExp(`^HTTP/1.1 403 [\\s\\S]*flow/declared-${reason}`));
    const tunnel = head(`web.test:${securePort}`, rig.key).replace(/\r\n$/, `${of(intent)}\r\n`);
    assert.match(await say(rig.port, tunnel), new RegExp(`^HTTP/1.1 403 [\\s\\S]*flow/declared-${reason}`));
  }
  const asked = rig.opened.length;
  for (const more of [declaring("crm.*"), of({}), of({ effect: "read" }) + of({ effect: "write" })])
    assert.equal(statusOf(await ask(rig, url(), rig.key, { more })), 400, more);
  assert.deepEqual([web.requests.length, rig.opened.length], [reached, asked]);
});
