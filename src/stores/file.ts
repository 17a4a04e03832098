import { isSideName, type LogSource, type LogStore, MOST_RECORD_BYTES } from "../audit/store.ts";
import { HoldfastError } from "../core/errors.ts";
import { type Disk, type DiskFile, nodeDisk } from "./disk.ts";
import { holdLock } from "./lock.ts";
import { batchOf, mark, type Places, placeOf, readRecords, scan } from "./segment.ts";

export interface FileLogOptions {
  /** A new file is begun when the last one has this many bytes; 16 MiB. */
  readonly segmentBytes?: number;
  readonly disk?: Disk;
  /** Takes the writer's lock on a path; a test with a disk of its own brings its own. */
  readonly lock?: (path: string) => () => void;
}

interface Segment {
  readonly name: string;
  readonly first: number;
  /** Known for the last file; for others when they were first read. */
  places?: Places;
}

const SEGMENT_BYTES = 16 * 1024 * 1024;
const READ_BYTES = 1024 * 1024;

/** Opens the log in a folder for writing, after recovering it. Throws `unavailable` if it is damaged or another process has it. */
export function openFileLog(folder: string, { segmentBytes = SEGMENT_BYTES, disk = nodeDisk, lock = holdLock }: FileLogOptions = {}): Promise<LogStore> {
  return answered(openForWriting(folder, segmentBytes, disk, lock));
}

