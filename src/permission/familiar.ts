/** What each agent was let do before, so that rules can ask about what is new (`act.first`). It outlives restarts. */
export interface Familiar {
  has(agent: string, what: string): boolean;
  /** Noted once it was done. What cannot be noted is asked about again. */
  add(agent: string, what: string): void;
}

/** Where it is kept. A `save` that fails or comes late costs one more question. */
export interface FamiliarStore {
  load(): Promise<readonly string[]>;
  save(key: string): Promise<void>;
}

const MOST = 100_000;
const LONGEST = 500;

export async function openFamiliar(store: FamiliarStore): Promise<Familiar> {
  const known = new Set(await store.load());
  return {
    has: (agent, what) => known.has(keyOf(agent, what)),
    add(agent, what) {
      const key = keyOf(agent, what);
      // What is too long to be kept stays new: cut short, it could pass for another.
      if (known.has(key) || known.size >= MOST || key.length > LONGEST) return;
      known.add(key);
      void store.save(key).catch(() => {});
    },
  };
}

const keyOf = (agent: string, what: string): string => JSON.stringify([agent, what]);
