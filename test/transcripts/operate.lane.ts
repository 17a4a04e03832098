import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { BIN } from "../serve.ts";
import { verifies } from "../verifies.ts";
import { type RealServer, startServer } from "./server.ts";

const SLOW = { timeout: 90_000 };

function verbs(server: RealServer) {
  return (...args: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(BIN, args, { cwd: server.folder, encoding: "utf8", env: { PATH: process.env["PATH"], HOME: server.folder } });
    return { status, stdout, stderr };
  };
}

async function decide(server: RealServer, tool: string, key = server.key): Promise<{ status: number; id: string }> {
  const response = await fetch(`${server.url}/api/v1/decide`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ action: { type: "tool.call", tool } }),
  });
  const { id = "" } = (await response.json()) as { id?: string };
  return { status: response.status, id };
}

test("a decision is in the log, is shown, is proven, and verifies offline; one changed letter is found", SLOW, async (t: TestContext) => {
  verifies("A-01", "A-02");
  const server = await startServer(t);
  const holdfast = verbs(server);
  const { id } = await decide(server, "finance.refund");
  assert.match(
    holdfast("audit", "tail", "-n", "1").stdout,
    new RegExp(`^\\S+ {2}deny {4}denied {3}support {2}tool.call {2}finance.refund {2}default-deny {2}${id}\n$`),
  );
  const shown = JSON.parse(holdfast("audit", "show", id, "--json").stdout) as { summary: { effect: string }; records: { kind: string }[] };
  assert.deepEqual([shown.summary.effect, shown.records.map(({ kind }) => kind)], ["deny", ["intent", "outcome"]]);
  assert.match(holdfast("audit", "proof", id).stdout, /^c2sp\.org\/tlog-proof@v1\nindex \d+\n/);
  assert.equal(holdfast("audit", "verify").status, 0, "beside the running server");
  assert.equal(await server.stop(), 0);
  assert.equal(holdfast("audit", "key").stdout, readFileSync(join(server.folder, "data/audit.vkey"), "utf8"));
  assert.equal(holdfast("audit", "export", "--out", "log.jsonl").status, 0);
  assert.match(holdfast("audit", "export", "--out", "log.jsonl").stderr, /it is there already/);
  const good = holdfast("audit", "verify", "log.jsonl", "--key", "data/audit.vkey");
  assert.equal(good.status, 0);
  assert.match(good.stdout, /^records {6}\d+\ntree size {4}\d+\nroot {9}\S+\ncheckpoints {2}\d+\nwitnesses {4}none\n$/);
  const log = readFileSync(join(server.folder, "log.jsonl"), "utf8");
  writeFileSync(join(server.folder, "changed.jsonl"), log.replace("finance.refund", "finance.refunt"));
  const line = log.split("\n").findIndex((one) => one.includes("finance.refund"));
  const bad = holdfast("audit", "verify", "changed.jsonl", "--key", "data/audit.vkey");
  assert.equal(bad.status, 1);
  assert.match(bad.stderr, new RegExp(`record ${(JSON.parse(log.split("\n")[line] ?? "{}") as { seq: number }).seq}: .* \\(line ${line + 1}\\)`));
});

test("a key that is minted opens its agent, and one that is revoked opens nothing any more", SLOW, async (t: TestContext) => {
  verifies("P-03");
  const server = await startServer(t);
  const holdfast = verbs(server);
  const minted = JSON.parse(holdfast("keys", "mint", "--agent", "support", "--expires", "1h", "--json").stdout) as { key: string; id: string };
  assert.equal((await decide(server, "crm.read_mail", minted.key)).status, 200);
  const list = holdfast("keys", "list");
  assert.match(list.stdout, new RegExp(`^${minted.id}\tsupport\t-\tall models\t`, "m"));
  assert.doesNotMatch(list.stdout + list.stderr, /hf_/);
  assert.equal(holdfast("keys", "revoke", minted.id).status, 0);
  assert.equal(holdfast("keys", "revoke", minted.id).status, 1);
  // Another process revoked it: the server looks at most a second later.
  const until = Date.now() + 10_000;
  while ((await decide(server, "crm.read_mail", minted.key)).status === 200) {
    assert.ok(Date.now() < until, "the key still opens");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.equal((await decide(server, "crm.read_mail")).status, 200, "the other key is as good as before");
});

test("a login URL works once; only who can read the operator's token gets another", SLOW, async (t: TestContext) => {
  verifies("P-08");
  const server = await startServer(t);
  const holdfast = verbs(server);
  // The verb reads the admin address from the configuration, which asked for any free port.
  const configuration = join(server.folder, "holdfast.yaml");
  writeFileSync(configuration, readFileSync(configuration, "utf8").replace('admin: "127.0.0.1:0"', `admin: "${new URL(server.admin).host}"`));
  const token = join(server.folder, "data/operator.token");
  assert.equal(statSync(token).mode & 0o777, 0o600);
  const url = holdfast("console").stdout.trim();
  assert.match(url, new RegExp(`^${server.url}/login#`));
  const login = (secret: string) =>
    fetch(`${server.url}/session`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: server.url },
      body: JSON.stringify({ token: secret }),
    });
  const [first, second] = [await login(url.split("#")[1] ?? ""), await login(url.split("#")[1] ?? "")];
  assert.deepEqual([first.status, second.status], [200, 401]);
  const cookie = first.headers.getSetCookie().map((one) => one.split(";")[0]);
  assert.equal((await fetch(`${server.url}/api/v1/status`, { headers: { cookie: cookie.join("; ") } })).status, 200);
  for (const authorization of [`Bearer ${server.key}`, "Bearer hfo_nonsense", ""]) {
    const refused = await fetch(`${server.admin}/operator/login`, { method: "POST", headers: { authorization } });
    assert.equal(refused.status, 401);
  }
  writeFileSync(token, "hfo_wrong");
  chmodSync(token, 0o600);
  const wrong = holdfast("console");
  assert.deepEqual([wrong.status, wrong.stdout], [1, ""]);
  assert.match(wrong.stderr, /cannot show that it is the server that was started here/);
  await server.stop();
  assert.match(holdfast("console").stderr, /no server answers at/);
});

test("tail -f shows a decision as it is made, and ends with Ctrl-C", SLOW, async (t: TestContext) => {
  const server = await startServer(t);
  const child = spawn(BIN, ["audit", "tail", "-f", "--json"], { cwd: server.folder, env: { PATH: process.env["PATH"], HOME: server.folder } });
  t.after(() => child.kill("SIGKILL"));
  const exit = new Promise((resolve) => child.once("exit", resolve));
  let seen = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (seen += text));
  const { id } = await decide(server, "before.it");
  // The reader may have started before or after this one; it is shown either way.
  while (!seen.includes(id)) await new Promise((resolve) => setTimeout(resolve, 50));
  const later = await decide(server, "finance.refund");
  while (!seen.includes(later.id)) await new Promise((resolve) => setTimeout(resolve, 50));
  child.kill("SIGINT");
  assert.equal(await exit, 130);
});
