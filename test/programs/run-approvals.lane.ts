/** What is asked under `holdfast run`, as the person beside it meets it: a real client, a real server, and the command line of the same user. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { after, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { run } from "../../src/surfaces/cli/run.ts";
import type { World } from "../../src/surfaces/cli/terminal.ts";
import { BIN } from "../serve.ts";
import { verifies } from "../verifies.ts";
import { type ThroughRun, throughRun } from "./through-run.ts";

const SLOW = { timeout: 90_000 };
const SERVER = join(import.meta.dirname, "../../node_modules/@modelcontextprotocol/server-memory/dist/index.js");
const home = mkdtempSync(join(tmpdir(), "holdfast-asked-"));
const open: Client[] = [];
after(async () => {
  await Promise.all(open.map((client) => client.close().catch(() => {})));
  rmSync(home, { recursive: true });
});
const env = { PATH: process.env["PATH"] ?? "", HOME: home, MEMORY_FILE_PATH: join(home, "memory.jsonl") };
writeFileSync(
  join(home, "holdfast.yaml"),
  `
models: {}
tools: { notes: { default: { trust: internal } } }
roles: { clerk: { read: [notes.read_graph], write: [notes.create_entities] } }
agents: { clerk: { role: clerk, limits: { requests: 1000/min, actions: 10000/min, duplicates: { writes: 10000, reads: 10000 } } } }
rules:
  - { id: every-note, when: action.tool == "notes.create_entities", then: ask, mode: enforce }
`,
);

const connected = (): Promise<ThroughRun> =>
  throughRun(["--server", "notes", "--", process.execPath, SERVER], { env, cwd: home, made: (client) => open.push(client) });

const note = (client: Client, name: string) =>
  client.callTool({ name: "create_entities", arguments: { entities: [{ name, entityType: "person", observations: [] }] } });
const textOf = (result: unknown): string => JSON.stringify(result);
const noted = (): string => (existsSync(env.MEMORY_FILE_PATH) ? readFileSync(env.MEMORY_FILE_PATH, "utf8") : "");
const holdfast = (...args: readonly string[]) => spawnSync(BIN, args, { cwd: home, encoding: "utf8", env });

/** The same command line at a terminal, at which a person types this. */
async function atTerminal(args: readonly string[], types: string): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const [input, out, err] = [Object.assign(new PassThrough(), { isTTY: true }), new PassThrough(), new PassThrough()];
  const wrote = { out: "", err: "" };
  out.on("data", (chunk: Buffer) => (wrote.out += chunk));
  err.on("data", (chunk: Buffer) => {
    wrote.err += chunk;
    if (/to approve exactly this: $/.test(wrote.err)) input.write(`${types}\n`);
  });
  const terminal: World = { in: input, out, err, env, cwd: home, signal: new AbortController().signal };
  return { code: await run(args, terminal), ...wrote };
}

async function until<T>(what: () => T | undefined | false): Promise<T> {
  for (let tries = 0; tries < 200; tries++) {
    const found = what();
    if (found !== undefined && found !== false) return found;
    await pause(50);
  }
  return assert.fail("it did not come");
}

test("what is asked under `holdfast run` is told to the person beside it, approved at a terminal, done once, and its receipt verifies", SLOW, async () => {
  verifies("H-02", "H-04", "H-05");
  const { client, said } = await connected();
  await client.listTools();
  const asked = await note(client, "Ada");
  assert.equal(asked.isError, true);
  assert.match(textOf(asked), /waiting for approval by a person \(ticket HF-1\)/);
  assert.doesNotMatch(textOf(asked), /approvals/, "what answers is told to the person, not to the agent");
  assert.match(said(), /notes:HF-1: notes\.create_entities waits for your approval\. Look, then answer, in a terminal: holdfast approvals show notes:HF-1\n/);
  const log = join(home, "data/run/notes/log");
  await until(() => existsSync(join(log, "server.json")));
  assert.equal(statSync(join(log, "operator.token")).mode & 0o777, 0o600);

  const list = holdfast("approvals", "list");
  assert.equal(list.status, 100, list.stderr);
  assert.match(list.stdout, /^notes:HF-1\tpending\tclerk\tnotes\.create_entities\t/);
  assert.match(holdfast("approvals", "show", "notes:HF-1").stdout, /argument +entities = \[\{"name":"Ada","entityType":"person"/);

  const scripted = holdfast("approvals", "approve", "notes:HF-1");
  assert.deepEqual([scripted.status, /approved at a terminal/.test(scripted.stderr)], [2, true], scripted.stderr);
  const mistyped = await atTerminal(["approvals", "approve", "notes:HF-1"], "yes");
  assert.deepEqual([mistyped.code, /nothing was approved/.test(mistyped.err)], [1, true], mistyped.err);
  assert.equal((await note(client, "Ada")).isError, true);
  assert.equal(noted(), "");

  const approved = await atTerminal(["approvals", "approve", "notes:HF-1"], "notes:HF-1");
  assert.deepEqual([approved.code, approved.out.includes("Ada"), approved.out.endsWith("notes:HF-1\tapproved\n")], [0, true, true], approved.err);
  assert.notEqual((await note(client, "Ada")).isError, true);
  assert.match(noted(), /"name":"Ada"/);
  assert.match(textOf(await note(client, "Ada")), /ticket HF-2/, "once");

  const shown = await until(() => {
    const { stdout } = holdfast("approvals", "show", "notes:HF-1", "--json");
    return stdout.includes(`"state":"done"`) && stdout;
  });
  writeFileSync(join(home, "receipt.json"), shown);
  const verified = holdfast("approvals", "verify", "receipt.json", "--key", join(log, "audit.vkey"));
  assert.equal(verified.status, 0, verified.stderr);
  await client.close();
  await until(() => !existsSync(join(log, "operator.token")));
});

test(
  "a second client has questions of its own; what was approved outlives the run; what is rejected stays so; a run that was killed is no fault",
  SLOW,
  async () => {
    verifies("H-02", "H-04");
    const first = await connected();
    await first.client.listTools();
    assert.match(textOf(await note(first.client, "Bob")), /ticket HF-3/);
    const second = await connected();
    await second.client.listTools();
    assert.match(textOf(await note(second.client, "Cay")), /ticket HF-1/);
    await until(() => existsSync(join(home, "data/run/notes/log-2/server.json")));
    const ids = (JSON.parse(holdfast("approvals", "list", "--json").stdout) as readonly { readonly id: string }[]).map(({ id }) => id);
    assert.deepEqual(ids.sort(), ["notes/2:HF-1", "notes:HF-2", "notes:HF-3"]);

    assert.equal(holdfast("approvals", "reject", "notes/2:HF-1", "--reason", "who is this").status, 0, "rejecting takes no terminal");
    assert.match(textOf(await note(second.client, "Cay")), /a person rejected this \(`HF-1`\)/);
    assert.equal((await atTerminal(["approvals", "approve", "notes:HF-3"], "notes:HF-3")).code, 0);
    await first.client.close();
    second.process.kill("SIGKILL");

    const again = await connected();
    await again.client.listTools();
    assert.notEqual((await note(again.client, "Bob")).isError, true, "asked again by the next run, it is let through");
    assert.match(noted(), /"name":"Bob"/);
    assert.doesNotMatch(noted(), /Cay/);
    const list = holdfast("approvals", "list");
    assert.match(list.stdout, /^notes:HF-2\tpending/);
    assert.match(holdfast("approvals", "show", "gone:HF-1").stderr, /nothing runs now that is called `gone`/);
  },
);
