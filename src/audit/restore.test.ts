import assert from "node:assert/strict";
import { test } from "node:test";
import { openTestLog, recordOne } from "../../test/faults/audit-fixture.ts";
import { verifies } from "../../test/verifies.ts";
import { codeOf } from "../core/errors.ts";
import { newShelf, openMemoryLog } from "../stores/memory-log.ts";
import { story } from "./history.ts";
import { CHECKPOINT, EDGE } from "./restore.ts";

const unavailable = (error: unknown): boolean => codeOf(error) === "unavailable";

const damaged: readonly (readonly [string, (shelf: ReturnType<typeof newShelf>) => void])[] = [
  ["acknowledged records are missing at the end", (shelf) => shelf.records.splice(-3)],
  ["a record was changed", (shelf) => void (shelf.records[1]![60]! ^= 1)],
  ["a record behind the last tile was changed", (shelf) => void (shelf.records.at(-1)![60]! ^= 1)],
  ["the checkpoint is gone", (shelf) => shelf.files.delete(CHECKPOINT)],
  [
    "the checkpoint is of another key",
    (shelf) => shelf.files.set(CHECKPOINT, Buffer.from("example.org/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n\u2014 x AAAA\n")),
  ],
  [
    "the stored tile hashes are others",
    (shelf) => shelf.files.set(EDGE, Buffer.from(JSON.stringify({ tiles: [Buffer.alloc(32).toString("base64")], open: 0 }))),
  ],
  ["two records changed places", (shelf) => void ([shelf.records[5], shelf.records[6]] = [shelf.records[6]!, shelf.records[5]!])],
];
for (const [what, damage] of damaged) {
  test(`a log is not opened where ${what}`, async () => {
    verifies("A-02");
    const shelf = newShelf();
    const log = await openTestLog(await openMemoryLog(shelf));
    for (let i = 0; i < 140; i++) await recordOne(log, `r-${i}`);
    await log.shut();
    damage(shelf);
    await assert.rejects(
      async () => openTestLog(await openMemoryLog(shelf)),
      (error: Error) => unavailable(error) && error.message.startsWith("the audit log is not what it was"),
    );
    assert.equal(shelf.held, false, "the store stays open");
  });
}

test("a log without its tile hashes is read again instead, and opens", async () => {
  const shelf = newShelf();
  const log = await openTestLog(await openMemoryLog(shelf));
  for (let i = 0; i < 140; i++) await recordOne(log, `r-${i}`);
  await log.shut();
  shelf.files.delete(EDGE);
  const again = await openTestLog(await openMemoryLog(shelf));
  assert.equal((await story(again.source, "r-7"))?.row.status, "done");
  await again.shut();
});
