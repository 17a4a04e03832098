/** What two versions of a policy decide differently, counted: for `holdfast replay --draft` and for the console. */
import type { Effect } from "../core/decision.ts";

export interface Change {
  readonly before: Effect;
  readonly after: Effect;
}

export interface Changes {
  /** True, and counted, where the two differ. */
  note(change: Change): boolean;
  /** The most frequent first. */
  all(): readonly (Change & { readonly count: number })[];
  readonly total: number;
}

export function countChanges(): Changes {
  const counts = new Map<string, Change & { count: number }>();
  let total = 0;
  return {
    note({ before, after }) {
      if (before === after) return false;
      const key = `${before} ${after}`;
      const counted = counts.get(key) ?? { before, after, count: 0 };
      counted.count++;
      counts.set(key, counted);
      total++;
      return true;
    },
    all: () => [...counts.values()].sort((a, b) => b.count - a.count),
    get total() {
      return total;
    },
  };
}
