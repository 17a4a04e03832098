/** Tool servers that wait to be used, in each sandbox that they can wait in: nothing of them runs before, each is of one session, none is left. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { ROOT } from "../../scripts/root.ts";
import { driverOf } from "../../src/compose/sandboxes/sandboxes.ts";
import { OWNER } from "../../src/sandbox/container.ts";
import { startRig } from "../mcp/rig.ts";
import { serve } from "../serve.ts";
import { verifies } from "../verifies.ts";
import { noDaemon, startDaemon, type TestDaemon } from "./daemon.ts";

const lacking = noDaemon();
// Asked before anything is registered: a test that comes later than that may find what it needs taken away.
const DRIVERS = await Promise.all(
  ["process", "runc", "gvisor", "container"].map(async (id) => ({
    id,
    skip: id === "container" ? lacking : ((await (await driverOf(id)).missing()) ?? false),
  })),
);
const folder = mkdtempSync(join(tmpdir(), "holdfast-warm-"));
chmodSync(folder, 0o755);
let own: TestDaemon | undefined;
before(async () => {
  if (lacking !== false) return;
  own = await startDaemon();
  process.env["DOCKER_HOST"] = `unix://${own.socket}`;
});
after(async () => {
  await own?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The names of what process `pid` has there: containers, or groups and folders of other sandboxes and of ways out. */
async function places(driver: string, pid = process.pid): Promise<readonly string[]> {
  const names = driver === "container" ? await containers("?all=1") : [...readdirSync(tmpdir()), ...groups()];
  return [...new Set(names)].filter((name) => /^holdfast-[0-9a-f]+-\d+-(\d+)-/.exec(name)?.[1] === String(pid));
}

function groups(): readonly string[] {
  const folder = ["/sys/fs/cgroup/pids/holdfast", "/sys/fs/cgroup/holdfast"].find(existsSync);
  return folder === undefined ? [] : readdirSync(folder);
}

async function containers(which: "" | "?all=1"): Promise<readonly string[]> {
  const { value } = (await own?.daemon.ask("GET", `/containers/json${which}`)) ?? { value: [] };
  return (value as { Labels: Record<string, string> }[]).map(({ Labels }) => String(Labels[OWNER]));
}

async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  for (let tries = 0; !(await holds()); tries++) {
    assert.ok(tries < 150, what);
    await pause(100);
  }
}

/** A server of the example, which first leaves a mark where it may write. */
function configured(driver: string, more = "") {
  const given = mkdtempSync(join(folder, "given-"));
  chmodSync(given, 0o777);
  const script = readFileSync(join(ROOT, "examples/sandboxed/clock.sh"), "utf8").replaceAll("\n", "\n        ");
  const yaml = `
tools:
  clock:
    stdio:
      command:
      - sh
      - "-c"
      - |
        echo begun >> ${given}/begun
        ${script}
    sandbox: { driver: ${driver}, write: ["${given}"], memory: 256mb, warm: 1${more} }
    default: { trust: internal }
roles: { all: { read: ["*"], write: ["*"] } }
agents: { worker: { role: all, limits: { requests: 1000/min, actions: 10000/min } } }
`;
  const begun = (): number => (existsSync(join(given, "begun")) ? readFileSync(join(given, "begun"), "utf8").split("\n").length - 1 : 0);
  return { yaml, begun };
}

type Client = Awaited<ReturnType<Awaited<ReturnType<typeof startRig>>["client"]>>;
const time = async (client: Client): Promise<string> => JSON.stringify(await client.callTool({ name: "read_time", arguments: {} }));
const leave = async (client: Client): Promise<void> => {
  await (client.transport as unknown as { terminateSession(): Promise<void> }).terminateSession();
  await client.close();
};

for (const { id: driver, skip } of DRIVERS)
  describe(`\`${driver}\``, { skip }, () => {
    test(`in \`${driver}\` one waits with nothing of it running, serves one session, is replaced, and is gone with it`, {
      timeout: 60_000,
    }, async (t) => {
      verifies("C-06", "G-02");
      const { yaml, begun } = configured(driver);
      const earlier = (await places(driver)).length;
      const rig = await startRig(yaml);
      let closed: Promise<void> | undefined;
      const close = () => (closed ??= rig.close());
      t.after(close);
      const count = async (): Promise<number> => (await places(driver)).length - earlier;
      await until("none waits", async () => (await count()) === 1);
      const [waited] = (await places(driver)).slice(earlier);
      await pause(1_000);
      assert.deepEqual([await count(), begun()], [1, 0]);
      const key = await rig.key("worker");
      const one = await rig.client("clock", key);
      assert.match(await time(one), /user 65534/);
      assert.equal(begun(), 1, "and it begins for the session");
      await until("it is not replaced", async () => (await count()) === 2);
      const other = await rig.client("clock", key);
      assert.match(await time(other), /user 65534/);
      assert.equal(begun(), 2, "the second session has a server of its own");
      await until("the second is not replaced", async () => (await count()) === 3);
      await leave(one);
      await leave(other);
      await until("what was used is not gone", async () => (await count()) === 1);
      assert.ok(!(await places(driver)).includes(String(waited)));
      assert.equal(begun(), 2, "what was never used never ran");
      await close();
      assert.deepEqual([await count(), begun()], [0, 2]);
    });
  });

describe("with an engine", { skip: lacking }, () => {
  test("what waits when Holdfast is killed never runs, and the next start takes it away", { timeout: 60_000 }, async (t) => {
    verifies("C-07");
    const { yaml, begun } = configured("container", ', allow_hosts: ["a.test"]');
    const killed = await serve(yaml);
    const pid = Number(killed.process.pid);
    const left = () => containers("?all=1");
    await until("none waits", async () => (await left()).length > 0);
    const [name] = await left();
    const owner = Number(String(name).split("-")[3]);
    await until("its way out is not there", async () => (await places("process", owner)).length === 1);
    for (const one of new Set([owner, pid])) process.kill(one, "SIGKILL");
    await once(killed.process, "exit");
    await until("the word is waited for although nobody can say it", async () => (await containers("")).length === 0);
    assert.deepEqual([(await left()).length, begun()], [1, 0]);
    const next = await serve(yaml, { folder: killed.folder });
    t.after(() => next.stop());
    await until("it is left behind", async () => !(await left()).includes(String(name)) && (await places("process", owner)).length === 0);
    assert.equal(begun(), 0);
  });
});
