/** An approval as people on the command line meet it, with a real server: the one who runs it, and others with tokens of their own. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { BIN, type Served, serve } from "../serve.ts";
import { verifies } from "../verifies.ts";

const SLOW = { timeout: 90_000 };
const [ANNA, BEN] = ["a".repeat(40), "b".repeat(40)];
const POLICY = `
models: { practice: { provider: practice } }
tools: { pay: { default: { trust: internal }, tools: { send: { effect: write, egress: true } } } }
roles: { clerk: { write: [pay.send] } }
agents: { clerk: { role: clerk, models: [practice/*], limits: { requests: 1000/min, actions: 10000/min, duplicates: { writes: 10000, reads: 10000 } } } }
people:
  anna: { roles: [finance], token: "\${env:ANNA_TOKEN}" }
  ben: { token: "\${env:BEN_TOKEN}", user: ben@example.org }
rules:
  - { id: big-payment, when: action.tool == "pay.send" && args.amount > 500, then: ask, approvers: [finance], expires: 10m, mode: enforce }
  - { id: huge-payment, when: action.tool == "pay.send" && args.amount > 5000, then: ask, approvals: 2, mode: enforce }
`;

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function verbs({ folder }: Served) {
  return (token: string | undefined, ...args: readonly string[]): Ran => {
    const env = {
      PATH: process.env["PATH"],
      HOME: folder,
      ANNA_TOKEN: ANNA,
      BEN_TOKEN: BEN,
      ...(token === undefined ? {} : { HOLDFAST_OPERATOR_TOKEN: token }),
    };
    return spawnSync(BIN, args, { cwd: folder, encoding: "utf8", env });
  };
}

async function pay(
  { url }: Served,
  key: string,
  amount: number,
): Promise<{ readonly status: number; readonly effect: string; readonly ticket?: string; readonly id: string }> {
  const answer = await fetch(`${url}/api/v1/decide`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ action: { type: "tool.call", tool: "pay.send", args: { to: "ACME \u001b[2Kanna", amount } } }),
  });
  return { status: answer.status, ...((await answer.json()) as { effect: string; ticket?: string; id: string }) };
}

test("a payment waits, is looked at, approved by those who may, made once, and its receipt verifies offline", SLOW, async (t) => {
  verifies("H-01", "H-04", "H-05");
  const server = await serve(POLICY, { env: { ANNA_TOKEN: ANNA, BEN_TOKEN: BEN } });
  t.after(() => server.process.kill("SIGKILL"));
  const holdfast = verbs(server);
  assert.equal((await pay(server, server.key, 500)).effect, "permit", "below the threshold nobody is asked");
  assert.deepEqual(await pay(server, server.key, 700).then(({ status, ticket }) => [status, ticket]), [202, "HF-1"]);

  const list = holdfast(undefined, "approvals", "list");
  assert.equal(list.status, 100, list.stderr);
  assert.match(list.stdout, /^HF-1\tpending\tclerk\tpay\.send\t/);
  const [first] = JSON.parse(holdfast(undefined, "approvals", "list", "--json").stdout) as readonly { readonly [name: string]: unknown }[];
  assert.deepEqual([first?.["id"], first?.["state"], first?.["agent"], first?.["tool"]], ["HF-1", "pending", "clerk", "pay.send"]);
  const shown = holdfast(undefined, "approvals", "show", "HF-1");
  assert.match(shown.stdout, /argument +to = ACME \\u\{1b\}\[2Kanna\n/, "an escape sequence is written out");
  assert.match(shown.stdout, /needs +1 approval by finance\n/);

  assert.match(holdfast(undefined, "approvals", "approve", "HF-1").stderr, /only `finance` may answer this/);
  assert.match(holdfast(BEN, "approvals", "approve", "HF-1").stderr, /only `finance` may answer this/);
  assert.match(holdfast("c".repeat(40), "approvals", "approve", "HF-1").stderr, /does not know this operator's token/);
  assert.match(holdfast(server.key, "approvals", "approve", "HF-1").stderr, /an agent's key does not open/);
  const approved = holdfast(ANNA, "approvals", "approve", "HF-1", "--reason", "the invoice is due");
  assert.equal(approved.status, 0, approved.stderr);
  assert.equal((await pay(server, server.key, 701)).effect, "ask");
  const made = await pay(server, server.key, 700);
  assert.equal(made.effect, "permit");
  assert.equal((await pay(server, server.key, 700)).effect, "ask");

  writeFileSync(join(server.folder, "receipt.json"), holdfast(undefined, "approvals", "show", "HF-1", "--json").stdout);
  const verified = holdfast(undefined, "approvals", "verify", "receipt.json", "--key", "data/audit.vkey");
  assert.equal(verified.status, 0, verified.stderr);
  assert.match(verified.stdout, /"amount": 700/);
  const receipt = readFileSync(join(server.folder, "receipt.json"), "utf8");
  writeFileSync(join(server.folder, "receipt.json"), receipt.replaceAll('"amount":700', '"amount":7000'));
  assert.equal(holdfast(undefined, "approvals", "verify", "receipt.json", "--key", "data/audit.vkey").status, 1);

  const story = holdfast(undefined, "audit", "show", made.id, "--json").stdout;
  assert.match(story, /approved by `anna` \(`HF-1`\)/);
  const record = holdfast(undefined, "audit", "export")
    .stdout.split("\n")
    .find((line) => line.includes("approval-approved"));
  assert.match(record ?? "", /"ticket":"HF-1","by":"anna","state":"approved"/);
});

test("two approve what two have to, an edit is decided again, and nobody approves for themselves", SLOW, async (t) => {
  verifies("H-04");
  const server = await serve(POLICY, { env: { ANNA_TOKEN: ANNA, BEN_TOKEN: BEN } });
  t.after(() => server.process.kill("SIGKILL"));
  const holdfast = verbs(server);
  const minted = holdfast(undefined, "keys", "mint", "--agent", "clerk", "--user", "ben@example.org", "--json");
  const { key } = JSON.parse(minted.stdout) as { readonly key: string };
  await pay(server, key, 9_000);
  assert.match(holdfast(BEN, "approvals", "approve", "HF-1").stderr, /in your name/);
  assert.match(holdfast(ANNA, "approvals", "approve", "HF-1").stderr, /more people have to approve/);
  assert.match(holdfast(ANNA, "approvals", "approve", "HF-1").stderr, /approved this already/);
  assert.equal((await pay(server, key, 9_000)).effect, "ask");
  assert.equal(holdfast(undefined, "approvals", "approve", "HF-1").status, 0);
  assert.equal((await pay(server, key, 9_000)).effect, "permit");

  await pay(server, key, 8_000);
  assert.equal(holdfast(undefined, "approvals", "edit", "HF-2", "--args", "[1]").status, 2);
  const edited = holdfast(ANNA, "approvals", "edit", "HF-2", "--args", '{"to":"ACME","amount":80}', "--json");
  assert.equal((JSON.parse(edited.stdout) as { readonly state: string }).state, "pending", "the first arguments wanted two");
  assert.match(holdfast(undefined, "approvals", "approve", "HF-2").stderr, /another approver has changed this/, "what was looked at may be what it was before");
  const seen = /approve HF-2 --seen ([0-9a-f]{64})/.exec(holdfast(undefined, "approvals", "show", "HF-2").stderr)?.[1] ?? "";
  assert.equal(holdfast(undefined, "approvals", "approve", "HF-2", "--seen", seen).status, 0);
  const made = (await pay(server, key, 8_000)) as unknown as { readonly effect: string; readonly action: { readonly args: object } };
  assert.deepEqual([made.effect, made.action.args], ["permit", { to: "ACME", amount: 80 }]);
});

test("who was taken out of the configuration is nobody at once, and a changed policy asks anew", SLOW, async (t) => {
  verifies("P-08");
  const server = await serve(POLICY, { env: { ANNA_TOKEN: ANNA, BEN_TOKEN: BEN } });
  t.after(() => server.process.kill("SIGKILL"));
  const holdfast = verbs(server);
  await pay(server, server.key, 700);
  assert.equal(holdfast(ANNA, "approvals", "approve", "HF-1").status, 0);
  const path = join(server.folder, "holdfast.yaml");
  writeFileSync(path, readFileSync(path, "utf8").replace(/^ {2}anna:.*\n/m, ""));
  for (let tries = 0; holdfast(ANNA, "approvals", "list").status === 0 || holdfast(ANNA, "approvals", "list").status === 100; tries++) {
    assert.ok(tries < 50, "the change is taken over");
    await pause(100);
  }
  assert.match(holdfast(ANNA, "approvals", "list").stderr, /does not know this operator's token/);
  assert.equal((await pay(server, server.key, 700)).ticket, "HF-2", "what was approved under another policy is asked anew");
  assert.equal(holdfast(undefined, "approvals", "approve", "HF-2").status, 0, "a role that nobody has falls to who runs it");
});

test("several of one shape are answered together, what was said becomes a rule, and who does not look is told", SLOW, async (t) => {
  verifies("H-02", "H-05");
  const server = await serve(`${POLICY}oversight: { attention: { last: 5 } }\n`, { env: { ANNA_TOKEN: ANNA, BEN_TOKEN: BEN } });
  t.after(() => server.process.kill("SIGKILL"));
  const holdfast = verbs(server);
  for (const amount of [701, 702, 703, 704, 705, 9_000]) await pay(server, server.key, amount);
  assert.match(holdfast(ANNA, "approvals", "approve", "HF-1", "HF-6").stderr, /not all questions of the same shape/);
  const together = holdfast(ANNA, "approvals", "approve", "HF-1", "HF-2", "HF-3", "HF-4", "HF-5", "--reason", "the usual");
  assert.equal(together.stdout, "HF-1\tapproved\nHF-2\tapproved\nHF-3\tapproved\nHF-4\tapproved\nHF-5\tapproved\n", together.stderr);
  assert.equal((await pay(server, server.key, 703)).effect, "permit");
  writeFileSync(join(server.folder, "receipt.json"), holdfast(undefined, "approvals", "show", "HF-4", "--json").stdout);
  assert.equal(holdfast(undefined, "approvals", "verify", "receipt.json", "--key", "data/audit.vkey").status, 0);

  const looks = holdfast(undefined, "approvals", "attention");
  assert.equal(looks.status, 100);
  assert.match(looks.stdout, /^anna\t5 of 5 approved\t[\d.]+ s\t0 caught, 0 missed\tapproves-unseen\n$/);
  assert.match(looks.stderr, /anna seems to approve without looking/);

  const rule = holdfast(undefined, "approvals", "rule", "HF-1");
  assert.match(rule.stdout, /id: "?big-payment"?\n/);
  assert.match(rule.stderr, /put it in the place of `big-payment`/);
  assert.match(holdfast(undefined, "approvals", "rule", "HF-6").stderr, /this is not answered yet/);
  assert.equal(holdfast(ANNA, "approvals", "reject", "HF-6", "--reason", "to nobody").status, 0);
  const denied = holdfast(undefined, "approvals", "rule", "HF-6").stdout;
  const path = join(server.folder, "holdfast.yaml");
  const [rules = "", tests = ""] = denied.split(/^tests:\n/m);
  writeFileSync(path, `${readFileSync(path, "utf8").replace(/^rules:\n/m, rules)}tests:\n${tests}`);
  const checked = holdfast(undefined, "check");
  assert.equal(checked.status, 0, checked.stderr);
});
