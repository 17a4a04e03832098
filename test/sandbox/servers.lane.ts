/** The tool servers of `examples/sandboxed`, each in its sandbox, spoken to through a whole Holdfast. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmodSync, copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { ROOT } from "../../scripts/root.ts";
import { startRig } from "../mcp/rig.ts";
import { verifies } from "../verifies.ts";
import { BUSYBOX, noDaemon, startDaemon } from "./daemon.ts";

// Nobody must be able to reach them, and a checkout may lie in a folder that is closed to others.
const folder = mkdtempSync(join(tmpdir(), "holdfast-servers-"));
chmodSync(folder, 0o755);
after(() => rmSync(folder, { recursive: true, force: true }));
const placed = (name: string): string => {
  const path = join(folder, name);
  copyFileSync(join(ROOT, "examples/sandboxed", name), path);
  chmodSync(path, 0o644);
  return path;
};
const clock = placed("clock.sh");
const calculator = placed("calculator.js");

async function startWith(t: { after(done: () => Promise<void>): void }, name: string, yaml: string) {
  const rig = await startRig(`
tools:
  ${name}: { ${yaml}, default: { trust: internal } }
roles: { all: { read: ["*"], write: ["*"] } }
agents: { worker: { role: all, limits: { requests: 1000/min, actions: 10000/min } } }
`);
  t.after(() => rig.close());
  return rig;
}

async function served(t: { after(done: () => Promise<void>): void }, yaml: string) {
  const rig = await startWith(t, "it", yaml);
  return rig.client("it", await rig.key("worker"));
}

describe("with an engine", { skip: noDaemon() }, () => {
  test("a tool server in a container does its work as nobody, with no network, and its container goes with it", {
    timeout: 60_000,
  }, async (t) => {
    verifies("C-01", "G-02");
    const own = await startDaemon();
    process.env["DOCKER_HOST"] = `unix://${own.socket}`;
    const client = await served(t, `stdio: { command: [sh, "${clock}"] }, sandbox: { driver: container, image: "${BUSYBOX}", read: ["${clock}"] }`);
    t.after(() => own.stop()); // after the rig, which ends what runs in it
    const running = async (): Promise<number> => ((await own.daemon.ask("GET", "/containers/json?all=1")).value as unknown[]).length;
    assert.match(JSON.stringify(await client.callTool({ name: "read_time", arguments: {} })), /\d\d:\d\d, user 65534, lo /);
    assert.equal(await running(), 1);
    await (client.transport as unknown as { terminateSession(): Promise<void> }).terminateSession();
    await client.close();
    for (let tries = 0; (await running()) > 0; tries++) {
      assert.ok(tries < 100, "the container stays");
      await pause(100);
    }
  });
});

test("when its agent is stopped a tool server's sandbox ends within a second, though what is in it listens to nothing", { timeout: 60_000 }, async (t) => {
  verifies("C-04", "C-12");
  const stubborn = join(folder, "stubborn.sh");
  const said = [
    '{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"s","version":"1"}}}',
    '{"jsonrpc":"2.0","id":2,"result":{"tools":[{"name":"read_it","inputSchema":{"type":"object"}}]}}',
  ];
  writeFileSync(stubborn, `trap '' TERM HUP INT\nread -r a; echo '${said[0]}'\nread -r a; read -r a; echo '${said[1]}'\nwhile :; do sleep 0.2345; done\n`, {
    mode: 0o644,
  });
  const rig = await startWith(t, "it", `stdio: { command: [sh, "${stubborn}"] }, sandbox: { driver: process, read: ["${stubborn}"] }`);
  const client = await rig.client("it", await rig.key("worker"));
  assert.equal((await client.listTools()).tools.length, 1);
  const inside = (): number =>
    readdirSync("/proc").filter((pid) => {
      try {
        return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(stubborn);
      } catch {
        return false;
      }
    }).length;
  assert.ok(inside() > 0);
  const pressed = performance.now();
  await rig.held.pause("worker", "anna", "it runs wild");
  while (inside() > 0) {
    assert.ok(performance.now() - pressed < 1_000, "it goes on");
    await pause(10);
  }
});

test("a tool server as a skill does its work, and what it runs for others reaches nothing", { timeout: 60_000 }, async (t) => {
  verifies("C-03", "G-02");
  const client = await served(t, `stdio: { command: ["${calculator}"] }, sandbox: { driver: wasm, memory: 32mb }`);
  const compute = async (term: string): Promise<string> => JSON.stringify(await client.callTool({ name: "compute", arguments: { term } }));
  assert.match(await compute("(1 + 2) * 3"), /"9"/);
  assert.match(await compute("typeof process + typeof require + typeof fetch"), /undefinedundefinedundefined/);
  assert.match(await compute('this.constructor.constructor("return process")()'), /isError":true/);
  assert.match(await compute("2 ** 10"), /"1024"/);
});

/** What the agent of `examples/sandboxed` prints of each program that its model wrote. */
async function coded(t: { after(done: () => Promise<void>): void }, sandbox: string): Promise<string> {
  const [node, code] = [join(folder, "node"), placed("run-code.mjs")];
  copyFileSync(process.execPath, node);
  const inside = sandbox === "" ? "" : `, sandbox: { driver: ${sandbox}, read: ["${node}", "${code}"], memory: 512mb, pids: 50 }`;
  const rig = await startWith(t, "code", `stdio: { command: ["${node}", "${code}"] }${inside}`);
  const env = { PATH: process.env["PATH"] ?? "", HOLDFAST_URL: rig.url, HOLDFAST_KEY: await rig.key("worker"), AWS_SECRET_ACCESS_KEY: "of the agent" };
  const { stdout } = await promisify(execFile)(process.execPath, [join(ROOT, "examples/sandboxed/coder.mjs")], { env, timeout: 100_000 });
  assert.match(stdout, /^done +adds up: 500500$/m);
  return stdout;
}

for (const driver of ["process", "gvisor"]) {
  test(`an agent that runs what its model writes, in ${driver}: its work is done, and what it was talked into reaches nothing`, {
    timeout: 120_000,
  }, async (t) => {
    verifies("C-04", "G-02");
    const printed = await coded(t, driver);
    for (const guide of ["sandboxes.md", "sandboxes.de.md"]) assert.ok(readFileSync(join(ROOT, "docs/guide", guide), "utf8").includes(printed), printed);
  });
}

test("the same agent without a sandbox reaches the gateway with what its model wrote", { timeout: 60_000 }, async (t) => {
  t.after(() => rmSync("/var/tmp/left-behind", { force: true }));
  assert.match(await coded(t, ""), /^done +asks the gateway: \d+$/m);
});
