/** So much was taken of a budget between two moments. Times are milliseconds of the ledger's clock. */
export interface Taken {
  readonly start: number;
  readonly end: number;
  readonly amount: number;
}

export interface Trade {
  readonly now: number;
  /** How long what was spent counts, and into how wide steps that is cut, in milliseconds. */
  readonly window: number;
  readonly step: number;
  readonly limit: number;
  /** So much is wanted; what there is of it is given. */
  readonly want: number;
  /** So much was spent beyond what was taken; it counts, whatever the limit says. */
  readonly owed: number;
  /** What was taken and not spent, by the step in which it was taken. */
  readonly back: readonly { readonly end: number; readonly amount: number }[];
}

export interface Traded {
  readonly taken: readonly Taken[];
  /** May be spent until `end`; what is left then goes back. */
  readonly given: number;
  readonly end: number;
  /** Later than the trade's own where another one wrote from a later clock: time goes on from there. */
  readonly now: number;
}

/**
 * Where the budgets of all processes lie. A trade is atomic, also between processes, and durable when it resolves; it rejects when it
 * cannot know whether it happened. Nobody tries again.
 */
export interface Leases {
  trade(account: string, trade: Trade): Promise<Traded>;
}

/**
 * One trade on what was taken so far.
 * INVARIANT: what is taken in any stretch of `window` is at most `limit` (and what was owed). What is spent at the start of a step counts
 * until a whole window after the step's end.
 */
export function traded(before: readonly Taken[], { now: asked, window, step, limit, want, owed, back }: Trade): Traded {
  // A clock that was set back, or another's that is ahead: time never goes back for a budget.
  const now = before.reduce((latest, { start }) => Math.max(latest, start), asked);
  const start = Math.floor(now / step) * step;
  const end = start + step;
  const kept = new Map<number, Taken>();
  for (const one of before) if (one.end + window > now) kept.set(one.end, one);
  for (const { end: of, amount } of back) {
    const one = kept.get(of);
    if (one !== undefined) kept.set(of, { ...one, amount: Math.max(0, one.amount - amount) });
  }
  let sum = owed;
  for (const { amount } of kept.values()) sum += amount;
  const given = Math.max(0, Math.min(want, limit - sum));
  const current = kept.get(end) ?? { start, end, amount: 0 };
  kept.set(end, { ...current, amount: current.amount + given + owed });
  return { taken: [...kept.values()].filter(({ amount }) => amount > 0).sort((a, b) => a.end - b.end), given, end, now };
}

/** Budgets of one process that keeps nothing: for tests, and where nothing outlives the run. */
export function memoryLeases(): Leases {
  const accounts = new Map<string, readonly Taken[]>();
  return {
    async trade(account, trade) {
      const result = traded(accounts.get(account) ?? [], trade);
      accounts.set(account, result.taken);
      return result;
    },
  };
}
