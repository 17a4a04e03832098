import { type FileHandle, open } from "node:fs/promises";

/** A folder as it will be in the machine. Names are sorted when it is written. */
export interface Tree {
  readonly [name: string]: Entry;
}
export type Entry =
  | { readonly is: "folder"; readonly mode: number; readonly holds: Tree }
  | { readonly is: "file"; readonly mode: number; readonly size: number; readonly from: string }
  | { readonly is: "link"; readonly to: string };

interface Inode {
  readonly entry: Entry;
  readonly number: number;
  readonly size: number;
  /** The first block of what it holds. */
  block: number;
  /** Entries of a folder, itself and its parent among them. */
  entries: readonly (readonly [name: Buffer, inode: Inode])[];
}

const BLOCK = 4096;
const INODE = 32;
const NAME = 12;
const PIECE = 1 << 20;
const KINDS = { file: [0o100000, 1], folder: [0o040000, 2], link: [0o120000, 7] } as const;

/**
 * Writes a folder as a file system that can only be read (EROFS, the kernel's Documentation/filesystems/erofs.rst), uncompressed: what a
 * machine is given as a disk. Everything in it is root's, and nothing in it gives anybody rights. A file that is no longer as long as it
 * was said to be makes it reject with an error, so no half of it passes for the whole.
 */
export async function writeImage(path: string, root: Tree, most = Number.POSITIVE_INFINITY): Promise<void> {
  const inodes = numbered(root);
  const first = Math.ceil((1024 + 128) / BLOCK);
  let next = first + Math.ceil((inodes.length * INODE) / BLOCK);
  for (const inode of inodes) {
    inode.block = next;
    next += Math.ceil(inode.size / BLOCK);
  }
  if (next * BLOCK > most) throw new Error(`it would be longer than ${most >> 20} MB`);
  const file = await open(path, "r+").catch(() => open(path, "wx", 0o644));
  try {
    await file.write(head(inodes, first, next), 0, undefined, 0);
    // Folders and links are small and lie behind one another; files are read in pieces.
    for (const inode of inodes) {
      const at = inode.block * BLOCK;
      if (inode.entry.is === "folder") await file.write(listed(inode), 0, undefined, at);
      else if (inode.entry.is === "link") await file.write(Buffer.from(inode.entry.to), 0, undefined, at);
      else await copied(file, inode.entry.from, inode.size, at);
    }
    const { size } = await file.stat();
    if (size < next * BLOCK) await file.truncate(next * BLOCK);
  } finally {
    await file.close();
  }
}

async function copied(into: FileHandle, from: string, size: number, at: number): Promise<void> {
  const file = await open(from);
  try {
    const piece = Buffer.allocUnsafe(Math.min(PIECE, size + 1));
    for (let done = 0; ; ) {
      const { bytesRead } = await file.read(piece, 0, Math.min(piece.length, size + 1 - done), done);
      if (bytesRead === 0 && done === size) return;
      if (bytesRead === 0 || done + bytesRead > size) throw new Error(`\`${from}\` changed while it was read`);
      await into.write(piece, 0, bytesRead, at + done);
      done += bytesRead;
    }
  } finally {
    await file.close();
  }
}

function numbered(root: Tree): readonly Inode[] {
  const inodes: Inode[] = [];
  const add = (entry: Entry, above?: Inode): Inode => {
    const number = inodes.length;
    if (entry.is !== "folder") {
      const inode = { entry, number, size: entry.is === "file" ? entry.size : Buffer.byteLength(entry.to), block: 0, entries: [] };
      inodes.push(inode);
      return inode;
    }
    const names = Object.keys(entry.holds).map((name) => Buffer.from(name));
    const inode: Inode = {
      entry,
      number,
      size: BLOCK * pages([Buffer.from("."), Buffer.from(".."), ...names].sort(Buffer.compare)).length,
      block: 0,
      entries: [],
    };
    inodes.push(inode);
    const held = Object.entries(entry.holds).map(([name, one]) => [Buffer.from(name), add(one, inode)] as const);
    inode.entries = [...held, [Buffer.from("."), inode] as const, [Buffer.from(".."), above ?? inode] as const].sort(([a], [b]) => Buffer.compare(a, b));
    return inode;
  };
  add({ is: "folder", mode: 0o755, holds: root });
  return inodes;
}

/** How the names of a folder fall into blocks: none is in two. Gives how many are in each. */
function pages(names: readonly Buffer[]): readonly number[] {
  const counts: number[] = [];
  let [count, used] = [0, 0];
  for (const { length } of names) {
    if (used + NAME + length > BLOCK) {
      counts.push(count);
      [count, used] = [0, 0];
    }
    count++;
    used += NAME + length;
  }
  return [...counts, count];
}

function listed({ entries }: Inode): Buffer {
  const all = Buffer.alloc(BLOCK * pages(entries.map(([name]) => name)).length);
  let from = 0;
  for (const [page, count] of pages(entries.map(([name]) => name)).entries()) {
    let name = count * NAME;
    for (const [index, [text, { number, entry }]] of entries.slice(from, from + count).entries()) {
      const at = page * BLOCK + index * NAME;
      all.writeBigUInt64LE(BigInt(number), at);
      all.writeUInt16LE(name, at + 8);
      all.writeUInt8(KINDS[entry.is][1], at + 10);
      text.copy(all, page * BLOCK + name);
      name += text.length;
    }
    from += count;
  }
  return all;
}

/** The superblock and the inodes behind it. */
function head(inodes: readonly Inode[], first: number, blocks: number): Buffer {
  const bytes = Buffer.alloc(first * BLOCK + Math.ceil((inodes.length * INODE) / BLOCK) * BLOCK);
  bytes.writeUInt32LE(0xe0f5e1e2, 1024);
  bytes.writeUInt8(12, 1024 + 12); // blocks of 2^12 bytes
  bytes.writeBigUInt64LE(BigInt(inodes.length), 1024 + 16);
  bytes.writeUInt32LE(blocks, 1024 + 36);
  bytes.writeUInt32LE(first, 1024 + 40); // where inodes begin; the root is number 0
  for (const { entry, number, size, block, entries } of inodes) {
    const at = first * BLOCK + number * INODE;
    const folders = entries.filter(([, one]) => one.entry.is === "folder").length;
    bytes.writeUInt16LE(KINDS[entry.is][0] | (entry.is === "link" ? 0o777 : entry.mode & 0o777), at + 4);
    bytes.writeUInt16LE(Math.max(1, Math.min(folders, 0xffff)), at + 6);
    bytes.writeUInt32LE(size, at + 8);
    bytes.writeUInt32LE(block, at + 16);
    bytes.writeUInt32LE(number + 1, at + 20);
  }
  return bytes;
}
