/** Reads decisions back, newest first, for people: the console and `audit show`. Nothing here is in the path of a request. */
import type { Effect } from "../core/decision.ts";
import { HoldfastError } from "../core/errors.ts";
import type { DecisionIndex, Place } from "./decision-index.ts";
import { type DecisionStatus, type HistoryFilter, pastAll, soughtOf, wanting } from "./filter.ts";
import { type AuditRecord, type Excerpt, type IntentRecord, type OutcomeRecord, parseRecord } from "./record.ts";
import type { LogSource } from "./store.ts";

export interface HistoryQuery extends HistoryFilter {
  /** Only decisions whose intent stands before this record: `next` of the page before. */
  readonly before?: number;
  /** 1 to 500; 50. */
  readonly limit?: number;
}

/** One decision in a list: the intent, and how it ended. */
export interface DecisionRow {
  readonly seq: number;
  readonly id: string;
  readonly time: string;
  readonly agent: string;
  readonly user?: string;
  readonly session?: string;
  readonly surface: string;
  readonly parent?: string;
  readonly action: string;
  readonly tool?: string;
  readonly target?: IntentRecord["target"];
  readonly integrity: string;
  /** The last word: a denial by the output layer counts. */
  readonly effect: Effect;
  readonly reasons: IntentRecord["reasons"];
  readonly status: DecisionStatus;
  readonly took?: number;
  /** How many findings the records hold, in what came in and in what went out. */
  readonly findings: number;
  /** True where something in the answer was masked. */
  readonly masked: boolean;
}

export interface HistoryPage {
  readonly rows: readonly DecisionRow[];
  /** Where the next page begins; absent at the beginning of the log. A page may be short, even empty, and still have a next. */
  readonly next?: number;
}

export interface Story {
  readonly row: DecisionRow;
  readonly intent: IntentRecord;
  readonly outcomes: readonly OutcomeRecord[];
}

/** A page looks at no more records than this, so that a rare filter over a long log answers in pieces. */
const MOST_SCANNED = 20_000;
const BLOCK = 64;
/** Records that are this near to each other are read at once. */
const TOGETHER = 64;
/** How far behind the page's end the outcome of its last decisions is looked for. */
const OUTCOME_AHEAD = 2000;

/** One page of decisions, newest first, found by the index as far as there is one. Throws `bad-request` for a limit out of range. */
export async function history(source: LogSource, query: HistoryQuery = {}, index?: DecisionIndex): Promise<HistoryPage> {
  const { limit = 50, before = Number.MAX_SAFE_INTEGER } = query;
  if (!Number.isInteger(limit) || limit < 1 || limit > 500 || !(before >= 0)) throw new HoldfastError("bad-request", "`limit` is a whole number from 1 to 500");
  if (index === undefined) return search(source, query, before, limit);
  const { places, from } = await index.find(query, before, limit);
  const rows = await rowsAt(source, places);
  const last = places.length < limit ? from : places.at(-1)!.intent;
  if (last === 0) return { rows };
  if (places.length === limit) return { rows, next: last };
  const rest = await search(source, query, Math.min(before, from), limit - rows.length);
  return { ...rest, rows: [...rows, ...rest.rows] };
}

/** Looks through the records themselves, a bounded number of them. */
async function search(source: LogSource, query: HistoryQuery, before: number, limit: number): Promise<HistoryPage> {
  const size = await source.size();
  const outcomes = new Map<number, OutcomeRecord>();
  let at = Math.min(before, size);
  const end = at;
  const rows: DecisionRow[] = [];
  const wanted = wanting(query);
  let ahead = false;
  // What is asked for by status or effect depends on outcomes, which stand behind their intents.
  const take = async (intent: IntentRecord): Promise<void> => {
    if (!ahead && !outcomes.has(intent.seq) && end < size) {
      ahead = true;
      await collect(source, end, Math.min(size, end + OUTCOME_AHEAD), outcomes);
    }
    const outcome = outcomes.get(intent.seq);
    if (wanted(soughtOf(intent, outcome))) rows.push(rowOf(intent, outcome));
  };
  for (const stop = Math.max(0, at - MOST_SCANNED); at > stop && rows.length < limit; ) {
    const from = Math.max(stop, at - BLOCK);
    for (const record of (await block(source, from, at)).toReversed()) {
      at = record.seq;
      if (pastAll(Date.parse(record.time), query)) return { rows };
      if (record.kind === "outcome") remember(outcomes, record);
      if (record.kind === "intent") await take(record);
      if (rows.length >= limit) break;
    }
  }
  return { rows, ...(at > 0 ? { next: at } : {}) };
}

