/** The layout of C2SP tiled logs (c2sp.org/tlog-tiles). */
import type { Hash } from "./merkle.ts";
import { TILE_WIDTH } from "./tree.ts";

export interface TileName {
  readonly level: number | "entries";
  readonly index: number;
  /** 256 for a full tile. */
  readonly width: number;
}

/** `tile/0/x001/234`, with `.p/7` behind it for a tile that is not full. */
export function tilePath({ level, index, width }: TileName): string {
  const groups: string[] = [];
  for (let rest = index, more = false; rest > 0 || !more; rest = Math.floor(rest / 1000), more = true) {
    groups.unshift(`${more ? "x" : ""}${String(rest % 1000).padStart(3, "0")}`);
  }
  return `tile/${level}/${groups.join("/")}${width === TILE_WIDTH ? "" : `.p/${width}`}`;
}

/** Reads such a path; undefined for anything that `tilePath` would not write. */
export function parseTilePath(path: string): TileName | undefined {
  const match = /^tile\/(entries|[0-9]|[1-5][0-9]|6[0-3])\/((?:x[0-9]{3}\/){0,4}[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/.exec(path);
  if (match === null) return undefined;
  const name: TileName = {
    level: match[1] === "entries" ? "entries" : Number(match[1]),
    index: Number(match[2]!.replace(/[x/]/g, "")),
    width: match[3] === undefined ? TILE_WIDTH : Number(match[3]),
  };
  return tilePath(name) === path ? name : undefined;
}

/** How wide a tile is in a tree of `size`; 0 if it is not there. */
export function tileWidth(level: number | "entries", index: number, size: number): number {
  const count = Math.floor(size / TILE_WIDTH ** (level === "entries" ? 0 : level));
  return Math.max(0, Math.min(TILE_WIDTH, count - index * TILE_WIDTH));
}

export function hashTile(hashes: readonly Hash[]): Buffer {
  return Buffer.from(hashes.join(""), "latin1");
}

export function tileHashes(tile: Uint8Array): readonly Hash[] {
  const text = Buffer.from(tile).toString("latin1");
  return Array.from({ length: Math.floor(text.length / 32) }, (_, i) => text.slice(32 * i, 32 * i + 32));
}

/** Records behind each other, each with its length in two bytes before it. */
export function entryBundle(records: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    records.flatMap((record) => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(record.length);
      return [length, record];
    }),
  );
}
