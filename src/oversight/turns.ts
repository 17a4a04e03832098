/** One after the other for each key; others at the same time. */
export interface Turns {
  take<T>(key: string, run: () => Promise<T>): Promise<T>;
}

export function createTurns(): Turns {
  const last = new Map<string, Promise<unknown>>();
  return {
    take(key, run) {
      const before = last.get(key) ?? Promise.resolve();
      const mine = before.then(run, run);
      const settled = mine.then(
        () => {},
        () => {},
      );
      last.set(key, settled);
      void settled.then(() => {
        if (last.get(key) === settled) last.delete(key);
      });
      return mine;
    },
  };
}
