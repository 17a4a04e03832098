import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";

/** A small real log for development and tests: RFC 6962 tree, C2SP checkpoint, Ed25519. Written apart from what checks it in the browser. */
export interface Log {
  readonly vkey: string;
  readonly size: number;
  append(line: string): number;
  root(): string;
  checkpoint(): string;
  path(index: number): readonly string[];
}

export function memoryLog(name: string): Log {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const typed = Buffer.concat([Buffer.of(1), publicKey.export({ format: "der", type: "spki" }).subarray(-32)]);
  const id = sha256(Buffer.from(`${name}\n`), typed).subarray(0, 4);
  const leaves: Buffer[] = [];
  const root = (): string => rootOf(leaves).toString("base64");
  return {
    vkey: `${name}+${id.toString("hex")}+${typed.toString("base64")}`,
    get size() {
      return leaves.length;
    },
    append: (line) => leaves.push(sha256(Buffer.of(0), Buffer.from(line))) - 1,
    root,
    checkpoint: () => signed(`${name}\n${leaves.length}\n${root()}\n`, name, id, privateKey),
    path: (index) => pathOf(index, leaves).map((hash) => hash.toString("base64")),
  };
}

function signed(text: string, name: string, id: Buffer, key: KeyObject): string {
  return `${text}\n\u2014 ${name} ${Buffer.concat([id, sign(null, Buffer.from(text), key)]).toString("base64")}\n`;
}

function rootOf(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return leaves[0]!;
  const split = halfOf(leaves.length);
  return sha256(Buffer.of(1), rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)));
}

function pathOf(index: number, leaves: readonly Buffer[]): readonly Buffer[] {
  if (leaves.length <= 1) return [];
  const split = halfOf(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return index < split ? [...pathOf(index, left), rootOf(right)] : [...pathOf(index - split, right), rootOf(left)];
}

/** The largest power of two below `size`. */
const halfOf = (size: number): number => 2 ** Math.floor(Math.log2(size - 1));
const sha256 = (...parts: readonly Uint8Array[]): Buffer => createHash("sha256").update(Buffer.concat(parts)).digest();
