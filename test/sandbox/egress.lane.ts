/** The way out as users have it: clients that are told of a proxy, a command in a sandbox, a tool server in one, and an operator who stops them. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { ROOT } from "../../scripts/root.ts";
import { runCell } from "../../src/compose/sandboxes/cells.ts";
import { wayForProof } from "../../src/compose/sandboxes/sandbox-egress.ts";
import { driver as processDriver } from "../../src/sandbox/drivers/process.ts";
import { LIMITS } from "../../src/sandbox/index.ts";
import { type NameServer, nameServer } from "../egress/name-server.ts";
import { host, rawHost } from "../egress/rig.ts";
import { connect as mcp } from "../mcp/rig.ts";
import { blocksOf, missingLines } from "../readme.ts";
import { BIN, type Served, serve } from "../serve.ts";
import { verifies } from "../verifies.ts";
import { BUSYBOX, noDaemon, startDaemon, type TestDaemon } from "./daemon.ts";

const folder = mkdtempSync(join(tmpdir(), "holdfast-way-out-"));
chmodSync(folder, 0o755);
const isRoot = process.getuid?.() === 0;
let names: NameServer;
let web: Awaited<ReturnType<typeof host>>;
let slow: Awaited<ReturnType<typeof rawHost>>;
let gateway: Served;

/** Every sandbox that has a way out, and one with programs that are not this machine's. */
const lacking = noDaemon();
const DRIVERS = (
  [
    { id: "process", driver: "process" },
    { id: "runc", driver: "runc" },
    { id: "gvisor", driver: "gvisor" },
    { id: "container", driver: "container" },
    { id: "container with an image", driver: "container", image: BUSYBOX },
  ] as readonly { readonly id: string; readonly driver: string; readonly image?: string }[]
).map((one) => ({ ...one, skip: one.driver === "container" ? lacking : one.driver === "process" || isRoot ? false : "it needs root" }));
const servers = DRIVERS.filter(({ image, skip }) => image === undefined && skip === false).map(({ driver }) => driver);
let own: TestDaemon | undefined;

/** An MCP server that fetches, as one would be written: it knows nothing of a proxy. */
const SERVER = `
import { createInterface } from "node:readline";
const answer = (id, result) => console.log(JSON.stringify({ jsonrpc: "2.0", id, result }));
createInterface({ input: process.stdin }).on("line", async (line) => {
  const { id, method, params } = JSON.parse(line);
  if (method === "initialize") answer(id, { protocolVersion: "2025-11-25", capabilities: { tools: {} }, serverInfo: { name: "web", version: "1" } });
  else if (method === "tools/list") answer(id, { tools: [{ name: "fetch_page", inputSchema: { type: "object", properties: { url: { type: "string" } } }, annotations: { readOnlyHint: true } }] });
  else if (method === "tools/call") {
    const text = await fetch(params.arguments.url).then(async (got) => got.status + " " + (await got.text()), (error) => "failed " + error.cause?.code);
    answer(id, { content: [{ type: "text", text }] });
  } else if (id !== undefined) answer(id, {});
});
`;

