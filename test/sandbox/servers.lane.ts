/** The tool servers of `examples/sandboxed`, each in its sandbox, spoken to through a whole Holdfast. */
import assert from "node:assert/strict";
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
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

async function served(t: { after(done: () => Promise<void>): void }, yaml: string) {
  const rig = await startRig(`
tools:
  it: { ${yaml}, default: { trust: internal } }
roles: { all: { read: ["*"], write: ["*"] } }
agents: { worker: { role: all, limits: { requests: 1000/min, actions: 10000/min } } }
`);
  t.after(() => rig.close());
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
