import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { systemClock } from "../../src/compose/platform.ts";
import { storeHealth } from "../../src/compose/store-health.ts";
import { openSqliteStore } from "../../src/stores/sqlite.ts";
import { verifies } from "../verifies.ts";

test("a store that takes nothing is known as soon as something did not arrive, is read all the same, and is known to take again by itself", async () => {
  verifies("C-11");
  const folder = mkdtempSync(join(tmpdir(), "holdfast-health-"));
  const path = join(folder, "holdfast.db");
  const health = storeHealth(openSqliteStore(path), systemClock);
  const store = await health.store;
  try {
    await store.put("things", "one", 1);
    await assert.rejects(store.put("NO NAME", "one", 1));
    assert.equal(health.isWritable(), true, "a name that is none says nothing of the store");
    // Somebody else holds the file, as a backup or a second program would.
    const other = new DatabaseSync(path);
    other.exec("BEGIN IMMEDIATE");
    await assert.rejects(store.put("things", "one", 2), { code: "unavailable" });
    assert.equal(health.isWritable(), false);
    assert.equal((await store.get("things", "one"))?.value, 1);
    other.exec("ROLLBACK");
    other.close();
    for (let tries = 0; !health.isWritable() && tries < 100; tries++) await pause(100);
    assert.equal(health.isWritable(), true);
    assert.equal(await store.put("things", "one", 3), 2);
  } finally {
    health.shut();
    await store.close();
    rmSync(folder, { recursive: true });
  }
});
