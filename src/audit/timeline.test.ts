import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { verifies } from "../../test/verifies.ts";
import { EFFECTS } from "../core/decision.ts";
import type { DecisionIndex } from "./decision-index.ts";
import type { Kind, Sought } from "./filter.ts";
import { timelineOf } from "./timeline.ts";

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 10, 21, 9, 30);

const decisions = fc.array(
  fc.record({
    time: fc.integer({ min: NOW - 30 * HOUR, max: NOW + HOUR }),
    effect: fc.constantFrom(...EFFECTS),
    because: fc.constantFrom("a/1", "b/2", "c/3"),
  }),
);
type Made = { readonly time: number; readonly effect: Kind["effect"]; readonly because: string };

const indexOf = (made: readonly Made[]): Pick<DecisionIndex, "each"> => ({
  async each(since, look) {
    for (const { time, effect, because } of made) {
      const kind = {
        agent: "a",
        action: "tool.call",
        tool: undefined,
        effect,
        status: "done",
        because: effect === "permit" ? undefined : because,
        words: "",
      } as const;
      if (time >= since) look({ kind, own: "", time } satisfies Sought);
    }
    return true;
  },
});

test("every decision of the last hours stands in one slice, under what came of it, and none of before", async () => {
  verifies("M-03");
  await fc.assert(
    fc.asyncProperty(decisions, fc.integer({ min: 1, max: 48 }), async (made, count) => {
      const { slices, reasons } = await timelineOf(indexOf(made), { now: NOW, length: HOUR, count });
      assert.equal(slices.length, count);
      const first = Math.floor(NOW / HOUR) * HOUR - (count - 1) * HOUR;
      for (const [i, { from, ...counts }] of slices.entries()) {
        assert.equal(from, first + i * HOUR);
        // What a clock that was set back says lies ahead is counted as now.
        const here = made.filter(({ time }) => time >= from && (i === count - 1 || time < from + HOUR));
        assert.deepEqual(counts, Object.fromEntries(EFFECTS.map((effect) => [effect, here.filter((one) => one.effect === effect).length])));
      }
      const refused = made.filter(({ time, effect }) => time >= first && effect !== "permit");
      assert.equal(reasons.length < 5 ? reasons.reduce((sum, one) => sum + one.count, 0) : refused.length, refused.length);
      for (const { id, effect, count: often } of reasons) assert.equal(often, refused.filter((one) => one.because === id && one.effect === effect).length);
      assert.deepEqual(
        [...reasons].sort((a, b) => b.count - a.count).map((one) => one.count),
        reasons.map((one) => one.count),
      );
    }),
  );
});
