import { setImmediate as pause } from "node:timers/promises";
import { block } from "../../audit/history.ts";
import type { AuditRecord, IntentRecord } from "../../audit/record.ts";
import type { LogSource } from "../../audit/store.ts";
import { type Asked, type OnRecord, type Policy, type Replayed, replay } from "../../permission/index.ts";
import type { ReplayForm, ReplayWanted } from "../../surfaces/api/index.ts";
import { countChanges } from "../../surfaces/changed.ts";
import { materialOf } from "./on-record.ts";

export interface ReplayParts {
  readonly log: LogSource;
  readonly draft: Policy;
  /** Which rules a version of the configuration asked, by its digest; undefined for one of which nobody knows. */
  readonly askedUnder: (digest: string) => Asked | undefined;
  /** The version in force. */
  readonly digest: string;
}

export type ReplayStep = { readonly done: number; readonly of: number } | ReplayForm;

/** No request waits longer than this for a replay. */
const SLICE_MS = 8;
const BLOCK = 32;
/** A log of little else than outcomes is not read to its beginning. */
const MOST_SCANNED = 100_000;
/** How far behind the oldest decision the version is looked for that it was taken under. */
const MOST_BEHIND = 20_000;
/** As many as the log writes down. */
const MOST_REASONS = 50;
const MOST_SHOWN = 50;
const MOST_GROUPS = 100;
/** The wall clock may have been set back; so a search by time goes on a little behind the first record that is too old. */
const HOUR = 3_600_000;

/** The newest decisions of the log, judged by a draft, in slices: it says how far it is, and at last what would change. Ends when `signal` is aborted. */
export async function* replaying(parts: ReplayParts, wanted: ReplayWanted, signal: AbortSignal): AsyncGenerator<ReplayStep> {
  const slice = slicing(signal);
  const found = await collect(parts, wanted, slice);
  yield { done: 0, of: found.intents.length };
  const { note, form } = summing();
  for (const [index, { record, asked }] of found.intents.entries()) {
    if (await slice()) yield { done: index, of: found.intents.length };
    note(record, replay(parts.draft, { ...record.material, asked }));
  }
  yield form(found.ended);
}

/** Lets others work where a slice is used up, and is true then. */
function slicing(signal: AbortSignal): () => Promise<boolean> {
  let began = performance.now();
  return async () => {
    signal.throwIfAborted();
    if (performance.now() - began < SLICE_MS) return false;
    await pause();
    signal.throwIfAborted();
    began = performance.now();
    return true;
  };
}

/** What is kept of a record: not the record itself, of which two thousand may be a hundred megabytes. */
interface Kept {
  readonly id: string;
  readonly time: string;
  readonly agent: string;
  readonly action: string;
  readonly tool?: string | undefined;
  readonly parent?: string | undefined;
  readonly asked: number;
  readonly material: Omit<OnRecord, "asked">;
}

interface Found {
  /** The newest first. */
  readonly intents: readonly { readonly record: Kept; readonly asked: Asked | undefined }[];
  readonly ended: ReplayForm["ended"];
}

/** Reads backwards; `under` says under which version each decision was taken. */
async function collect({ log, digest, askedUnder }: ReplayParts, { limit, since, until }: ReplayWanted, slice: () => Promise<boolean>): Promise<Found> {
  const seen: (Kept | Load)[] = [];
  let intents = 0;
  let ended: Found["ended"] = "beginning";
  const size = await log.size();
  let at = size;
  reading: while (at > 0) {
    const from = Math.max(0, at - BLOCK);
    for (const record of (await block(log, from, at)).toReversed()) {
      await slice();
      at = record.seq;
      const time = Date.parse(record.time);
      if (since !== undefined && time < since - HOUR) {
        ended = "range";
        break reading;
      }
      if (isLoad(record)) seen.push(loadOf(record));
      else if (record.kind === "intent" && (since === undefined || time >= since) && (until === undefined || time < until)) {
        seen.push(keptOf(record));
        intents++;
      }
      if (intents >= limit) {
        ended = "limit";
        break reading;
      }
    }
    if (size - at >= MOST_SCANNED) {
      ended = "scanned";
      break;
    }
  }
  // Of what stands before the first load in sight the version is told by the load before that.
  const end = Math.max(0, at - MOST_BEHIND);
  while (at > end && seen.some(isKeptLoad) && !isKeptLoad(seen.at(-1))) {
    const from = Math.max(end, at - BLOCK);
    const load = (await block(log, from, at)).findLast(isLoad);
    if (load !== undefined) seen.push(loadOf(load));
    await slice();
    at = from;
  }
  return { intents: under(seen, digest, askedUnder), ended };
}

