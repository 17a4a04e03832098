import { randomUUID } from "node:crypto";
import type { Decision } from "../core/decision.ts";
import { HoldfastError } from "../core/errors.ts";
import type { AuditLayer, Clock, Entry, Inspection } from "../core/layers.ts";
import type { Facts, Outcome } from "../core/outcome.ts";
import type { Request } from "../core/request.ts";
import { within } from "../core/within.ts";
import { type Checkpoint, openCheckpoint, signCheckpoint } from "./checkpoint.ts";
import { groupCommit } from "./commit.ts";
import { type Closing, factsOf, intentJson, iso, outcomeJson, recordedId } from "./draft.ts";
import { interrupted } from "./interrupted.ts";
import { safeJson } from "./line.ts";
import type { Masking } from "./mask.ts";
import { EMPTY_ROOT, type Hash, leafHash } from "./merkle.ts";
import { type NoteSigner, noteVerifier } from "./note.ts";
import { type AuditRecord, type Draft, lineHead, NO_PREV, parseRecord, type SystemEvent } from "./record.ts";
import { CHECKPOINT, catchUp, type Edge, prevOf, readEdge, restoreTree } from "./restore.ts";
import { sealing } from "./seal.ts";
import type { LogSource, LogStore } from "./store.ts";
import { growTree, type Tree } from "./tree.ts";
import { consistencyOf, proofOf, tileOf } from "./view.ts";

export interface LogOptions {
  readonly store: LogStore;
  readonly clock: Clock;
  readonly signer: NoteSigner;
  readonly masking: Masking;
  /** At most one checkpoint in so many milliseconds; 1,000. */
  readonly checkpointEvery?: number;
  /** Nothing is taken in while more than this waits for the disk; 20,000 records or 32 MiB. */
  readonly mostWaiting?: { readonly records: number; readonly bytes: number };
}

/** Layer 5, opened. A record counts once `decided` resolved; a checkpoint covers everything durable when it was made. */
export interface AuditLog extends AuditLayer {
  /** Durable records. */
  readonly size: number;
  /** False once a write failed: from then on `open` throws, for good. */
  readonly healthy: boolean;
  readonly vkey: string;
  /** Records [from, to) as they lie in the store; also what history and export read. */
  readonly source: LogSource;
  /** Writes down what Holdfast itself did; durable when it resolves. */
  system(event: SystemEvent, facts?: Facts): Promise<void>;
  /** Everything written so far is durable when it resolves. */
  flush(): Promise<void>;
  /** The newest checkpoint; with `fresh` one that covers everything durable now. */
  checkpoint(fresh?: "fresh"): Promise<Checkpoint>;
  /** A C2SP tlog-proof of one record, under a checkpoint that covers it. */
  proof(index: number): Promise<string>;
  consistency(old: number, size: number): Promise<readonly Hash[]>;
  /** A resource of the C2SP tile layout: `checkpoint`, `tile/0/000.p/12`, `tile/entries/000`; undefined if it does not exist. */
  tile(path: string): Promise<Buffer | undefined>;
  /** Calls `listener` with every record once it is durable, in order, until the returned function is called. */
  subscribe(listener: (record: AuditRecord) => void): () => void;
  /** Where the newest outcome of a recent request is, to begin a search there; undefined where that is not known. */
  recent(id: string): number | undefined;
  /** Writes the stop record, everything waiting and a last checkpoint, within five seconds, and closes the store. */
  shut(): Promise<void>;
}

interface Item {
  readonly line: Buffer;
  readonly leaf: Hash;
  /** Set on an outcome: the intent that it closes. */
  readonly closes: number | undefined;
}

const CHECKPOINT_EVERY = 1000;
const MOST_WAITING = { records: 20_000, bytes: 32 * 1024 * 1024 };
const MOST_RECENT = 20_000;
const SHUT_WITHIN = 5000;

/**
 * Opens the log: checks what is there against its checkpoint, marks requests that were interrupted, writes the start record and signs.
 * Throws `unavailable` if records that were acknowledged are missing or changed: then Holdfast must not run on this log. The store is the
 * log's from here on; it is closed if opening fails.
 */
