/** Dry runs as a user meets them: real processes in front of a real database, at the decision API and under `holdfast run`, and what the person sees. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { openRows } from "../mcp/rows-server.ts";
import { BIN, serve } from "../serve.ts";
import { verifies } from "../verifies.ts";
import { throughRun } from "./through-run.ts";

const SLOW = { timeout: 90_000 };
const folder = mkdtempSync(join(tmpdir(), "holdfast-records-"));
const file = join(folder, "rows.db");
const open: Client[] = [];
after(async () => {
  await Promise.all(open.map((client) => client.close().catch(() => {})));
  rmSync(folder, { recursive: true });
});
const SERVER = [process.execPath, join(import.meta.dirname, "../mcp/rows-server.ts"), file];
const CONFIGURATION = `
deadlines: { decide: 30s }
models: {}
tools:
  crm:
    stdio: { command: ${JSON.stringify(SERVER)} }
    default: { effect: write, egress: false, trust: internal }
    tools:
      count_rows: { effect: read }
      delete_rows: { records: { call: crm.count_rows, count: { from: result, path: /structuredContent/rows }, timeout: 20s } }
roles: { clerk: { read: [crm.count_rows], write: [crm.delete_rows] } }
agents: { default: { role: clerk } }
rules:
  - { id: bulk-change, when: tool.effect == "write" && act.records >= 100, then: ask, mode: enforce }
`;

test("at the decision API a call whose tool can be reached is counted, and the command line shows what its approver approves", SLOW, async (t) => {
  verifies("H-01", "H-02");
  const rows = openRows(file);
  rows.add("Ulm", 1204);
  rows.add("Bonn", 2);
  const { url, key, folder: cwd, stop } = await serve(CONFIGURATION);
  t.after(async () => {
    await stop();
    rows.clear();
  });
  const decide = async (city: string) => {
    const response = await fetch(`${url}/api/v1/decide`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify({ action: { type: "tool.call", tool: "crm.delete_rows", args: { city } } }),
    });
    return { status: response.status, body: (await response.json()) as { effect: string; ticket?: string; reasons: { counted?: { records?: number } }[] } };
  };
  const few = await decide("Bonn");
  assert.deepEqual([few.status, few.body.effect], [200, "permit"], JSON.stringify(few.body));
  assert.ok(few.body.reasons.some(({ counted }) => counted?.records === 2));
  const many = await decide("Ulm");
  assert.deepEqual([many.status, many.body.ticket], [202, "HF-1"], JSON.stringify(many.body));
  const checked = spawnSync(BIN, ["check"], { cwd, encoding: "utf8" });
  assert.match(checked.stdout, /crm\.delete_rows .*, records counted by crm\.count_rows\n/);
  const shown = spawnSync(BIN, ["approvals", "show", "HF-1"], { cwd, encoding: "utf8" });
  assert.match(shown.stdout, /records +would change 1204 records, counted by crm\.count_rows, 20\d\d-/);
  assert.deepEqual([rows.count("Ulm"), rows.count("Bonn")], [1204, 2], "who asks here performs");
});

test("under `holdfast run` a dry run has a process of its own, whose end ends nothing", SLOW, async () => {
  verifies("H-01");
  const rows = openRows(file);
  rows.add("Ulm", 150);
  rows.add("Bonn", 2);
  writeFileSync(join(folder, "holdfast.yaml"), CONFIGURATION);
  const env = { PATH: process.env["PATH"] ?? "", HOME: folder };
  const { client } = await throughRun(["--server", "crm", "--", ...SERVER], { env, cwd: folder, made: (one) => open.push(one) });
  const call = async (city: string): Promise<string> => JSON.stringify(await client.callTool({ name: "delete_rows", arguments: { city } }));
  assert.match(await call("Ulm"), /HF-1/);
  assert.match(await call("Bonn"), /deleted/);
  assert.match(await call("Ulm"), /HF-1/, "still the same question");
  assert.deepEqual([rows.count("Ulm"), rows.count("Bonn")], [150, 0]);
});