interface Load {
  readonly digest: string;
  readonly time: number;
}

const loadOf = ({ facts, time }: AuditRecord & { readonly kind: "system" }): Load => ({ digest: String(facts["digest"]), time: Date.parse(time) });
const isKeptLoad = (one: Kept | Load | undefined): one is Load => one !== undefined && "digest" in one;
const isLoad = (record: AuditRecord): record is AuditRecord & { readonly kind: "system" } =>
  record.kind === "system" && record.event === "configuration-loaded";

/**
 * Each decision with what its version of the configuration asked. What was under way when a version was loaded was decided by the one before, also
 * what an answer proposed later: its parent tells. Where that is not certain, nothing is assumed.
 */
function under(seen: readonly (Kept | Load)[], inForce: string, askedUnder: ReplayParts["askedUnder"]): Found["intents"] {
  const versions = new Map<string, string | undefined>();
  // Hundreds of rules, and the same for nearly all decisions.
  const rules = new Map<string, Asked | undefined>();
  // Without a load in sight everything was decided under what is in force; before the first one in sight, nobody knows.
  let now: Load | undefined = seen.some(isKeptLoad) ? undefined : { digest: inForce, time: 0 };
  const found: Found["intents"][number][] = [];
  for (const one of seen.toReversed()) {
    if (isKeptLoad(one)) {
      // The same version again, as after a restart: what is under way does not outlive that.
      now = one.digest === now?.digest ? now : one;
      continue;
    }
    const began = now !== undefined && one.asked >= now.time ? now.digest : undefined;
    // A rule that is not among the reasons did not hold, unless there were more than are written down.
    const whole = one.material.reasons.length < MOST_REASONS;
    const version = one.parent === undefined || versions.get(one.parent) === began ? began : undefined;
    versions.set(one.id, version);
    if (version !== undefined && !rules.has(version)) rules.set(version, askedUnder(version));
    found.push({ record: one, asked: version === undefined || !whole ? undefined : rules.get(version) });
  }
  return found.toReversed();
}

function keptOf(record: IntentRecord): Kept {
  const { id, time, agent, action, tool, parent, asked, reasons } = record;
  return { id, time, agent, action, tool, parent, asked: Date.parse(asked), material: { ...materialOf(record), reasons } };
}

/** Adds up what was judged; of what is listed only so much is kept. */
function summing() {
  const changes = countChanges();
  const groups = new Map<string, { rule: string; count: number; decisions: ReplayForm["groups"][number]["decisions"] }>();
  const doubts = new Map<string, { rule: string; looks: string[]; count: number; decisions: string[] }>();
  const watching = new Map<string, number>();
  let [looked, judged] = [0, 0];
  return {
    note({ id, time, agent, action, tool }: Kept, { before, after, by, watching: watchers, doubts: open }: Replayed): void {
      looked++;
      for (const rule of watchers) watching.set(rule, (watching.get(rule) ?? 0) + 1);
      if (after === undefined) {
        for (const { rule, looks } of open) {
          const key = JSON.stringify([rule, looks]);
          const kept = doubts.get(key) ?? { rule, looks: [...looks], count: 0, decisions: [] };
          kept.count++;
          if (kept.decisions.length < 5) kept.decisions.push(id);
          if (doubts.size < MOST_GROUPS) doubts.set(key, kept);
        }
        return;
      }
      judged++;
      if (!changes.note({ before, after })) return;
      const [rule = ""] = by;
      const group = groups.get(rule) ?? { rule, count: 0, decisions: [] };
      group.count++;
      if (group.decisions.length < MOST_SHOWN) group.decisions.push({ id, time, agent, action, ...(tool === undefined ? {} : { tool }), before, after });
      if (groups.size < MOST_GROUPS) groups.set(rule, group);
    },
    form: (ended: ReplayForm["ended"]): ReplayForm => ({
      looked,
      judged,
      changed: changes.total,
      changes: [...changes.all()],
      groups: [...groups.values()].sort((a, b) => b.count - a.count),
      doubts: [...doubts.values()].sort((a, b) => b.count - a.count),
      watching: [...watching].map(([rule, count]) => ({ rule, count })).sort((a, b) => b.count - a.count),
      ended,
    }),
  };
}
