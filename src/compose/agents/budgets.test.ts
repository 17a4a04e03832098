import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../../test/verifies.ts";
import type { Trade } from "../../permission/index.ts";
import { newCabinet, openMemoryStore } from "../../stores/memory-store.ts";
import { leasesIn, sweepBudgets } from "./budgets.ts";

const HOUR = 3_600_000;
const trade = (now: number, want: number): Trade => ({ now, window: HOUR, step: HOUR / 24, limit: 100, want, owed: 0, back: [] });

test("only what counts no more is swept: what was spent since is still spent, also after a restart", async () => {
  verifies("C-09");
  const cabinet = newCabinet();
  const opened = async () => openMemoryStore(cabinet);
  const leases = leasesIn(opened());
  await leases.trade("old", trade(0, 60));
  await leases.trade("both", trade(0, 60));
  await leases.trade("both", trade(HOUR, 40));
  await sweepBudgets(opened(), HOUR + HOUR / 24 - 1);
  assert.equal((await (await opened()).list("budgets")).length, 2, "the last millisecond of a window counts");
  await sweepBudgets(opened(), HOUR + HOUR / 24);
  assert.equal((await (await opened()).list("budgets")).length, 1);
  const again = leasesIn(opened());
  assert.equal((await again.trade("old", trade(HOUR + HOUR / 24, 100))).given, 100);
  assert.equal((await again.trade("both", trade(HOUR + HOUR / 24, 100))).given, 60);
});

test("what another process takes while it is swept is not lost", async () => {
  verifies("C-09");
  const cabinet = newCabinet();
  const store = openMemoryStore(cabinet);
  const other = leasesIn(Promise.resolve(openMemoryStore(cabinet)));
  await other.trade("a", trade(0, 60));
  const late = 2 * HOUR;
  const taken: number[] = [];
  await sweepBudgets(
    Promise.resolve({
      ...store,
      list: async (collection, options) => {
        const page = await store.list(collection, options);
        if (page.length > 0) taken.push((await other.trade("a", trade(late, 70))).given);
        return page;
      },
    }),
    late,
  );
  assert.deepEqual(taken, [70]);
  assert.equal((await other.trade("a", trade(late, 100))).given, 30);
});

test("what was spent and cannot be read is not taken for nothing", async () => {
  verifies("C-09");
  for (const value of [null, {}, { taken: "x" }, { taken: [[0, 1]] }, { taken: [[0, 1, null]] }, { taken: [[0, 1, "60"]] }]) {
    const store = openMemoryStore();
    const leases = leasesIn(Promise.resolve(store));
    await leases.trade("a", trade(0, 60));
    const [document] = await store.list("budgets");
    await store.put("budgets", document!.key, value);
    await assert.rejects(leases.trade("a", trade(0, 1)), { code: "unavailable" }, JSON.stringify(value));
  }
});
