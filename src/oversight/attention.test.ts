import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../test/verifies.ts";
import { attention, type Glance, openReviewers } from "./attention.ts";

const LIMITS = { share: 0.95, ms: 5_000, last: 20 };
const glances = (n: number, over: Partial<Glance> = {}): readonly Glance[] =>
  Array.from({ length: n }, (_, at) => ({ at, action: "approve", took: 1_000, ...over }));
const warningOf = (given: readonly Glance[]) => attention("anna", given, LIMITS).warning;

test("who approves nearly everything in no time is warned; who takes time, says no, or has answered little is not", () => {
  verifies("H-02");
  assert.equal(warningOf(glances(20)), "approves-unseen");
  assert.equal(warningOf(glances(19)), undefined);
  assert.equal(warningOf(glances(20, { took: 5_000 })), undefined);
  assert.equal(warningOf([...glances(18), ...glances(2, { action: "reject" })]), undefined);
  assert.equal(warningOf([...glances(11), ...glances(9, { took: 60_000 })]), "approves-unseen", "one coffee does not help: it is the median");
  assert.equal(warningOf([...glances(20), ...glances(20, { took: 60_000 })]), undefined, "it is over once they look");
});

test("who approves a planted question is warned as long as it is among the last answers; catching one is no rejection of an agent", () => {
  verifies("H-02");
  assert.equal(warningOf(glances(1, { control: "missed" })), "missed-control");
  assert.equal(warningOf([...glances(1, { control: "missed" }), ...glances(20, { took: 60_000 })]), undefined);
  const caught = attention("anna", [...glances(19), ...glances(1, { action: "reject", control: "caught" })], LIMITS);
  assert.deepEqual([caught.caught, caught.missed, caught.warning], [1, 0, "approves-unseen"]);
});

test("how a person looked outlives a restart", async () => {
  const kept = new Map<string, readonly Glance[]>();
  const store = {
    load: async () => [...kept].map(([person, one]) => ({ person, glances: one })),
    save: async (person: string, one: readonly Glance[]) => void kept.set(person, one),
  };
  const first = await openReviewers(store, () => LIMITS);
  for (const glance of glances(20)) await first.noted("anna", glance);
  assert.deepEqual((await openReviewers(store, () => LIMITS)).all(), first.all());
  assert.equal(first.of("ben").answers, 0);
});
