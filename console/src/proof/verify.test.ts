import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../../test/verifies.ts";
import { memoryLog } from "../../dev/log.ts";
import { bytesOf, parseCheckpoint, parseKey } from "./note.ts";
import { type Proof, verifyProof } from "./verify.ts";

const line = (i: number): string => JSON.stringify({ kind: "intent", id: `r${i}`, text: "Grüße \u2028 \u{1f9ff}" });

function logOf(size: number) {
  const log = memoryLog("holdfast.test/log");
  for (let i = 0; i < size; i++) log.append(line(i));
  const proof = (index: number): Proof => ({
    index,
    size,
    root: log.root(),
    hashes: log.path(index),
    checkpoint: log.checkpoint(),
    vkey: log.vkey,
    text: "",
  });
  return { log, proof };
}

test("every record of trees of 1 to 33 leaves verifies at its own place", async () => {
  verifies("A-02");
  for (let size = 1; size <= 33; size++) {
    const { proof } = logOf(size);
    for (let index = 0; index < size; index++) assert.equal((await verifyProof(line(index), proof(index))).ok, true, `${index} of ${size}`);
  }
});

test("a record does not verify at another's place", async () => {
  const { proof } = logOf(9);
  for (let index = 0; index < 9; index++) {
    for (let other = 0; other < 9; other++) if (other !== index) assert.equal((await verifyProof(line(index), proof(other))).ok, false);
  }
});

const flip = (base64: string, at = 0): string => {
  const bytes = Buffer.from(base64, "base64");
  bytes[at]! ^= 1;
  return bytes.toString("base64");
};

// Each case changes one thing; the step that must notice is named.
const TAMPERED: readonly [name: string, change: (proof: Proof) => Proof, record: string, failed: string][] = [
  ["one letter of the record", (p) => p, line(5).replace("intent", "intenT"), "path"],
  ["one bit of a path hash", (p) => ({ ...p, hashes: [flip(p.hashes[0]!), ...p.hashes.slice(1)] }), line(5), "path"],
  ["a path too short", (p) => ({ ...p, hashes: p.hashes.slice(1) }), line(5), "path"],
  ["a path too long", (p) => ({ ...p, hashes: [...p.hashes, p.root] }), line(5), "path"],
  ["a path hash that is no base64", (p) => ({ ...p, hashes: ["%%%", ...p.hashes.slice(1)] }), line(5), "path"],
  ["an index beyond the tree", (p) => ({ ...p, index: 21 }), line(5), "path"],
  ["a negative index", (p) => ({ ...p, index: -1 }), line(5), "path"],
  ["a fractional index", (p) => ({ ...p, index: 5.5 }), line(5), "path"],
  ["a root of another length", (p) => ({ ...p, root: "AAAA" }), line(5), "record"],
  ["a checkpoint of another size", (p) => ({ ...p, checkpoint: p.checkpoint.replace("\n21\n", "\n22\n") }), line(5), "checkpoint"],
  ["a checkpoint of another root", (p) => ({ ...p, checkpoint: p.checkpoint.replace(p.root, flip(p.root)) }), line(5), "checkpoint"],
  ["no checkpoint", (p) => ({ ...p, checkpoint: "" }), line(5), "checkpoint"],
  ["a key with a wrong hash", (p) => ({ ...p, vkey: p.vkey.replace(/\+[0-9a-f]{8}\+/, "+00000000+") }), line(5), "signature"],
  ["a key that is none", (p) => ({ ...p, vkey: "key" }), line(5), "signature"],
  ["a line added to what was signed", (p) => ({ ...p, checkpoint: p.checkpoint.replace("\n\n", "\nextra\n\n") }), line(5), "signature"],
  ["a signature by another log of the same name", (p) => ({ ...p, vkey: memoryLog("holdfast.test/log").vkey }), line(5), "signature"],
  ["no signature line", (p) => ({ ...p, checkpoint: `${p.checkpoint.split("\u2014")[0]}\u2014 x y\n` }), line(5), "signature"],
];

for (const [name, change, record, failed] of TAMPERED) {
  test(`tampering is found: ${name}`, async () => {
    const { proof } = logOf(21);
    assert.equal((await verifyProof(line(5), proof(5))).ok, true);
    assert.deepEqual(await verifyProof(record, change(proof(5))), { ok: false, failed, why: "broken" });
  });
}

test("the key and note of the C2SP examples' shape are read, and near misses refused", async () => {
  const { log } = logOf(3);
  assert.equal((await parseKey(log.vkey))?.name, "holdfast.test/log");
  assert.equal(await parseKey(log.vkey.replace("holdfast", "holdfasT")), undefined);
  assert.equal(parseCheckpoint(log.checkpoint())?.size, 3);
  assert.equal(parseCheckpoint(log.checkpoint().replace("\n3\n", "\n03\n")), undefined);
  assert.equal(bytesOf("A"), undefined);
  assert.deepEqual([...(bytesOf("QQ==") ?? [])], [65]);
});