/** The decisions at these places, read in as few pieces as lie together. */
async function rowsAt(source: LogSource, places: readonly Place[]): Promise<readonly DecisionRow[]> {
  const wanted = places.flatMap(({ intent, outcome }) => (outcome === undefined ? [intent] : [intent, outcome])).sort((a, b) => a - b);
  const found = new Map<number, AuditRecord>();
  for (let i = 0; i < wanted.length; ) {
    const [first, start] = [wanted[i]!, i];
    while (i < wanted.length && wanted[i]! - first < TOGETHER) i++;
    const some = await lines(source, first, wanted[i - 1]! + 1);
    for (const seq of wanted.slice(start, i)) found.set(seq, parseRecord(some[seq - first]!));
  }
  return places.map(({ intent, outcome }) =>
    rowOf(found.get(intent) as IntentRecord, outcome === undefined ? undefined : (found.get(outcome) as OutcomeRecord)),
  );
}

/** All records of one request, or undefined. `near`, where the caller knows its newest record, saves the search through the log. */
export async function story(source: LogSource, id: string, near?: number): Promise<Story | undefined> {
  const needle = `"id":${JSON.stringify(id)},`;
  const outcomes: OutcomeRecord[] = [];
  let until = Math.min((near ?? Number.MAX_SAFE_INTEGER - 1) + 1, await source.size());
  while (until > 0) {
    const from = Math.max(0, until - 8 * BLOCK);
    for (const line of (await lines(source, from, until)).toReversed()) {
      // Ids stand at the head of a line; the rest need not be parsed to pass over it.
      if (!Buffer.from(line.buffer, line.byteOffset, Math.min(line.length, 2048)).includes(needle)) continue;
      const record = parseRecord(line);
      if (record.id !== id) continue;
      if (record.kind === "outcome") outcomes.unshift(record);
      if (record.kind === "intent") return { row: rowOf(record, outcomes.at(-1)), intent: record, outcomes };
    }
    until = from;
  }
  return undefined;
}

/** The records [from, to), parsed. */
export async function block(source: LogSource, from: number, to: number): Promise<readonly AuditRecord[]> {
  return (await lines(source, from, to)).map(parseRecord);
}

async function lines(source: LogSource, from: number, to: number): Promise<readonly Uint8Array[]> {
  const found: Uint8Array[] = [];
  while (from + found.length < to) {
    const some = await source.read(from + found.length, to);
    if (some.length === 0) break;
    found.push(...some);
  }
  return found;
}

async function collect(source: LogSource, from: number, to: number, outcomes: Map<number, OutcomeRecord>): Promise<void> {
  for (let at = from; at < to; at += BLOCK) {
    for (const record of await block(source, at, Math.min(to, at + BLOCK))) if (record.kind === "outcome") outcomes.set(record.intent, record);
  }
}

/** Reading backwards, the first outcome met is the last one written: a request that waited for a person has two. */
function remember(outcomes: Map<number, OutcomeRecord>, record: OutcomeRecord): void {
  if (!outcomes.has(record.intent)) outcomes.set(record.intent, record);
}

export function rowOf(intent: IntentRecord, outcome: OutcomeRecord | undefined): DecisionRow {
  const { seq, id, time, agent, user, session, surface, parent, action, tool, target, label } = intent;
  return {
    seq,
    id,
    time,
    agent,
    ...(user === undefined ? {} : { user }),
    ...(session === undefined ? {} : { session }),
    surface,
    ...(parent === undefined ? {} : { parent }),
    action,
    ...(tool === undefined ? {} : { tool }),
    ...(target === undefined ? {} : { target }),
    integrity: label.integrity,
    effect: outcome?.effect ?? intent.effect,
    reasons: [...intent.reasons, ...(outcome?.reasons ?? [])],
    status: outcome?.status ?? "open",
    ...(outcome?.took === undefined ? {} : { took: outcome.took }),
    findings: found(intent.input.flatMap(({ excerpts }) => excerpts)) + found(outcome?.output ?? []),
    masked: hasMasked(outcome?.reasons ?? []),
  };
}

function found(excerpts: readonly Excerpt[]): number {
  return excerpts.reduce((sum, { findings = {} }) => sum + Object.values(findings).reduce((all, one) => all + one, 0), 0);
}

/** True if these reasons of an outcome say that something in the answer was masked. */
export function hasMasked(reasons: IntentRecord["reasons"]): boolean {
  return reasons.some(({ id, effect, would }) => effect === "permit" && would === undefined && id.startsWith("detectors/"));
}
