import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { verifies } from "../../test/verifies.ts";
import {
  consistencyPath,
  EMPTY_ROOT,
  type Hash,
  inclusionPath,
  type NodeAt,
  nodeHash,
  provesConsistency,
  provesInclusion,
  recordHash,
  rootOf,
} from "./merkle.ts";
import { growRange } from "./range.ts";
import { growTree, TILE_WIDTH, tileNodes } from "./tree.ts";

/** RFC 6962 section 2.1, as it is written there. */
function naiveRoot(records: readonly Buffer[]): Buffer {
  const sha = (...parts: Uint8Array[]): Buffer => parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();
  if (records.length === 0) return sha();
  if (records.length === 1) return sha(Buffer.of(0), records[0]!);
  let k = 1;
  while (2 * k < records.length) k *= 2;
  return sha(Buffer.of(1), naiveRoot(records.slice(0, k)), naiveRoot(records.slice(k)));
}

const hex = (hash: Hash): string => Buffer.from(hash, "latin1").toString("hex");
const recordsOf = (n: number): Buffer[] => Array.from({ length: n }, (_, i) => Buffer.from(`record ${i}`));

/** All nodes of a tree over these leaves. */
function allNodes(leaves: readonly Hash[]): NodeAt {
  const rows = tileNodes(leaves);
  return (level, index) => {
    const hash = rows[level]?.[index];
    assert.ok(hash !== undefined, `node ${level}/${index} was asked for and does not exist`);
    return hash;
  };
}

// The leaves of the example that Certificate Transparency implementations share; the roots are public and computed here again.
const SHARED = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"].map((text) => Buffer.from(text, "hex"));
const SHARED_ROOTS = [
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

test("the roots of the shared example are the published ones", () => {
  verifies("A-02");
  const range = growRange();
  assert.equal(hex(range.root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  for (const [i, record] of SHARED.entries()) {
    range.push(recordHash(record));
    assert.equal(hex(range.root()), SHARED_ROOTS[i]);
  }
});

test("tree, range and nodes give the root that RFC 6962 defines, at every size across the edges of tiles", () => {
  const records = recordsOf(2 * TILE_WIDTH + 5);
  const [tree, range] = [growTree(), growRange()];
  const wanted = new Set([0, 1, 2, 3, 7, 8, 9, 255, 256, 257, 300, 511, 512, 513, 517]);
  for (let size = 0; size <= records.length; size++) {
    assert.equal(tree.size, size);
    if (wanted.has(size)) {
      const expected = naiveRoot(records.slice(0, size)).toString("latin1");
      assert.equal(tree.root(), expected, `tree of ${size}`);
      assert.equal(range.root(), expected, `range of ${size}`);
      assert.equal(rootOf(allNodes(records.slice(0, size).map(recordHash)), size), expected, `nodes of ${size}`);
    }
    if (size < records.length) {
      tree.append(recordHash(records[size]!));
      range.push(recordHash(records[size]!));
    }
  }
});

test("a tree restored from its tile roots goes on like the one that was never interrupted", () => {
  const leaves = recordsOf(3 * TILE_WIDTH + 9).map(recordHash);
  const whole = growTree();
  for (const leaf of leaves) whole.append(leaf);
  const restored = growTree(whole.tileRoots(0, 3));
  for (const leaf of leaves.slice(3 * TILE_WIDTH)) restored.append(leaf);
  assert.equal(restored.root(), whole.root());
  assert.equal(restored.size, whole.size);
});

test("a proof of inclusion holds for its record and place, and for no other record, place, size or root", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 70 }), fc.nat(), fc.nat(), (size, a, b) => {
      const leaves = recordsOf(size).map(recordHash);
      const node = allNodes(leaves);
      const [index, other] = [a % size, b % size];
      const path = inclusionPath(node, index, size);
      const root = rootOf(node, size);
      assert.ok(provesInclusion(leaves[index]!, index, size, path, root));
      assert.ok(!provesInclusion(recordHash(Buffer.from("forged")), index, size, path, root));
      assert.ok(!provesInclusion(leaves[index]!, index, size, path, EMPTY_ROOT));
      assert.ok(!provesInclusion(leaves[index]!, index, size, [...path, root], root));
      if (path.length > 0) assert.ok(!provesInclusion(leaves[index]!, index, size, path.slice(1), root));
      if (other !== index) assert.ok(!provesInclusion(leaves[index]!, other, size, path, root));
    }),
  );
});

test("a proof of consistency holds for the tree that was continued, and for no other", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 70 }), fc.nat(), fc.nat(), (size, a, changed) => {
      const records = recordsOf(size);
      const old = a % (size + 1);
      const node = allNodes(records.map(recordHash));
      const [oldRoot, root] = [rootOf(allNodes(records.slice(0, old).map(recordHash)), old), rootOf(node, size)];
      const path = consistencyPath(node, old, size);
      assert.ok(provesConsistency(old, oldRoot, size, root, path));
      if (old > 0) {
        const other = [...records];
        other[changed % old] = Buffer.from("rewritten");
        const rewritten = allNodes(other.map(recordHash));
        assert.ok(!provesConsistency(old, oldRoot, size, rootOf(rewritten, size), consistencyPath(rewritten, old, size)));
      }
      if (path.length > 0) assert.ok(!provesConsistency(old, oldRoot, size, root, path.slice(1)));
      assert.ok(!provesConsistency(old, nodeHash(oldRoot, oldRoot), size, root, path));
    }),
  );
});
