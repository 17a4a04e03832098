/** Reads decisions back, newest first, for people: the console and `audit show`. Nothing here is in the path of a request. */
import type { Effect } from "../core/decision.ts";
import { HoldfastError } from "../core/errors.ts";
import { type AuditRecord, type Excerpt, type IntentRecord, type OutcomeRecord, parseRecord } from "./record.ts";
import type { LogSource } from "./store.ts";

export interface HistoryFilter {
  readonly effect?: Effect;
  readonly status?: DecisionRow["status"];
  readonly agent?: string;
  readonly action?: string;
  readonly tool?: string;
  /** Ignoring case, in id, agent, session, action, tool, target and the ids of reasons. */
  readonly text?: string;
  /** Milliseconds since the epoch, inclusive and exclusive. */
  readonly since?: number;
  readonly until?: number;
}

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
  /** `open`: no outcome is recorded yet. */
  readonly status: OutcomeRecord["status"] | "open";
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
const BLOCK = 32;
/** How far behind the page's end the outcome of its last decisions is looked for. */
const OUTCOME_AHEAD = 2000;

/** One page of decisions, newest first. Throws `bad-request` for a limit out of range. */
export async function history(source: LogSource, query: HistoryQuery = {}): Promise<HistoryPage> {
  const { limit = 50, before = Number.MAX_SAFE_INTEGER } = query;
  if (!Number.isInteger(limit) || limit < 1 || limit > 500 || !(before >= 0)) throw new HoldfastError("bad-request", "`limit` is a whole number from 1 to 500");
  const size = await source.size();
  const outcomes = new Map<number, OutcomeRecord>();
  let at = Math.min(before, size);
  const end = at;
  const rows: DecisionRow[] = [];
  let ahead = false;
  // What is asked for by status or effect depends on outcomes, which stand behind their intents.
  const take = async (intent: IntentRecord): Promise<void> => {
    if (!ahead && !outcomes.has(intent.seq) && end < size) {
      ahead = true;
      await collect(source, end, Math.min(size, end + OUTCOME_AHEAD), outcomes);
    }
    const row = rowOf(intent, outcomes.get(intent.seq));
    if (matches(row, query)) rows.push(row);
  };
  for (const stop = Math.max(0, at - MOST_SCANNED); at > stop && rows.length < limit; ) {
    const from = Math.max(stop, at - BLOCK);
    for (const record of (await block(source, from, at)).toReversed()) {
      at = record.seq;
      if (query.since !== undefined && Date.parse(record.time) < query.since - HOUR) return { rows };
      if (record.kind === "outcome") remember(outcomes, record);
      if (record.kind === "intent") await take(record);
      if (rows.length >= limit) break;
    }
  }
  return { rows, ...(at > 0 ? { next: at } : {}) };
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

/** Whether a row is what was asked for; also for rows that arrive live. */
export function matches(row: DecisionRow, filter: HistoryFilter): boolean {
  const { effect, status, agent, action, tool, text, since, until } = filter;
  const time = since === undefined && until === undefined ? 0 : Date.parse(row.time);
  return (
    (effect === undefined || row.effect === effect) &&
    (status === undefined || row.status === status) &&
    (agent === undefined || row.agent === agent) &&
    (action === undefined || row.action === action) &&
    (tool === undefined || row.tool === tool) &&
    (since === undefined || time >= since) &&
    (until === undefined || time < until) &&
    (text === undefined || searchable(row).includes(text.toLowerCase()))
  );
}

function searchable({ id, agent, session, action, tool, target, reasons }: DecisionRow): string {
  return [id, agent, session, action, tool, target?.id, ...reasons.map((reason) => reason.id)].join("\n").toLowerCase();
}

/** The wall clock may have been set back; so a search by time goes on a little behind the first record that is too old. */
const HOUR = 3_600_000;
