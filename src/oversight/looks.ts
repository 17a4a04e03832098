/** When people were first shown questions. In memory: after a restart the time counts from when a question was asked. */
export interface Looks {
  saw(id: string, person: string): void;
  get(id: string, person: string): number | undefined;
}

const MOST = 10_000;

export function createLooks(now: () => number): Looks {
  const first = new Map<string, number>();
  const keyOf = (id: string, person: string): string => `${id}\n${person}`;
  return {
    saw(id, person) {
      const key = keyOf(id, person);
      if (!first.has(key)) first.set(key, now());
      const [oldest] = first.keys();
      if (first.size > MOST && oldest !== undefined) first.delete(oldest);
    },
    get: (id, person) => first.get(keyOf(id, person)),
  };
}
