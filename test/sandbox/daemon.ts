/** A container engine of this test's own: no network, no image but one that is made here, and gone at the end. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { type Daemon, daemonAt } from "../../src/sandbox/daemon.ts";

export const BUSYBOX = "holdfast-test-busybox:1";

export interface TestDaemon {
  readonly daemon: Daemon;
  readonly socket: string;
  stop(): Promise<void>;
}

/** Why there is none here. With CI=true there has to be one. */
export function noDaemon(): string | false {
  const missing = ["dockerd", "containerd", "runc", "busybox"].filter((program) => spawnSync("which", [program]).status !== 0);
  const why = process.getuid?.() !== 0 ? "it needs root" : missing.length > 0 ? `it needs ${missing.join(", ")}` : false;
  assert.ok(why === false || process.env["CI"] !== "true", String(why));
  return why;
}

/** One for all tests of a file, which find it by `DOCKER_HOST`; why there is none, where there is none. */
export function daemonHere(): string | false {
  const lacking = noDaemon();
  let own: TestDaemon | undefined;
  before(async () => {
    if (lacking !== false) return;
    own = await startDaemon();
    process.env["DOCKER_HOST"] = `unix://${own.socket}`;
  });
  after(() => own?.stop());
  return lacking;
}

export async function startDaemon(): Promise<TestDaemon> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-engine-"));
  const socket = join(folder, "socket");
  const at = (name: string): string => join(folder, name);
  const quiet = ["--bridge=none", "--iptables=false", "--ip6tables=false", "--ip-forward=false", "--storage-driver=overlay2"];
  const places = ["--data-root", at("data"), "--exec-root", at("exec"), "--pidfile", at("pid"), "-H", `unix://${socket}`];
  const child = spawn("dockerd", [...places, ...quiet], { stdio: "ignore", detached: true });
  const gone = new Promise((done) => child.once("exit", done));
  const daemon = daemonAt(socket);
  const isReady = async (): Promise<boolean> => existsSync(socket) && (await daemon.ask("GET", "/_ping").catch(() => ({ status: 0 }))).status === 200;
  for (let tries = 0; !(await isReady()); tries++) {
    assert.ok(tries < 300 && child.exitCode === null, "the container engine does not start");
    await pause(100);
  }
  const made = await daemon.ask("POST", "/images/create?fromSrc=-&repo=holdfast-test-busybox&tag=1", { body: rootOfBusybox(at("root")) });
  assert.equal(made.status, 200, JSON.stringify(made.value));
  return {
    daemon,
    socket,
    async stop() {
      child.kill("SIGTERM");
      await gone;
      // The daemon leaves namespaces mounted.
      for (const line of readFileSync("/proc/mounts", "utf8")
        .split("\n")
        .filter((one) => one.includes(` ${folder}/`)))
        spawnSync("umount", ["-l", line.split(" ")[1] as string]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function rootOfBusybox(root: string): Buffer {
  for (const path of ["bin", "etc", "tmp"]) mkdirSync(join(root, path), { recursive: true });
  chmodSync(join(root, "tmp"), 0o755);
  copyFileSync("/usr/bin/busybox", join(root, "bin/busybox"));
  chmodSync(join(root, "bin/busybox"), 0o755);
  const { stdout } = spawnSync("/usr/bin/busybox", ["--list"], { encoding: "utf8" });
  for (const name of stdout.split("\n").filter((one) => one !== "" && one !== "busybox")) symlinkSync("busybox", join(root, "bin", name));
  // A program that is root's for whoever starts it: what no-new-privileges is there to stop.
  const { stdout: needed } = spawnSync("ldd", ["/usr/bin/id"], { encoding: "utf8" });
  for (const path of needed.match(/\/\S+/g) ?? []) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    copyFileSync(path, join(root, path));
  }
  copyFileSync("/usr/bin/id", join(root, "bin/as-root"));
  chmodSync(join(root, "bin/as-root"), 0o4755);
  return spawnSync("tar", ["-C", root, "-c", "."], { maxBuffer: 64 << 20 }).stdout;
}
