import type { Clock } from "../core/layers.ts";
import { type Checkpoint, signCheckpoint } from "./checkpoint.ts";
import type { NoteSigner } from "./note.ts";
import { CHECKPOINT, EDGE, type Edge, keptCheckpoint } from "./restore.ts";
import type { LogStore } from "./store.ts";
import { hashTile, tilePath } from "./tiles.ts";
import { TILE_WIDTH, type Tree } from "./tree.ts";

/** Signs the log as it grows. */
export interface Seal {
  readonly newest: Checkpoint;
  /** Signs and stores what is durable now, unless the newest checkpoint covers it. */
  now(): Promise<Checkpoint>;
  /** Will sign within `every` milliseconds. */
  soon(): void;
  /** Nothing is signed by itself from now on. */
  stop(): void;
}

export interface SealOptions {
  readonly store: LogStore;
  readonly signer: NoteSigner;
  readonly clock: Clock;
  readonly tree: Tree;
  readonly every: number;
  readonly newest: Checkpoint;
  /** The oldest intent whose outcome is not durable, or undefined. */
  readonly oldestOpen: () => number | undefined;
  /** A checkpoint could not be stored: like any failed write it stops the log. Returns the error to reject with. */
  readonly failed: (cause: unknown) => Error;
  /** Throws if the log has stopped. */
  readonly assertRunning: () => void;
}

export function sealing(options: SealOptions): Seal {
  const { store, signer, clock, tree, every, oldestOpen, failed, assertRunning } = options;
  let { newest } = options;
  let cancelTimer: (() => void) | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let tilesStored = Math.floor(newest.size / TILE_WIDTH ** 2);

  const stop = (): void => {
    cancelTimer?.();
    cancelTimer = undefined;
  };

  /** Tiles before the checkpoint that needs them: after a crash in between the older checkpoint is still true. */
  const keep = async ({ size, note }: Checkpoint, open: number): Promise<void> => {
    const full = Math.floor(size / TILE_WIDTH);
    const roots = tree.tileRoots(tilesStored * TILE_WIDTH, full);
    const filled: number[] = [];
    for (; roots.length - filled.length * TILE_WIDTH >= TILE_WIDTH; tilesStored++) {
      const from = filled.length * TILE_WIDTH;
      await store.put(tilePath({ level: 1, index: tilesStored, width: TILE_WIDTH }), hashTile(roots.slice(from, from + TILE_WIDTH)));
      filled.push(tilesStored);
    }
    const tiles = roots.slice(filled.length * TILE_WIDTH).map((hash) => Buffer.from(hash, "latin1").toString("base64"));
    await store.put(EDGE, Buffer.from(JSON.stringify({ tiles, open } satisfies Edge)));
    await store.put(CHECKPOINT, Buffer.from(note));
    for (const tile of filled) await store.put(keptCheckpoint(tile), Buffer.from(note));
  };

  const sealOnce = async (): Promise<Checkpoint> => {
    stop();
    assertRunning();
    if (tree.size === newest.size) return newest;
    // Root, size and the oldest open intent belong to one moment; more may become durable while they are stored.
    const made = signCheckpoint(tree.size, tree.root(), signer);
    try {
      await keep(made, Math.min(made.size, oldestOpen() ?? made.size));
    } catch (cause) {
      throw failed(cause);
    }
    newest = made;
    return made;
  };

  const now = (): Promise<Checkpoint> => {
    const sealed = last.then(sealOnce);
    last = sealed.catch(() => {});
    return sealed;
  };

  return {
    get newest() {
      return newest;
    },
    now,
    soon: () => {
      cancelTimer ??= clock.timer(every, () => void now().catch(() => {}));
    },
    stop,
  };
}
