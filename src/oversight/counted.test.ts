import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { anna, asked, kindOf, MINUTE, pay, rig, seal } from "../../test/oversight/rig.ts";
import { verifies } from "../../test/verifies.ts";
import { type Counted, UNCOUNTED } from "../core/counted.ts";
import { type Decision, join, permit } from "../core/decision.ts";
import { shapeOf, verifyReceipt } from "./index.ts";

type Found = { readonly records: number } | { readonly why: (typeof UNCOUNTED)[number] };
const by = (found: Found): Counted => ({ by: "crm.count", at: Date.UTC(2026, 10, 28), ...found });
const counting = (found: Found, decision: Decision = asked): Decision => ({
  ...decision,
  reasons: [...decision.reasons, { id: "records/counted", effect: "permit", text: "counted", counted: by(found) }],
});

test("an approval lets through what would change no more than its approver saw, and asks anew about more", async () => {
  verifies("H-01", "H-02");
  const found = fc.oneof(fc.record({ records: fc.nat(1_000) }), fc.record({ why: fc.constantFrom(...UNCOUNTED) }));
  const size = (one: Found): number => ("records" in one ? one.records : Number.POSITIVE_INFINITY);
  await fc.assert(
    fc.asyncProperty(found, found, async (seen, now) => {
      const { inbox, ask: request } = await rig();
      await request(pay(), counting(seen));
      await inbox.approve("HF-1", anna);
      const kind = kindOf(await request(pay(), counting(now)));
      assert.equal(kind, size(now) <= size(seen) ? "permit oversight/approved" : "wait");
      if (kind !== "wait") return;
      assert.deepEqual((await inbox.get("HF-2"))?.counted, by(now));
      assert.equal((await inbox.get("HF-1"))?.state, "void", "nobody can use it any more");
    }),
    { numRuns: 200 },
  );
});

test("a question whose number has grown is taken away before anybody answers it; one whose number has not is the same", async () => {
  const { inbox, ask: request } = await rig();
  for (const records of [120, 90, 120]) assert.deepEqual(await request(pay(), counting({ records })), { kind: "wait", ticket: "HF-1" });
  assert.deepEqual(await request(pay(), counting({ records: 121 })), { kind: "wait", ticket: "HF-2" });
  assert.ok("refused" in (await inbox.approve("HF-1", anna)));
});

test("the number is part of what is signed: a receipt with another one is none", async () => {
  verifies("H-05");
  const { inbox, ask: request } = await rig();
  await request(pay(), counting({ records: 1204 }));
  await inbox.approve("HF-1", anna);
  const receipt = (await inbox.get("HF-1"))?.receipt;
  assert.ok(receipt !== undefined);
  assert.deepEqual(receipt.statement["counted"], { by: "crm.count", records: 1204, at: "2026-11-28T00:00:00.000Z" });
  assert.equal(verifyReceipt(receipt, seal), true);
  const other = { ...receipt.statement, counted: { by: "crm.count", records: 12, at: "2026-11-28T00:00:00.000Z" } };
  assert.equal(verifyReceipt({ ...receipt, statement: other }, seal), false);
});

test("what an approver changed is counted again, and holds for no more than was counted then", async () => {
  verifies("H-02");
  const { inbox, ask: request, world } = await rig();
  await request(pay(), counting({ records: 1204 }));
  world.judged = join(permit({ id: "roles/x", text: "granted" }), counting({ records: 3 }));
  await inbox.edit("HF-1", anna, { to: "ACME", amount: 5 });
  assert.equal((await inbox.get("HF-1"))?.counted?.records, 3);
  const resolution = await request(pay(), counting({ records: 1300 }));
  assert.ok(resolution.kind === "edit", "the number of what the agent asked says nothing of it");
  assert.equal(kindOf(await request(resolution.request, counting({ records: 4 }))), "deny oversight/edited-again");
});

test("while a request is held for its answer the number may grow: it is counted again, and more is another question", async () => {
  verifies("H-02");
  let records = 120;
  const times = () => ({ hold: 30_000, expires: 60 * MINUTE, keep: 0 });
  const { inbox, ask: request } = await rig({ times, recount: async () => by({ records }) });
  const approvedWhen = async (grown: number, ticket: string): Promise<string> => {
    records = 120;
    const held = request(pay(), counting({ records }));
    while (inbox.waiting === 0) await new Promise((resolve) => setImmediate(resolve));
    records = grown;
    await inbox.approve(ticket, anna);
    return kindOf(await held);
  };
  assert.equal(await approvedWhen(120, "HF-1"), "permit oversight/approved");
  assert.equal(await approvedWhen(121, "HF-2"), "wait");
  assert.equal((await inbox.get("HF-3"))?.counted?.records, 121);
});

test("a planted question has a number as the real one had, of its own time", async () => {
  verifies("H-02");
  const { inbox, ask: request, pass, world } = await rig();
  await request(pay(), counting({ records: 1204 }));
  const like = await inbox.get("HF-1");
  assert.ok(like !== undefined);
  pass(MINUTE);
  const planted = await inbox.get(await inbox.plant(pay({ to: "EVE" }), like));
  assert.deepEqual(planted?.counted, { by: "crm.count", records: 1204, at: world.wall });
});

test("questions about many more records than another are not answered with it in one look", async () => {
  verifies("H-04");
  const { inbox, ask: request } = await rig();
  for (const [to, found] of Object.entries({ a: { records: 120 }, b: { records: 870 }, c: { records: 12_000 }, d: { why: "late" } } as const))
    await request(pay({ to, amount: 1 }), counting(found));
  const shapes = await Promise.all(["HF-1", "HF-2", "HF-3", "HF-4"].map(async (id) => shapeOf((await inbox.get(id))!)));
  assert.equal(shapes[0], shapes[1]);
  assert.equal(new Set(shapes).size, 3);
});
