import type { Leases, Taken } from "./lease.ts";

/** A limit on what is spent in any stretch of `ms`; `count` is in whole units: tokens, bytes, or billionths of a dollar. */
export interface Limit {
  readonly count: number;
  readonly ms: number;
  readonly text: string;
}

/** What one caller may spend of one limit, as far as this process has taken it. */
export interface Account {
  /** Where it lies in the store. */
  readonly name: string;
  /** Of all callers of this limit; a reload of the configuration changes it. */
  readonly group: { limit: Limit };
  /** Taken and not spent: what a request can have at once, until `end`. */
  free: number;
  end: number;
  /** Of requests that are under way. */
  reserved: number;
  /** Spent beyond what was taken: an answer that used more than its most. */
  owed: number;
  /** To be given back, by the end of the step it was taken in. */
  readonly back: Map<number, number>;
  /** On its way back to the store. */
  returning: number;
  /** What all processes had taken when this one last looked, its own free part included. */
  taken: readonly Taken[];
  /** Until then nothing more is asked for: there was not enough. */
  dry: number;
  waiting: Asking[];
  trading: Promise<void> | undefined;
  /** What the last request took, and what lies ready for the next ones. */
  recent: number;
  slice: number;
  /** Since it was last looked after; and whether it is. */
  used: boolean;
  watched: boolean;
}

/** A request that waits for its part. `given` tells it the end of the step in which it was taken. */
export interface Waiting {
  readonly amount: number;
  readonly wanted: () => boolean;
  readonly given: (end: number) => void;
}
interface Asking extends Waiting {
  readonly wake: (given: boolean) => void;
  readonly fail: (error: unknown) => void;
}

/** The ledger's time, in milliseconds: the machine's when it started, and from then on by the clock that never goes back. */
export interface Time {
  at(monotonic: number): number;
  now(): number;
  /** Another process wrote from a later clock. */
  reach(time: number): void;
}

/** A window slides in so many steps. */
const STEPS = 24;
/**
 * So much lies ready in a process, and is lost with it until the window has passed: a few times what one request takes, between these
 * parts of the limit. Twice of it are kept when reservations come back.
 */
const [LEAST, MOST, REQUESTS] = [1_000, 100, 4];
/** Where there was not enough, the store is not asked again before. */
const DRY_MS = 1_000;
/** Others may be faster than whoever waits; then it is refused. */
const MOST_TRIES = 8;

export const stepOf = ({ ms }: Limit): number => Math.max(1, Math.floor(ms / STEPS));
const sliceOf = ({ recent, group: { limit } }: Account): number => Math.ceil(Math.min(limit.count / MOST, Math.max(limit.count / LEAST, REQUESTS * recent)));

export function newAccount(name: string, group: Account["group"]): Account {
  return {
    name,
    group,
    free: 0,
    end: 0,
    reserved: 0,
    owed: 0,
    back: new Map(),
    returning: 0,
    taken: [],
    dry: 0,
    waiting: [],
    trading: undefined,
    recent: 0,
    slice: 0,
    used: true,
    watched: false,
  };
}

/** What was taken in a step that is over is not spent in the next: it would be free again too early. */
function turn(account: Account, now: number): void {
  if (now < account.end) return;
  giveBack(account, account.end, account.free);
  account.free = 0;
}

export function giveBack({ back }: Account, end: number, amount: number): void {
  if (amount > 0) back.set(end, (back.get(end) ?? 0) + amount);
}

/** True where nothing need be asked: the amount is there, or is known not to be. */
export function settled(account: Account, amount: number, now: number): boolean {
  return has(account, amount, now) || now < account.dry || amount > account.group.limit.count;
}

/**
 * Waits until the amount was reserved, or until it is known that it cannot be: in the order of those who ask, so that nobody who comes
 * later takes what was fetched for another. Where `wanted` says no any more, nothing is reserved. Rejects where the store does not answer.
 */
export async function fetched(account: Account, wanted: Waiting, leases: Leases, time: Time): Promise<void> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const given = await new Promise<boolean>((wake, fail) => {
      account.waiting.push({ ...wanted, wake, fail });
      trade(account, leases, time).catch(() => {}); // whoever waits is told
    });
    if (given || time.now() < account.dry) return;
  }
}

/** True where the amount is there. Nothing changes. */
export function has(account: Account, amount: number, now: number): boolean {
  turn(account, now);
  return amount <= account.free;
}

