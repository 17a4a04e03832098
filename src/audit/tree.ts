import { EMPTY_ROOT, type Hash, type NodeAt, nodeHash } from "./merkle.ts";

/** Leaves in one full tile, and the level of its root. */
export const TILE_WIDTH = 256;
export const TILE_LEVEL = 8;

/** A growing Merkle tree that keeps every node from the tile roots upward (64 bytes for 256 leaves) and, below, only the last tile. */
export interface Tree {
  readonly size: number;
  root(): Hash;
  append(leaf: Hash): void;
  /** Perfect nodes at `TILE_LEVEL` and above, and all of the last, incomplete tile. Throws for a node it does not hold. */
  readonly node: NodeAt;
  /** Roots of full tiles [from, to): the hashes of a C2SP level-1 tile. */
  tileRoots(from: number, to: number): readonly Hash[];
}

/** A tree over the full tiles whose roots are given; the leaves after them are appended. */
export function growTree(tileRoots: readonly Hash[] = []): Tree {
  const upper: Hash[][] = [];
  let lower: Hash[][] = [];
  let size = 0;
  const grow = (level: number, hash: Hash): void => {
    const row = level < TILE_LEVEL ? (lower[level] ??= []) : (upper[level - TILE_LEVEL] ??= []);
    const position = row.push(hash);
    if (position % 2 === 0) grow(level + 1, nodeHash(row[position - 2]!, hash));
  };
  for (const root of tileRoots) grow(TILE_LEVEL, root);
  size = tileRoots.length * TILE_WIDTH;
  const node: NodeAt = (level, index) => {
    const first = Math.floor((size - 1) / TILE_WIDTH) * (TILE_WIDTH >> level);
    const hash = level < TILE_LEVEL ? lower[level]?.[index - first] : upper[level - TILE_LEVEL]?.[index];
    if (hash === undefined) throw new RangeError(`no node ${level}/${index} in a tree of ${size}`);
    return hash;
  };
  return {
    get size() {
      return size;
    },
    root: () => {
      // From the smallest perfect subtree on the right edge to the largest.
      let root: Hash | undefined;
      for (const row of [...lower, ...emptyRows(lower.length), ...upper]) {
        if (row.length % 2 === 1) root = root === undefined ? row.at(-1)! : nodeHash(row.at(-1)!, root);
      }
      return root ?? EMPTY_ROOT;
    },
    append: (leaf) => {
      if (size % TILE_WIDTH === 0) lower = [];
      grow(0, leaf);
      size++;
      // The complete tile's root has moved up; what is below it can be computed again from its records.
      if (size % TILE_WIDTH === 0) lower = [];
    },
    node,
    tileRoots: (from, to) => (upper[0] ?? []).slice(from, to),
  };
}

const emptyRows = (have: number): Hash[][] => Array.from({ length: Math.max(0, TILE_LEVEL - have) }, () => []);

/** All nodes of one tile, from its leaves: `row[level][index within the tile]`. */
export function tileNodes(leaves: readonly Hash[]): readonly (readonly Hash[])[] {
  const rows: Hash[][] = [[...leaves]];
  for (let row = rows[0]!; row.length > 1; row = rows.at(-1)!) {
    rows.push(Array.from({ length: Math.floor(row.length / 2) }, (_, i) => nodeHash(row[2 * i]!, row[2 * i + 1]!)));
  }
  return rows;
}
