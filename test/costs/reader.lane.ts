/** Reading a body stands in every other request's way, so no body may take long. Measured alone. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseJson } from "../../src/core/json.ts";
import { isWithin } from "../pace.ts";
import { verifies } from "../verifies.ts";

const MB = 1 << 20;
/** Each of these took JSON.parse, or a walker after it, from tens of milliseconds to seconds without the limits. */
const STALLS: readonly (readonly [string, () => string])[] = [
  ["five million brackets", () => "[".repeat(5_000_000)],
  ["fifteen megabytes of empty arrays", () => `[${"[],".repeat(5_000_000)}0]`],
  ["a million keys", () => `{${Array.from({ length: 600_000 }, (_, i) => `"k${i}":1`).join(",")}}`],
  [
    "as many long keys as fit",
    () => `[${Array.from({ length: 9 }, (_, j) => `{${Array.from({ length: 4990 }, (_, i) => `"${"x".repeat(70)}${j}_${i}":1`)}}`)}]`,
  ],
  ["eight megabytes of digits", () => `[${"1".repeat(8 * MB - 2)}]`],
  ["eight megabytes of escapes", () => `["${"\\u00e9".repeat(1_398_000)}"]`],
  ["eight megabytes of escaped pairs", () => `["${"\\ud83d\\ude00".repeat(699_000)}"]`],
  ["backslashes that never end", () => `["${'\\"'.repeat(4 * MB - 2)}`],
  ["one image of eight megabytes", () => `["${"QUJD".repeat(2 * MB - 1)}"]`],
];
for (const [name, make] of STALLS) {
  test(`no document stalls the reader: ${name}`, () => {
    verifies("I-06");
    const document = new TextEncoder().encode(make());
    let best = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 12 && best >= 50; round++) {
      const before = process.threadCpuUsage();
      parseJson(document);
      const { user, system } = process.threadCpuUsage(before);
      best = Math.min(best, (user + system) / 1000);
    }
    assert.ok(isWithin(50, best), `${best.toFixed(1)} ms`);
  });
}