/** Takes what `has` said is there, and sees to it that the next ones need not wait. */
export function reserve(account: Account, amount: number, leases: Leases, time: Time, now: number): void {
  take(account, amount);
  if (account.free * 2 < account.slice && now >= account.dry) trade(account, leases, time).catch(() => {});
}

function take(account: Account, amount: number): void {
  account.free -= amount;
  account.reserved += amount;
  if (amount !== account.recent) {
    account.recent = amount;
    account.slice = sliceOf(account);
  }
  account.used = true;
}

/** Gives to those who wait what is there, in their order; those who have to go on waiting. */
function served(account: Account, waiting: readonly Asking[]): readonly Asking[] {
  return waiting.filter((one) => {
    if (one.wanted() && one.amount > account.free) return true;
    if (one.wanted()) {
      take(account, one.amount);
      one.given(account.end);
    }
    one.wake(true);
    return false;
  });
}

/** Ends a reservation: `actual` of it was used. What is left can be spent at once, or goes back to the step it was taken in. */
export function settle(account: Account, reserved: number, end: number, actual: number): void {
  account.reserved -= reserved;
  account.used = true;
  const left = reserved - actual;
  if (left > 0) account.dry = 0;
  if (left < 0) account.owed -= left;
  else if (end !== account.end) giveBack(account, end, left);
  else {
    account.free += left;
    // INVARIANT: what a crash would lose stays small, also when many large reservations come back at once.
    const most = 2 * account.slice;
    if (account.free > most) {
      giveBack(account, end, account.free - most);
      account.free = most;
    }
  }
}

/** Asks the store for what is waited for and a slice more, or gives back all that is free where nobody needs it. One trade at a time. */
export function trade(account: Account, leases: Leases, time: Time, idle = false): Promise<void> {
  account.trading ??= one(account, leases, time, idle).finally(() => {
    account.trading = undefined;
    // Who came while the trade was under way was not counted in it.
    if (account.waiting.length > 0) trade(account, leases, time).catch(() => {});
  });
  return account.trading;
}

async function one(account: Account, leases: Leases, time: Time, idle: boolean): Promise<void> {
  const { limit } = account.group;
  const now = time.now();
  turn(account, now);
  const waiting = served(account, account.waiting.splice(0));
  account.slice = sliceOf(account);
  const slice = idle && waiting.length === 0 ? 0 : account.slice;
  if (slice === 0) {
    giveBack(account, account.end, account.free);
    account.free = 0;
  }
  const asked = Math.max(0, waiting.reduce((sum, { amount }) => sum + amount, slice) - account.free);
  const back = [...account.back].map(([end, amount]) => ({ end, amount }));
  const { owed } = account;
  account.back.clear();
  account.returning = back.reduce((sum, { amount }) => sum + amount, -owed);
  account.owed = 0;
  try {
    const result = await leases.trade(account.name, { now, window: limit.ms, step: stepOf(limit), limit: limit.count, want: asked, owed, back });
    time.reach(result.now);
    const then = time.now();
    turn(account, then);
    account.taken = result.taken;
    if (then < result.end) {
      account.end = result.end;
      account.free += result.given;
    } else giveBack(account, result.end, result.given);
    if (result.given < asked) account.dry = then + DRY_MS;
    account.returning = 0;
    for (const { wake } of served(account, waiting)) wake(false);
  } catch (error) {
    // It may have happened. What was given back is not given back twice, and what is owed counts twice rather than not at all.
    account.owed += owed;
    account.returning = 0;
    for (const { fail } of waiting) fail(error);
    throw error;
  }
}

/** What is spent and reserved now, and until when, as far as this process knows. */
export function stateOf(account: Account, now: number): { readonly used: number; readonly reserved: number; readonly valid: readonly Taken[] } {
  const { ms } = account.group.limit;
  const valid = account.taken.filter(({ end }) => end + ms > now);
  let sum = account.owed - account.free - account.reserved - account.returning;
  for (const { amount } of valid) sum += amount;
  for (const amount of account.back.values()) sum -= amount;
  return { used: Math.max(0, sum), reserved: account.reserved, valid };
}

/** In how many milliseconds there may be room for so much; undefined where there never is. */
export function freeIn(account: Account, amount: number, now: number): number | undefined {
  const { count, ms } = account.group.limit;
  if (amount > count) return undefined;
  const { used, valid } = stateOf(account, now);
  // Only what others reserved stands in the way: they soon end, and use less.
  if (used + amount <= count) return DRY_MS;
  let over = used + amount - count;
  for (const { end, amount: part } of valid) {
    over -= part;
    if (over <= 0) return end + ms - now;
  }
  return ms;
}
