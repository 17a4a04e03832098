/**
 * Verifies a log offline: needs nothing but the export and the public key. It reads every record once and trusts nothing of it but what hashes
 * and signatures show. What it cannot see without a witness: that the newest records and checkpoints were cut off together, so that
 * an older, true state is shown. `known` checkpoints, kept elsewhere, close that gap.
 */
import { HoldfastError } from "../core/errors.ts";
import { type Checkpoint, openCheckpoint } from "./checkpoint.ts";
import { exportLog } from "./export.ts";
import { type Hash, leafHash } from "./merkle.ts";
import { type NoteVerifier, noteVerifier } from "./note.ts";
import { growRange } from "./range.ts";
import { LINE_HEAD, lineHead, NO_PREV } from "./record.ts";
import { prevOf } from "./restore.ts";
import { type LogSource, MOST_RECORD_BYTES } from "./store.ts";

export interface Verification {
  readonly ok: boolean;
  /** Records read and found to continue each other. */
  readonly records: number;
  /** Of the newest checkpoint that was shown to be true: how many records it covers, and its root in base64. */
  readonly size: number;
  readonly root: string;
  readonly checkpoints: number;
  /** Names of witnesses whose cosignature was checked. */
  readonly witnesses: readonly string[];
  readonly origin: string;
  /** Records that continue the log and that no checkpoint covers yet (only where the log itself is read, not an export). */
  readonly uncovered: number;
  /** The first that is wrong. `line` counts from 1; `seq` is its position, where it can be told. */
  readonly firstBad?: { readonly line: number; readonly seq?: number; readonly why: string };
}

export interface VerifyOptions {
  /** Checkpoints of this log that were kept elsewhere: the log must continue each of them. */
  readonly known?: readonly string[];
  /** Records after the last checkpoint are counted as uncovered instead of refused. */
  readonly tail?: boolean;
}

/** Verifies an export that arrives in pieces, cut anywhere. Throws `bad-request` only for a key or a known checkpoint that is not one. */
export async function verifyExport(pieces: AsyncIterable<Uint8Array>, vkey: string, options: VerifyOptions = {}): Promise<Verification> {
  const check = checker(noteVerifier(vkey), options);
  // The byte before each line is overwritten with the zero that a leaf hash begins with, so that no record is copied.
  let rest = Buffer.of(NEWLINE);
  for await (const piece of pieces) {
    const bytes = Buffer.concat([rest, piece]);
    let start = 1;
    for (let end = bytes.indexOf(NEWLINE, rest.length); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      if (!check.line(bytes, start, end)) return check.result();
      start = end + 1;
    }
    rest = bytes.subarray(start - 1);
    if (rest.length > 2 * MOST_RECORD_BYTES) break;
  }
  if (rest.length > 1) check.line(rest, 1, rest.length);
  return check.end();
}

/** Verifies the log in a store, its newest records included. */
export async function verifyLog(source: LogSource, vkey: string, options: VerifyOptions = {}): Promise<Verification> {
  let unreadable: unknown;
  const pieces = async function* (): AsyncGenerator<Uint8Array> {
    try {
      yield* exportLog(source, { tail: true });
    } catch (error) {
      unreadable = error;
    }
  };
  const result = await verifyExport(pieces(), vkey, { ...options, tail: true });
  if (unreadable === undefined || result.firstBad?.seq !== undefined) return result;
  const why = unreadable instanceof HoldfastError ? unreadable.message : "the log cannot be read";
  return { ...result, ok: false, firstBad: { line: result.records + result.checkpoints + 1, seq: result.records, why } };
}

const [NEWLINE, CLOSING] = [0x0a, 0x7d];
const CHECKPOINT_START = Buffer.from('{"kind":"checkpoint"');

interface Checker {
  /** False once something is wrong. */
  line(bytes: Buffer, start: number, end: number): boolean;
  end(): Verification;
  result(): Verification;
}

