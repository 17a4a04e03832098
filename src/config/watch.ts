import { type FSWatcher, watch } from "node:fs";
import { basename, dirname } from "node:path";
import type { Clock } from "../core/layers.ts";
import type { Fault } from "./fault.ts";
import { digestOf, type Loaded, type LoadOptions, readConfig } from "./load.ts";

export interface WatchOptions extends Omit<LoadOptions, "path" | "cwd"> {
  /** The file that was loaded, absolute. */
  readonly path: string;
  /** What is in force at the start, so that saving an unchanged file does nothing. */
  readonly digest: string;
  readonly clock: Pick<Clock, "timer">;
  /** A good configuration, complete and checked. The caller exchanges one reference; until this returns, the old one is in force. */
  readonly swap: (loaded: Extract<Loaded, { ok: true }>) => void;
  /** A bad one. The old configuration stays in force. */
  readonly refused: (faults: readonly Fault[]) => void;
}

/** Editors write in several steps; reading in between would report faults that nobody made. */
const SETTLE_MS = 120;

export interface Watching {
  readonly stop: () => void;
  /** Reads the file now, in the same way. Resolves to what is wrong with it: nothing, where it is in force. */
  readonly look: () => Promise<readonly Fault[]>;
}

/**
 * Follows the configuration file and offers each good version to `swap`. It watches the folder, because many editors write a new
 * file and rename it over the old one, and a watch on the file would stay with the old one.
 */
export function watchConfig(options: WatchOptions): Watching {
  let seen = options.digest;
  let cancel: (() => void) | undefined;
  let ended = false;
  /** Of the version seen. */
  let standing: readonly Fault[] = [];
  /** One reading after the other. */
  let last: Promise<readonly Fault[]> = Promise.resolve([]);
  let waiting = false;
  const fault = (message: string): readonly Fault[] => [{ file: options.path, line: 0, column: 0, message }];
  const refuse = (faults: readonly Fault[]): readonly Fault[] => {
    if (!ended) options.refused(faults);
    return faults;
  };

  const read = async (): Promise<readonly Fault[]> => {
    waiting = false;
    let loaded: Loaded;
    try {
      const text = await options.readFile(options.path);
      const digest = digestOf(text);
      if (digest === seen) return standing;
      loaded = await readConfig(options.path, text, options);
      // A refused version counts as seen: the same faults are reported once, and returning to the old text is a change again.
      seen = digest;
    } catch {
      // Between a delete and a rename the file is not there. What is in force stays; the next event reads again.
      return refuse(fault("the configuration file cannot be read"));
    }
    if (ended) return [];
    standing = loaded.ok ? [] : loaded.faults;
    if (!loaded.ok) return refuse(standing);
    try {
      options.swap(loaded);
      return [];
    } catch {
      standing = fault("what the configuration describes cannot be made, so what was in force before still is");
      return refuse(standing);
    }
  };
  const soon = (): Promise<readonly Fault[]> => {
    waiting = true;
    last = last.then(read);
    return last;
  };
  const later = (): void => {
    cancel?.();
    // What waits for its turn will read this, too.
    if (!ended) cancel = options.clock.timer(SETTLE_MS, () => void (waiting || soon()));
  };

  const name = basename(options.path);
  const watcher: FSWatcher = watch(dirname(options.path), { persistent: false }, (_event, file) => {
    if (file === null || file === name) later();
  });
  watcher.on("error", () => options.refused(fault("the folder of the configuration can no longer be watched")));
  return {
    stop() {
      ended = true;
      cancel?.();
      watcher.close();
    },
    look: soon,
  };
}
