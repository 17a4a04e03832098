/** What the newest decisions can be searched by, in memory: a search then reads no record that it does not show. */
import { setImmediate as breathe } from "node:timers/promises";
import { closedKind, type HistoryFilter, type Kind, kindOf, ownOf, pastAll, type Sought, wanting } from "./filter.ts";
import { block } from "./history.ts";
import type { AuditRecord, IntentRecord, OutcomeRecord } from "./record.ts";
import type { LogSource } from "./store.ts";

/** Where a decision stands. */
export interface Place {
  readonly intent: number;
  /** The newest outcome; absent where there is none. */
  readonly outcome?: number;
}

export interface Found {
  /** Newest first. */
  readonly places: readonly Place[];
  /** Everything from this record on was looked at, or there is enough; what is before it is searched in the log. 0: nothing is. */
  readonly from: number;
}

export interface DecisionIndex {
  /** The newest decisions before a record that are wanted, at most so many. It knows everything that the log holds when it is asked. */
  find(filter: HistoryFilter, before: number, most: number): Promise<Found>;
  /** Looks at every decision that it knows since a moment. False where it does not know all of them, yet or any more. */
  each(since: number, look: (sought: Sought) => void): Promise<boolean>;
}

/** About 200 bytes each. */
const MOST_DECISIONS = 200_000;
/** Records that are read at once, so that nothing else waits long. */
const BLOCK = 64;
/** Who asks after so many new records begins anew: most of what was known is far behind by then. */
const MOST_BEHIND = 100_000;
const AT_ONCE = 20_000;

interface Entry extends Sought {
  readonly seq: number;
  /** Before its outcome. */
  readonly asked: Kind;
  kind: Kind;
  outcome: number | undefined;
}

/** What is covered: the records [from, until). */
interface Covered {
  from: number;
  until: number;
  /** Entries in the order of the log, and those before them in the other order: both only grow at their ends. */
  newer: Entry[];
  older: Entry[];
  /** The newest outcomes of intents that stand before `from`. */
  readonly outcomes: Map<number, OutcomeRecord>;
}

/**
 * An index of a log, made of its records alone. It reads them when it is first asked, backwards and beside everything else, and what has
 * been added since with every question: nobody who asks nothing pays for it.
 */
export function indexDecisions(source: LogSource, mostDecisions = MOST_DECISIONS): DecisionIndex {
  let covered: Covered | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  let kinds = new Map<string, Kind>();

  const shared = (kind: Kind): Kind => {
    const key = JSON.stringify([kind.agent, kind.action, kind.tool, kind.effect, kind.status, kind.because, kind.words]);
    const same = kinds.get(key);
    if (same === undefined) kinds.set(key, kind);
    return same ?? kind;
  };
  const entryOf = (intent: IntentRecord, outcome: OutcomeRecord | undefined): Entry => {
    const asked = shared(kindOf(intent));
    const entry = { seq: intent.seq, own: ownOf(intent), time: Date.parse(intent.time), asked, kind: asked, outcome: undefined };
    if (outcome !== undefined) close(entry, outcome);
    return entry;
  };
  const close = (entry: Entry, outcome: OutcomeRecord): void => {
    entry.outcome = outcome.seq;
    entry.kind = shared(closedKind(entry.asked, outcome));
  };

  /** Takes in what was written since. */
  const catchUp = async (): Promise<Covered> => {
    const size = await source.size();
    if (covered === undefined || size - covered.until > MOST_BEHIND) {
      kinds = new Map();
      covered = { from: size, until: size, newer: [], older: [], outcomes: new Map() };
      // What it cannot read, whoever asks for it reads for himself, and is told.
      void fill(covered).catch(() => {});
    }
    const now = covered;
    while (now.until < size) {
      for (const record of await block(source, now.until, Math.min(size, now.until + BLOCK))) {
        now.until = record.seq + 1;
        if (record.kind === "intent") now.newer.push(entryOf(record, undefined));
        if (record.kind === "outcome") settle(now, record);
      }
    }
    if (now.newer.length > mostDecisions) {
      now.older = now.newer.toReversed();
      now.from = now.newer[0]!.seq;
      now.newer = [];
      now.outcomes.clear();
    }
    return now;
  };

  const settle = (now: Covered, outcome: OutcomeRecord): void => {
    const entry = at(now, outcome.intent);
    if (entry !== undefined) close(entry, outcome);
    else if (outcome.intent < now.from) now.outcomes.set(outcome.intent, outcome);
  };

  /** Goes back to the beginning of the log, or until there is enough. */
  const fill = async (now: Covered): Promise<void> => {
    const going = (): boolean => covered === now && now.from > 0 && now.older.length + now.newer.length < mostDecisions;
    while (going()) {
      const end = now.from;
      const found = await block(source, Math.max(0, end - BLOCK), end);
      await breathe();
      if (!going() || now.from !== end) return;
      for (const record of found.toReversed()) takeBefore(now, record);
      now.from = found[0]?.seq ?? 0;
    }
    now.outcomes.clear();
  };

  const takeBefore = (now: Covered, record: AuditRecord): void => {
    // Read backwards, the outcome that is met first is the last one.
    if (record.kind === "outcome" && !now.outcomes.has(record.intent)) now.outcomes.set(record.intent, record);
    if (record.kind !== "intent") return;
    now.older.push(entryOf(record, now.outcomes.get(record.seq)));
    now.outcomes.delete(record.seq);
  };

  const current = (): Promise<Covered> => {
    const caught = turn.then(catchUp, catchUp);
    turn = caught;
    return caught;
  };

  return {
    async each(since, look) {
      const { newer, older, from } = await current();
      const [ends, known] = [newer.length, older.length];
      for (let i = 0; i < ends + known; i++) {
        if (i % AT_ONCE === AT_ONCE - 1) await breathe();
        const entry = i < ends ? newer[ends - 1 - i]! : older[i - ends]!;
        if (pastAll(entry.time, { since })) return true;
        if (entry.time >= since) look(entry);
      }
      return from === 0;
    },
    async find(filter, before, most) {
      const { newer, older, from } = await current();
      const wanted = wanting(filter);
      const places: Place[] = [];
      const [ends, known] = [newer.length, older.length];
      for (let i = 0; i < ends + known && places.length < most; i++) {
        if (i % AT_ONCE === AT_ONCE - 1) await breathe();
        const entry = i < ends ? newer[ends - 1 - i]! : older[i - ends]!;
        if (entry.seq >= before) continue;
        if (pastAll(entry.time, filter)) return { places, from: 0 };
        if (wanted(entry)) places.push({ intent: entry.seq, ...(entry.outcome === undefined ? {} : { outcome: entry.outcome }) });
      }
      return { places, from };
    },
  };
}

/** The entry of an intent. Both lists are in order. */
function at({ newer, older }: Covered, seq: number): Entry | undefined {
  const list = seq >= (newer[0]?.seq ?? Number.POSITIVE_INFINITY) ? newer : older;
  const sign = list === newer ? 1 : -1;
  let [low, high] = [0, list.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const way = sign * (list[middle]!.seq - seq);
    if (way === 0) return list[middle];
    if (way < 0) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
}
