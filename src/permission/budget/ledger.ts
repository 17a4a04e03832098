import { HoldfastError } from "../../core/errors.ts";
import type { Clock } from "../../core/layers.ts";
import type { Facts, Outcome } from "../../core/outcome.ts";
import { createHandedOn, type HandedOn } from "../flow/handed-on.ts";
import { type Account, fetched, freeIn, has, type Limit, newAccount, reserve, settle, settled, stateOf, type Time, trade } from "./account.ts";
import type { Leases } from "./lease.ts";

/** One budget of one agent: a limit that is counted for each caller apart. */
export interface Budget {
  /** Names it in decisions: `limits/budget/usd`, `limits/user/budget/tokens`, `limits/tool/pay.send/budget/payments`. */
  readonly id: string;
  readonly agent: string;
  readonly unit: Unit;
  readonly limit: Limit;
}

export const UNITS = ["usd", "tokens", "bytes", "actions", "payments"] as const;
export type Unit = (typeof UNITS)[number];

/** The accounts of one budget. */
export interface Group {
  limit: Limit;
  readonly place: string;
  readonly accounts: Map<string, Account>;
}

/** What one request takes of one account. `used` reads off what it used in the end; undefined where nobody can say: then all of it. */
export interface Need {
  readonly account: Account;
  readonly amount: number;
  readonly used: ((facts: Facts) => number | undefined) | undefined;
  /** Whether it is reserved, and the end of the step in which it was. */
  held: boolean;
  end: number;
}

export interface BudgetState {
  /** Whose: "" where all callers share it. */
  readonly caller: string;
  readonly used: number;
  readonly reserved: number;
  /** Milliseconds since the epoch at which part of it is free again; undefined where all of it is. */
  readonly freesAt?: number;
}

/**
 * What was spent, of all agents. It outlives policies, and what lies in `leases` outlives the process. Spending is reserved before it
 * happens, out of what was durably taken before: so nothing that ends the process can make more be spent than the limit.
 */
export interface Ledger {
  group(budget: Budget): Group;
  /** Undefined where more callers are in use than can be counted for. */
  account(group: Group, caller: string): Account | undefined;
  /**
   * Undefined where it is known of each need whether it can be had. Else it resolves once it is, and what could be had is reserved for the request by
   * then: whoever then does not use it ends that by `settle` or `drop`. Rejects where the store does not answer, or the request was ended meanwhile.
   */
  fetched(request: string, needs: readonly Need[], now: number): undefined | Promise<void>;
  has(need: Need, now: number): boolean;
  /** In how many milliseconds there may be room; undefined: never. */
  freeIn(account: Account, amount: number, now: number): number | undefined;
  /** Reserves for a request what `has` said is there. A request that was judged before, and is again, has one reservation. */
  reserve(request: string, needs: readonly Need[], now: number): void;
  /** Ends the reservations of a request, by what it used. */
  settle(request: string, outcome: Outcome): void;
  /** Ends them where nothing was done. */
  drop(request: string): void;
  /** Asks the store what was spent before, where all callers share an account: for those who look. */
  look(budgets: readonly Budget[]): Promise<void>;
  /** The accounts of a budget that are in use, those most used first. */
  states(budget: Budget, most: number): readonly BudgetState[];
  /** Calls that were counted where a model proposed them. */
  readonly proposed: HandedOn;
  /** Gives back what is not spent. Durable when it resolves. */
  shut(): Promise<void>;
}

const MOST_CALLERS = 10_000;
const SWEEP_MS = 1_000;

