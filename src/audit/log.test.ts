import assert from "node:assert/strict";
import { test } from "node:test";
import {
  done,
  inspectionOf,
  linesOf,
  openTestLog,
  permitted,
  recordOne,
  refusedBy,
  requestOf,
  stoppedClock,
  testSigner,
} from "../../test/faults/audit-fixture.ts";
import { verifies } from "../../test/verifies.ts";
import { codeOf } from "../core/errors.ts";
import { crash, losePower, newShelf, openMemoryLog } from "../stores/memory-log.ts";
import { openCheckpoint } from "./checkpoint.ts";
import { provesConsistency } from "./merkle.ts";
import { noteVerifier } from "./note.ts";
import type { AuditRecord, IntentRecord, OutcomeRecord } from "./record.ts";
import type { LogStore } from "./store.ts";
import { verifyLog } from "./verify.ts";

const verifier = noteVerifier(testSigner.vkey);
const parsed = async (log: { source: Parameters<typeof linesOf>[0] }): Promise<AuditRecord[]> => (await linesOf(log.source)).map((line) => JSON.parse(line));
const unavailable = (error: unknown): boolean => codeOf(error) === "unavailable";

test("a record of an action has its time, agent, action, input, output, target, user, decision with reasons, and what ties it to others", async () => {
  verifies("A-01");
  const log = await openTestLog(await openMemoryLog());
  await recordOne(log, "r-1");
  await log.flush();
  const [, intent, outcome] = (await parsed(log)) as [unknown, IntentRecord, OutcomeRecord];
  const { prev: _p, input, ...rest } = intent;
  assert.deepEqual(rest, {
    seq: 1,
    kind: "intent",
    id: "r-1",
    time: "2025-10-09T08:53:20.000Z",
    asked: "2025-10-09T08:53:20.000Z",
    agent: "support",
    user: intent.user,
    session: "s-1",
    key: "key-1",
    surface: "api",
    parent: "r-0",
    traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    action: "tool.call",
    tool: "crm.read_mail",
    args: { folder: "inbox" },
    target: { type: "mailbox", id: "inbox" },
    effect: "permit",
    reasons: permitted.reasons,
    obligations: [],
    label: { integrity: "system", readers: "public", categories: [], origins: [] },
  });
  assert.match(intent.user ?? "", /^h:[0-9a-f]{16}$/);
  assert.equal(input[0]?.excerpts[0]?.excerpt, "please read my mail, request r-1");
  assert.equal(outcome.intent, 1);
  assert.equal(outcome.id, "r-1");
  assert.equal(outcome.status, "done");
  assert.equal(outcome.output?.[0]?.excerpt, "three new mails");
  assert.deepEqual(outcome.facts, { status: 200 });
  await log.shut();
});

test("`decided` resolves only once the store has the record, and records that arrive meanwhile share the next commit", async () => {
  verifies("A-06");
  const memory = await openMemoryLog();
  const batches: number[] = [];
  let release: (() => void) | undefined;
  let slow = false;
  const store: LogStore = {
    ...memory,
    append: async (records) => {
      if (slow) await new Promise<void>((resolve) => (release = resolve));
      await memory.append(records);
      batches.push(records.length);
    },
  };
  const log = await openTestLog(store);
  slow = true;
  batches.length = 0;
  let durable = 0;
  const decide = async (id: string): Promise<void> => {
    const request = requestOf(id);
    await log.open(request).decided(request, permitted, inspectionOf(request));
    durable++;
  };
  const first = decide("a");
  while (release === undefined) await new Promise(setImmediate);
  const others = Array.from({ length: 20 }, (_, i) => decide(`b${i}`));
  for (let i = 0; i < 5; i++) await new Promise(setImmediate);
  assert.equal(durable, 0);
  slow = false;
  release();
  await first;
  await Promise.all(others);
  assert.deepEqual(batches, [1, 20]);
  await log.shut();
});

test("records stand in the order in which they were taken, outcomes after their intents, without gaps", async () => {
  const log = await openTestLog(await openMemoryLog());
  await Promise.all(Array.from({ length: 50 }, (_, i) => recordOne(log, `r-${i}`)));
  await log.flush();
  const records = await parsed(log);
  assert.deepEqual(
    records.map(({ seq }) => seq),
    records.map((_, i) => i),
  );
  for (const record of records) if (record.kind === "outcome") assert.equal(records[record.intent]?.id, record.id);
  assert.equal(records.filter(({ kind }) => kind === "outcome").length, 50);
  await log.shut();
});

