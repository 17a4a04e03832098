/** What runs on an agent's behalf is over when an operator stops the agent: also what runs between its calls. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { verifies } from "../verifies.ts";
import { startRig } from "./rig.ts";

const folder = mkdtempSync(join(tmpdir(), "holdfast-stopped-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const script = join(folder, "server.mjs");
/** Notes who runs it, and goes on working whether or not anybody asks, also when its input is closed and when it is asked to go. */
writeFileSync(
  script,
  `import { appendFileSync } from "node:fs";
import { createInterface } from "node:readline";
appendFileSync(process.argv[2], process.pid + "\\n");
setInterval(() => {}, 10);
const lines = createInterface({ input: process.stdin });
process.on("SIGTERM", () => {});
lines.on("line", (line) => {
  const { id, method } = JSON.parse(line);
  if (id === undefined || method === "tools/call") return;
  const result = method === "initialize"
    ? { protocolVersion: "2025-11-25", capabilities: { tools: {} }, serverInfo: { name: "busy", version: "1" } }
    : { tools: [{ name: "read_work", inputSchema: { type: "object" }, annotations: { readOnlyHint: true } }] };
  process.stdout.write(JSON.stringify({ jsonrpc: "2.0", id, result }) + "\\n");
});
`,
);

const isThere = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

test("when an agent is stopped its tool servers' programs end within a second, those it calls and those it does not, and nobody else's", async () => {
  verifies("C-12");
  const pids = join(folder, "pids");
  const server = `{ stdio: { command: ["${process.execPath}", "${script}", "${pids}"] }, default: { trust: internal } }`;
  const rig = await startRig(`
tools: { one: ${server}, two: ${server} }
roles: { all: { read: ["*"] } }
agents: { worker: { role: all, limits: { requests: 1000/min } }, other: { role: all, limits: { requests: 1000/min } } }
`);
  try {
    const [mine, theirs] = [await rig.key("worker"), await rig.key("other")];
    const running: number[][] = [];
    const begun = () => readFileSync(pids, "utf8").trim().split("\n").map(Number);
    const clients = [];
    for (const [key, name] of [
      [mine, "one"],
      [mine, "two"],
      [theirs, "one"],
    ] as const) {
      const client = await rig.client(name, key);
      assert.equal((await client.listTools()).tools.length, 1);
      clients.push(client);
      running.push(begun().filter((pid) => !running.flat().includes(pid)));
    }
    assert.deepEqual(
      running.map(({ length }) => length),
      [1, 1, 1],
    );
    const call = clients[0]?.callTool({ name: "read_work", arguments: {} }).then(
      ({ isError }) => (isError === true ? "ended" : "answered"),
      () => "ended",
    );
    await wait(100);
    const pressed = performance.now();
    await rig.held.pause("worker", "anna", "it runs wild");
    const [[one], [two], [another]] = running as [[number], [number], [number]];
    while (isThere(one) || isThere(two)) {
      assert.ok(performance.now() - pressed < 1_000, "a program goes on");
      await wait(10);
    }
    assert.equal(await call, "ended");
    assert.ok(isThere(another), "another agent's goes on");
    await rig.held.resume("worker");
    const again = await rig.client("one", mine);
    assert.equal((await again.listTools()).tools.length, 1);
    await again.close();
  } finally {
    // Or each takes the five seconds that one has whom nobody stopped.
    for (const agent of ["worker", "other"]) await rig.held.pause(agent, "anna", "the test is over");
    await rig.close();
  }
});
