import { openCheckpoint } from "../../audit/checkpoint.ts";
import { type DecisionIndex, indexDecisions } from "../../audit/decision-index.ts";
import { block, type DecisionRow, history, rowOf, story } from "../../audit/history.ts";
import { noteVerifier } from "../../audit/note.ts";
import type { AuditRecord, IntentRecord } from "../../audit/record.ts";
import type { LogSource } from "../../audit/store.ts";
import { timelineOf } from "../../audit/timeline.ts";
import type { History, Story, Summary } from "../../surfaces/api/index.ts";

/** Where decisions are read from: the open log (`AuditLog` has all of this), or the files of another process. */
export interface Recorded {
  readonly source: LogSource;
  readonly vkey: string;
  readonly proof: (index: number) => Promise<string>;
  /** Where a recent request's newest record is. */
  readonly recent?: (id: string) => number | undefined;
  /** What its newest decisions are found by. */
  readonly index?: DecisionIndex;
  readonly now: () => number;
  /** Calls `listener` with every new record until the returned function is called. */
  readonly subscribe: (listener: (record: AuditRecord) => void) => () => void;
}

/** How far behind an intent its children are looked for: they are recorded while their parent is being answered. */
const CHILDREN_WITHIN = 2_000;
const HOUR = 3_600_000;
/** The most decisions a live follower is caught up with; who was away longer reads the list. */
const MOST_MISSED = 500;

/** The log's decisions in the API's form. */
export function historyOf(recorded: Recorded): History {
  const { source, recent, subscribe, index = indexDecisions(source), now } = recorded;
  return {
    async list(wanted) {
      const { rows, next } = await history(source, wanted, recorded.index);
      return { decisions: rows.map(summaryOf), ...(next === undefined ? {} : { next }) };
    },
    async timeline(hours) {
      const { slices, ...rest } = await timelineOf(index, { now: now(), length: HOUR, count: hours });
      return { slices: slices.map(({ from, ...counts }) => ({ from: new Date(from).toISOString(), ...counts })), ...rest, reasons: [...rest.reasons] };
    },
    async story(id) {
      const found = await story(source, id, recent?.(id));
      if (found === undefined) return undefined;
      const { intent, outcomes, row } = found;
      return { summary: summaryOf(row), records: [intent, ...outcomes], children: await children(source, intent), proof: await proofOf(recorded, intent.seq) };
    },
    follow(after, push) {
      const open = new Map<string, IntentRecord>();
      let ended = false;
      let waiting: AuditRecord[] | undefined = after === undefined ? undefined : [];
      const take = (record: AuditRecord): void => {
        if (record.kind === "intent") {
          open.set(record.id, record);
          if (open.size > MOST_MISSED * 4) open.delete(open.keys().next().value as string);
          push(summaryOf(rowOf(record, undefined)));
        } else if (record.kind === "outcome") {
          const intent = open.get(record.id);
          open.delete(record.id);
          if (intent !== undefined) push(summaryOf(rowOf(intent, record)));
        }
      };
      const stop = subscribe((record) => (waiting === undefined ? take(record) : void waiting.push(record)));
      if (after !== undefined)
        void missed(source, after).then((rows) => {
          if (ended) return;
          for (const row of rows) push(summaryOf(row));
          const newest = rows.at(-1)?.seq ?? after;
          for (const record of waiting ?? []) if (record.kind !== "intent" || record.seq > newest) take(record);
          waiting = undefined;
        }, stop);
      return () => {
        ended = true;
        stop();
      };
    },
  };
}

export function summaryOf({ seq, id, time, agent, user, action, tool, target, effect, status, reasons, findings, masked, parent }: DecisionRow): Summary {
  return {
    id,
    seq,
    time,
    agent,
    ...(user === undefined ? {} : { user }),
    action,
    ...(tool === undefined ? {} : { tool }),
    ...(target === undefined ? {} : { target: target.id }),
    effect,
    // What ended with the process may have had its effect: for a reader of the list that is a failure.
    status: status === "interrupted" ? "failed" : status,
    reason: mainReason(effect, reasons),
    findings,
    masked,
    ...(parent === undefined ? {} : { parent }),
  };
}

/** The one reason to show where there is room for one. That nobody could be asked explains nothing: what was to be asked does; nor does a count. That somebody approved explains all. */
function mainReason(effect: Summary["effect"], reasons: DecisionRow["reasons"]): Summary["reason"] {
  const telling = reasons.filter(({ id, counted }) => id !== "oversight/nobody" && counted === undefined);
  const approved = telling.find(({ id }) => id === "oversight/approved");
  if (approved !== undefined && effect === "permit") return approved;
  return telling.find((one) => one.effect === effect) ?? telling.find((one) => one.effect === "ask") ?? telling[0] ?? null;
}

async function missed(source: LogSource, after: number): Promise<readonly DecisionRow[]> {
  const { rows } = await history(source, { limit: MOST_MISSED });
  return rows.filter(({ seq }) => seq > after).toReversed();
}

/** The requests that this one's answer proposed. */
async function children(source: LogSource, parent: IntentRecord): Promise<Summary[]> {
  const records = await block(source, parent.seq + 1, Math.min(await source.size(), parent.seq + CHILDREN_WITHIN));
  const outcomes = new Map(records.flatMap((record) => (record.kind === "outcome" ? [[record.intent, record] as const] : [])));
  return records.flatMap((record) => (record.kind === "intent" && record.parent === parent.id ? [summaryOf(rowOf(record, outcomes.get(record.seq)))] : []));
}

async function proofOf({ proof, vkey }: Recorded, index: number): Promise<Story["proof"]> {
  const text = await proof(index);
  const gap = text.indexOf("\n\n");
  const checkpoint = text.slice(gap + 2);
  const opened = openCheckpoint(checkpoint, noteVerifier(vkey));
  return {
    index,
    size: opened?.size ?? 0,
    root: Buffer.from(opened?.root ?? "", "latin1").toString("base64"),
    hashes: text
      .slice(0, gap)
      .split("\n")
      .filter((line) => /^[A-Za-z0-9+/]{43}=$/.test(line)),
    checkpoint,
    vkey,
    text,
  };
}