export async function openLog(options: LogOptions): Promise<AuditLog> {
  try {
    return await opened(options);
  } catch (error) {
    await options.store.close();
    throw error;
  }
}

async function opened(options: LogOptions): Promise<AuditLog> {
  const { store, clock, signer } = options;
  const before = await restore(store, signer);
  const log = running(options, before);
  const lost = await interrupted(store, before.edge?.open ?? 0);
  const time = iso(clock.now());
  for (const { id, intent } of lost) log.add({ kind: "outcome", intent, id, time, status: "interrupted" }, intent);
  if (lost.length > 0) void log.system("recovered", { interrupted: lost.length }).catch(() => {});
  await log.system("start", { node: process.version });
  await log.checkpoint("fresh");
  return log;
}

interface Before {
  readonly tree: Tree;
  readonly prev: string;
  readonly checkpoint: Checkpoint;
  readonly edge: Edge | undefined;
}

async function restore(store: LogStore, signer: NoteSigner): Promise<Before> {
  const note = await store.get(CHECKPOINT);
  if (note === undefined) {
    // A log begins with the checkpoint of nothing, so that records without a checkpoint are never a beginning.
    if ((await store.size()) > 0) throw new HoldfastError("unavailable", "the audit log is not what it was: it holds records and no checkpoint");
    const checkpoint = signCheckpoint(0, EMPTY_ROOT, signer);
    await store.put(CHECKPOINT, Buffer.from(checkpoint.note));
    return { tree: growTree(), prev: NO_PREV, checkpoint, edge: undefined };
  }
  const checkpoint = openCheckpoint(Buffer.from(note).toString(), noteVerifier(signer.vkey));
  if (checkpoint === undefined) throw new HoldfastError("unavailable", "the audit log is not what it was: its checkpoint is not signed by this log's key");
  const { tree, prev } = await restoreTree(store, checkpoint);
  return { tree, prev: await catchUp(store, tree, prev), checkpoint, edge: await readEdge(store) };
}

