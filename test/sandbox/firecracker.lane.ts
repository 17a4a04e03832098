/** The sandbox `firecracker` with a stand-in for its API (`firecracker/stand-in.pl`), and what it would boot, booted by QEMU. Not the real thing. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import {
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
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, describe, test } from "node:test";
import { collected, runCell } from "../../src/compose/sandboxes/cells.ts";
import { firecracker, type Here } from "../../src/sandbox/drivers/firecracker.ts";
import { type Cell, LIMITS, NOBODY } from "../../src/sandbox/index.ts";
import { booted, type Request, requestsOf } from "../../src/sandbox/vm/firecracker.ts";
import { findKernel } from "../../src/sandbox/vm/kernel.ts";
import { verifies } from "../verifies.ts";

const packed = await findKernel();
const isRoot = process.getuid?.() === 0;
assert.ok(packed !== undefined || process.env["CI"] !== "true", "there is no kernel for a machine");

describe("the sandbox `firecracker`, with a stand-in for its API", { skip: isRoot && packed !== undefined ? false : "it needs root and a kernel" }, () => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-firecracker-"));
  chmodSync(folder, 0o755);
  after(() => rmSync(folder, { recursive: true, force: true }));
  const cache = join(folder, "cache");
  process.env["XDG_CACHE_HOME"] = cache;
  const kvm = join(folder, "kvm");
  spawnSync("mknod", ["-m", "660", kvm, "c", "10", "232"]);
  chownSync(kvm, 0, 4_242);
  // The stand-in reads no kernel, and QEMU reads one that is packed as well.
  const kernels = join(folder, "kernels");
  mkdirSync(join(kernels, "boot"), { recursive: true });
  symlinkSync(packed?.file ?? "", join(kernels, "boot", basename(packed?.file ?? "").replace("vmlinuz-", "vmlinux-")));
  symlinkSync(`${packed?.modules[0]?.split("/modules/")[0]}`, join(kernels, "lib"));

  /** A stand-in with which this goes wrong. */
  const standIn = (fails = "nothing"): string => {
    const path = join(folder, `firecracker-${fails}`);
    if (existsSync(path)) return path;
    const text = readFileSync(join(import.meta.dirname, "firecracker/stand-in.pl"), "utf8");
    writeFileSync(path, text.replace("$FAILS = 'nothing'", `$FAILS = '${fails}'`), { mode: 0o755 });
    return path;
  };
  const here = (over: Partial<Here> = {}): Here => ({ program: standIn(), kvm, kernels: [kernels], ...over });
  const cell = (script: string, over: Partial<Cell> = {}): Cell => ({
    ...{ command: ["sh", "-c", script], env: {}, read: [], write: [] },
    limits: { ...LIMITS, memory: 64 << 20, disk: 8 << 20 },
    ...over,
  });
  const ran = async (one: Cell, { timeout = 30_000, ...over }: Partial<Here> & { readonly timeout?: number } = {}) => {
    const driver = firecracker(here(over));
    await driver.ready?.(one, collected);
    const prepared = await driver.prepare(one);
    const ended = await runCell(prepared, { stdio: "collect", timeout });
    return { ...ended, ...(await prepared.close()) };
  };
  /** What is there now of programs and folders of these tests. */
  const left = (): readonly string[] => [
    ...spawnSync("ps", ["axww", "-o", "args"], { encoding: "utf8" })
      .stdout.split("\n")
      .filter((line) => line.includes(folder) || line.includes("--api-sock")),
    ...readdirSync(tmpdir()).filter((name) => name.startsWith("holdfast-") && name.includes(`-${process.pid}-`)),
    ...readdirSync(join(cache, "holdfast/vm")).filter((name) => !/^[0-9a-f]{32}$/.test(name)),
  ];

  test("a command has its exit code, output and environment, in the sandbox around its monitor, and nothing is left behind", { timeout: 60_000 }, async () => {
    verifies("C-02");
    const ended = await ran(cell("echo $WORD; id -u; grep -c : /proc/net/dev; echo wrong >&2; exit 7", { env: { WORD: "given" } }));
    assert.deepEqual([ended.code, ended.late, ended.outOfMemory], [7, false, false]);
    assert.deepEqual(ended.output.split("\n").sort(), ["", "1", String(NOBODY), "given", "wrong"].sort());
    assert.deepEqual(left(), []);
  });

  test("a deadline ends the machine and what it runs, and more output than is kept does not harm", { timeout: 60_000 }, async () => {
    verifies("C-02", "C-07");
    const [late, long] = await Promise.all([
      ran(cell("trap '' TERM; echo begun; sleep 60"), { timeout: 4_000 }),
      ran(cell("head -c 20000000 /dev/zero | tr '\\0' x")),
    ]);
    assert.deepEqual([late.late, late.code, late.output], [true, null, "begun\n"]);
    assert.deepEqual([long.code, long.output.length], [0, 1 << 20]);
    assert.deepEqual(left(), []);
  });

  test("what is missing is said, and nothing is started instead", { timeout: 60_000 }, async () => {
    verifies("C-02");
    const missing = (over: Partial<Here>): Promise<string | undefined> => firecracker(here(over)).missing();
    const group = join(folder, "kvm-of-root");
    spawnSync("mknod", ["-m", "660", group, "c", "10", "232"]);
    assert.equal(await missing({}), undefined);
    for (const [over, says] of [
      [{ program: join(folder, "nothing") }, /the program `firecracker` is not here/],
      [{ kvm: join(folder, "nothing") }, /nothing` is not here, or nobody may not open it/],
      [{ kvm: group }, /kvm-of-root` is not here, or nobody may not open it/],
      [{ kernels: [folder] }, /no kernel that is not compressed/],
    ] as const) {
      assert.match((await missing(over)) ?? "", says);
      await assert.rejects(ran(cell("true"), over), says);
    }
    assert.deepEqual(left(), []);
  });

  test("a machine that is refused, does not come or does not answer in time runs no command, and none is kept", { timeout: 90_000 }, async () => {
    verifies("C-02");
    const kept = (): number => readdirSync(join(cache, "holdfast/vm")).length;
    const before = kept();
    for (const [fails, says] of [
      ["boot-source", /refuses `\/boot-source` \(400\): .*This is refused: \\u001b\[31mboot-source/],
      ["drives", /refuses `\/drives\/base`/],
      ["vsock", /refuses `\/vsock`/],
      ["actions", /refuses `\/actions`/],
      ["brevity", /says more to `\/machine-config` than it may/],
      ["starting", /does not answer in time/],
      ["answering", /does not answer in time/],
      ["booting", /does not answer in time/],
      ["readiness", /does not start in time/],
    ] as const) {
      await assert.rejects(ran(cell("echo ran"), { program: standIn(fails), patience: 1_500 }), says, fails);
      assert.deepEqual([kept(), left()], [before, []], fails);
    }
  });

  test("a machine that comes up once and not again has no exit code of its command", { timeout: 60_000 }, async () => {
    verifies("C-02");
    const program = join(folder, "changing");
    copyFileSync(standIn(), program);
    const driver = firecracker(here({ program, patience: 1_500 }));
    const one = cell("echo ran");
    await driver.ready?.(one, collected);
    await assert.rejects(firecracker(here({ program: standIn("vsock") })).prepare(one), /no machine is kept/, "another program is another machine");
    const prepared = await driver.prepare(one);
    // The program is what it was when this was prepared, but for what it says.
    writeFileSync(program, readFileSync(standIn("vsock")));
    const ended = await runCell(prepared, { stdio: "collect", timeout: 30_000 });
    await prepared.close();
    assert.equal(ended.code, 125);
    assert.match(ended.output, /^the machine of this sandbox: Firecracker refuses `\/vsock`/);
    assert.deepEqual(left(), []);
  });

  test("the stand-in takes what is sent, and refuses it in another order, with another field, or for a file that is not there", {
    timeout: 60_000,
  }, async () => {
    verifies("C-02");
    const file = join(folder, "file");
    writeFileSync(file, "");
    const boots = { memory: 256, kernel: file, first: file, base: file, given: file };
    const tried = async (change: (requests: readonly Request[]) => readonly Request[]): Promise<string> => {
      const sockets = mkdtempSync(join(folder, "sockets-"));
      const program = readFileSync(standIn(), "utf8").replace("'/dev/kvm'", "'/dev/null'");
      writeFileSync(join(sockets, "firecracker"), program, { mode: 0o755 });
      const child = spawn(join(sockets, "firecracker"), ["--api-sock", join(sockets, "api"), "--id", "sandbox"], { stdio: "ignore", detached: true });
      try {
        (await booted(change(requestsOf(boots, sockets)), sockets, 10_000)).destroy();
        return "booted";
      } catch (error) {
        return (error as Error).message;
      } finally {
        process.kill(-(child.pid as number), "SIGKILL");
      }
    };
    const changed = (path: string, over: object) => (all: readonly Request[]) =>
      all.map((one) => (one[0] === path ? ([path, { ...one[1], ...over }] as const) : one));
    assert.equal(await tried((all) => all), "booted");
    const refusals: readonly (readonly [RegExp, (all: readonly Request[]) => readonly Request[]])[] = [
      [/refuses `\/machine-config`.*not supported after starting/, (all) => [...all.slice(1), all[0] as Request]],
      [/refuses `\/actions`.*without kernel/, (all) => all.filter(([path]) => path !== "/boot-source")],
      [/refuses `\/vsock`.*unknown field `port`/, changed("/vsock", { port: 52 })],
      [/refuses `\/vsock`.*invalid value of `guest_cid`/, changed("/vsock", { guest_cid: 2 })],
      [/invalid value of `vcpu_count`/, changed("/machine-config", { vcpu_count: 3 })],
      [/invalid value of `path_on_host`/, changed("/drives/base", { path_on_host: join(folder, "nothing") })],
      [/id from the path/, changed("/drives/base", { drive_id: "given" })],
      [/invalid value of `is_read_only`/, changed("/drives/given", { is_read_only: "yes" })],
      [/missing field `mem_size_mib`/, changed("/machine-config", { mem_size_mib: undefined })],
    ];
    for (const [says, change] of refusals) assert.match(await tried(change), says);
  });

  test("what is made for it boots without PCI and reads its disks, as far as to the line, which QEMU has not", { timeout: 120_000 }, async (t) => {
    verifies("C-02");
    const one = cell("true");
    await firecracker(here()).ready?.(one, collected);
    const made = readdirSync(join(cache, "holdfast/vm")).map((name) => join(cache, "holdfast/vm", name));
    const at = (name: string): string => join(made[0] ?? "", name);
    const given = join(folder, "given");
    writeFileSync(given, "");
    truncateSync(given, 1 << 20);
    const [, [, source] = ["", {}]] = requestsOf({ memory: 512, kernel: "", first: "", base: "", given: "" }, "");
    // An imitated processor has no clock to be measured with, on a busy machine least of all.
    const append = `${String(source["boot_args"])} 8250.nr_uarts=1 console=ttyS0 ignore_loglevel mitigations=off tsc=reliable no_timer_check tsc_early_khz=2000000`;
    const disk = (id: string, path: string) => ["-drive", `if=none,id=${id},file=${path},format=raw,readonly=on`, "-device", `virtio-blk-device,drive=${id}`];
    const machine = [
      "-M",
      "microvm,acpi=on,pcie=off,pit=on,pic=on,rtc=on,auto-kernel-cmdline=off",
      "-accel",
      "tcg",
      "-cpu",
      "max",
      "-m",
      "512M",
      "-nodefaults",
      "-no-user-config",
    ];
    const files = ["-kernel", at("kernel"), "-initrd", at("first"), "-append", append, ...disk("base", at("base")), ...disk("given", given)];
    const qemu = spawn("qemu-system-x86_64", [...machine, "-nographic", "-no-reboot", "-serial", "stdio", ...files], { stdio: ["ignore", "pipe", "inherit"] });
    t.after(() => qemu.kill("SIGKILL"));
    let said = "";
    for await (const piece of qemu.stdout) if (/holdfast: .*\r/.test((said += String(piece)))) break;
    assert.match(said, /erofs: \(device vda\): mounted/);
    assert.match(said, /\[vdb\]/);
    assert.match(said, /holdfast: line: No such device/);
  });
});
