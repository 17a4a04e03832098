import assert from "node:assert/strict";
import { test } from "node:test";
import { noteVerifier } from "../../src/audit/note.ts";
import { checkProof } from "../../src/audit/proof.ts";
import { verifyLog } from "../../src/audit/verify.ts";
import { newShelf, openMemoryLog } from "../../src/stores/memory-log.ts";
import { openTestLog, recordOne, testSigner } from "./audit-fixture.ts";

test("a log of more than one level-1 tile restarts from its tiles, and keeps checkpoints on the way", { timeout: 60_000 }, async () => {
  const shelf = newShelf();
  const log = await openTestLog(await openMemoryLog(shelf));
  for (let round = 0; round < 70; round++) await Promise.all(Array.from({ length: 500 }, (_, i) => recordOne(log, `r-${round}-${i}`)));
  await log.flush();
  await log.shut();
  assert.ok(shelf.files.has("tile/1/000"));
  assert.ok(shelf.files.has("kept/0"));
  const again = await openTestLog(await openMemoryLog(shelf));
  const verified = await verifyLog(again.source, again.vkey);
  assert.equal(verified.ok, true);
  assert.equal(verified.checkpoints, 2);
  const [line] = await again.source.read(65_536, 65_537);
  assert.equal(checkProof(await again.proof(65_536), line!, noteVerifier(testSigner.vkey)).ok, true);
  await again.shut();
});