before(async () => {
  if (lacking === false) {
    own = await startDaemon();
    process.env["DOCKER_HOST"] = `unix://${own.socket}`;
  }
  names = await nameServer();
  web = await host((_request, response) => void response.end("a page from outside"));
  slow = await rawHost((socket) => void socket.on("data", () => {}));
  names.names.set("pages.test", ["127.0.0.1"]).set("slow.test", ["127.0.0.1"]).set("inside.test", ["10.0.0.1"]);
  const [program, server] = [join(folder, "node"), join(folder, "server.mjs")];
  copyFileSync(process.execPath, program);
  chmodSync(program, 0o755);
  writeFileSync(server, SERVER, { mode: 0o644 });
  const many = "limits: { requests: 1000/min, actions: 10000/min, connections: 1000/min, duplicates: { writes: 10000, reads: 10000 } }";
  gateway = await serve(`
egress: { listen: "127.0.0.1:0", resolvers: ["${names.at}"] }
tools:
${servers
  .map(
    (driver) => `  web-${driver}:
    stdio: { command: ["${program}", "${server}"] }
    sandbox:
      driver: ${driver}
      read: ["${program}", "${server}"]
      allow_hosts: [{ host: pages.test, ports: [${web.port}], addresses: [127.0.0.1], tls: false }]
    default: { trust: internal }
    tools: { fetch_page: { effect: read, egress: false } }
`,
  )
  .join("")}roles: { reader: { read: ["*"] } }
agents:
  worker:
    role: reader
    egress: [{ host: "*.test", ports: [${web.port}, ${slow.port}], addresses: [127.0.0.1], tls: false }]
    ${many}
`);
});
after(async () => {
  await gateway.stop();
  await Promise.all([web.close(), slow.close(), names.close(), own?.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

/** A command's exit code and all that it wrote. Asynchronous: the hosts are in this process. */
async function run(file: string, args: readonly string[], env: Record<string, string> = {}) {
  const settings = { cwd: gateway.folder, encoding: "utf8", timeout: 30_000, env: { ...process.env, NO_COLOR: "1", XDG_STATE_HOME: folder, ...env } } as const;
  const running = promisify(execFile)(file, args, settings);
  running.child.stdin?.end();
  return running.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({ code: error.code, stdout: error.stdout, stderr: error.stderr }),
  );
}
/** The exported log once it holds what is looked for: an export ends at the newest checkpoint, which is up to a second behind. */
async function exported(sought: RegExp): Promise<string> {
  for (let tries = 0; ; tries++) {
    const { stdout } = await run(BIN, ["audit", "export"]);
    if (sought.test(stdout) || tries === 10) return stdout;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}
const proxyFor = (key: string): string => gateway.egress.replace("://", `://worker:${key}@`);
const curl = (url: string, key = gateway.key, ...more: readonly string[]) =>
  run("curl", ["-sS", "-m", "10", "-x", key === "" ? gateway.egress : proxyFor(key), "-w", "\n%{http_code}", ...more, url]);

test("a client that is told of the proxy reaches the agent's hosts, and the records say what it did", { timeout: 60_000 }, async () => {
  verifies("P-07", "A-01");
  assert.match((await curl(`http://pages.test:${web.port}/`)).stdout, /a page from outside\n200/);
  assert.match((await curl(`http://pages.test:${web.port}/`, gateway.key, "--proxytunnel")).stdout, /a page from outside\n200/);
  assert.match((await curl(`http://pages.test:${web.port}/`, "")).stdout, /407$/);
  assert.match((await curl("http://inside.test/")).stdout, /egress\/host[\s\S]*403$/);
  assert.match((await curl(`http://inside.test:${web.port}/`)).stdout, /egress\/address[\s\S]*403$/);
  for (const own of [gateway.admin, gateway.url, gateway.egress]) assert.match((await curl(`${own}/healthz`)).stdout, /403$/, own);
  const node = `fetch("http://pages.test:${web.port}/").then(async (got) => console.log(await got.text()))`;
  const told = { HTTP_PROXY: proxyFor(gateway.key), HTTPS_PROXY: proxyFor(gateway.key), NODE_USE_ENV_PROXY: "1" };
  assert.equal((await run(process.execPath, ["-e", node], told)).stdout, "a page from outside\n");
  const eight = /("action":"net.connect"[\s\S]*){8}/;
  const records = (await exported(eight))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { kind: string; id: string; action?: string; target?: { id: string }; facts?: Record<string, number> });
  const asked = records.filter(({ action }) => action === "net.connect");
  const [first] = asked.filter(({ target }) => target?.id === `pages.test:${web.port}`);
  assert.ok(first !== undefined && asked.length >= 8, `${asked.length}`);
  const end = records.find(({ kind, id }) => kind === "outcome" && id === first.id);
  const carried = end?.facts?.["bytes_in"] ?? 0;
  assert.ok(carried > "HTTP/1.1 200 OK\r\n\r\na page from outside".length && carried < 1_000, `${carried}: the page, and its head`);
  const metrics = await (await fetch(`${gateway.admin}/metrics`)).text();
  assert.match(metrics, /holdfast_egress_bytes_total\{host="\*\.test",way="in"\} \d\d/);
});

test("what the guide shows is what happens", { timeout: 60_000 }, async (t) => {
  const page = readFileSync(join(ROOT, "docs/guide/egress.md"), "utf8");
  const block = (info: string): string => blocksOf(page).find((one) => one.info === info)?.text ?? "";
  const hello = await host((request, response) => void response.end(`hello from ${request.headers.host?.split(":")[0]}\n`));
  t.after(() => hello.close());
  names.names.set("api.example.com", ["127.0.0.1"]);
  // Ports and addresses are this test's; everything else stands in the page.
  const yaml = block("yaml")
    .replace("{ listen: 127.0.0.1:8790 }", `{ listen: "127.0.0.1:0", resolvers: ["${names.at}"] }`)
    .replace("- api.example.com", `- { host: api.example.com, ports: [${hello.port}], addresses: [127.0.0.1] }`);
  const shown = await serve(yaml);
  t.after(() => shown.stop());
  const script = block("sh run")
    .replaceAll("127.0.0.1:8790", new URL(shown.egress).host)
    .replace("http://api.example.com/", `http://api.example.com:${hello.port}/`);
  const { stdout } = await run("sh", ["-c", script], { HOLDFAST_KEY: shown.key });
  assert.deepEqual(missingLines(block("text output"), stdout), [], stdout);
});

test("when an operator pauses an agent its tunnels end within a second", { timeout: 60_000 }, async () => {
  verifies("C-12");
  const { hostname, port } = new URL(gateway.egress);
  const socket: Socket = connect({ host: hostname, port: Number(port) });
  socket
    .on("error", () => {})
    .write(`CONNECT slow.test:${slow.port} HTTP/1.1\r\nHost: slow.test:${slow.port}\r\nProxy-Authorization: Bearer ${gateway.key}\r\n\r\n`);
  assert.match(String((await once(socket, "data"))[0]), /^HTTP\/1\.1 200/);
  let closed = 0;
  socket.once("close", () => (closed = performance.now()));
  let answered = 0;
  await run(BIN, ["agents", "pause", "worker", "--reason", "a test"]).then(() => (answered = performance.now()));
  for (let tries = 0; closed === 0 && tries < 100; tries++) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.ok(closed > 0 && closed - answered < 1_000);
  assert.match((await curl(`http://pages.test:${web.port}/`)).stdout, /403$/);
  assert.equal((await run(BIN, ["agents", "resume", "worker", "--reason", "a test"])).code, 0);
  assert.match((await curl(`http://pages.test:${web.port}/`)).stdout, /200$/);
});

for (const driver of servers)
  test(`a tool server in a sandbox of \`${driver}\` reaches its hosts without knowing how, and no other`, { timeout: 60_000 }, async (t) => {
    verifies("C-04", "P-07");
    const agent = `tools/web-${driver}`;
    const client = await mcp(`${gateway.url}/mcp/web-${driver}`, gateway.key);
    t.after(() => client.close());
    const fetched = async (url: string): Promise<string> => JSON.stringify(await client.callTool({ name: "fetch_page", arguments: { url } }));
    assert.match(await fetched(`http://pages.test:${web.port}/`), /200 a page from outside/);
    for (const url of ["http://other.test/", `http://slow.test:${slow.port}/`, "http://169.254.169.254/", `http://[::ffff:127.0.0.1]:${web.port}/`])
      assert.match(await fetched(url), /403|failed/, url);
    const connected = new RegExp(`"agent":"${agent}"[^\\n]*"action":"net.connect"`);
    assert.match(await exported(connected), connected);
    assert.equal((await run(BIN, ["agents", "pause", agent, "--reason", "a test"])).code, 0);
    assert.doesNotMatch(await fetched(`http://pages.test:${web.port}/`), /a page from outside/);
    assert.equal((await run(BIN, ["agents", "resume", agent, "--reason", "a test"])).code, 0);
    assert.match(await fetched(`http://pages.test:${web.port}/`), /200 a page from outside/);
  });

for (const { id, driver, image, skip } of DRIVERS)
  describe(`a sandbox of \`${id}\``, { skip }, () => {
    test(`a command in a sandbox of \`${id}\` reaches the hosts that are named, through what it is told of, and nothing else`, {
      timeout: 60_000,
    }, async () => {
      verifies("C-04", "P-07");
      const inside = (script: string, ...more: readonly string[]) =>
        run(BIN, ["sandbox", "run", "--driver", driver, ...(image === undefined ? [] : ["--image", image]), ...more, "--", "sh", "-c", script]);
      const allowed = ["--allow-host", `127.0.0.1:${web.port}`, "--allow-address", "127.0.0.1"];
      const good = `http://127.0.0.1:${web.port}/`;
      const bad = [`http://127.0.0.1:${slow.port}/`, "http://169.254.169.254/", `http://localhost:${web.port}/`];
      // An image has what it has: this one a `wget` that knows nothing of exceptions and writes no answer that is a refusal.
      const get = (url: string): string => (image === undefined ? `curl -sS -m 5 --noproxy "" ${url}` : `wget -q -O - ${url} || echo "no (egress/host)"`);
      const beside = image === undefined ? `curl -sS -m 5 ${good}` : `wget -q -Y off -O - ${good}`;
      const both = await inside(
        `cat; ${[good, ...bad].map((url) => `${get(url)}; echo`).join("; ")}; ${beside} || echo none beside; env; cat /proc/*/environ; exit 7`,
        ...allowed,
      );
      const lines = both.stdout.split("\n");
      assert.deepEqual([both.code, lines[0]], [7, "a page from outside"], `${both.stdout}\n${both.stderr}`);
      assert.match(lines.slice(1).join("\n"), /^\n?(.*egress\/host.*\n+){3}none beside\n/, both.stdout);
      assert.doesNotMatch(both.stdout, /hf_/, "no key is inside");
      const [unexcepted, closed, late] = await Promise.all([
        inside(get(good), "--allow-host", `127.0.0.1:${web.port}`),
        inside(get(good)),
        inside("sleep 9", ...allowed, "--timeout", "2"),
      ]);
      assert.match(unexcepted.stdout, image === undefined ? /egress\/address/ : /^no /, "private without being excepted");
      assert.doesNotMatch(closed.stdout, /a page/, "without it there is no network at all");
      assert.equal(late.code, 124);
    });
  });

test("hosts that are none, and ranges that nothing opens, are refused before anything is started", { timeout: 60_000 }, async () => {
  verifies("P-07");
  const inside = (script: string, ...more: readonly string[]) => run(BIN, ["sandbox", "run", ...more, "--", "sh", "-c", script]);
  assert.equal((await inside("true", "--allow-host", "not a host")).code, 1);
  assert.match((await inside("true", "--allow-host", "a.test", "--allow-address", "169.254.0.0/16")).stderr, /nothing opens this range/);
});

test("the runtime is brought into the sandbox also where it lies in a folder that is closed to others", { timeout: 60_000 }, async (t) => {
  if (!isRoot) return t.skip("only root runs the program as somebody else, to whom the folder is closed");
  const closed = join(folder, "closed");
  mkdirSync(closed, { mode: 0o700 });
  const real = process.execPath;
  t.after(() => (process.execPath = real));
  copyFileSync(real, join(closed, "node"));
  process.execPath = join(closed, "node");
  const way = await wayForProof(web.port, slow.port);
  const cell = await way.through({
    command: ["sh", "-c", 'curl -sS --noproxy "" "$AT"'],
    env: { AT: `http://127.0.0.1:${web.port}/` },
    read: [],
    write: [],
    limits: LIMITS,
  });
  const prepared = await processDriver.prepare(cell);
  try {
    assert.match((await runCell(prepared, { stdio: "collect", timeout: 10_000 })).output, /a page from outside/);
  } finally {
    await prepared.close();
    await way.close();
  }
});
