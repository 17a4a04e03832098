/** A real store that another process holds, as a backup would: everything stops that it would have to keep, and begins again by itself. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { BIN, serve } from "../serve.ts";
import { verifies } from "../verifies.ts";

test("while the store of a running Holdfast takes nothing, everything is refused but what an agent may go on to read; then all of it works again by itself", async () => {
  verifies("C-11");
  const server = await serve(`
tools: { crm: { tools: { read: { effect: read }, write: { effect: write, egress: false } } } }
roles: { all: { read: ["crm.*"], write: ["crm.*"] } }
agents:
  plain: { role: all, limits: { requests: 1000/min } }
  other: { role: all }
  reader: { role: all, limits: { requests: 1000/min }, degrade: { store: read-only } }
`);
  const reader = (await promisify(execFile)(BIN, ["keys", "mint", "--agent", "reader"], { cwd: server.folder })).stdout.trim();
  const decide = async (key: string, tool: string): Promise<readonly [effect: string, reason: string | undefined]> => {
    const answer = await fetch(`${server.url}/api/v1/decide`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify({ action: { type: "tool.call", tool } }),
    });
    const { effect, reasons } = (await answer.json()) as { effect: string; reasons: readonly { id: string; effect: string }[] };
    const id = reasons.find((reason) => (effect === "permit" ? reason.id.startsWith("degraded/") : reason.effect === "deny"))?.id;
    return [effect, id];
  };
  const all = async () => [await decide(server.key, "crm.read"), await decide(reader, "crm.read"), await decide(reader, "crm.write")];
  const well = await all();
  assert.deepEqual(
    well.map(([effect]) => effect),
    ["permit", "permit", "permit"],
  );
  const other = new DatabaseSync(join(server.folder, "data/holdfast.db"));
  other.exec("BEGIN IMMEDIATE");
  const token = readFileSync(join(server.folder, "data/operator.token"), "utf8").trim();
  // Something that has to be kept. The pause holds, and cannot be.
  const paused = await fetch(`${server.url}/api/v1/agents/other/pause`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ reason: "a trial" }),
  });
  assert.equal(paused.status, 503);
  assert.deepEqual(await all(), [
    ["deny", "layers/store"],
    ["permit", "degraded/read-only"],
    ["deny", "layers/store"],
  ]);
  other.exec("ROLLBACK");
  other.close();
  for (let tries = 0; (await decide(server.key, "crm.read"))[0] !== "permit" && tries < 100; tries++) await pause(100);
  assert.deepEqual(await all(), well);
  assert.equal(await server.stop(), 0);
});