for (const fault of ["down", "EIO", "ENOSPC", "torn", "done-but-failed"] as const) {
  test(`after one ${fault} the log is finished: who waits is refused, nothing new is taken in, and the store is not written again`, async () => {
    verifies("A-06");
    const shelf = newShelf();
    const log = await openTestLog(await openMemoryLog(shelf));
    const [one, two] = [requestOf("one"), requestOf("two")];
    const opened = log.open(two);
    shelf.fault = fault;
    await assert.rejects(log.open(one).decided(one, permitted, inspectionOf(one)), unavailable);
    shelf.fault = undefined;
    const { writes } = shelf;
    assert.equal(log.healthy, false);
    assert.throws(() => log.open(one), unavailable);
    await assert.rejects(opened.decided(two, permitted, inspectionOf(two)), unavailable);
    opened.close(done());
    await assert.rejects(log.system("key-minted"), unavailable);
    await assert.rejects(log.checkpoint("fresh"), unavailable);
    assert.equal(shelf.writes, writes);
    crash(shelf);
    const again = await openTestLog(await openMemoryLog(shelf));
    assert.equal((await verifyLog(again.source, again.vkey)).ok, true);
    await again.shut();
  });
}

test("behind a store that hangs, memory is bounded: after so many records and bytes nothing more is taken in", async () => {
  verifies("A-06");
  const shelf = newShelf();
  const log = await openTestLog(await openMemoryLog(shelf), { mostWaiting: { records: 50, bytes: 1_000_000 } });
  shelf.fault = "hang";
  let [taken, refused] = [0, 0];
  for (let i = 0; i < 500; i++) {
    const request = requestOf(`r-${i}`);
    try {
      void log
        .open(request)
        .decided(request, permitted, inspectionOf(request))
        .catch(() => {});
      taken++;
    } catch (error) {
      assert.ok(unavailable(error));
      refused++;
    }
  }
  assert.equal(taken, 51);
  assert.equal(refused, 449);
});

test("requests that were open before the store hung are bounded too", async () => {
  const shelf = newShelf();
  const log = await openTestLog(await openMemoryLog(shelf), { mostWaiting: { records: 10, bytes: 1_000_000 } });
  const requests = Array.from({ length: 100 }, (_, i) => requestOf(`r-${i}`));
  const entries = requests.map((request) => log.open(request));
  shelf.fault = "hang";
  let refused = 0;
  for (const [i, entry] of entries.entries()) void entry.decided(requests[i]!, permitted, inspectionOf(requests[i]!)).catch(() => refused++);
  await new Promise(setImmediate);
  assert.equal(refused, 79);
});

test("a record that cannot be made refuses the request, and an outcome that cannot be made is recorded all the same", async () => {
  verifies("A-06");
  const log = await openTestLog(await openMemoryLog());
  const request = requestOf("r-1");
  const broken = { ...permitted, reasons: [{ id: "x", effect: "permit" as const, text: 1n as unknown as string }] };
  await assert.rejects(log.open(request).decided(request, broken, inspectionOf(request)), unavailable);
  const entry = log.open(request);
  await entry.decided(request, permitted, inspectionOf(request));
  entry.close({ status: "failed", decision: broken, code: "internal" });
  await log.flush();
  const outcome = (await parsed(log)).at(-1) as OutcomeRecord;
  assert.equal(outcome.status, "failed");
  assert.equal(outcome.id, "r-1");
  assert.equal((await verifyLog(log.source, log.vkey)).ok, true);
  await log.shut();
});

test("an outcome is written once, and none where the intent was not", async () => {
  const log = await openTestLog(await openMemoryLog());
  log.open(requestOf("never decided")).close(done());
  const request = requestOf("r-1");
  const entry = log.open(request);
  await entry.decided(request, refusedBy, inspectionOf(request));
  entry.close({ status: "denied", decision: refusedBy });
  entry.close({ status: "denied", decision: refusedBy });
  await log.flush();
  assert.deepEqual(
    (await parsed(log)).map(({ kind }) => kind),
    ["system", "intent", "outcome"],
  );
  await log.shut();
});

