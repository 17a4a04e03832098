/** Two sandboxes at once: neither reaches anything of the other. The same between two programs outside succeeds, or it would show nothing. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { after, before, test } from "node:test";
import { driverOf } from "../../src/compose/sandboxes/sandboxes.ts";
import { BIN } from "../serve.ts";
import { noDaemon, startDaemon, type TestDaemon } from "./daemon.ts";

const NAME = `neighbour-${process.pid}`;
const PORT = String(20_000 + (process.pid % 10_000));
/** Has a file, a socket with an abstract name, one on loopback, and a process that can be told by its name. */
const NEIGHBOUR = `echo secret > /tmp/${NAME}
exec perl -MSocket -e '$0 = "${NAME}"; $| = 1;
my ($a, $t);
socket($a, AF_UNIX, SOCK_STREAM, 0) and bind($a, pack("S a*", AF_UNIX, "\\0${NAME}")) and listen($a, 5) or die;
socket($t, AF_INET, SOCK_STREAM, 0) and bind($t, sockaddr_in(${PORT}, INADDR_LOOPBACK)) and listen($t, 5) or die;
print "UP\\n"; <STDIN>'`;
const ATTEMPTS = `cat /tmp/${NAME} >/dev/null 2>&1 && echo file
perl -MSocket -e 'socket(my $s, AF_UNIX, SOCK_STREAM, 0); connect($s, pack("S a*", AF_UNIX, "\\0${NAME}")) && print "abstract\\n"'
(exec 3<>/dev/tcp/127.0.0.1/${PORT}) 2>/dev/null && echo loopback
grep -lsa ${NAME} /proc/[0-9]*/comm | grep -q . && echo process
echo tried`;

const lacking = noDaemon();
let own: TestDaemon | undefined;
before(async () => {
  if (lacking === false) own = await startDaemon();
});
after(async () => {
  rmSync(`/tmp/${NAME}`, { force: true });
  await own?.stop();
});

/** What the second program reaches of the first, which is there until it is over. */
async function reached(around: readonly string[]): Promise<readonly string[]> {
  const [file = "", ...args] = around;
  const env = { ...process.env, ...(own === undefined ? {} : { DOCKER_HOST: `unix://${own.socket}` }) };
  const begin = (script: string): ChildProcess => spawn(file, [...args, "bash", "-c", script], { env, stdio: ["pipe", "pipe", "inherit"] });
  const first = begin(NEIGHBOUR);
  const ended = once(first, "exit");
  try {
    const [up] = await Promise.race([once(first.stdout as NodeJS.ReadableStream, "data"), ended.then(() => ["ended"])]);
    assert.equal(String(up), "UP\n");
    const second = begin(ATTEMPTS);
    let said = "";
    second.stdout?.setEncoding("utf8").on("data", (text: string) => void (said += text));
    await once(second, "close");
    assert.equal(first.exitCode, null, "the first was there all the time");
    return said.trim().split("\n");
  } finally {
    first.stdin?.end("over\n");
    await ended;
  }
}

test("outside, a program reaches another's files, sockets and process", { timeout: 30_000 }, async () => {
  assert.deepEqual(await reached(["env"]), ["file", "abstract", "loopback", "process", "tried"]);
});

for (const id of ["process", "runc", "gvisor", "container", "vm"]) {
  const missing = id === "container" ? lacking : ((await (await driverOf(id)).missing()) ?? false);
  assert.ok(missing === false || process.env["CI"] !== "true", String(missing));
  test(`a program in \`${id}\` reaches nothing of another in \`${id}\``, { skip: missing, timeout: 120_000 }, async () => {
    assert.deepEqual(await reached([BIN, "sandbox", "run", "--driver", id, "--timeout", "100", "--"]), ["tried"]);
  });
}
