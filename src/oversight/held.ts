/** The requests that wait for a person while their client holds the line. */
export interface Held {
  during<T>(requests: readonly (string | undefined)[], waiting: Promise<T>): Promise<T>;
  has(request: string): boolean;
}

export function createHeld(): Held {
  /** Of one answer several calls may wait. */
  const counts = new Map<string, number>();
  const add = (request: string | undefined, change: number): void => {
    if (request === undefined) return;
    const count = (counts.get(request) ?? 0) + change;
    count === 0 ? counts.delete(request) : counts.set(request, count);
  };
  return {
    async during(requests, waiting) {
      for (const request of requests) add(request, 1);
      try {
        return await waiting;
      } finally {
        for (const request of requests) add(request, -1);
      }
    },
    has: (request) => counts.has(request),
  };
}