export function createLedger(leases: Leases, clock: Clock): Ledger {
  const groups = new Map<string, Group>();
  const holds = new Map<string, readonly Need[]>();
  const active = new Set<Account>();
  let origin = clock.now() - clock.monotonic();
  const time: Time = {
    at: (monotonic) => Math.floor(origin + monotonic),
    now: () => time.at(clock.monotonic()),
    reach(moment) {
      origin += Math.max(0, moment - time.now());
    },
  };
  let stop: (() => void) | undefined;
  let over = false;

  /** What nobody used for a while goes back, so that others can have it, and a crash loses nothing. */
  const sweep = (): void => {
    stop = undefined;
    for (const account of active) {
      const idle = !account.used;
      account.used = false;
      if (account.back.size > 0 || account.owed > 0 || (idle && account.free > 0)) void trade(account, leases, time, idle).catch(() => {});
      else if (idle && account.reserved === 0 && account.trading === undefined) account.watched = !active.delete(account);
    }
    watch();
  };
  const watch = (): void => {
    if (active.size > 0 && !over) stop ??= clock.timer(SWEEP_MS, sweep);
  };
  const touched = (account: Account): void => {
    account.used = true;
    if (account.watched) return;
    account.watched = true;
    active.add(account);
    watch();
  };
  /** Ends the reservations of a request. Budgets of one unit are settled by one figure. */
  const close = (request: string, facts: Facts | undefined, refused: boolean): void => {
    const needs = holds.get(request);
    if (needs === undefined) return;
    holds.delete(request);
    let [of, figure]: [Need["used"], number | undefined] = [undefined, undefined];
    for (const need of needs) {
      const { account, amount, used, end, held } = need;
      if (!held) continue;
      need.held = false;
      if (used !== of) {
        of = used;
        figure = facts === undefined ? undefined : used?.(facts);
      }
      const nothing = facts === undefined || (refused && used !== undefined);
      settle(account, amount, end, nothing ? 0 : ((used && figure) ?? amount));
    }
  };
  /** Room for new callers is that of callers who were not heard of for a whole window. */
  const forget = ({ accounts, limit }: Group): void => {
    const now = time.now();
    for (const [caller, account] of accounts) if (!active.has(account) && account.taken.every(({ end }) => end + limit.ms <= now)) accounts.delete(caller);
  };

  const ledger: Ledger = {
    proposed: createHandedOn(),
    group({ id, agent, limit }) {
      const place = `${agent}\n${id}`;
      const known = groups.get(place);
      if (known !== undefined) {
        known.limit = limit;
        return known;
      }
      const group: Group = { limit, place, accounts: new Map() };
      groups.set(place, group);
      return group;
    },
    account(group, caller) {
      const known = group.accounts.get(caller);
      if (known !== undefined) return known;
      if (group.accounts.size >= MOST_CALLERS) forget(group);
      if (group.accounts.size >= MOST_CALLERS) return undefined;
      const account = newAccount(`${group.place}\n${caller}`, group);
      group.accounts.set(caller, account);
      return account;
    },
    fetched(request, needs, now) {
      const at = time.at(now);
      if (needs.every(({ account, amount }) => settled(account, amount, at))) return undefined;
      ledger.drop(request);
      holds.set(request, needs);
      return Promise.all(
        needs.map(({ account, amount }, i): Promise<void> | undefined => {
          const need = needs[i]!;
          touched(account);
          const given = (end: number): void => {
            need.held = true;
            need.end = end;
          };
          // All of it, or a part that is at hand is gone when the rest comes. Who is gone itself is given nothing.
          return fetched(account, { amount, wanted: () => holds.get(request) === needs, given }, leases, time);
        }),
      ).then(() => {
        // INVARIANT: nothing is reserved for a request that is over. It took longer than a decision may, and nobody would end it again.
        if (holds.get(request) !== needs) throw new HoldfastError("unavailable", "the request ended before its budgets were known");
      });
    },
    has: ({ held, account, amount }, now) => held || has(account, amount, time.at(now)),
    freeIn: (account, amount, now) => freeIn(account, amount, time.at(now)),
    reserve(request, needs, now) {
      const before = holds.get(request);
      if (before !== undefined && before !== needs) ledger.drop(request);
      const at = time.at(now);
      for (const need of needs) {
        if (need.held) continue;
        touched(need.account);
        reserve(need.account, need.amount, leases, time, at);
        need.held = true;
        need.end = need.account.end;
      }
      holds.set(request, needs);
    },
    settle(request, outcome) {
      if (!holds.has(request)) return;
      if (outcome.status === "denied" || outcome.status === "pending") return ledger.drop(request);
      const { facts = {} } = outcome;
      const status = facts["upstream_status"];
      // A model that refused to answer charges nothing. Whatever else went wrong, it may have answered.
      close(request, facts, typeof status === "number" && status >= 400 && status < 500);
    },
    drop: (request) => close(request, undefined, false),
    async look(budgets) {
      for (const budget of budgets) {
        const account = ledger.account(ledger.group(budget), "");
        if (account !== undefined) await trade(account, leases, time, true);
      }
    },
    states({ id, agent }, most) {
      const now = time.now();
      const accounts = [...(groups.get(`${agent}\n${id}`)?.accounts ?? [])].map(([caller, account]): BudgetState => {
        const { used, reserved, valid } = stateOf(account, now);
        const first = valid[0];
        const frees = first === undefined || used + reserved === 0 ? {} : { freesAt: clock.now() + first.end + account.group.limit.ms - now };
        return { caller, used, reserved, ...frees };
      });
      return accounts.sort((a, b) => b.used + b.reserved - a.used - a.reserved).slice(0, most);
    },
    async shut() {
      over = true;
      stop?.();
      const left = [...groups.values()].flatMap(({ accounts }) => [...accounts.values()]);
      await Promise.all(
        left.map(async (account) => {
          await account.trading?.catch(() => {});
          if (account.free > 0 || account.back.size > 0 || account.owed > 0) await trade(account, leases, time, true);
        }),
      );
    },
  };
  return ledger;
}
