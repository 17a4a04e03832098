import assert from "node:assert/strict";
import { test } from "node:test";
import { linesOf, openTestLog, otherSigner, recordOne, testSigner } from "../../test/faults/audit-fixture.ts";
import { verifies } from "../../test/verifies.ts";
import { codeOf } from "../core/errors.ts";
import { openMemoryLog } from "../stores/memory-log.ts";
import { noteVerifier } from "./note.ts";
import { checkProof } from "./proof.ts";
import { parseTilePath } from "./tiles.ts";

const verifier = noteVerifier(testSigner.vkey);

test("every record has a proof that holds for it and for no other", async () => {
  verifies("A-02");
  const log = await openTestLog(await openMemoryLog());
  await Promise.all(Array.from({ length: 300 }, (_, i) => recordOne(log, `r-${i}`)));
  await log.flush();
  const lines = await linesOf(log.source);
  await log.checkpoint("fresh");
  await recordOne(log, "after the checkpoint");
  await log.flush();
  for (const index of [0, 1, 255, 256, 257, 511, 512, 600, log.size - 1]) {
    const proof = await log.proof(index);
    const [line] = await log.source.read(index, index + 1);
    assert.deepEqual({ ...checkProof(proof, line!, verifier), size: 0 }, { ok: true, index, size: 0 });
    assert.equal(checkProof(proof, Buffer.from(lines[index === 3 ? 4 : 3]!), verifier).ok, false);
  }
  await assert.rejects(log.proof(log.size), (error) => codeOf(error) === "not-found");
  const proof = await log.proof(5);
  for (const broken of [
    "",
    proof.replace("index 5", "index 6"),
    proof.replace("index 5", "index 05"),
    proof.replace("@v1", "@v2"),
    proof.replace(/\n[A-Za-z0-9+/]{43}=/, ""),
  ]) {
    assert.equal(checkProof(broken, Buffer.from(lines[5]!), verifier).ok, false);
  }
  assert.equal(checkProof(proof, Buffer.from(lines[5]!), noteVerifier(otherSigner.vkey)).ok, false);
  await log.shut();
});

test("the tile layout holds the same tree: its hashes give the signed root, and its entries are the records", async () => {
  const log = await openTestLog(await openMemoryLog());
  await Promise.all(Array.from({ length: 290 }, (_, i) => recordOne(log, `r-${i}`)));
  await log.flush();
  const { size, note } = await log.checkpoint("fresh");
  assert.equal(size, 581);
  assert.equal((await log.tile("checkpoint"))?.toString(), note);
  const tile = await log.tile("tile/1/000.p/2");
  assert.equal(tile?.length, 64);
  const leaves = await log.tile("tile/0/001");
  assert.equal(leaves?.length, 256 * 32);
  assert.equal((await log.tile("tile/0/002.p/69"))?.length, 69 * 32);
  const bundle = await log.tile("tile/entries/002.p/69");
  const lines = await linesOf(log.source);
  let at = 0;
  for (const line of lines.slice(512)) {
    assert.equal(bundle?.readUInt16BE(at), line.length);
    assert.equal(bundle?.toString("utf8", at + 2, at + 2 + line.length), line);
    at += 2 + line.length;
  }
  for (const path of [
    "tile/0/002",
    "tile/0/002.p/70",
    "tile/0/003.p/1",
    "tile/1/000.p/3",
    "tile/64/000",
    "tile/0/2",
    "tile/0/../checkpoint",
    "tile/0/000.p/0",
    "tile/0/x000/001",
  ]) {
    assert.equal(await log.tile(path), undefined, path);
  }
  assert.deepEqual(parseTilePath("tile/0/x001/x234/067.p/3"), { level: 0, index: 1234067, width: 3 });
  await log.shut();
});
