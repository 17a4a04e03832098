/** The sandbox `container` with a real daemon: nothing gets out, each flag bites, and nothing is left behind. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { runCell } from "../../src/compose/sandboxes/cells.ts";
import { type ContainerSpec, containerOf, OWNER } from "../../src/sandbox/container.ts";
import { driver } from "../../src/sandbox/drivers/container.ts";
import { type Cell, LIMITS } from "../../src/sandbox/index.ts";
import { ownName } from "../../src/sandbox/owner.ts";
import { BIN } from "../serve.ts";
import { verifies } from "../verifies.ts";
import { command } from "./command.ts";
import { BUSYBOX, noDaemon, startDaemon, type TestDaemon } from "./daemon.ts";

const cell = (script: string, over: Partial<Cell> = {}): Cell => ({
  command: ["sh", "-c", script],
  env: {},
  read: [],
  write: [],
  limits: LIMITS,
  image: BUSYBOX,
  ...over,
});

const SWAPS = readFileSync("/proc/swaps", "utf8").trim().split("\n").length > 1;

describe("the sandbox `container`", { skip: noDaemon() }, () => {
  let own: TestDaemon;
  const folder = mkdtempSync(join(tmpdir(), "holdfast-container-"));
  chmodSync(folder, 0o755);
  const secret = join(folder, "secret");
  writeFileSync(secret, "of root", { mode: 0o600 });
  before(async () => {
    own = await startDaemon();
    process.env["DOCKER_HOST"] = `unix://${own.socket}`;
  });
  after(() => {
    rmSync(folder, { recursive: true });
    return own.stop();
  });
  const left = async (): Promise<readonly unknown[]> => (await own.daemon.ask("GET", "/containers/json?all=1")).value as unknown[];

  test("a command has its exit code, its input and output, and an end", { timeout: 60_000 }, async () => {
    verifies("C-01", "C-06", "C-07");
    const inContainer = (...args: readonly string[]) => command(["run", "--driver", "container", ...args]);
    const run = (...args: readonly string[]) => inContainer("--image", BUSYBOX, ...args);
    const threads = ["perl", "-Mthreads", "-e", 'threads->create(sub { print "from a thread" })->join'];
    const [plain, late, outOfMemory, threaded, missing] = await Promise.all([
      run("--", "sh", "-c", "cat; echo bad >&2; pwd; exit 7"),
      run("--timeout", "2", "--", "sh", "-c", "trap '' TERM; sleep 20"),
      run("--memory", "32m", "--", "sh", "-c", "head -c 200m /dev/zero | tail"),
      inContainer("--", ...threads),
      inContainer("--image", "no/such:1", "--", "true"),
    ]);
    assert.deepEqual([plain.status, plain.stdout, plain.stderr], [7, "asked/work\n", "bad\n"]);
    assert.deepEqual([late.status, outOfMemory.status, threaded.stdout], [124, 137, "from a thread"]);
    assert.match(missing.stderr, /docker pull/);
    assert.deepEqual(await left(), []);
  });

  type Change = (spec: ContainerSpec) => ContainerSpec;
  /** Each: what is taken away, and an attempt that then gets through, and does not with it. `both`: what else has to be otherwise, with the flag as without, for it to be the flag that stops it. */
  const FLAGS: readonly (readonly [flag: string, script: string, without: Change, over?: Partial<Cell>, both?: Change])[] = [
    ["--read-only", "echo x > /planted && echo ESCAPED", host({ ReadonlyRootfs: false }, { User: "0" })],
    ["--network=none", "[ $(ls /sys/class/net | wc -l) -gt 1 ] && echo ESCAPED", host({ NetworkMode: "host" })],
    // Root without capabilities has no right to what is somebody else's.
    ["--cap-drop=ALL", "echo x > /tmp/mine && echo ESCAPED", host({ CapDrop: [] }), {}, host({}, { User: "0" })],
    // With the user that it has, a program of root's is the way to more.
    ["--security-opt=no-new-privileges", "as-root -u | grep -qx 0 && echo ESCAPED", host({ SecurityOpt: [], CapDrop: [] })],
    ["--user=65534", `cat ${secret} && echo ESCAPED`, host({}, { User: "" }), { read: [secret] }],
    [
      "--memory",
      "head -c 100m /dev/zero | tail | wc -c | grep -q 104857600 && echo ESCAPED",
      host({ Memory: 0, MemorySwap: 0 }),
      limited({ memory: 64 << 20 }),
    ],
    // A machine without swap has nothing to take: there the limit itself is looked at.
    [
      "--memory-swap",
      SWAPS
        ? "head -c 100m /dev/zero | tail | wc -c | grep -q 104857600 && echo ESCAPED"
        : "[ $(cat /sys/fs/cgroup/memory/memory.memsw.limit_in_bytes 2>/dev/null || cat /sys/fs/cgroup/memory.swap.max) -gt 67108864 ] && echo ESCAPED",
      host({ MemorySwap: -1 }),
      limited({ memory: 64 << 20 }),
    ],
    [
      "--pids-limit",
      "n=0; while [ $n -lt 60 ]; do sleep 3 & n=$((n+1)); done 2>/dev/null; [ $(ls -d /proc/[0-9]* | wc -l) -gt 55 ] && echo ESCAPED",
      host({ PidsLimit: 0 }),
      limited({ pids: 20 }),
    ],
    [
      "--cpus",
      // In three seconds four loops come to more than one of a processor.
      "for i in 1 2 3 4; do timeout -s KILL 3 sh -c 'while :; do :; done' & done; wait; times > /tmp/used; tail -n 1 /tmp/used | awk '{ split($1, t, /[ms]/); exit !(60 * t[1] + t[2] > 1) }' && echo ESCAPED",
      host({ NanoCpus: 0 }),
      limited({ cpus: 0.2 }),
    ],
    ["--tmpfs with its owner", "echo x > /tmp/mine || echo ESCAPED", host({ Tmpfs: { "/tmp": "rw,mode=1777", "/work": "rw" } })],
    [
      "--tmpfs with a size",
      "head -c 30m /dev/zero > /tmp/fill && echo ESCAPED",
      host({ Tmpfs: { "/tmp": "rw,uid=65534" }, Ulimits: [] }),
      limited({ disk: 8 << 20 }),
    ],
    ["--tmpfs noexec", "cp /bin/busybox /tmp/true && /tmp/true && echo ESCAPED", host({ Tmpfs: { "/tmp": "rw,exec,uid=65534,mode=700" } })],
    ["the deadline", "trap '' TERM INT HUP; sleep 12; echo ESCAPED", (spec) => spec],
    ["the system call filter", "unshare -r true && echo ESCAPED", host({ SecurityOpt: ["no-new-privileges", "seccomp=unconfined"] })],
  ];
  for (const [flag, script, without, over, both] of FLAGS)
    test(`${flag} bites: what it stops gets through without it`, { timeout: 30_000 }, async () => {
      verifies("C-01");
      const one = cell(`(${script}) 2>/dev/null; true`, over);
      const told = (both ?? ((spec) => spec))(containerOf(one, { name: ownName(), paths: one, image: { id: BUSYBOX, volumes: [] } }));
      const confined = async (): Promise<string> => {
        if (both !== undefined) return spoken(told);
        const prepared = await driver.prepare(one);
        const { output } = await runCell(prepared, { stdio: "collect", timeout: 10_000 });
        await prepared.close();
        return output;
      };
      const [inside, outside] = await Promise.all([confined(), spoken(without(told))]);
      assert.doesNotMatch(inside, /ESCAPED/);
      assert.match(outside, /ESCAPED/, "the attempt proves nothing");
    });

  /** What a container as it is told says, with nothing of the driver around it. */
  async function spoken(spec: ContainerSpec): Promise<string> {
    const logged = { ...spec, HostConfig: { ...spec.HostConfig, LogConfig: { Type: "json-file", Config: {} } }, OpenStdin: false, AttachStdin: false };
    const made = (await own.daemon.ask("POST", "/containers/create", { body: logged })).value as { Id: string };
    await own.daemon.ask("POST", `/containers/${made.Id}/start`);
    await own.daemon.ask("POST", `/containers/${made.Id}/wait`);
    const output = logs(made.Id);
    await own.daemon.ask("DELETE", `/containers/${made.Id}?force=1`);
    return output;
  }
  const logs = (id: string): string =>
    spawnSync("curl", ["-s", "--unix-socket", own.socket, `http://engine/containers/${id}/logs?stdout=1&stderr=1`], { encoding: "latin1" }).stdout;

  test("what an image would put on the machine's disk lies in memory, with a limit", { timeout: 30_000 }, async () => {
    verifies("C-01", "C-06");
    const base = (await own.daemon.ask("POST", "/containers/create", { body: { Image: BUSYBOX, Cmd: ["true"] } })).value as { Id: string };
    const change = encodeURIComponent("VOLUME /data");
    await own.daemon.ask("POST", `/commit?container=${base.Id}&repo=holdfast-test-volume&tag=1&changes=${change}`);
    await own.daemon.ask("DELETE", `/containers/${base.Id}`);
    const prepared = await driver.prepare(cell("grep ' /data ' /proc/mounts", { image: "holdfast-test-volume:1" }));
    const { output } = await runCell(prepared, { stdio: "collect", timeout: 10_000 });
    await prepared.close();
    assert.match(output, /^tmpfs \/data tmpfs .*size=65536k/);
  });

  test("a Holdfast that was killed leaves a container behind until the next one starts, and takes nobody else's", { timeout: 60_000 }, async () => {
    verifies("C-07");
    const killed = spawn(BIN, ["sandbox", "run", "--driver", "container", "--image", BUSYBOX, "--timeout", "100", "--", "sh", "-c", "echo up; sleep 99"]);
    await once(killed.stdout, "data");
    const living = await driver.prepare(cell("sleep 99"));
    killed.kill("SIGKILL");
    await once(killed, "exit");
    // The program is started by a launcher; both must be gone.
    for (const one of (await left()) as { Labels: Record<string, string>; State: string }[]) {
      const pid = Number(one.Labels[OWNER]?.split("-")[3]);
      if (pid !== process.pid) kill(pid);
    }
    await pause(200);
    assert.equal((await left()).length, 2);
    await driver.reap();
    assert.deepEqual(
      ((await left()) as { Labels: Record<string, string> }[]).map(({ Labels }) => Number(Labels[OWNER]?.split("-")[3])),
      [process.pid],
    );
    await living.close();
    assert.deepEqual(await left(), []);
  });
});

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It is gone already.
  }
}

function host(settings: object, besides: object = {}): (spec: ContainerSpec) => ContainerSpec {
  return (spec) => ({ ...spec, ...besides, HostConfig: { ...spec.HostConfig, ...settings } });
}

function limited(limits: Partial<Cell["limits"]>): Partial<Cell> {
  return { limits: { ...LIMITS, ...limits } };
}