test("after a crash, requests whose outcome is not on record are marked interrupted, once, and others are not", async () => {
  const shelf = newShelf();
  const clock = stoppedClock();
  const log = await openTestLog(await openMemoryLog(shelf), { clock });
  const [early, late] = [requestOf("early"), requestOf("late")];
  const entry = log.open(early);
  await entry.decided(early, permitted, inspectionOf(early));
  for (let i = 0; i < 5; i++) await recordOne(log, `r-${i}`);
  await log.flush();
  await log.checkpoint("fresh");
  await log.open(late).decided(late, permitted, inspectionOf(late));
  crash(shelf);
  const again = await openTestLog(await openMemoryLog(shelf));
  const marked = (await parsed(again)).filter((record) => record.kind === "outcome" && record.status === "interrupted");
  assert.deepEqual(
    marked.map(({ id }) => id),
    ["early", "late"],
  );
  await again.shut();
  const third = await openTestLog(await openMemoryLog(shelf));
  const records = await parsed(third);
  assert.equal(records.filter((record) => record.kind === "outcome" && record.status === "interrupted").length, 2);
  assert.deepEqual(
    records.flatMap((record) => (record.kind === "system" ? [record.event] : [])),
    ["start", "recovered", "start", "stop", "start"],
  );
  assert.equal((await verifyLog(third.source, third.vkey)).ok, true);
  await third.shut();
});

test("power loss takes nothing that was acknowledged", async () => {
  verifies("A-06");
  const shelf = newShelf();
  const log = await openTestLog(await openMemoryLog(shelf));
  for (let i = 0; i < 3; i++) await recordOne(log, `r-${i}`);
  const request = requestOf("lost");
  const pending = log.open(request).decided(request, permitted, inspectionOf(request));
  losePower(shelf);
  pending.catch(() => {});
  const again = await openTestLog(await openMemoryLog(shelf));
  const ids = (await parsed(again)).filter(({ kind }) => kind === "intent").map(({ id }) => id);
  for (let i = 0; i < 3; i++) assert.ok(ids.includes(`r-${i}`));
  await again.shut();
});

test("a checkpoint is signed soon after something new, covers what is durable, and each continues the one before", async () => {
  verifies("A-02");
  const clock = stoppedClock();
  const log = await openTestLog(await openMemoryLog(), { clock });
  let before = await log.checkpoint();
  for (let i = 0; i < 4; i++) {
    for (let n = 0; n < 100; n++) await recordOne(log, `r-${i}-${n}`);
    await log.flush();
    clock.fire();
    const now = await log.checkpoint("fresh");
    assert.equal(now.size, log.size);
    assert.ok(openCheckpoint(now.note, verifier));
    assert.ok(provesConsistency(before.size, before.root, now.size, now.root, await log.consistency(before.size, now.size)));
    before = now;
  }
  await log.shut();
});

test("a listener hears every durable record in order, and one that throws is not asked again and disturbs nobody", async () => {
  const log = await openTestLog(await openMemoryLog());
  const heard: number[] = [];
  let thrown = 0;
  log.subscribe(() => {
    thrown++;
    throw new Error("follower is broken");
  });
  const stop = log.subscribe((record) => heard.push(record.seq));
  for (let i = 0; i < 3; i++) await recordOne(log, `r-${i}`);
  await log.flush();
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual(heard, [1, 2, 3, 4, 5, 6]);
  assert.equal(thrown, 1);
  stop();
  await log.system("key-minted", { key: "key-2" });
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(heard.length, 6);
  await log.shut();
});

test("shutting down writes the stop record and a checkpoint over everything, and nothing is taken in afterwards", async () => {
  const shelf = newShelf();
  const log = await openTestLog(await openMemoryLog(shelf));
  void recordOne(log, "r-1");
  await log.shut();
  assert.throws(() => log.open(requestOf("late")), unavailable);
  const reader = await openMemoryLog(shelf);
  const verified = await verifyLog(reader, testSigner.vkey);
  assert.equal(verified.ok, true);
  assert.equal(verified.uncovered, 0);
  assert.ok((await linesOf(reader)).some((line) => line.includes('"event":"stop"')));
});
