import { EMPTY_ROOT, type Hash, nodeHash } from "./merkle.ts";

/** The root of a tree of which only the right edge is kept: enough to verify a log of any length in a few kilobytes. */
export interface Range {
  readonly size: number;
  push(leaf: Hash): void;
  root(): Hash;
}

export function growRange(): Range {
  const edge: (Hash | undefined)[] = [];
  let size = 0;
  return {
    get size() {
      return size;
    },
    push: (leaf) => {
      let [hash, level] = [leaf, 0];
      for (let left = edge[0]; left !== undefined; left = edge[level]) {
        hash = nodeHash(left, hash);
        edge[level++] = undefined;
      }
      edge[level] = hash;
      size++;
    },
    root: () => {
      let root: Hash | undefined;
      for (const hash of edge) if (hash !== undefined) root = root === undefined ? hash : nodeHash(hash, root);
      return root ?? EMPTY_ROOT;
    },
  };
}
