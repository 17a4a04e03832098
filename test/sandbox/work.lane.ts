/** Work folders: of one session, no larger than they may be, and gone with it. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { attempting, collected } from "../../src/compose/sandboxes/cells.ts";
import { confined } from "../../src/compose/sandboxes/confined.ts";
import { driverOf, prepareWith } from "../../src/compose/sandboxes/sandboxes.ts";
import { workFolders } from "../../src/compose/sandboxes/work.ts";
import { directRunner } from "../../src/runner/program.ts";
import { LIMITS, openWork, quotaHere, type WorkFolder } from "../../src/sandbox/index.ts";
import { isLeftBehind } from "../../src/sandbox/owner.ts";
import { startRig } from "../mcp/rig.ts";
import { BIN } from "../serve.ts";
import { verifies } from "../verifies.ts";
import { daemonHere } from "./daemon.ts";

const SIZE = 8 << 20;
const lacking = daemonHere();
const quota = await quotaHere();
assert.ok(quota.quota === "held" || process.env["CI"] !== "true" || process.getuid?.() !== 0, JSON.stringify(quota));
const watched = async () => ({ quota: "watched", because: "a test" }) as const;
const mounts = (): readonly string[] =>
  readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .flatMap((line) => line.split(" ")[4] ?? [])
    .filter((place) => /\/holdfast-[^/]+\/work$/.test(place));

/** What a script says in a sandbox with this work folder. */
async function said(id: string, work: WorkFolder, script: string): Promise<string> {
  const cell = { command: ["perl", "-e", script], env: {}, read: [], write: [], limits: { ...LIMITS, disk: 1 << 20 }, work };
  const prepared = await prepareWith(id, undefined, cell, collected, {});
  try {
    return (await attempting.cell(prepared, { env: {}, timeout: 30_000 })).output;
  } finally {
    await prepared.close();
  }
}
/** Fills it twice: with one long file, and with as many as there can be. */
const FILL = `$SIG{XFSZ} = "IGNORE"; my ($n, $b) = (0, "x" x 65536);
  open(my $k, ">", "kept") or print "NO"; print $k "of this session"; close $k;
  open(my $f, ">", "fill") or print "NO"; while ($n < ${4 * SIZE}) { my $w = syswrite($f, $b) or last; $n += $w } print "$n $!\\n"; unlink "fill";
  for ($n = 0; $n < 100000; $n++) { open(my $g, ">", "f$n") or last; syswrite($g, "x") or last } print "$n $!\\n"; unlink glob "f*"`;

for (const id of ["process", "runc", "gvisor", "container"]) {
  const missing = id === "container" ? lacking : ((await (await driverOf(id)).missing()) ?? false);
  describe(`\`${id}\``, { skip: quota.quota === "held" ? missing : quota.because }, () => {
    test(`in \`${id}\` a work folder holds what it may and no more, keeps it for the session, and is another's never`, { timeout: 60_000 }, async () => {
      verifies("C-06");
      const [mine, other] = [await openWork(SIZE, collected), await openWork(SIZE, collected)];
      try {
        const [one = "", many = ""] = (await said(id, mine, FILL)).split("\n");
        const [bytes, files] = [Number.parseInt(one, 10), Number.parseInt(many, 10)];
        assert.ok(bytes > SIZE / 2 && bytes <= SIZE && one.includes("No space left"), one);
        assert.ok(files < 20_000 && many.includes("No space left"), many);
        assert.equal(await said(id, mine, "open(my $f, '<', 'kept'); print <$f>"), "of this session");
        assert.equal(await said(id, other, "print join ' ', glob('* .[a-z]*')"), "");
      } finally {
        await mine.free();
        await other.free();
      }
      assert.deepEqual([mounts(), existsSync(dirname(mine.folder))], [[], false]);
    });
  });
}

test("where a quota is only watched, whoever takes more is ended, and told why", { timeout: 60_000 }, async () => {
  verifies("C-06");
  const runner = directRunner();
  const folder = await openWork(SIZE, collected, watched);
  const { promise: why, resolve } = Promise.withResolvers<string>();
  const start = confined(
    { command: ["sh", "-c", "echo begun; head -c 12m /dev/zero > fill; trap '' TERM; while :; do sleep 1; done"], env: {} },
    { driver: "process", read: [], write: [], keeps: [], allow_hosts: [], warm: 0, work: SIZE },
    (program) => (take) => runner.start(program, take),
    () => Promise.reject(new Error("it has no hosts")),
    {},
    [],
    async () => folder,
  );
  await start({ line: () => {}, said: () => {}, ended: resolve });
  assert.equal(await why, "more was in its work folder than may be");
  await folder.free();
  await runner.shut();
  assert.equal(existsSync(folder.folder), false);
});