function running(options: LogOptions, before: Before): AuditLog & { add(draft: Draft, closes?: number): void } {
  const { store, clock, signer, masking, checkpointEvery = CHECKPOINT_EVERY, mostWaiting = MOST_WAITING } = options;
  const { tree } = before;
  let { prev } = before;
  let next = tree.size;
  let stopping = false;
  const unclosed = new Set<number>();
  // Two generations instead of deleting the oldest one by one, which a Map is slow at.
  let [older, recent] = [new Map<string, number>(), new Map<string, number>()];
  const listeners = new Set<(record: AuditRecord) => void>();

  const commit = groupCommit<Item>(
    (items) => store.append(items.map(({ line }) => line)),
    (items) => {
      for (const { leaf, closes } of items) {
        tree.append(leaf);
        if (closes !== undefined) unclosed.delete(closes);
      }
      seal.soon();
      if (listeners.size > 0) setImmediate(() => tell(items));
    },
  );

  const seal = sealing({
    store,
    signer,
    clock,
    tree,
    every: checkpointEvery,
    newest: before.checkpoint,
    oldestOpen: () => unclosed.values().next().value,
    failed: (cause) => {
      commit.stop(cause);
      return unavailable(cause);
    },
    assertRunning: () => {
      if (commit.stopped) throw unavailable();
    },
  });

  const tell = (items: readonly Item[]): void => {
    for (const { line } of items) {
      const record = parseRecord(line);
      for (const listener of listeners) {
        try {
          listener(record);
        } catch {
          // A follower is never in the path: one that fails is not asked again.
          listeners.delete(listener);
        }
      }
    }
  };

  /** Gives a record its place and takes it into the next batch. `json` is the record's object without `seq` and `prev`. */
  const append = (json: string, id: string, closes?: number): Promise<void> => {
    const head = lineHead(next, prev);
    const bytes = Buffer.byteLength(json);
    // The head takes the place of the object's opening brace.
    const prefixed = Buffer.allocUnsafe(head.length + bytes);
    prefixed.write(json, head.length, bytes === json.length ? "latin1" : "utf8");
    prefixed.write(head, 1, "latin1");
    prefixed[0] = 0;
    const leaf = leafHash(prefixed);
    prev = prevOf(leaf);
    // Only outcomes: a request that has none yet is found near the end of the log anyway.
    if (closes !== undefined) recent.set(id, next);
    if (recent.size >= MOST_RECENT) [older, recent] = [recent, new Map()];
    next++;
    const line = prefixed.subarray(1);
    // Nobody waits for an outcome; the next intent takes it along.
    return commit.add({ line, leaf, closes }, line.length, closes === undefined ? undefined : "idle");
  };

  const open = (request: Request): Entry => {
    const { records, bytes } = commit.backlog;
    if (commit.stopped || stopping) throw unavailable();
    if (records > mostWaiting.records || bytes > mostWaiting.bytes) throw new HoldfastError("unavailable", "too many records wait for the audit log's disk");
    const started = clock.monotonic();
    let closing: Omit<Closing, "took"> | undefined;
    return {
      decided: (decided: Request, decision: Decision, inspection: Inspection) => {
        const { records: waiting, bytes: size } = commit.backlog;
        // Requests that were open when the disk stopped answering must not pile up either.
        if (waiting > 2 * mostWaiting.records || size > 2 * mostWaiting.bytes) return Promise.reject(unavailable());
        const id = recordedId(request.id, masking);
        try {
          const json = intentJson(id, decided, decision, inspection, iso(clock.now()), masking);
          closing = { id, intent: next, decision };
          unclosed.add(next);
          return append(json, id);
        } catch (cause) {
          return Promise.reject(unavailable(cause));
        }
      },
      close: (outcome: Outcome) => {
        if (closing === undefined || commit.stopped) return;
        const { id, intent, decision } = closing;
        const took = clock.monotonic() - started;
        closing = undefined;
        void append(outcomeLine({ id, intent, decision, took }, outcome), id, intent).catch(() => {});
      },
    };
  };

  const outcomeLine = (closing: Closing, outcome: Outcome): string => {
    const time = iso(clock.now());
    try {
      return outcomeJson(closing, outcome, time, masking);
    } catch {
      // The effect may exist, so that it ended must be on record even where the rest cannot be written.
      const { intent, id } = closing;
      return safeJson({ kind: "outcome", intent, id, time, status: outcome.status, code: "internal" });
    }
  };

  const system = async (event: SystemEvent, facts: Facts = {}): Promise<void> => {
    const id = `system-${randomUUID()}`;
    await append(safeJson({ kind: "system", id, time: iso(clock.now()), event, facts: factsOf(facts, [], masking) }), id);
  };

  /** Outcomes of what was still under way come first, and what comes even then is signed as well. */
  const finish = async (): Promise<void> => {
    await commit.flush();
    await system("stop");
    while ((await seal.now()).size < tree.size || commit.backlog.records > 0) await commit.flush();
  };

  const log = {
    get size() {
      return tree.size;
    },
    get healthy() {
      return !commit.stopped && !stopping;
    },
    vkey: signer.vkey,
    source: {
      size: async () => tree.size,
      read: (from, to) => store.read(from, Math.min(to, tree.size)),
      get: (name) => store.get(name),
      close: async () => {},
    },
    open,
    system,
    flush: () => commit.flush(),
    checkpoint: async (fresh) => (fresh === "fresh" ? seal.now() : seal.newest),
    proof: async (index) => {
      const under = index < seal.newest.size ? seal.newest : await seal.now();
      return proofOf(store, tree, under, index);
    },
    consistency: (old, size) => consistencyOf(store, tree, old, size),
    tile: (path) => tileOf(store, tree, seal.newest, path),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    recent: (id) => recent.get(id) ?? older.get(id),
    shut: async () => {
      if (stopping) return;
      stopping = true;
      try {
        await within(clock, SHUT_WITHIN, finish());
        await within(clock, SHUT_WITHIN, store.close());
      } finally {
        seal.stop();
        commit.stop(new Error("shut"));
      }
    },
    add: (draft: Draft, closes?: number) => void append(safeJson(draft), draft.id, closes).catch(() => {}),
  } satisfies AuditLog & { add(draft: Draft, closes?: number): void };
  return log;
}

const unavailable = (cause?: unknown): HoldfastError => new HoldfastError("unavailable", "the audit log cannot be written", { cause });
