/** Which decisions are wanted. The log itself and the index of it are searched by the same lines. */
import type { Effect } from "../core/decision.ts";
import type { IntentRecord, OutcomeRecord } from "./record.ts";

/** `open`: no outcome is recorded yet. */
export type DecisionStatus = OutcomeRecord["status"] | "open";

export interface HistoryFilter {
  readonly effect?: Effect;
  readonly status?: DecisionStatus;
  readonly agent?: string;
  readonly action?: string;
  readonly tool?: string;
  /** Ignoring case, in id, agent, session, action, tool, target and the ids of reasons. */
  readonly text?: string;
  /** Milliseconds since the epoch, inclusive and exclusive. */
  readonly since?: number;
  readonly until?: number;
}

/** What many decisions have in common. */
export interface Kind {
  readonly agent: string;
  readonly action: string;
  readonly tool: string | undefined;
  /** The last word: a denial by the output layer counts. */
  readonly effect: Effect;
  readonly status: DecisionStatus;
  /** The id of what denied it or asked about it; of what was permitted, nothing. */
  readonly because: string | undefined;
  /** In lower case: agent, action, tool and the ids of reasons. */
  readonly words: string;
}

/** What of a decision a filter looks at. */
export interface Sought {
  readonly kind: Kind;
  /** In lower case: what is different with every decision, its id, session and target. */
  readonly own: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

/** Says of each decision whether it is wanted. What it found of a kind it remembers: of a hundred thousand decisions few kinds are different. */
export function wanting({ effect, status, agent, action, tool, text, since, until }: HistoryFilter): (sought: Sought) => boolean {
  const needle = text?.toLowerCase();
  const known = new Map<Kind, "no" | "yes" | "if its own words say so">();
  const judge = (kind: Kind): "no" | "yes" | "if its own words say so" => {
    const fits =
      (effect === undefined || kind.effect === effect) &&
      (status === undefined || kind.status === status) &&
      (agent === undefined || kind.agent === agent) &&
      (action === undefined || kind.action === action) &&
      (tool === undefined || kind.tool === tool);
    if (!fits) return "no";
    return needle === undefined || kind.words.includes(needle) ? "yes" : "if its own words say so";
  };
  return ({ kind, own, time }) => {
    if ((since !== undefined && time < since) || (until !== undefined && time >= until)) return false;
    let verdict = known.get(kind);
    if (verdict === undefined) {
      verdict = judge(kind);
      known.set(kind, verdict);
    }
    return verdict === "yes" || (verdict !== "no" && needle !== undefined && own.includes(needle));
  };
}

/** True where no older decision can be wanted. The wall clock may have been set back, so a search goes on a little behind the first that is too old. */
export const pastAll = (time: number, { since }: HistoryFilter): boolean => since !== undefined && time < since - HOUR;
const HOUR = 3_600_000;

export function soughtOf(intent: IntentRecord, outcome: OutcomeRecord | undefined): Sought {
  const asked = kindOf(intent);
  return { kind: outcome === undefined ? asked : closedKind(asked, outcome), own: ownOf(intent), time: Date.parse(intent.time) };
}

/** Of a decision without an outcome. */
export function kindOf({ agent, action, tool, effect, reasons }: IntentRecord): Kind {
  return {
    agent,
    action,
    tool,
    effect,
    status: "open",
    because: because(effect, reasons),
    words: joined([agent, action, tool, ...reasons.map(({ id }) => id)]),
  };
}

/** Of the same decision once it has ended. */
export function closedKind(asked: Kind, { effect = asked.effect, status, reasons = [] }: OutcomeRecord): Kind {
  const why = because(effect, reasons) ?? (effect === asked.effect ? asked.because : undefined);
  return { ...asked, effect, status, because: why, words: joined([asked.words, ...reasons.map(({ id }) => id)]) };
}

const because = (effect: Effect, reasons: IntentRecord["reasons"]): string | undefined =>
  effect === "permit" ? undefined : reasons.find((reason) => reason.effect === effect)?.id;

export const ownOf = ({ id, session, target }: IntentRecord): string => joined([id, session, target?.id]);

const joined = (words: readonly (string | undefined)[]): string => words.join("\n").toLowerCase();