test("links and files without number do not deceive the watch", { timeout: 60_000 }, async () => {
  verifies("C-06");
  const folder = await openWork(SIZE, collected, watched);
  let full = 0;
  const unwatch = folder.watch(() => full++);
  await said("process", folder, "symlink('/usr', 'link'); symlink('..', 'loop'); open(my $f, '>', 'sparse'); seek($f, 1e6, 0); print $f 'x'");
  await pause(2_500);
  assert.equal(full, 0, "what a link leads to is not in it, nor what a file only says it is");
  await said("process", folder, "for my $n (1 .. 9) { mkdir \"d$n\"; open(my $f, '>', \"d$n/f\"); print $f 'x' x 1e6 }");
  for (let tries = 0; full === 0 && tries < 50; tries++) await pause(100);
  assert.equal(full, 1);
  unwatch();
  await folder.free();
});

test("one session has one folder, however often its program starts", { timeout: 60_000 }, async () => {
  verifies("C-06");
  const folders = workFolders(SIZE, collected, (text) => assert.fail(text));
  const [one, again, other] = await Promise.all([folders.of("a"), folders.of("a"), folders.of("b")]);
  assert.deepEqual([one === again, one.folder === other.folder], [true, false]);
  await folders.end("a");
  assert.deepEqual([existsSync(one.folder), existsSync(other.folder)], [false, true]);
  assert.notEqual((await folders.of("a")).folder, one.folder);
  await folders.close();
  assert.deepEqual(mounts(), []);
});

test("sessions of a tool server, of one key or of two, see nothing of each other's work, and leave nothing", { timeout: 60_000 }, async () => {
  verifies("C-06", "G-02");
  const rig = await startRig(`
tools:
  notes:
    stdio:
      command:
      - sh
      - "-c"
      - |
        while read -r line; do
          id=$(printf '%s' "$line" | sed -n 's/.*"id":\\([0-9][0-9]*\\).*/\\1/p')
          case $line in
            *'"method":"initialize"'*) result='{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"notes","version":"1"}}' ;;
            *'"method":"tools/list"'*) result='{"tools":[{"name":"read_notes","description":"Counts the notes.","inputSchema":{"type":"object"}}]}' ;;
            *'"method":"tools/call"'*) echo x >> notes; result="{\\"content\\":[{\\"type\\":\\"text\\",\\"text\\":\\"notes: $(wc -l < notes), $(df -k . | tail -1 | cut -d' ' -f1)\\"}]}" ;;
            *) result='{}' ;;
          esac
          [ -z "$id" ] || printf '{"jsonrpc":"2.0","id":%s,"result":%s}\\n' "$id" "$result"
        done
    sandbox: { driver: process, work: 8mb }
    default: { trust: internal }
roles: { all: { read: ["*"], write: ["*"] } }
agents:
  worker: { role: all, limits: { requests: 1000/min, actions: 10000/min, duplicates: { writes: 10000, reads: 10000 } } }
  other: { role: all, limits: { requests: 1000/min, actions: 10000/min, duplicates: { writes: 10000, reads: 10000 } } }
`);
  const key = await rig.key("worker");
  const clients = [await rig.client("notes", key), await rig.client("notes", key), await rig.client("notes", await rig.key("other"))] as const;
  const count = async (client: (typeof clients)[number]): Promise<string> => JSON.stringify(await client.callTool({ name: "read_notes", arguments: {} }));
  for (const client of clients) assert.match(await count(client), /notes: 1, /);
  for (const client of clients) assert.match(await count(client), /notes: 2, /);
  if (quota.quota === "held") assert.equal(mounts().length, 3);
  const [one] = clients;
  await (one.transport as unknown as { terminateSession(): Promise<void> }).terminateSession();
  for (let tries = 0; quota.quota === "held" && mounts().length > 2; tries++) {
    assert.ok(tries < 100, "the folder of a session that is over stays");
    await pause(100);
  }
  for (const client of clients) await client.close();
  await rig.close();
  assert.deepEqual(mounts(), []);
});

describe("with file systems", { skip: quota.quota === "held" ? false : quota.because }, () => {
  test("what a killed Holdfast left mounted is taken away by the next", { timeout: 60_000 }, async () => {
    verifies("C-06", "C-07");
    const killed = spawn(BIN, ["sandbox", "run", "--work", "8m", "--", "sh", "-c", "echo up > file; cat file; sleep 55.25"], { detached: true });
    await once(killed.stdout, "data");
    process.kill(-(killed.pid as number), "SIGKILL");
    await once(killed, "exit");
    const left = (): readonly string[] => readdirSync(tmpdir()).filter((name) => isLeftBehind(name));
    assert.equal(mounts().length, 1);
    assert.equal(left().length, 1, "the work folder");
    assert.equal(spawnSync(BIN, ["sandbox", "run", "--", "true"]).status, 0);
    assert.deepEqual([mounts(), left()], [[], []]);
    assert.doesNotMatch(spawnSync("losetup", ["-a"], { encoding: "utf8" }).stdout, /holdfast-/);
  });
});

test("a sandbox that takes none is given none", { timeout: 60_000 }, () => {
  verifies("C-06");
  const refused = spawnSync(BIN, ["sandbox", "run", "--driver", "wasm", "--work", "8m", "--", "/x.js"], { encoding: "utf8" });
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /takes no work folder/);
  assert.deepEqual(mounts(), []);
});
