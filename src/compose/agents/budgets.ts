import { createHash } from "node:crypto";
import { HoldfastError } from "../../core/errors.ts";
import { isArray, isObject, type Json } from "../../core/json.ts";
import { PER_DOLLAR } from "../../core/money.ts";
import { type Budget, budgetsOf, type Leases, type Ledger, type Policy, type Taken, traded } from "../../permission/index.ts";
import type { Store } from "../../stores/store.ts";
import type { AgentBudget } from "../../surfaces/api/index.ts";

const COLLECTION = "budgets";
/** Others may come between looking and writing, each once for every slice they take. */
const MOST_TRIES = 100;
/** Of callers, the API shows those who used most. */
const MOST_SHOWN = 20;

/** Budgets as documents of the store, which any number of processes may share. Names of users and sessions do not stand in it. */
export function leasesIn(opened: Promise<Store>): Leases {
  return {
    async trade(account, trade) {
      const store = await opened;
      const key = createHash("sha256").update(account).digest("base64url");
      for (let tries = 0; tries < MOST_TRIES; tries++) {
        const found = await store.get(COLLECTION, key);
        const before = found === undefined ? [] : takenIn(found.value);
        const result = traded(before, trade);
        const value = { until: result.taken.reduce((latest, { end }) => Math.max(latest, end + trade.window), 0), taken: result.taken.map(rowOf) };
        if (found === undefined ? result.taken.length === 0 : JSON.stringify(found.value) === JSON.stringify(value)) return result;
        if ((await store.put(COLLECTION, key, value, found?.version ?? 0)) !== undefined) return result;
      }
      throw new HoldfastError("unavailable", "a budget is changed by too many at once");
    },
  };
}

/** Removes what counts no more. Before anything is spent, or what another process takes at this moment could be lost. */
export async function sweepBudgets(opened: Promise<Store>, now: number): Promise<void> {
  const store = await opened;
  for (let after = ""; ; ) {
    const page = await store.list(COLLECTION, { after, limit: 1000 });
    for (const { key, value, version } of page) {
      if (isObject(value) && typeof value["until"] === "number" && value["until"] <= now) await store.remove(COLLECTION, key, version);
    }
    if (page.length === 0) return;
    after = page.at(-1)!.key;
  }
}

const rowOf = ({ start, end, amount }: Taken): Json => [start, end, amount];

/** What was spent and cannot be read is not nothing. */
function takenIn(value: Json): readonly Taken[] {
  const rows = isObject(value) ? value["taken"] : undefined;
  if (!isArray(rows ?? null)) throw unreadable();
  return (rows as readonly Json[]).map((row) => {
    if (!isArray(row) || row.length !== 3 || !row.every((one) => typeof one === "number" && Number.isFinite(one))) throw unreadable();
    const [start, end, amount] = row as readonly [number, number, number];
    return { start, end, amount };
  });
}

const unreadable = (): HoldfastError => new HoldfastError("unavailable", "what was spent cannot be read; the store was changed by something else");

/** What an agent has spent, as operators see it: of all its budgets, or of those that all its callers share. */
export function budgetsShown(ledger: Ledger, policy: Policy, agent: string, which: "all" | "shared" = "all"): readonly AgentBudget[] {
  return budgetsOf(policy, agent).flatMap((budget) => {
    if (which === "shared" && !budget.shared) return [];
    const states = ledger.states(budget, MOST_SHOWN);
    const all = budget.shared && states.length === 0 ? [{ caller: "", used: 0, reserved: 0 }] : states;
    return all.map(({ caller, used, reserved, freesAt }) => ({
      id: `limits/${budget.id}`,
      scope: budget.per,
      ...(caller === "" ? {} : { of: caller.replaceAll("\n", " ").trim() }),
      ...(budget.tool === undefined ? {} : { of: budget.tool }),
      unit: budget.unit,
      used: shown(budget, used),
      reserved: shown(budget, reserved),
      limit: shown(budget, budget.limit.count),
      window: budget.limit.ms / 1000,
      ...(freesAt === undefined ? {} : { frees_at: new Date(freesAt).toISOString() }),
    }));
  });
}

const shown = ({ unit }: Budget, amount: number): number => (unit === "usd" ? amount / PER_DOLLAR : amount);
