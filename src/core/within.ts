import { HoldfastError } from "./errors.ts";
import type { Clock } from "./layers.ts";

/** The value, or an `unavailable` error once `ms` have passed. A value that is there already costs no timer. */
export function within<T>(clock: Clock, ms: number, value: T | Promise<T>): T | Promise<T> {
  if (!(value instanceof Promise)) return value;
  return new Promise<T>((resolve, reject) => {
    const cancel = clock.timer(ms, () => reject(new HoldfastError("unavailable", `no answer within ${ms} ms`)));
    settle(value, resolve, reject, cancel);
  });
}

/** The value, or a rejection as soon as `signal` is aborted: whoever ignores the signal is no longer waited for. */
export function unlessAborted<T>(signal: AbortSignal, value: T | Promise<T>): T | Promise<T> {
  if (!(value instanceof Promise)) return value;
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    settle(value, resolve, reject, () => signal.removeEventListener("abort", abort));
  });
}

/** As `then` with `finally`, which makes three promises more, several times for every request. */
function settle<T>(value: Promise<T>, resolve: (value: T) => void, reject: (error: unknown) => void, over: () => void): void {
  value.then(
    (result) => {
      over();
      resolve(result);
    },
    (error: unknown) => {
      over();
      reject(error);
    },
  );
}