async function openForWriting(folder: string, segmentBytes: number, disk: Disk, lock: (path: string) => () => void): Promise<LogStore> {
  await disk.makeFolder(`${folder}/log`);
  // A name must survive a crash as well as what it names, also that of a file which a process made and was killed before it could sync it.
  for (const path of [`${folder}/..`, folder, `${folder}/log`]) await disk.syncFolder(path);
  const unlock = lock(`${folder}/lock`);
  try {
    const segments = await list(disk, folder);
    if (segments.length === 0) segments.push(await create(disk, folder, 0));
    return writer(disk, folder, segmentBytes, segments, await recover(disk, folder, segments), unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

/** Opens the log in a folder for reading only, beside whoever writes it. */
export async function openFileLogReader(folder: string, { disk = nodeDisk }: Pick<FileLogOptions, "disk"> = {}): Promise<LogSource> {
  let segments: Segment[] = [];
  let [count, end] = [0, 0];
  const size = async (): Promise<number> => {
    const found = await list(disk, folder);
    if (found.length === 0) throw new HoldfastError("not-found", `no log in \`${folder}\``);
    if (found.length > segments.length) [segments, count, end] = [[...segments.slice(0, -1), ...found.slice(Math.max(0, segments.length - 1))], 0, 0];
    const last = segments.at(-1)!;
    const scanned = await withFile(disk, pathOf(folder, last), (file) => scan(file, last.first + count, end, true));
    last.places = merged(end === 0 ? undefined : last.places, scanned.places);
    [count, end] = [count + scanned.count, scanned.end];
    return last.first + count;
  };
  await answered(size());
  return {
    size: () => answered(size()),
    read: (from, to) => answered(read(disk, folder, segments, from, to)),
    get: (name) => answered(get(disk, folder, name)),
    close: async () => {},
  };
}

/** What the disk says, in our words: nobody above has to know the codes of a file system. */
function answered<T>(work: Promise<T>): Promise<T> {
  return work.catch((cause: unknown) => {
    throw cause instanceof HoldfastError ? cause : new HoldfastError("unavailable", "the audit log cannot be read", { cause });
  });
}

interface Tail {
  readonly file: DiskFile;
  readonly end: number;
  readonly size: number;
}

/** Finds the last whole batch and removes what an unfinished `append` left behind it. */
async function recover(disk: Disk, folder: string, segments: Segment[]): Promise<Tail> {
  for (const [i, segment] of segments.slice(0, -1).entries()) await continues(disk, folder, segment, segments[i + 1]!);
  const last = segments.at(-1)!;
  const file = await disk.open(pathOf(folder, last), "write");
  try {
    const { count, end, places, damage } = await scan(file, last.first, 0);
    if (damage !== undefined) throw new HoldfastError("unavailable", `the audit log is damaged: \`log/${last.name}\`: ${damage}`);
    if ((await file.size()) > end) await file.truncate(end);
    // INVARIANT: what is called durable is. After a crash the batches we just read may exist in the page cache only.
    await file.sync();
    last.places = places;
    return { file, end, size: last.first + count };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Throws unless the last batch of a full file ends where the next file begins: a file in the middle is missing or cut. */
async function continues(disk: Disk, folder: string, segment: Segment, next: Segment): Promise<void> {
  const end = await withFile(disk, pathOf(folder, segment), async (file) => file.read(Math.max(0, (await file.size()) - 64), 64));
  const [, first, count] = /#([0-9]+) ([0-9]+) [0-9a-f]{8}\n$/.exec(end.toString("latin1")) ?? [];
  if (Number(first) + Number(count) !== next.first)
    throw new HoldfastError("unavailable", `the audit log is damaged: \`log/${segment.name}\` does not end where the next file begins`);
}

function writer(disk: Disk, folder: string, segmentBytes: number, segments: Segment[], tail: Tail, unlock: () => void): LogStore {
  let { file, end, size } = tail;
  let [busy, putting, broken]: [boolean, boolean, unknown] = [false, false, undefined];
  /** Runs one write; whatever goes wrong in it, there is no second try. */
  const once = async <T>(work: () => Promise<T>): Promise<T> => {
    if (broken !== undefined) throw new HoldfastError("unavailable", "the audit log cannot be written any more", { cause: broken });
    try {
      return await work();
    } catch (cause) {
      broken ??= cause;
      throw new HoldfastError("unavailable", "the audit log could not be written", { cause });
    }
  };
  const roll = async (): Promise<void> => {
    const next = await create(disk, folder, size);
    const full = file;
    [file, end] = [await disk.open(pathOf(folder, next), "write"), 0];
    segments.push(next);
    await full.close();
  };
  return {
    size: async () => size,
    read: (from, to) => answered(read(disk, folder, segments, from, Math.min(to, size))),
    get: (name) => answered(get(disk, folder, name)),
    append: async (records) => {
      if (busy) throw new HoldfastError("internal", "two appends at once");
      if (records.length === 0) return;
      if (!records.every(isRecord)) throw new HoldfastError("internal", "not a record");
      busy = true;
      try {
        await once(async () => {
          if (end >= segmentBytes) await roll();
          const batch = batchOf(size, records);
          await file.writeDurably(end, batch);
          mark((segments.at(-1)!.places ??= { records: [], offsets: [] }), size, end);
          end += batch.length;
          size += records.length;
        });
      } finally {
        busy = false;
      }
    },
    put: async (name, bytes) => {
      if (putting || !isSideName(name)) throw new HoldfastError("internal", "two puts at once, or not a name");
      putting = true;
      try {
        await once(() => put(disk, folder, name, bytes));
      } finally {
        putting = false;
      }
    },
    close: async () => {
      broken ??= new Error("closed");
      try {
        await answered(file.close());
      } finally {
        unlock();
      }
    },
  };
}

async function read(disk: Disk, folder: string, segments: readonly Segment[], from: number, to: number): Promise<Buffer[]> {
  const records: Buffer[] = [];
  let room = READ_BYTES;
  let at = segments.findLastIndex((segment) => segment.first <= from);
  while (from + records.length < to && room > 0 && at >= 0 && at < segments.length) {
    const segment = segments[at]!;
    const start = from + records.length;
    if (segments[at + 1]?.first === start) {
      at++;
      continue;
    }
    const some = await withFile(disk, pathOf(folder, segment), async (file) => {
      segment.places ??= (await scan(file, segment.first, 0, true)).places;
      if (segment.places.records.length === 0) return [];
      return readRecords(file, placeOf(segment.places, start), start, Math.min(to, segments[at + 1]?.first ?? to), room);
    });
    if (some.length === 0) break;
    for (const record of some) {
      records.push(record);
      room -= record.length;
    }
  }
  return records;
}

async function get(disk: Disk, folder: string, name: string): Promise<Buffer | undefined> {
  if (!isSideName(name)) throw new HoldfastError("internal", "not a name of a side file");
  try {
    return await withFile(disk, `${folder}/${name}`, async (file) => file.read(0, await file.size()));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

async function put(disk: Disk, folder: string, name: string, bytes: Uint8Array): Promise<void> {
  const parts = name.split("/").slice(0, -1);
  const folders = parts.map((_, i) => `${folder}/${parts.slice(0, i + 1).join("/")}`);
  for (const path of folders) await disk.makeFolder(path);
  const half = `${folder}/put.tmp`;
  await withFile(
    disk,
    half,
    async (file) => {
      await file.write(0, bytes);
      await file.sync();
    },
    "replace",
  );
  await disk.rename(half, `${folder}/${name}`);
  for (const path of [folder, ...folders]) await disk.syncFolder(path);
}

async function withFile<T>(disk: Disk, path: string, use: (file: DiskFile) => Promise<T>, mode: "read" | "replace" = "read"): Promise<T> {
  const file = await disk.open(path, mode);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

async function create(disk: Disk, folder: string, first: number): Promise<Segment> {
  const segment = { first, name: `${String(first).padStart(16, "0")}.jsonl`, places: { records: [], offsets: [] } };
  await (await disk.open(pathOf(folder, segment), "create")).close();
  await disk.syncFolder(`${folder}/log`);
  return segment;
}

async function list(disk: Disk, folder: string): Promise<Segment[]> {
  const names = (await disk.list(`${folder}/log`)).filter((name) => /^[0-9]{16}\.jsonl$/.test(name)).sort();
  return names.map((name) => ({ name, first: Number(name.slice(0, 16)) }));
}

function merged(a: Places | undefined, b: Places): Places {
  return a === undefined ? b : { records: [...a.records, ...b.records], offsets: [...a.offsets, ...b.offsets] };
}

const pathOf = (folder: string, segment: Segment): string => `${folder}/log/${segment.name}`;
const isRecord = (record: Uint8Array): boolean => record.length > 0 && record.length <= MOST_RECORD_BYTES && record[0] === 0x7b && !record.includes(0x0a);
