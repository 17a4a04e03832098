/** The sandbox `network` as it is on this machine: a cable to the egress proxy, rules at both its ends, and nothing left of it. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { runCell } from "../../src/compose/sandboxes/cells.ts";
import { network } from "../../src/sandbox/drivers/network.ts";
import { type Cell, LIMITS } from "../../src/sandbox/index.ts";
import { host } from "../egress/rig.ts";
import { BIN } from "../serve.ts";
import { verifies } from "../verifies.ts";

const missing = await network().missing();
assert.ok(missing === undefined || process.env["CI"] !== "true", missing ?? "");
const said = (file: string, ...args: readonly string[]) => spawnSync(file, args, { encoding: "utf8" }).stdout;
/** What a machine has of networks and rules: nothing of ours may ever be in it. */
const machine = () => [said("ip", "-o", "link"), said("ip", "netns"), said("nft", "list", "ruleset")];

describe("the sandbox `network`", { skip: missing ?? false }, () => {
  let untouched: readonly string[];
  before(() => void (untouched = machine()));
  after(() => assert.deepEqual(machine(), untouched));

  /** Listens at the gate: where the proxy would be, at another port, and where names are asked; then goes on to what lays the cable. */
  const AT_GATE = `
    const { createServer } = require("node:net"); const { createSocket } = require("node:dgram"); const { spawn } = require("node:child_process");
    const udp = createSocket("udp4").on("message", (_, from) => udp.send("answer", from.port, from.address));
    const listen = (port) => new Promise((done) => createServer((one) => one.on("error", () => {}).end("there")).listen(port, "0.0.0.0", done));
    Promise.all([listen(9), listen(10), new Promise((done) => udp.bind(53, "0.0.0.0", done))]).then(() =>
      spawn(process.argv[1], process.argv.slice(2), { stdio: "inherit" }).once("exit", (code) => process.exit(code ?? 1)));`;
  const INSIDE = `
    timeout 2 bash -c 'exec 3<>/dev/tcp/192.0.2.1/9' 2>/dev/null && echo proxy
    timeout 1 bash -c 'exec 3<>/dev/tcp/192.0.2.1/10' 2>/dev/null && echo port
    perl -MSocket -e 'socket(my $s, AF_INET, SOCK_DGRAM, 17); send($s, "name?", 0, pack_sockaddr_in(53, inet_aton("192.0.2.1"))); my $r = ""; vec($r, fileno($s), 1) = 1; print "dns\\n" if select($r, undef, undef, 1) && defined recv($s, my $b, 9, 0)'
    grep -q . /proc/net/if_inet6 && echo ipv6
    true`;
  const cell = (script: string, over: Partial<Cell> = {}): Cell => ({ command: ["bash", "-c", script], env: {}, read: [], write: [], limits: LIMITS, ...over });

  /** Which rules are there, and what is then reached. */
  const ENDS: readonly (readonly [gate: boolean, inside: boolean, reached: string])[] = [
    [true, true, "proxy"],
    [true, false, "proxy"],
    [false, true, "proxy"],
    [false, false, "proxy port dns"],
  ];
  for (const [gate, inside, reached] of ENDS)
    test(`with ${gate ? "" : "no "}rules at the gate and ${inside ? "" : "no "}rules inside it reaches: ${reached}`, { timeout: 60_000 }, async () => {
      verifies("P-07");
      const command = [process.execPath, "-e", AT_GATE, ...cell(INSIDE).command];
      const prepared = await network().prepare(cell("", { command, before: 3 }));
      assert.ok("argv" in prepared);
      for (const [kept, name] of [
        [gate, "gate.nft"],
        [inside, "inside.nft"],
      ] as const)
        if (!kept) writeFileSync(prepared.argv.find((one) => one.endsWith(`/${name}`)) ?? "", "");
      const { output, code } = await runCell(prepared, { stdio: "collect", timeout: 20_000 });
      await prepared.close();
      assert.deepEqual([output.trim().split("\n").join(" "), code], [reached, 0]);
    });

  test("where no host is allowed nothing is at the other end; the machine's own addresses are nowhere, whatever listens there", {
    timeout: 60_000,
  }, async () => {
    verifies("P-07");
    const open = await host((_request, response) => void response.end("the machine's"));
    const own = Object.values(networkInterfaces())
      .flat()
      .filter((one) => one?.family === "IPv4")
      .map((one) => one?.address);
    const script = `for a in ${own.join(" ")} 192.0.2.1; do timeout 2 bash -c "exec 3<>/dev/tcp/$a/${open.port}" 2>/dev/null && echo ESCAPED; done; timeout 1 bash -c 'exec 3<>/dev/tcp/192.0.2.1/9' && echo ESCAPED; echo over`;
    const prepared = await network().prepare(cell(`${script} 2>/dev/null`));
    const { output } = await runCell(prepared, { stdio: "collect", timeout: 30_000 });
    await prepared.close();
    await open.close();
    assert.match(output, /over\n$/);
    assert.doesNotMatch(output, /ESCAPED/);
  });

  test("a program reaches the host that is allowed, through what it is told of, and has its files, its input, its exit code and its end", {
    timeout: 60_000,
  }, async () => {
    verifies("P-07", "C-07");
    const web = await host((_request, response) => void response.end("a page"));
    const folder = mkdtempSync("/var/tmp/holdfast-network-");
    const [config, file] = [join(folder, "holdfast.yaml"), join(folder, "own")];
    writeFileSync(config, "sandboxes: { network: { uid: 12345, gid: 12345 } }\n");
    writeFileSync(file, "mine", { mode: 0o600 });
    for (const one of [folder, file]) chownSync(one, 12345, 12345);
    chmodSync(folder, 0o755);
    const run = async (flags: readonly string[], script: string) => {
      const child = spawn(BIN, ["sandbox", "run", "--driver", "network", ...flags, "--", "bash", "-c", script], {
        env: { ...process.env, XDG_STATE_HOME: folder },
      });
      child.stdin.end("asked");
      let [stdout, stderr] = ["", ""];
      child.stdout.on("data", (data) => (stdout += data));
      child.stderr.on("data", (data) => (stderr += data));
      const [status] = await once(child, "close");
      return { status, stdout, stderr };
    };
    const allowed = ["--allow-host", `127.0.0.1:${web.port}`, "--allow-address", "127.0.0.1"];
    const reached = await run(
      allowed,
      `curl -sS -m 5 http://127.0.0.1:${web.port}/ --noproxy ''; curl -sS -m 5 -o /dev/null -w ' %{http_code}' --noproxy '' http://127.0.0.1:1/; exit 7`,
    );
    assert.deepEqual([reached.stdout, reached.status], ["a page 403", 7], reached.stderr);
    const own = await run(["--config", config], `id -u; cat ${file}; cat; ls /run/systemd /tmp/holdfast-* 2>/dev/null; exit 3`);
    assert.deepEqual([own.stdout, own.status], ["12345\nmineasked", 3], own.stderr);
    assert.equal((await run(["--timeout", "1"], "trap '' TERM; sleep 33.25")).status, 124);
    const named = await run(["--read", "/etc"], "true");
    assert.match(named.stderr, /has the files of its account/);
    writeFileSync(config, "sandboxes: { network: { uid: 0, gid: 0 } }\n");
    assert.match((await run(["--config", config], "true")).stderr, /root is not kept/);
    assert.doesNotMatch(said("ps", "axww"), /sleep 33\.25/);
    await web.close();
    rmSync(folder, { recursive: true });
  });

  test("it cannot change the rules, nor leave for another network", { timeout: 60_000 }, async () => {
    verifies("P-07");
    const tries = [
      "nft flush ruleset",
      "ip link set out down",
      "ip route add default dev out",
      "nsenter -t 1 -n true",
      "nsenter --net=/proc/1/ns/net true",
      "mount -t proc none /mnt",
    ];
    const prepared = await network().prepare(cell(`${tries.map((one) => `${one} 2>/dev/null && echo "ESCAPED ${one}"`).join("\n")}\necho over`));
    const { output } = await runCell(prepared, { stdio: "collect", timeout: 20_000 });
    await prepared.close();
    assert.equal(output, "over\n");
  });

  test("what a killed Holdfast left running is ended by the next, cable and rules with it", { timeout: 60_000 }, async () => {
    verifies("C-07", "P-07");
    const killed = spawn(BIN, ["sandbox", "run", "--driver", "network", "--", "sh", "-c", "echo up; sleep 66.5"], { detached: true });
    await once(killed.stdout, "data");
    process.kill(-(killed.pid as number), "SIGKILL");
    await once(killed, "exit");
    await network().reap();
    assert.doesNotMatch(said("ps", "axww"), /sleep 66\.5/);
    const spaces = new Set(
      readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name))
        .map((pid) => said("readlink", `/proc/${pid}/ns/net`)),
    );
    assert.ok(spaces.has(said("readlink", "/proc/self/ns/net")));
    assert.doesNotMatch(readFileSync("/proc/self/mountinfo", "utf8"), /holdfast-[0-9a-f]{8}-/);
  });
});
