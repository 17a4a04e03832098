/** What can be shown of a log to someone who does not trust it: proofs and tiles, from its records and the upper part of its tree. */
import { HoldfastError } from "../core/errors.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { consistencyPath, type Hash, inclusionPath, type NodeAt } from "./merkle.ts";
import { writeProof } from "./proof.ts";
import { eachRecord, leavesOf } from "./restore.ts";
import type { LogSource } from "./store.ts";
import { entryBundle, hashTile, parseTilePath, tilePath, tileWidth } from "./tiles.ts";
import { TILE_LEVEL, TILE_WIDTH, type Tree, tileNodes } from "./tree.ts";

/** A C2SP tlog-proof that record `index` is in the log. `tree` holds at least what the checkpoint covers. */
export async function proofOf(source: LogSource, tree: Tree, checkpoint: Checkpoint, index: number): Promise<string> {
  if (!Number.isSafeInteger(index) || index < 0 || index >= checkpoint.size) throw new HoldfastError("not-found", `no record ${index} under a checkpoint`);
  const node = await nodes(source, tree, [index, checkpoint.size - 1]);
  return writeProof(index, inclusionPath(node, index, checkpoint.size), checkpoint.note);
}

/** That the log of `size` records continues the log of its first `old` records: RFC 6962 section 2.1.2. */
export async function consistencyOf(source: LogSource, tree: Tree, old: number, size: number): Promise<readonly Hash[]> {
  if (!(old >= 0 && old <= size && size <= tree.size)) throw new HoldfastError("not-found", `no tree of ${size} records after one of ${old}`);
  const node = await nodes(source, tree, [Math.max(0, old - 1), Math.max(0, size - 1)]);
  return consistencyPath(node, old, size);
}

/** A tile of the C2SP layout, made from the records; undefined where the checkpoint's tree has none of that name. */
export async function tileOf(source: LogSource, tree: Tree, checkpoint: Checkpoint, path: string): Promise<Buffer | undefined> {
  if (path === "checkpoint") return Buffer.from(checkpoint.note);
  const name = parseTilePath(path);
  if (name === undefined || name.width > tileWidth(name.level, name.index, checkpoint.size) || tilePath(name) !== path) return undefined;
  const [from, to] = [name.index * TILE_WIDTH, name.index * TILE_WIDTH + name.width];
  if (name.level === "entries") return entryBundle(await Array.fromAsync(eachRecord(source, from, to)));
  if (name.level === 0) return hashTile((await leavesOf(source, from, to)).map(({ leaf }) => leaf));
  return hashTile(Array.from({ length: name.width }, (_, i) => tree.node(TILE_LEVEL * (name.level as number), from + i)));
}

/** The tree's nodes, with those below the tiles of these records made from the records again. */
async function nodes(source: LogSource, tree: Tree, records: readonly number[]): Promise<NodeAt> {
  const tiles = new Map<number, readonly (readonly Hash[])[]>();
  for (const record of records) {
    const tile = Math.floor(record / TILE_WIDTH);
    if (tiles.has(tile) || tree.size === 0) continue;
    const leaves = await leavesOf(source, tile * TILE_WIDTH, Math.min(tree.size, (tile + 1) * TILE_WIDTH));
    tiles.set(tile, tileNodes(leaves.map(({ leaf }) => leaf)));
  }
  return (level, index) => {
    if (level >= TILE_LEVEL) return tree.node(level, index);
    const width = TILE_WIDTH >> level;
    const hash = tiles.get(Math.floor(index / width))?.[level]?.[index % width];
    if (hash === undefined) throw new HoldfastError("internal", `node ${level}/${index} was not loaded`);
    return hash;
  };
}
