import { codeOf } from "../../core/errors.ts";
import type { Clock } from "../../core/layers.ts";
import type { Store } from "../../stores/store.ts";

export interface StoreHealth {
  readonly store: Promise<Store>;
  /** False from a change that did not arrive until one that did. */
  readonly isWritable: () => boolean;
  /** Tries no more. */
  readonly shut: () => void;
}

/** How often a store that took nothing is tried again. */
const AGAIN_MS = 1_000;

/** A store of which it is known whether it takes anything: found out by what is written, and, once something did not arrive, by trying. */
export function storeHealth(opened: Promise<Store>, { timer }: Pick<Clock, "timer">): StoreHealth {
  let writable = true;
  let over = false;
  let stop = (): void => {};
  const told = async <T>(changed: Promise<T>): Promise<T> => {
    try {
      const result = await changed;
      writable = true;
      return result;
    } catch (error) {
      // Of a name that is none the store can do nothing.
      if (codeOf(error) === "unavailable" && !over) {
        if (writable) again();
        writable = false;
      }
      throw error;
    }
  };
  const again = (): void => {
    stop = timer(AGAIN_MS, () => {
      void opened
        .then((store) => store.put("health", "tried", null))
        .then(
          () => {
            writable = true;
          },
          () => !over && again(),
        );
    });
  };
  return {
    store: opened.then((store) => ({
      ...store,
      put: (...given) => told(store.put(...given)),
      remove: (...given) => told(store.remove(...given)),
    })),
    isWritable: () => writable,
    shut() {
      over = true;
      stop();
    },
  };
}
