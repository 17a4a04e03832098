import { HoldfastError } from "../core/errors.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { type Hash, recordHash } from "./merkle.ts";
import { LINE_HEAD, NO_PREV } from "./record.ts";
import type { LogSource } from "./store.ts";
import { tileHashes, tilePath } from "./tiles.ts";
import { growTree, TILE_WIDTH, type Tree, tileNodes } from "./tree.ts";

/** Side files of a log. */
export const CHECKPOINT = "checkpoint";
/** What is needed to go on without reading the whole log again: roots of full tiles that do not fill a level-1 tile yet. */
export const EDGE = "edge";
/** The first checkpoint after a level-1 tile became full: they narrow down where a log was changed. */
export const keptCheckpoint = (tile: number): string => `kept/${tile}`;

export interface Edge {
  readonly tiles: readonly string[];
  /** The oldest intent whose outcome was not durable: recovery looks for interrupted requests from here. */
  readonly open: number;
}

/** Tiles whose records are read and hashed again at every start, besides everything after the last full one. */
const CHECKED_AGAIN = 32;

/** `prev` of the record that follows the one with this leaf hash. */
export function prevOf(leaf: Hash): string {
  HALF.write(leaf, 0, 16, "latin1");
  return HALF.toString("hex");
}
const HALF = Buffer.alloc(16);

/**
 * The tree at a checkpoint, from the stored tile roots and the records behind them. Throws `unavailable` where checkpoint, tiles and
 * records contradict each other: acknowledged records were lost or changed.
 */
export async function restoreTree(source: LogSource, checkpoint: Checkpoint): Promise<{ tree: Tree; prev: string }> {
  const size = await source.size();
  if (size < checkpoint.size) throw lost(`the checkpoint covers ${checkpoint.size} records and only ${size} are there`);
  const full = Math.floor(checkpoint.size / TILE_WIDTH);
  const roots = await storedRoots(source, full);
  // The tile before the first one that is hashed again gives the `prev` it must begin with.
  for (let tile = Math.max(0, Math.min(roots.length, full - CHECKED_AGAIN)); tile < full; tile++) {
    const leaves = (await leavesOf(source, tile * TILE_WIDTH, (tile + 1) * TILE_WIDTH)).map(({ leaf }) => leaf);
    const root = tileNodes(leaves)[8]?.[0];
    if (root === undefined || (tile < roots.length && roots[tile] !== root)) {
      throw lost(`records ${tile * TILE_WIDTH} to ${(tile + 1) * TILE_WIDTH - 1} are not those that were hashed when they were written`);
    }
    roots[tile] = root;
  }
  const tree = growTree(roots);
  for (const { leaf } of await leavesOf(source, full * TILE_WIDTH, checkpoint.size)) tree.append(leaf);
  if (tree.root() !== checkpoint.root) throw lost(`the first ${checkpoint.size} records do not have the root that was signed`);
  const last = checkpoint.size === 0 ? undefined : (await leavesOf(source, checkpoint.size - 1, checkpoint.size))[0];
  return { tree, prev: last === undefined ? NO_PREV : prevOf(last.leaf) };
}

/** Takes the records after the checkpoint into the tree; each must continue the one before it. Returns the `prev` of the next. */
export async function catchUp(source: LogSource, tree: Tree, prev: string): Promise<string> {
  const size = await source.size();
  let expected = prev;
  while (tree.size < size) {
    for (const { line, leaf } of await leavesOf(source, tree.size, Math.min(size, tree.size + TILE_WIDTH))) {
      const head = LINE_HEAD.exec(Buffer.from(line).toString("latin1", 0, 80));
      if (Number(head?.[1]) !== tree.size || head?.[2] !== expected) throw lost(`record ${tree.size} does not continue the one before it`);
      tree.append(leaf);
      expected = prevOf(leaf);
    }
  }
  return expected;
}

/** All records [from, to), in pieces of at most a tile. Throws if one of them is not there. */
export async function* eachRecord(source: LogSource, from: number, to: number): AsyncGenerator<Uint8Array> {
  for (let at = from; at < to; ) {
    const lines = await source.read(at, Math.min(to, at + TILE_WIDTH));
    if (lines.length === 0) throw lost(`record ${at} cannot be read`);
    yield* lines;
    at += lines.length;
  }
}

export async function leavesOf(source: LogSource, from: number, to: number): Promise<{ line: Uint8Array; leaf: Hash }[]> {
  const leaves: { line: Uint8Array; leaf: Hash }[] = [];
  for await (const line of eachRecord(source, from, to)) leaves.push({ line, leaf: recordHash(line) });
  return leaves;
}

async function storedRoots(source: LogSource, most: number): Promise<Hash[]> {
  const roots: Hash[] = [];
  while (roots.length + TILE_WIDTH <= most) {
    const tile = await source.get(tilePath({ level: 1, index: roots.length / TILE_WIDTH, width: TILE_WIDTH }));
    if (tile?.length !== 32 * TILE_WIDTH) return roots;
    roots.push(...tileHashes(tile));
  }
  const tile = await source.get(tilePath({ level: 1, index: roots.length / TILE_WIDTH, width: TILE_WIDTH }));
  const edge = tile === undefined ? (await readEdge(source))?.tiles.map((hash) => Buffer.from(hash, "base64").toString("latin1")) : tileHashes(tile);
  roots.push(...(edge ?? []).slice(0, most - roots.length));
  return roots;
}

/** The edge, or undefined where there is none or it is not one: then more is read again, and nothing is believed. */
export async function readEdge(source: LogSource): Promise<Edge | undefined> {
  const bytes = await source.get(EDGE);
  try {
    const edge = JSON.parse(Buffer.from(bytes ?? []).toString()) as Edge;
    const sound =
      Array.isArray(edge.tiles) && edge.tiles.every((tile) => /^[A-Za-z0-9+/]{43}=$/.test(tile)) && Number.isSafeInteger(edge.open) && edge.open >= 0;
    return sound ? edge : undefined;
  } catch {
    return undefined;
  }
}

const lost = (what: string): HoldfastError => new HoldfastError("unavailable", `the audit log is not what it was: ${what}`);
