/**
 * One file of the log: record lines as they are, and behind each batch a line `#first count crc32`, so that a person can read it and
 * a half-written batch can be told from a whole one. A batch is only written when the one before it is on stable storage; so only
 * the last batch of the last file can be unfinished, and damage anywhere else was done to acknowledged records.
 */
import { crc32 } from "node:zlib";
import { HoldfastError } from "../core/errors.ts";
import type { DiskFile } from "./disk.ts";

/** Where records begin, for about every 64th of them. */
export interface Places {
  readonly records: number[];
  readonly offsets: number[];
}

export interface Scanned {
  /** Records in whole batches, and where those end. */
  readonly count: number;
  readonly end: number;
  readonly places: Places;
  /** A batch is wrong although another one follows it. */
  readonly damage?: string;
}

const CHUNK = 262_144;
/** A record has about so many bytes: who wants few of them need not read a whole piece of the file. */
const USUAL = 1024;
const EVERY = 64;
const [HASH, NEWLINE] = [0x23, 0x0a];

export function batchOf(first: number, records: readonly Uint8Array[]): Buffer {
  const length = records.reduce((sum, record) => sum + record.length + 1, 0);
  const batch = Buffer.allocUnsafe(length + 48);
  let at = 0;
  for (const record of records) {
    batch.set(record, at);
    at += record.length;
    batch[at++] = NEWLINE;
  }
  return batch.subarray(0, length + batch.write(`#${first} ${records.length} ${hex(crc32(batch.subarray(0, length)))}\n`, length, "latin1"));
}

/** Remembers a batch of `count` records that begins at this offset. */
export function mark(places: Places, record: number, offset: number): void {
  const last = places.records.at(-1);
  if (last !== undefined && record < last + EVERY) return;
  places.records.push(record);
  places.offsets.push(offset);
}

/**
 * Reads a file from `from` on, which begins with record `first` there, and finds its whole batches. `lenient` takes every batch that has
 * an end, also a damaged one: for readers, whose verifier says more precisely what is wrong.
 */
export async function scan(file: DiskFile, first: number, from: number, lenient = false): Promise<Scanned> {
  const places: Places = { records: [], offsets: [] };
  let [end, next, sum, seen] = [from, first, 0, 0];
  let wrong: string | undefined;
  for await (const { bytes, offset } of wholeLines(file, from)) {
    let batch = 0;
    for (let start = 0; start < bytes.length; ) {
      const stop = bytes.indexOf(NEWLINE, start) + 1;
      if (bytes[start] !== HASH) seen++;
      else {
        sum = crc32(bytes.subarray(batch, start), sum);
        const [stated, count, check] = bytes.toString("latin1", start + 1, stop - 1).split(" ");
        // Compared as text: to `Number` a blank is a zero, and `1e0` a one.
        const right = count === String(seen) && check === hex(sum);
        const whole = right && stated === String(next) && wrong === undefined;
        if (whole || lenient) {
          mark(places, next, end);
          next += seen;
          end = offset + stop;
        } else if (right || Number(stated) > next) {
          // A whole batch behind a wrong one, or one that counts more before it: the wrong one had been acknowledged.
          return { count: next - first, end, places, damage: wrong ?? `the batch before byte ${offset + stop} does not follow the one before it` };
        } else wrong ??= `the batch before byte ${offset + stop} does not have the checksum it states`;
        [sum, seen, batch] = [0, 0, stop];
      }
      start = stop;
    }
    sum = crc32(bytes.subarray(batch), sum);
  }
  return { count: next - first, end, places };
}

/** Records [from, to) of a file, about `most` bytes of them but at least one, beginning at a known place. */
export async function readRecords(file: DiskFile, place: { record: number; offset: number }, from: number, to: number, most: number): Promise<Buffer[]> {
  const records: Buffer[] = [];
  let [at, taken] = [place.record, 0];
  const chunk = Math.min(CHUNK, (to - place.record) * USUAL);
  for await (const { bytes } of wholeLines(file, place.offset, chunk)) {
    for (let start = 0; start < bytes.length; ) {
      const stop = bytes.indexOf(NEWLINE, start) + 1;
      if (bytes[start] !== HASH && at++ >= from) {
        records.push(bytes.subarray(start, stop - 1));
        taken += stop - start;
        if (at >= to || taken >= most) return records;
      }
      start = stop;
    }
  }
  return records;
}

/** The last place at or before a record. */
export function placeOf(places: Places, record: number): { record: number; offset: number } {
  let [low, high] = [0, places.records.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (places.records[middle]! <= record) low = middle;
    else high = middle - 1;
  }
  const [first, offset] = [places.records[low], places.offsets[low]];
  if (first === undefined || offset === undefined || first > record) throw new HoldfastError("internal", `no place for record ${record}`);
  return { record: first, offset };
}

/** The file in pieces that end with a newline. What stands behind the last newline of the file is not a line. */
async function* wholeLines(file: DiskFile, from: number, length = CHUNK): AsyncGenerator<{ bytes: Buffer; offset: number }> {
  let rest: Buffer = Buffer.alloc(0);
  for (let offset = from; ; ) {
    const chunk = await file.read(offset + rest.length, length);
    if (chunk.length === 0) return;
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    if (end > 0) yield { bytes: bytes.subarray(0, end), offset };
    offset += end;
    rest = bytes.subarray(end);
  }
}

const hex = (sum: number): string => sum.toString(16).padStart(8, "0");
