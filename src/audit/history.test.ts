import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { done, inspectionOf, openTestLog, permitted, recordOne, refusedBy, requestOf, stoppedClock } from "../../test/faults/audit-fixture.ts";
import { codeOf } from "../core/errors.ts";
import { openMemoryLog } from "../stores/memory-log.ts";
import { type DecisionIndex, indexDecisions } from "./decision-index.ts";
import type { HistoryFilter } from "./filter.ts";
import { type DecisionRow, type HistoryQuery, history, story } from "./history.ts";
import type { AuditLog } from "./log.ts";
import type { LogSource } from "./store.ts";

async function everything(log: AuditLog, query: HistoryQuery, index?: DecisionIndex): Promise<DecisionRow[]> {
  const rows: DecisionRow[] = [];
  for (let before: number | undefined = Number.MAX_SAFE_INTEGER; before !== undefined; ) {
    const page = await history(log.source, { ...query, before }, index);
    rows.push(...page.rows);
    before = page.next;
  }
  return rows;
}

/** What a filter means, said once more and plainly. */
function asWanted(row: DecisionRow, { since = 0, until = Number.POSITIVE_INFINITY, text = "", ...same }: HistoryFilter): boolean {
  const { id, agent, session, action, tool, target, reasons } = row;
  const words = [id, agent, session, action, tool, target?.id, ...reasons.map((reason) => reason.id)];
  const time = Date.parse(row.time);
  return (
    (Object.keys(same) as (keyof typeof same)[]).every((name) => row[name] === same[name]) &&
    time >= since &&
    time < until &&
    words.some((word) => word?.toLowerCase().includes(text.toLowerCase()) === true)
  );
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
  // One that is whole, one that ends within the log, and none.
  const indexes = [indexDecisions(log.source), indexDecisions(log.source, 20), undefined];
  for (const index of indexes) assert.deepEqual(await everything(log, {}, index), all);
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
    fc.asyncProperty(filter, fc.integer({ min: 1, max: 60 }), fc.constantFrom(...indexes), async (wanted, limit, index) => {
      assert.deepEqual(
        await everything(log, { ...wanted, limit }, index),
        all.filter((row) => asWanted(row, wanted)),
      );
    }),
  );
  await log.shut();
});

test("an index answers as the log does while decisions are made and closed, whatever it had read when", async () => {
  const log = await openTestLog(await openMemoryLog(), { clock: { ...stoppedClock(), now: () => 1_760_000_000_000 } });
  // Small ones give up what is old as the log goes on; the last is asked for the first time when the log is long.
  const indexes = [1, 7, 40, 1000].map((most) => indexDecisions(log.source, most));
  const open: (() => void)[] = [];
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom("permitted", "refused", "close"), { minLength: 1, maxLength: 12 }), fc.nat(3), async (steps, which) => {
      for (const step of steps) {
        if (step === "close") open.splice(open.length >> 1, 1)[0]?.();
        else {
          const request = requestOf(`r-${log.size}`, { principal: { agent: `agent-${log.size % 3}` } });
          const entry = log.open(request);
          await entry.decided(request, permitted, inspectionOf(request));
          open.push(() => entry.close(step === "permitted" ? done() : { status: "denied", decision: refusedBy }));
        }
      }
      await log.flush();
      for (const filter of [{}, { status: "open" }, { effect: "deny", agent: "agent-1" }, { text: "NO-MAIL" }] as const) {
        assert.deepEqual(await everything(log, { ...filter, limit: 9 }, indexes[which]), await everything(log, filter));
      }
    }),
    { numRuns: 60 },
  );
  await log.shut();
});

test("an index that has read the log reads no record that it does not show", async () => {
  const log = await sample(300);
  let read = 0;
  const source: LogSource = {
    ...log.source,
    read: async (from, to) => {
      const lines = await log.source.read(from, to);
      read += lines.length;
      return lines;
    },
  };
  const index = indexDecisions(source);
  await history(source, {}, index);
  while ((await index.find({}, 0, 1)).from > 0) await new Promise(setImmediate);
  read = 0;
  assert.deepEqual(await history(source, { text: "nothing like it" }, index), { rows: [] });
  assert.equal(read, 0);
  assert.equal((await history(source, { text: "r-17", agent: "agent-2" }, index)).rows.length, 5);
  assert.ok(read < 40, `${read} records for five decisions`);
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
