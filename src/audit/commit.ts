import { HoldfastError } from "../core/errors.ts";

/** Group commit: while one batch is on its way to the disk, everything new gathers and goes with the next. */
export interface GroupCommit<Item> {
  /**
   * Takes an item of so many bytes. The promise is the same for a whole batch and resolves once it is durable. An item that nobody waits
   * for (`idle`) goes along with the next one that somebody does, or by itself a moment later.
   */
  add(item: Item, bytes: number, idle?: "idle"): Promise<void>;
  /** Resolves when everything taken so far is durable. */
  flush(): Promise<void>;
  /** Nothing is taken and nothing is written from now on; whoever waits is rejected. */
  stop(cause: unknown): void;
  /** Taken and not yet durable. */
  readonly backlog: { readonly records: number; readonly bytes: number };
  readonly stopped: boolean;
}

interface Batch<Item> {
  readonly items: Item[];
  bytes: number;
  readonly done: PromiseWithResolvers<void>;
}

/** More than this does not go to the disk at once, so that nobody waits long behind a crowd. */
const BATCH_BYTES = 4 * 1024 * 1024;
/** An idle disk begins with so many at once: the next records are made while these are written. */
const BATCH_STARTS = 48;
/** How long, in milliseconds, what nobody waits for may lie: a commit of its own would only be in the way of the next request's. */
const IDLE_MS = 5;

/**
 * `write` makes a batch durable; `written` is told before those who wait. INVARIANT (L12): the first failure is the last: after a failed
 * write or fsync nobody can know what the disk holds, so nothing is tried again.
 */
export function groupCommit<Item>(write: (items: readonly Item[]) => Promise<void>, written: (items: readonly Item[]) => void): GroupCommit<Item> {
  const waiting: Batch<Item>[] = [];
  let writing: Batch<Item> | undefined;
  let scheduled = false;
  let idling: NodeJS.Timeout | undefined;
  let [records, bytes] = [0, 0];
  let failure: HoldfastError | undefined;

  const run = async (): Promise<void> => {
    if (writing !== undefined || failure !== undefined) return;
    const batch = waiting.shift();
    if (batch === undefined) return;
    clearTimeout(idling);
    idling = undefined;
    writing = batch;
    try {
      await write(batch.items);
      written(batch.items);
    } catch (cause) {
      stop(cause);
      return;
    }
    writing = undefined;
    records -= batch.items.length;
    bytes -= batch.bytes;
    batch.done.resolve();
    schedule();
  };
  // Not at once: whoever is woken by the same batch, or arrives in the same turn of the event loop, goes along.
  const schedule = (): void => {
    if (scheduled || writing !== undefined || waiting.length === 0) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      void run();
    });
  };
  const stop = (cause: unknown): void => {
    failure ??= new HoldfastError("unavailable", "the audit log cannot be written any more", { cause });
    for (const batch of [...(writing === undefined ? [] : [writing]), ...waiting.splice(0)]) batch.done.reject(failure);
    writing = undefined;
    [records, bytes] = [0, 0];
  };
  return {
    add: (item, length, idle) => {
      if (failure !== undefined) return Promise.reject(failure);
      let batch = waiting.at(-1);
      if (batch === undefined || batch.bytes >= BATCH_BYTES) {
        batch = { items: [], bytes: 0, done: Promise.withResolvers<void>() };
        batch.done.promise.catch(() => {}); // outcome records are not waited for
        waiting.push(batch);
      }
      batch.items.push(item);
      batch.bytes += length;
      records++;
      bytes += length;
      if (batch.items.length >= BATCH_STARTS && writing === undefined) void run();
      else if (idle === undefined) schedule();
      else if (writing === undefined) idling ??= setTimeout(schedule, IDLE_MS);
      return batch.done.promise;
    },
    flush: () => {
      if (failure !== undefined) return Promise.reject(failure);
      schedule();
      return (waiting.at(-1) ?? writing)?.done.promise ?? Promise.resolve();
    },
    stop,
    get backlog() {
      return { records, bytes };
    },
    get stopped() {
      return failure !== undefined;
    },
  };
}
