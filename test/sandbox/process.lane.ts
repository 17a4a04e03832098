/** The sandbox `process` as it is on this machine: nothing gets out, and what runs in it works. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { rolldown } from "rolldown";
import { ROOT } from "../../scripts/root.ts";
import { driver as processDriver } from "../../src/sandbox/drivers/process.ts";
import { LIMITS } from "../../src/sandbox/index.ts";
import { startRig } from "../mcp/rig.ts";
import { blocksOf } from "../readme.ts";
import { BIN } from "../serve.ts";
import { verifies } from "../verifies.ts";
import { command } from "./command.ts";

const folder = mkdtempSync(join(tmpdir(), "holdfast-sandboxed-"));
chmodSync(folder, 0o755);
/** What is given to the sandboxes: open to nobody. */
const given = join(folder, "given");
mkdirSync(given);
chmodSync(given, 0o777);
writeFileSync(join(given, "note.txt"), "a note");
after(() => rmSync(folder, { recursive: true, force: true }));
const isRoot = process.getuid?.() === 0;

test("what the guide says first is typed as it stands and runs", { timeout: 60_000 }, () => {
  const [first] = blocksOf(readFileSync(join(ROOT, "docs/guide/sandboxes.md"), "utf8")).filter(({ info }) => info === "sh");
  // That `doctor` finds nothing to say against `process` is shown below; of everything that is here it takes minutes.
  const lines = (first?.text ?? "").split("\n").filter((line) => line !== "holdfast sandbox doctor");
  const env = { ...process.env, PATH: `${join(ROOT, "bin")}:${process.env["PATH"]}` };
  const { status, stdout, stderr } = spawnSync("sh", ["-ec", lines.join("\n")], { cwd: given, env, encoding: "utf8" });
  assert.deepEqual([status, stdout], [0, "1\n"], stderr);
});

test("a command has its exit code, its input and output, and an end", { timeout: 120_000 }, async () => {
  verifies("C-06", "C-07");
  const run = (...args: readonly string[]) => command(["run", ...args], { cwd: given });
  const note = join(given, "note.txt");
  const [plain, late, outOfMemory, unseen, seen, unchanged, changed, noSize, hidden] = await Promise.all([
    run("--", "sh", "-c", "cat; echo; pwd; exit 7"),
    run("--timeout", "2", "--", "sh", "-c", "trap '' TERM; sleep 20"),
    run("--memory", "32m", "--", "perl", "-e", '$x = "x" x (100 << 20)'),
    run("--", "cat", note),
    run("--read", ".", "--", "cat", note),
    run("--read", ".", "--", "touch", join(given, "new")),
    run("--write", ".", "--", "touch", join(given, "newer")),
    run("--memory", "lots", "--", "true"),
    run("--read", "/proc", "--", "true"),
  ]);
  assert.deepEqual([plain.status, plain.stdout], [7, "asked\n/work\n"]);
  assert.equal(late.status, 124);
  if (isRoot) assert.equal(outOfMemory.status, 137);
  assert.equal(unseen.status, 1);
  assert.equal(seen.stdout, "a note");
  assert.deepEqual([unchanged.status, changed.status, noSize.status, hidden.status], [1, 0, 2, 1]);
  const doctor = await command(["doctor", "--driver", "process", "--json"]);
  assert.equal(doctor.status, 0, doctor.stderr);
  assert.deepEqual(
    (JSON.parse(doctor.stdout) as { proofs: { broken: readonly string[] }[] }).proofs.map(({ broken }) => broken),
    [[]],
  );
});

test("what whoever started Holdfast had open is not open inside, whatever its number", { timeout: 60_000 }, () => {
  verifies("C-04");
  const script = 'exec 251< /etc/passwd; exec "$0" sandbox run -- sh -c "ls /proc/self/fd"';
  const { status, stdout, stderr } = spawnSync("bash", ["-c", script, BIN], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  assert.deepEqual(stdout.trim().split("\n"), ["0", "1", "2", "3"]);
});

test("an MCP server in it does its work, reaches what its configuration names, and nothing else", { timeout: 60_000 }, async (t) => {
  verifies("C-04", "G-02");
  // Nobody must be able to reach them, and a checkout may lie in a folder that is closed to others.
  const [program, server] = [join(folder, "node"), join(folder, "server.mjs")];
  copyFileSync(process.execPath, program);
  chmodSync(program, 0o755);
  const bundle = await rolldown({ input: join(ROOT, "node_modules/@modelcontextprotocol/server-filesystem/dist/index.js"), platform: "node" });
  await bundle.write({ file: server, format: "esm", codeSplitting: false });
  const rig = await startRig(`
tools:
  files:
    stdio: { command: ["${program}", "${server}", "/"] }
    sandbox: { driver: process, read: ["${program}", "${server}"], write: ["${given}"], memory: 512mb }
    default: { trust: internal }
roles: { all: { read: ["*"], write: ["*"] } }
agents: { worker: { role: all, limits: { requests: 1000/min, actions: 10000/min, duplicates: { writes: 10000, reads: 10000 } } } }
`);
  t.after(() => rig.close());
  const client = await rig.client("files", await rig.key("worker"));
  const call = async (name: string, args: Record<string, unknown>): Promise<string> => JSON.stringify(await client.callTool({ name, arguments: args }));
  assert.match(await call("read_text_file", { path: join(given, "note.txt") }), /a note/);
  await call("write_file", { path: join(given, "written.txt"), content: "by the server" });
  assert.equal(readFileSync(join(given, "written.txt"), "utf8"), "by the server");
  for (const path of ["/etc/passwd", "/etc/hostname", join(ROOT, "package.json")]) assert.match(await call("read_text_file", { path }), /isError":true/, path);
  assert.ok(!(await call("read_text_file", { path: "/proc/1/environ" })).includes(ROOT), "nor where Holdfast itself runs");
  assert.match(await call("list_directory", { path: "/" }), /\[DIR\] work/);
  assert.doesNotMatch(await call("list_directory", { path: "/" }), /home|root|srv/);
});

test("what nobody can reach is refused with the folder that is in the way", { timeout: 60_000 }, async () => {
  if (!isRoot) return;
  const closed = join(folder, "closed");
  mkdirSync(join(closed, "inside"), { recursive: true });
  chmodSync(closed, 0o700);
  const cell = { command: ["true"], env: {}, read: [join(closed, "inside")], write: [], limits: LIMITS };
  await assert.rejects(processDriver.prepare(cell), /`\S+\/closed` is closed to others/);
});

test("a server that is not there, or a sandbox that is not, starts nothing beside it", { timeout: 60_000 }, async (t) => {
  verifies("C-04");
  const rig = await startRig(`
tools:
  gone: { stdio: { command: [no-such-program] }, sandbox: process, default: { trust: internal } }
  hidden: { stdio: { command: ["${process.execPath}", "-e", "1"] }, sandbox: { driver: process, read: ["/no/such/place"] }, default: { trust: internal } }
roles: { all: { read: ["*"], write: ["*"] } }
agents: { worker: { role: all, limits: { requests: 1000/min, actions: 10000/min, duplicates: { writes: 10000, reads: 10000 } } } }
`);
  t.after(() => rig.close());
  const key = await rig.key("worker");
  for (const name of ["gone", "hidden"]) await assert.rejects(rig.client(name, key), name);
});
