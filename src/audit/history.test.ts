import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { done, inspectionOf, openTestLog, permitted, recordOne, refusedBy, requestOf, stoppedClock } from "../../test/faults/audit-fixture.ts";
import { codeOf } from "../core/errors.ts";
import { openMemoryLog } from "../stores/memory-log.ts";
import { type DecisionRow, type HistoryQuery, history, matches, story } from "./history.ts";
import type { AuditLog } from "./log.ts";

async function everything(log: AuditLog, query: HistoryQuery): Promise<DecisionRow[]> {
  const rows: DecisionRow[] = [];
  for (let before: number | undefined = Number.MAX_SAFE_INTEGER; before !== undefined; ) {
    const page = await history(log.source, { ...query, before });
    rows.push(...page.rows);
    before = page.next;
  }
  return rows;
}

/** Decisions of three agents, one in four refused, every tenth not answered yet. */
async function sample(requests: number): Promise<AuditLog> {
  let minute = 0;
  const log = await openTestLog(await openMemoryLog(), { clock: { ...stoppedClock(), now: () => 1_760_000_000_000 + 60_000 * minute } });
  for (let i = 0; i < requests; i++) {
    minute = i;
    const request = requestOf(`r-${i}`, {
      principal: { agent: `agent-${i % 3}` },
      action: { type: i % 2 === 0 ? "tool.call" : "model.call", tool: `crm.t${i % 5}` },
    });
    const entry = log.open(request);
    const decision = i % 4 === 0 ? refusedBy : permitted;
    await entry.decided(request, decision, inspectionOf(request));
    if (i % 10 !== 9) entry.close(i % 4 === 0 ? { status: "denied", decision } : done());
  }
  await log.flush();
  return log;
}

test("pages of any size, put together, are all decisions, newest first, each with its own outcome, however they are filtered", async () => {
  const log = await sample(100);
  const all = await everything(log, { limit: 500 });
  assert.deepEqual(
    all.map(({ id }) => id),
    Array.from({ length: 100 }, (_, i) => `r-${99 - i}`),
  );
  for (const row of all) {
    const i = Number(row.id.slice(2));
    assert.equal(row.status, i % 10 === 9 ? "open" : i % 4 === 0 ? "denied" : "done");
    assert.equal(row.effect, i % 4 === 0 ? "deny" : "permit");
  }
  const filter = fc.record(
    {
      agent: fc.constantFrom("agent-0", "agent-1", "nobody"),
      effect: fc.constantFrom("permit" as const, "deny" as const, "ask" as const),
      status: fc.constantFrom("done" as const, "denied" as const, "open" as const),
      action: fc.constantFrom("tool.call", "model.call"),
      tool: fc.constantFrom("crm.t0", "crm.t3"),
      text: fc.constantFrom("R-1", "no-mail", "crm", "nothing like it"),
      since: fc.integer({ min: -5, max: 105 }).map((n) => 1_760_000_000_000 + n * 60_000),
      until: fc.integer({ min: -5, max: 105 }).map((n) => 1_760_000_000_000 + n * 60_000),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(filter, fc.integer({ min: 1, max: 60 }), async (wanted, limit) => {
      assert.deepEqual(
        await everything(log, { ...wanted, limit }),
        all.filter((row) => matches(row, wanted)),
      );
    }),
  );
  await log.shut();
});

test("a decision's whole story is found by its id, with and without a hint where it is, and no other", async () => {
  const log = await openTestLog(await openMemoryLog());
  for (let i = 0; i < 300; i++) await recordOne(log, `r-${i}`);
  await log.flush();
  for (const id of ["r-0", "r-7", "r-299"]) {
    for (const near of [undefined, log.recent(id)]) {
      const found = await story(log.source, id, near);
      assert.equal(found?.intent.id, id);
      assert.equal(found?.outcomes.length, 1);
      assert.equal(found?.outcomes[0]?.intent, found?.intent.seq);
      assert.equal(found?.row.status, "done");
    }
  }
  for (const id of ["r-", "r-300", "", 'r-1","kind":"intent', "%"]) assert.equal(await story(log.source, id), undefined);
  await log.shut();
});

test("a request that waits for a person is shown as pending, with its ticket", async () => {
  const log = await openTestLog(await openMemoryLog());
  const request = requestOf("r-1");
  const first = log.open(request);
  await first.decided(request, { ...permitted, effect: "ask" }, inspectionOf(request));
  first.close({ status: "pending", decision: { ...permitted, effect: "ask" }, ticket: "t-1" });
  await log.flush();
  assert.equal((await history(log.source)).rows[0]?.status, "pending");
  assert.equal((await story(log.source, "r-1"))?.outcomes[0]?.ticket, "t-1");
  await log.shut();
});

test("a page for limits out of range is refused", async () => {
  const log = await openTestLog(await openMemoryLog());
  for (const limit of [0, -1, 501, 1.5, Number.NaN]) await assert.rejects(history(log.source, { limit }), (error) => codeOf(error) === "bad-request");
  await assert.rejects(history(log.source, { before: Number.NaN }), (error) => codeOf(error) === "bad-request");
  await log.shut();
});
