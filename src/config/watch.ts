import { createHash } from "node:crypto";
import { type FSWatcher, watch } from "node:fs";
import { basename, dirname } from "node:path";
import type { Clock } from "../core/layers.ts";
import type { Fault } from "./fault.ts";
import { type Loaded, type LoadOptions, readConfig } from "./load.ts";

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

/**
 * Follows the configuration file and offers each good version to `swap`. It watches the folder, because many editors write a new
 * file and rename it over the old one, and a watch on the file would stay with the old one. Returns a function that ends it.
 */
export function watchConfig(options: WatchOptions): () => void {
  let inForce = options.digest;
  let cancel: (() => void) | undefined;
  let reading = false;
  let again = false;
  let ended = false;

  const read = async (): Promise<void> => {
    if (reading) {
      again = true;
      return;
    }
    reading = true;
    try {
      const text = await options.readFile(options.path);
      const digest = createHash("sha256").update(text).digest("hex");
      if (digest !== inForce) {
        const loaded = await readConfig(options.path, text, options);
        if (ended) return;
        // A refused version counts as seen: the same faults are reported once, and returning to the old text is a change again.
        inForce = digest;
        if (loaded.ok) options.swap(loaded);
        else options.refused(loaded.faults);
      }
    } catch {
      // Between a delete and a rename the file is not there. What is in force stays; the next event reads again.
      if (!ended) options.refused([{ file: options.path, line: 0, column: 0, message: "the configuration file cannot be read" }]);
    } finally {
      reading = false;
      if (again) {
        again = false;
        later();
      }
    }
  };
  const later = (): void => {
    cancel?.();
    if (!ended) cancel = options.clock.timer(SETTLE_MS, () => void read());
  };

  const name = basename(options.path);
  const watcher: FSWatcher = watch(dirname(options.path), { persistent: false }, (_event, file) => {
    if (file === null || file === name) later();
  });
  watcher.on("error", () => options.refused([{ file: options.path, line: 0, column: 0, message: "the folder of the configuration can no longer be watched" }]));
  return () => {
    ended = true;
    cancel?.();
    watcher.close();
  };
}