function checker(verifier: NoteVerifier, { known = [], tail = false }: VerifyOptions): Checker {
  const range = growRange();
  const expectedLater = known.map((note) => knownCheckpoint(note, verifier)).sort((a, b) => a.size - b.size);
  let newest: Checkpoint | undefined;
  let [lines, checkpoints] = [0, 0];
  let last: Hash | undefined;
  let bad: Verification["firstBad"];
  /** A record that does not fit the one before it; the record after it shows which of the two was changed. */
  let suspect: { line: number; seq: number; leaf: Hash } | undefined;

  const wrong = (why: string, seq?: number, line = lines): false => {
    bad ??= { line, ...(seq === undefined ? {} : { seq }), why };
    return false;
  };
  const record = (bytes: Buffer, start: number, end: number): boolean => {
    const seq = range.size;
    if (end - start > MOST_RECORD_BYTES) return wrong("the line is longer than a record can be", seq);
    if (bytes[end - 1] !== CLOSING) return wrong("the line is not a record", seq);
    bytes[start - 1] = 0;
    const leaf = leafHash(bytes.subarray(start - 1, end));
    const head = lineHead(seq, last === undefined ? NO_PREV : prevOf(last));
    if (bytes.toString("latin1", start, start + head.length) !== head) {
      const [, stated, prev] = LINE_HEAD.exec(bytes.toString("latin1", start, Math.min(end, start + 80))) ?? [];
      if (suspect !== undefined)
        return prev === prevOf(suspect.leaf) ? wrong(CHANGED, suspect.seq - 1, suspect.line - 1) : wrong(CHANGED, suspect.seq, suspect.line);
      if (stated === undefined) return wrong("the line is not a record", seq);
      if (Number(stated) > seq) return wrong(`record ${seq} is missing`, seq);
      if (Number(stated) < seq) return wrong(`record ${stated} stands where record ${seq} belongs`, seq);
      if (seq === 0) return wrong("the first record continues another one", 0);
      suspect = { line: lines, seq, leaf };
    }
    range.push(leaf);
    last = leaf;
    const due = expectedLater[0];
    if (due?.size === range.size && suspect === undefined) {
      expectedLater.shift();
      if (range.root() !== due.root) return wrong(`the first ${due.size} records are not those of the known checkpoint`, seq);
    }
    return true;
  };
  const checkpoint = (text: string): boolean => {
    const note = noteIn(text);
    const opened = note === undefined ? undefined : openCheckpoint(note, verifier);
    if (opened === undefined) return wrong("the checkpoint is not signed by this key");
    checkpoints++;
    if (opened.size > range.size) return wrong(`the checkpoint covers ${opened.size} records and only ${range.size} stand before it`, range.size);
    if (opened.size < range.size) return wrong(`the checkpoint covers ${opened.size} records and ${range.size} stand before it`, opened.size);
    if (opened.root !== range.root()) return wrong(`${between(newest?.size ?? 0, range.size)} not what was signed`, Math.max(0, range.size - 1), lines - 1);
    newest = opened;
    return true;
  };
  const result = (): Verification => ({
    ok: bad === undefined,
    records: bad?.seq === undefined ? range.size : Math.min(range.size, bad.seq),
    size: newest?.size ?? 0,
    root: Buffer.from(newest?.root ?? "", "latin1").toString("base64"),
    checkpoints,
    witnesses: [],
    origin: verifier.name,
    uncovered: bad === undefined ? range.size - (newest?.size ?? 0) : 0,
    ...(bad === undefined ? {} : { firstBad: bad }),
  });
  const suspected = (): boolean => suspect === undefined || wrong(CHANGED, suspect.seq - 1, suspect.line - 1);
  return {
    line: (bytes, start, end) => {
      lines++;
      const isCheckpoint = bytes.compare(CHECKPOINT_START, 0, CHECKPOINT_START.length, start, Math.min(end, start + CHECKPOINT_START.length)) === 0;
      if (isCheckpoint) return suspected() && checkpoint(bytes.toString("utf8", start, end));
      const wasSuspect = suspect;
      if (!record(bytes, start, end)) return false;
      // The record after the suspect fits it: so the one before the suspect was changed.
      return wasSuspect === undefined || wrong(CHANGED, wasSuspect.seq - 1, wasSuspect.line - 1);
    },
    end: () => {
      if (bad !== undefined || !suspected()) return result();
      const later = expectedLater[0];
      if (newest === undefined) wrong("there is no checkpoint", undefined, lines + 1);
      else if (!tail && newest.size < range.size)
        wrong(`${between(newest.size, range.size)} behind the last checkpoint, which does not cover them`, newest.size);
      else if (later !== undefined) wrong(`the log ends after ${range.size} records and a known checkpoint covers ${later.size}`, range.size, lines + 1);
      return result();
    },
    result,
  };
}

const CHANGED = "the record was changed: it is not the one that the record after it continues";

const between = (from: number, to: number): string => (to - from === 1 ? `record ${from} is` : `records ${from} to ${to - 1} are`);

function noteIn(line: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(line);
    const note = typeof parsed === "object" && parsed !== null && "note" in parsed && typeof parsed.note === "string" ? parsed.note : undefined;
    // One spelling only: what a reader of the line sees is what was signed.
    return note !== undefined && JSON.stringify({ kind: "checkpoint", note }) === line ? note : undefined;
  } catch {
    return undefined;
  }
}

function knownCheckpoint(note: string, verifier: NoteVerifier): Checkpoint {
  const checkpoint = openCheckpoint(note, verifier);
  if (checkpoint === undefined) throw new HoldfastError("bad-request", "a known checkpoint is not signed by this key");
  return checkpoint;
}
