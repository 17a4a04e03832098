import assert from "node:assert/strict";
import { test } from "node:test";
import { readSummary, type Summary } from "../api/read.ts";
import { MOST_UNREAD, newerIn, placeOf, type Rows, withChanged, withNewer, withOlder } from "./rows.ts";

const decision = (seq: number, status = "open"): Summary => readSummary({ id: `r-${seq}`, seq, status });
/** Every second number: outcomes stand between intents. */
const from = (newest: number, count: number): Summary[] => Array.from({ length: count }, (_, i) => decision(newest - 2 * i));
const numbers = ({ decisions }: Rows): number[] => decisions.map(({ seq }) => seq);

test("older ones go below, newer ones on top, and none is there twice", () => {
  const rows = withOlder({ decisions: from(100, 3), next: 96 }, { decisions: from(94, 2), next: 92 });
  assert.deepEqual([numbers(rows), rows.next], [[100, 98, 96, 94, 92], 92]);
  const page = { decisions: from(104, 4), next: 98 };
  assert.deepEqual(
    newerIn(rows, page).map(({ seq }) => seq),
    [104, 102],
  );
  assert.deepEqual(numbers(withNewer(rows, page)), [104, 102, 100, 98, 96, 94, 92]);
  assert.equal(withOlder(rows, { decisions: from(90, 1) }).next, undefined);
});

test("where more came than a page holds, the list begins anew: it never has a gap", () => {
  const rows: Rows = { decisions: from(100, 3), next: 96 };
  const page = { decisions: from(500, 3), next: 496 };
  assert.deepEqual(withNewer(rows, page), page);
  // All are new, and nothing lies between: the page goes down to the first record.
  assert.deepEqual(numbers(withNewer({ decisions: [] }, { decisions: from(6, 2) })), [6, 4]);
});

test("a list that nobody reads does not grow, however long decisions come, and goes on where it was cut", () => {
  let rows: Rows = { decisions: from(100, 50), next: 2 };
  for (let newest = 102; newest < 20_000; newest += 2) rows = withNewer(rows, { decisions: from(newest, 3), next: newest - 4 });
  assert.equal(rows.decisions.length, MOST_UNREAD);
  assert.equal(rows.next, rows.decisions.at(-1)?.seq);
});

test("an outcome changes its row and no other; one whose row is not there changes nothing", () => {
  const rows: Rows = { decisions: from(100, 5), next: 92 };
  const changed = withChanged(rows, [decision(96, "done"), decision(97, "done"), decision(2, "done")]);
  assert.deepEqual(
    changed.decisions.map(({ status }) => status),
    ["open", "open", "done", "open", "open"],
  );
  assert.equal(withChanged(rows, [decision(97, "done")]), rows);
  for (const [place, { seq }] of rows.decisions.entries()) assert.equal(placeOf(rows.decisions, seq), place);
});
