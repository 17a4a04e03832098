/** The sandbox `vm` as it is on this machine: QEMU, a kernel of its own, and files that go in and come back. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { ROOT } from "../../scripts/root.ts";
import { attempting, collected, runCell } from "../../src/compose/sandboxes/cells.ts";
import { driver, keptFor, machines } from "../../src/sandbox/drivers/vm.ts";
import { type Cell, KEPT_APART, LIMITS, NOBODY, prove } from "../../src/sandbox/index.ts";
import { isLeftBehind } from "../../src/sandbox/owner.ts";
import { startRig } from "../mcp/rig.ts";
import { BIN } from "../serve.ts";
import { verifies } from "../verifies.ts";
import { command } from "./command.ts";

const missing = await driver.missing();
assert.ok(missing === undefined || process.env["CI"] !== "true", missing ?? "");

describe("the sandbox `vm`", { skip: missing ?? false }, () => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-machines-"));
  chmodSync(folder, 0o755);
  // Machines of this test's own, so that it also shows how one is made.
  const cache = join(folder, "cache");
  process.env["XDG_CACHE_HOME"] = cache;
  const given = join(folder, "given");
  after(() => rmSync(folder, { recursive: true, force: true }));

  const cell = (script: string, over: Partial<Cell> = {}): Cell => ({
    command: ["sh", "-c", script],
    env: {},
    read: [],
    write: [],
    limits: { ...LIMITS, memory: 64 << 20, disk: 8 << 20 },
    ...over,
  });
  const ran = async (one: Cell, timeout = 60_000) => {
    await driver.ready?.(one, collected);
    const prepared = await driver.prepare(one);
    const ended = await runCell(prepared, { stdio: "collect", timeout });
    return { ...ended, ...(await prepared.close()) };
  };
  const kept = (): readonly string[] => readdirSync(join(cache, "holdfast/vm"));

  before(() => {
    mkdirSync(given);
    chmodSync(given, 0o777);
  });

  test("no attempt of the kit gets out, each was really made inside, and what they call is there", { timeout: 300_000 }, async (t) => {
    verifies("C-02", "C-06");
    const calls = "bash perl mount umount unshare nsenter getent timeout setsid mknod dd ln chroot seq grep";
    const there = await ran(
      cell(`for one in ${calls}; do command -v $one >/dev/null || echo "no $one"; done; perl -MSocket=:all -MTime::HiRes=time -e 'print "perl"'`, {
        env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
      }),
    );
    assert.deepEqual([there.code, there.output], [0, "perl"]);
    const proof = await prove(driver, attempting, async () => assert.fail("it has no way out"));
    t.diagnostic(`${proof.attempts.length} attempts`);
    assert.ok(proof.attempts.length >= 65, "the guide says some seventy");
    const bad = proof.attempts.filter(({ held, control }) => !held || control === "held");
    assert.deepEqual([bad, proof.broken, [...proof.keeps].sort()], [[], [], [...KEPT_APART].sort()]);
  });

  test("a command has its exit code, its input and output, and an end; the deadline and the memory are held", { timeout: 200_000 }, async () => {
    verifies("C-02", "C-06", "C-07");
    const run = (...args: readonly string[]) => command(["run", "--driver", "vm", ...args]);
    const [plain, late, image, out] = await Promise.all([
      run("--memory", "64m", "--timeout", "60", "--", "sh", "-c", "cat; echo; pwd; echo wrong >&2; exit 7"),
      run("--memory", "64m", "--timeout", "3", "--", "sh", "-c", "trap '' TERM; sleep 60"),
      run("--image", "x:1", "--", "true"),
      run("--allow-host", "a.test", "--", "true"),
    ]);
    assert.deepEqual([plain.status, plain.stdout, plain.stderr], [7, "asked\n/work\n", "wrong\n"]);
    assert.equal(late.status, 124);
    assert.equal(image.status, 1, "an image is refused where there are none");
    assert.match(out.stderr, /has no way out/);
    const [outOfMemory, missing] = await Promise.all([
      run("--memory", "64m", "--timeout", "60", "--", "perl", "-e", '$x = "x" x (100 << 20)'),
      run("--memory", "64m", "--timeout", "60", "--", "no-such-program"),
    ]);
    assert.deepEqual([outOfMemory.status, missing.status], [137, 127]);
  });

  test("a kernel of its own, no network, a moment and numbers of its own each time, although it always begins as the same machine", {
    timeout: 120_000,
  }, async () => {
    verifies("C-02");
    const script = "uname -r; cat /proc/net/dev | grep -c :; date +%s; cat /proc/sys/kernel/random/uuid; id -u";
    const [one, other] = [(await ran(cell(script))).output.split("\n"), (await ran(cell(script))).output.split("\n")];
    assert.notEqual(one[0], spawnSync("uname", ["-r"], { encoding: "utf8" }).stdout.trim());
    assert.deepEqual([one[1], one[4]], ["1", String(NOBODY)], "nothing but the loopback interface");
    assert.ok(Math.abs(Number(other[2]) - Date.now() / 1000) < 60, "the clock is right");
    assert.match(one[3] ?? "", /^[0-9a-f-]{36}$/);
    assert.notEqual(one[3], other[3], "two runs guess different numbers");
  });

  test("what may be changed comes back: files and folders, no links, and not over what others changed meanwhile", { timeout: 120_000 }, async () => {
    verifies("C-02");
    const at = (name: string): string => join(given, name);
    for (const [name, text] of Object.entries({ "note.txt": "a note", "gone.txt": "1", "others.txt": "1" })) writeFileSync(at(name), text);
    symlinkSync("/etc", at("etc"));
    const alone = join(folder, "alone.txt");
    writeFileSync(alone, "only read");
    writeFileSync(join(folder, "closed.txt"), "for its owner", { mode: 0o600 });
    const script = `cd ${given} && cat note.txt && cat ${alone} && echo more >> note.txt && rm gone.txt && mkdir -p new/folder && echo x > new/folder/file &&
      printf '#!/bin/sh\\n' > run.sh && chmod 6755 run.sh && ln -s /etc/shadow leak && rm etc && mkdir etc && echo bad > etc/planted; echo no >> ${alone} || echo read-only; sleep 1`;
    const running = ran(cell(script, { read: [alone], write: [given] }));
    const ended = await running;
    assert.equal(ended.output.startsWith("a noteonly read"), true, ended.output);
    assert.match(ended.output, /read-only/);
    assert.equal(readFileSync(at("note.txt"), "utf8"), "a notemore\n");
    assert.equal(readFileSync(at("new/folder/file"), "utf8"), "x\n");
    assert.deepEqual(
      [existsSync(at("gone.txt")), existsSync(at("leak")), existsSync("/etc/planted"), readFileSync(alone, "utf8")],
      [false, false, false, "only read"],
    );
    assert.equal(spawnSync("stat", ["-c", "%a", at("run.sh")], { encoding: "utf8" }).stdout.trim(), "755", "no rights come back");
    assert.equal((await ran(cell(`cat ${join(folder, "closed.txt")}`, { read: [join(folder, "closed.txt")] }))).code !== 0, process.getuid?.() === 0);
  });

  test("QEMU is nobody, without rights, without a network, and sees nothing but what it was given", { timeout: 120_000 }, async () => {
    verifies("C-02");
    if (process.getuid?.() !== 0) return;
    const one = cell("sleep 3");
    await driver.ready?.(one, collected);
    const prepared = await driver.prepare(one);
    const running = runCell(prepared, { stdio: "collect", timeout: 60_000 });
    const isMachine = (pid: string): boolean => {
      const command = existsSync(`/proc/${pid}/cmdline`) ? readFileSync(`/proc/${pid}/cmdline`, "utf8") : "";
      return command.startsWith("/usr/bin/qemu-system-x86_64") && command.includes(cache);
    };
    let pid: string | undefined;
    while ((pid = readdirSync("/proc").find((name) => /^\d+$/.test(name) && isMachine(name))) === undefined) await new Promise((done) => setTimeout(done, 20));
    await new Promise((done) => setTimeout(done, 1_000));
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    assert.match(status, /^Uid:\t65534\t65534\t65534\t65534$/m);
    assert.match(status, /^CapBnd:\t0+$/m);
    assert.match(status, /^NoNewPrivs:\t1$/m);
    assert.ok(Number(/^Seccomp_filters:\t(\d+)$/m.exec(status)?.[1]) >= 2, "its own filter is in force besides ours");
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
    assert.doesNotMatch(command, /sleep 3|netdev|virtio-net/);
    assert.doesNotMatch(readFileSync(`/proc/${pid}/net/dev`, "utf8"), /eth|ens/);
    assert.equal(existsSync(`/proc/${pid}/root${ROOT}/package.json`), false);
    assert.equal((await running).code, 0);
    assert.deepEqual(await prepared.close(), { outOfMemory: false });
    assert.equal(isMachine(pid), false, "it is gone");
  });

  test("a machine that was changed since it was kept, or is half written, is made anew and never gone on with", { timeout: 200_000 }, async () => {
    verifies("C-02");
    const one = cell("echo works");
    await driver.ready?.(one, collected);
    const made = (await keptFor(one)).kept?.folder as string;
    const list = readFileSync(join(made, "made.json"));
    const whole = (): void => {
      writeFileSync(join(made, "made.json"), list);
      chmodSync(made, 0o755);
    };
    for (const damage of [
      () => writeFileSync(join(made, "made.json"), list.subarray(0, list.length / 2)),
      () => rmSync(join(made, "made.json")),
      () => chmodSync(made, 0o777),
    ]) {
      damage();
      await assert.rejects(driver.prepare(one), /no machine is kept/);
      whole();
      await (await driver.prepare(one)).close();
    }
    appendFileSync(join(made, "snapshot"), "x");
    await assert.rejects(driver.prepare(one), /no machine is kept/);
    assert.equal((await ran(one)).output, "works\n");
    assert.deepEqual(
      kept().filter((name) => !/^[0-9a-f]{32}$/.test(name)),
      [],
    );
  });

  test("a machine has this machine's own processor where one really boots with it, and an imitated one where none does", {
    timeout: 200_000,
  }, async () => {
    verifies("C-02");
    if (process.getuid?.() !== 0) return; // only root makes devices
    const group = 4_242;
    const device = join(folder, "kvm");
    spawnSync("mknod", ["-m", "660", device, "c", "10", "232"]);
    const qemu = join(folder, "qemu");
    // Only that the device can be opened is real: where these tests run, nothing boots with it.
    const imitating = `#!/bin/sh
for word; do
  shift
  case $word in kvm) [ -c /dev/kvm ] && : <> /dev/kvm || exit 1; word=tcg;; host) word=max;; esac
  set -- "$@" "$word"
done
exec qemu-system-x86_64 "$@"
`;
    writeFileSync(qemu, imitating, { mode: 0o755 });
    const one = cell("echo works; id");
    const through = async (here: { readonly qemu: string; readonly kvm: string }) => {
      const own = machines(here);
      await own.ready?.(one, collected);
      const prepared = await own.prepare(one);
      const { output } = await runCell(prepared, { stdio: "collect", timeout: 60_000 });
      await prepared.close();
      return { output, kvm: (await keptFor(one, here)).ingredients.kvm };
    };
    const works = "works\nuid=65534 gid=65534 groups=65534\n";
    const here = { qemu, kvm: device };
    assert.deepEqual(await through(here), { output: works, kvm: undefined }, "with root's group, nobody has it");
    chownSync(device, 0, group);
    assert.deepEqual(await through(here), { output: works, kvm: { device, group } }, "its group is all that nobody gets");
    writeFileSync(qemu, imitating.replace("word=tcg", "sleep 60"));
    assert.deepEqual(await through(here), { output: works, kvm: undefined }, "what hangs is not waited for");
  });

  test("what a killed Holdfast left is taken away by the next", { timeout: 150_000 }, async () => {
    verifies("C-07");
    const killed = spawn(BIN, ["sandbox", "run", "--driver", "vm", "--memory", "64m", "--timeout", "60", "--", "sh", "-c", "echo up; sleep 77.5"], {
      detached: true,
    });
    await once(killed.stdout, "data");
    process.kill(-(killed.pid as number), "SIGKILL");
    await once(killed, "exit");
    const left = (): readonly string[] => readdirSync(tmpdir()).filter((name) => isLeftBehind(name));
    assert.ok(left().length > 0);
    await driver.reap();
    assert.deepEqual([left(), spawnSync("ps", ["axww"], { encoding: "utf8" }).stdout.includes(cache)], [[], false]);
  });

  test("an MCP server in it does its work, and what it wrote is there when it is over", { timeout: 120_000 }, async (t) => {
    verifies("C-02", "G-02");
    const clock = join(folder, "clock.sh");
    copyFileSync(join(ROOT, "examples/sandboxed/clock.sh"), clock);
    chmodSync(clock, 0o644);
    const rig = await startRig(`
tools:
  clock: { stdio: { command: [sh, "${clock}"] }, sandbox: { driver: vm, read: ["${clock}"], memory: 64mb, disk: 8mb }, default: { trust: internal } }
roles: { all: { read: ["*"], write: ["*"] } }
agents: { worker: { role: all, limits: { requests: 1000/min, actions: 10000/min } } }
`);
    t.after(() => rig.close());
    const client = await rig.client("clock", await rig.key("worker"));
    assert.match(JSON.stringify(await client.callTool({ name: "read_time", arguments: {} })), /\d\d:\d\d, user 65534, /);
    await client.close();
  });
});
