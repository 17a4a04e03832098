import { constants, type FileHandle, mkdir, open, readdir, rename } from "node:fs/promises";

/** What a driver needs of a disk, so that a test can put one below it that loses everything not synced. Paths are absolute. */
export interface Disk {
  /** Makes a folder and those above it, readable for the owner only. Those that are there stay as they are. */
  makeFolder(path: string): Promise<void>;
  /** The names in a folder; empty if there is no such folder. */
  list(path: string): Promise<readonly string[]>;
  /** `write` and `create` are for one process at a time; `create` fails if the file is there. Rejects with code `ENOENT` where there is none. */
  open(path: string, mode: "read" | "write" | "create" | "replace"): Promise<DiskFile>;
  rename(from: string, to: string): Promise<void>;
  /** What was created or renamed in this folder is on stable storage when it resolves. */
  syncFolder(path: string): Promise<void>;
}

export interface DiskFile {
  size(): Promise<number>;
  /** Fewer bytes where the file ends before. */
  read(offset: number, length: number): Promise<Buffer>;
  write(offset: number, bytes: Uint8Array): Promise<void>;
  /** The same, and on stable storage when it resolves, with everything written before. */
  writeDurably(offset: number, bytes: Uint8Array): Promise<void>;
  truncate(size: number): Promise<void>;
  /** Content and length are on stable storage when it resolves. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

// With O_DSYNC a write is durable by itself: one trip through Node's thread pool instead of two, and the second one would wait for the
// event loop, which just then makes the next records. Where a system has no such flag, fdatasync follows.
const DURABLE: number | undefined = constants.O_DSYNC;

const FLAGS = {
  read: constants.O_RDONLY,
  write: constants.O_RDWR | (DURABLE ?? 0),
  create: constants.O_RDWR | constants.O_CREAT | constants.O_EXCL,
  replace: constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC,
};

/** The real disk, through asynchronous calls only: a slow or hanging one never holds the event loop. */
export const nodeDisk: Disk = {
  makeFolder: async (path) => void (await mkdir(path, { recursive: true, mode: 0o700 })),
  list: (path) => readdir(path).catch((error: NodeJS.ErrnoException) => (error.code === "ENOENT" ? [] : Promise.reject(error))),
  open: async (path, mode) => fileOf(await open(path, FLAGS[mode], 0o600), mode === "write" && DURABLE !== undefined),
  rename,
  syncFolder: async (path) => {
    const folder = await open(path, constants.O_RDONLY);
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  },
};

function fileOf(handle: FileHandle, durable: boolean): DiskFile {
  const write = async (offset: number, bytes: Uint8Array): Promise<void> => {
    // A full disk writes a part first and fails with the rest.
    for (let written = 0; written < bytes.length; ) {
      written += (await handle.write(bytes, written, bytes.length - written, offset + written)).bytesWritten;
    }
  };
  return {
    size: async () => (await handle.stat()).size,
    read: async (offset, length) => {
      const buffer = Buffer.allocUnsafe(length);
      let filled = 0;
      while (filled < length) {
        const { bytesRead } = await handle.read(buffer, filled, length - filled, offset + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return buffer.subarray(0, filled);
    },
    write,
    writeDurably: async (offset, bytes) => {
      await write(offset, bytes);
      if (!durable) await handle.datasync();
    },
    truncate: (size) => handle.truncate(size),
    sync: () => handle.datasync(),
    close: () => handle.close(),
  };
}
