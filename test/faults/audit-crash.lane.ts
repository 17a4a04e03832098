/** The log on a disk that loses, fails and tears, and in a process that is killed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { AuditLog } from "../../src/audit/log.ts";
import { verifyLog } from "../../src/audit/verify.ts";
import { codeOf } from "../../src/core/errors.ts";
import { openFileLog } from "../../src/stores/file.ts";
import { verifies } from "../verifies.ts";
import { inspectionOf, linesOf, openTestLog, permitted, recordOne, requestOf, testSigner } from "./audit-fixture.ts";
import { killRuns } from "./audit-kill.ts";
import { type Dice, diceOf, type UnsyncedDisk, unsyncedDisk } from "./unsynced-disk.ts";

const RUNS = Number(process.env["HOLDFAST_FAULT_RUNS"] ?? 15);

/** Small files, so that rolling to the next one is one of the things that go wrong. */
const open = async (disk: UnsyncedDisk): Promise<AuditLog> => openTestLog(await openFileLog("/data/audit", { disk, segmentBytes: 4000, lock: () => () => {} }));

/** Ids of requests whose intent was acknowledged, as the caller saw it. */
interface Acknowledged {
  readonly intents: string[];
  /** Outcomes that were followed by a successful flush. */
  readonly outcomes: string[];
}

/** Works until something fails; what the caller was told is in `told`. */
async function work(log: AuditLog, told: Acknowledged, prefix: string, requests: number): Promise<void> {
  for (let i = 0; i < requests; i++) {
    const ids = [`${prefix}-${i}-a`, `${prefix}-${i}-b`, `${prefix}-${i}-c`];
    await Promise.all(
      ids.map(async (id) => {
        await recordOne(log, id);
        told.intents.push(id);
      }),
    );
    await log.flush();
    told.outcomes.push(...ids);
    if (i % 3 === 2) await log.checkpoint("fresh");
  }
}

/** INVARIANT: whatever was told is on record, nothing is on record twice, and the whole verifies. */
async function holds(log: AuditLog, told: Acknowledged): Promise<void> {
  const records = (await linesOf(log.source)).map((line) => JSON.parse(line) as { kind: string; id: string; status?: string });
  const intents = records.filter(({ kind }) => kind === "intent").map(({ id }) => id);
  const outcomes = records.filter(({ kind, status }) => kind === "outcome" && status === "done").map(({ id }) => id);
  assert.equal(new Set(intents).size, intents.length, "an intent stands twice");
  assert.equal(new Set(outcomes).size, outcomes.length, "an outcome stands twice");
  for (const id of told.intents) assert.ok(intents.includes(id), `the acknowledged intent ${id} is lost`);
  for (const id of told.outcomes) assert.ok(outcomes.includes(id), `the acknowledged outcome ${id} is lost`);
  const verified = await verifyLog(log.source, testSigner.vkey);
  assert.deepEqual(verified.firstBad, undefined);
}

test("a power failure or a crash at any moment loses no acknowledged record, however the unsynced sectors come back", async () => {
  verifies("A-06");
  let acknowledged = 0;
  for (let seed = 1; seed <= Math.max(RUNS * 10, 100); seed++) {
    const dice: Dice = diceOf(seed);
    const disk = unsyncedDisk();
    const told: Acknowledged = { intents: [], outcomes: [] };
    for (let life = 0; life < 4; life++) {
      const log = await open(disk).catch((error: unknown) => assert.fail(`seed ${seed}, life ${life}: ${String(error)}`));
      await holds(log, told);
      // The power fails some calls later, whatever is under way then; or the process ends, and the power fails in its next life.
      const at = disk.calls + Math.floor(dice() * 120);
      let ended = false;
      const working = work(log, told, `${seed}-${life}`, 8)
        .catch(() => {})
        .finally(() => {
          ended = true;
        });
      while (disk.calls < at && !ended) await new Promise(setImmediate);
      if (dice() < 0.3) disk.kill();
      else disk.losePower(dice);
      await working;
    }
    const log = await open(disk);
    await holds(log, told);
    acknowledged += told.intents.length;
  }
  assert.ok(acknowledged > 0);
});

test("whichever call to the disk fails, before or after it did its work, nothing acknowledged is lost and nothing is acknowledged after it", async () => {
  verifies("A-06");
  const reached = new Set<string>();
  for (const when of ["before", "after"] as const) {
    for (let n = 1; ; n++) {
      const disk = unsyncedDisk();
      const told: Acknowledged = { intents: [], outcomes: [] };
      const first = await open(disk);
      await work(first, told, "first", 2);
      await first.shut();
      disk.failAt(n, when);
      let [failed, log]: [unknown, AuditLog | undefined] = [undefined, undefined];
      try {
        log = await open(disk);
        await work(log, told, "second", 4);
        await log.shut();
      } catch (error) {
        failed = error;
      }
      if (log !== undefined && failed !== undefined) {
        assert.equal(codeOf(failed), "unavailable", String(failed));
        assert.throws(() => log?.open(requestOf("late")), { code: "unavailable" });
      }
      for (const operation of disk.failed) reached.add(operation);
      const clean = disk.failed.size === 0;
      disk.losePower(diceOf(n));
      const again = await open(disk);
      await holds(again, told);
      if (clean) break;
    }
  }
  const sites = [
    "close",
    "list",
    "makeFolder",
    "open create",
    "open read",
    "open replace",
    "open write",
    "read",
    "rename",
    "size",
    "sync",
    "syncFolder",
    "write",
  ];
  assert.deepEqual([...reached].sort(), sites);
});

test("killed at random moments under load, no acknowledged record is lost and no effect is without its record", { timeout: 600_000 }, async () => {
  verifies("A-06");
  const result = await killRuns(RUNS);
  assert.equal(result.kills, RUNS);
  assert.ok(result.acknowledged > 0);
  assert.equal(result.lost, 0);
  assert.equal(result.effectsWithoutRecord, 0);
  assert.equal(result.verified, true);
});

test("a request that is decided while the disk hangs is not acknowledged", async () => {
  const disk = unsyncedDisk();
  const log = await open(disk);
  const request = requestOf("r-1");
  let told = false;
  const hanging = log
    .open(request)
    .decided(request, permitted, inspectionOf(request))
    .then(() => {
      told = true;
    });
  disk.losePower(diceOf(1));
  await assert.rejects(hanging, { code: "unavailable" });
  assert.equal(told, false);
});
