import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../../test/verifies.ts";
import { isQuiet, type Quiet } from "./quiet.ts";

const NIGHT: Quiet = { from: 20 * 60, until: 7 * 60, days: [], through: [] };
const LUNCH: Quiet = { from: 12 * 60, until: 13 * 60, days: [], through: [] };
const WEEKEND: Quiet = { days: ["sat", "sun"], through: [] };

const CASES: readonly (readonly [at: string, zone: string, quiet: Quiet, is: boolean])[] = [
  ["2026-11-26T20:00:00Z", "UTC", NIGHT, true],
  ["2026-11-26T19:59:59Z", "UTC", NIGHT, false],
  ["2026-11-27T00:00:00Z", "UTC", NIGHT, true],
  ["2026-11-27T06:59:59Z", "UTC", NIGHT, true],
  ["2026-11-27T07:00:00Z", "UTC", NIGHT, false],
  ["2026-11-26T19:30:00Z", "Europe/Berlin", NIGHT, true],
  // An hour is skipped in March and comes twice in October: it is what the clock on the wall shows that counts.
  ["2026-03-29T00:30:00Z", "Europe/Berlin", { ...NIGHT, from: 2 * 60, until: 3 * 60 }, false],
  ["2026-03-29T01:30:00Z", "Europe/Berlin", { ...NIGHT, from: 3 * 60, until: 4 * 60 }, true],
  ["2026-10-25T00:30:00Z", "Europe/Berlin", { ...NIGHT, from: 2 * 60, until: 3 * 60 }, true],
  ["2026-10-25T01:30:00Z", "Europe/Berlin", { ...NIGHT, from: 2 * 60, until: 3 * 60 }, true],
  ["2026-11-26T12:30:00Z", "UTC", LUNCH, true],
  ["2026-11-26T13:00:00Z", "UTC", LUNCH, false],
  ["2026-11-28T10:00:00Z", "UTC", WEEKEND, true],
  ["2026-11-27T23:30:00Z", "UTC", WEEKEND, false],
  ["2026-11-27T23:30:00Z", "Europe/Berlin", WEEKEND, true],
  ["2026-11-29T23:30:00Z", "Europe/Berlin", WEEKEND, false],
];

test("it is quiet when the clock in the configured zone says so", () => {
  verifies("H-04");
  for (const [at, zone, quiet, is] of CASES) assert.equal(isQuiet(Date.parse(at), zone, quiet), is, `${at} ${zone}`);
});
