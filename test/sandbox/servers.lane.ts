/** The tool servers of `examples/sandboxed`, each in its sandbox, spoken to through a whole Holdfast. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
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
