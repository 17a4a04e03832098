import type { Clock } from "../core/layers.ts";
import type { Approval } from "./approval.ts";
import { inquiryOf } from "./inquiry.ts";

/** The requests that wait for a person while their client holds the line. */
export interface Held {
  /** Resolves when the question was answered, a person asks back, after `ms`, or when the caller went away. */
  wait(requests: readonly (string | undefined)[], id: string, ms: number, signal: AbortSignal): Promise<void>;
  has(request: string): boolean;
}

export function createHeld(clock: Pick<Clock, "timer">, listeners: Set<(approval: Approval) => void>): Held {
  /** Of one answer several calls may wait. */
  const counts = new Map<string, number>();
  const add = (request: string | undefined, change: number): void => {
    if (request === undefined) return;
    const count = (counts.get(request) ?? 0) + change;
    count === 0 ? counts.delete(request) : counts.set(request, count);
  };
  return {
    wait(requests, id, ms, signal) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const changed = (approval: Approval): void =>
        void (approval.id === id && (approval.state !== "pending" || inquiryOf(approval) !== undefined) && resolve());
      const cancel = clock.timer(ms, resolve);
      const gone = (): void => resolve();
      listeners.add(changed);
      signal.addEventListener("abort", gone, { once: true });
      if (signal.aborted) resolve();
      for (const request of requests) add(request, 1);
      return promise.finally(() => {
        for (const request of requests) add(request, -1);
        cancel();
        listeners.delete(changed);
        signal.removeEventListener("abort", gone);
      });
    },
    has: (request) => counts.has(request),
  };
}
