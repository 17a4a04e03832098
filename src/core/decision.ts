import type { Counted } from "./counted.ts";
import type { FindingKind } from "./detector.ts";
import type { ArgumentSink } from "./sink.ts";

/** From loosest to strictest. */
export const EFFECTS = ["permit", "ask", "deny"] as const;
export type Effect = (typeof EFFECTS)[number];

/** Where a person may answer beside the console: a form that the agent's own client shows its user, and buttons in Slack. */
export const CHATS = ["elicitation", "slack"] as const;
export type Chat = (typeof CHATS)[number];

export interface Reason {
  /** Permanent; also the configuration path and the page that explains it: `rules/big-payment`, `roles/support`, `detectors/iban`. */
  readonly id: string;
  readonly effect: Effect;
  /** One plain English sentence without foreign text in it; surfaces may translate by `id`. */
  readonly text: string;
  /** Set on a rule in monitor mode: the effect it would have had. In the shadow phase: what would have come of the request. */
  readonly would?: Effect;
  /** Which values it is about, and what they came from: for the person who asks why. Names only, never a value. */
  readonly evidence?: readonly Evidence[];
  /** Set on an `ask` where what asks does not mind being answered there. A question may be only where each of its reasons says so. */
  readonly inChat?: readonly Chat[];
  /** What a dry run counted. */
  readonly counted?: Counted;
}

/** `to/0` came from `tool:crm.read_mail#3` (the third thing that was read); without an origin it stands nowhere. */
export interface Evidence {
  readonly argument: string;
  readonly origin?: string;
}

/** What must be done if the request goes ahead. A performer that cannot meet one must refuse. */
export type Obligation =
  | { readonly kind: "mask"; readonly findings: readonly FindingKind[] }
  | { readonly kind: "isolate"; readonly driver: string }
  | { readonly kind: "limit"; readonly name: string; readonly amount: number }
  | { readonly kind: "notify"; readonly channel: string }
  /** The argument at this path is to be written as its sink wants it before it is handed on. */
  | { readonly kind: "escape"; readonly argument: string; readonly sink: ArgumentSink }
  /** It is not done: the answer is what the request `of` was answered, the same call for the same caller. */
  | { readonly kind: "recorded"; readonly of: string }
  /** So many different people with one of these roles (none: anybody who may answer) approve within `expires` milliseconds. */
  | { readonly kind: "approval"; readonly approvers: readonly string[]; readonly count: number; readonly expires?: number };

export interface Decision {
  readonly effect: Effect;
  readonly reasons: readonly Reason[];
  readonly obligations: readonly Obligation[];
}

/** The neutral element of `join`. Not a permission: only the permission layer's own decision is the start of a joined one. */
export const NEUTRAL: Decision = { effect: "permit", reasons: [], obligations: [] };

export const permit = (reason: Omit<Reason, "effect">, obligations: readonly Obligation[] = []): Decision => one("permit", reason, obligations);
/** What the allow-list `id` let go: nothing follows from it, and the record says so. */
export const allowedBy = (id: string): Decision => permit({ id: `detectors/allow/${id}`, text: `let go what \`${id}\` allows` });
export const ask = (reason: Omit<Reason, "effect">): Decision => one("ask", reason);
export const deny = (reason: Omit<Reason, "effect">): Decision => one("deny", reason);

/**
 * The stricter effect, with the reasons and obligations of both.
 * INVARIANT: associative, commutative, idempotent; NEUTRAL is neutral; deny absorbs. So controls and detectors run in any order, in
 * parallel, and no number of them can ever loosen an outcome.
 */
export function join(a: Decision, b: Decision): Decision {
  if (b.reasons.length === 0 && b.obligations.length === 0 && stricter(a.effect, b.effect) === a.effect) return a;
  if (a.reasons.length === 0 && a.obligations.length === 0 && stricter(a.effect, b.effect) === b.effect) return b;
  return {
    effect: stricter(a.effect, b.effect),
    reasons: merge(a.reasons, b.reasons, reasonKey),
    obligations: merge(a.obligations, b.obligations, obligationKey),
  };
}

/** An effect that is none of the three counts as deny: a broken layer must not be able to permit by misspelling. */
export function stricter(a: Effect, b: Effect): Effect {
  const [ra, rb] = [EFFECTS.indexOf(a), EFFECTS.indexOf(b)];
  if (ra < 0 || rb < 0) return "deny";
  return ra >= rb ? a : b;
}

function one(effect: Effect, reason: Omit<Reason, "effect">, obligations: readonly Obligation[] = []): Decision {
  return { effect, reasons: [{ id: reason.id, effect, text: reason.text, ...(reason.would === undefined ? {} : { would: reason.would }) }], obligations };
}

// Strictest first, then by id: the answer to "why" stands at the top, and equal sets are equal lists.
const reasonKey = (reason: Reason): string =>
  `${2 - EFFECTS.indexOf(reason.effect)}\n${reason.id}\n${reason.text}\n${reason.would ?? ""}\n${reason.inChat ?? ""}`;
const obligationKey = (obligation: Obligation): string => `${obligation.kind}\n${JSON.stringify(obligation)}`;

function merge<T>(a: readonly T[], b: readonly T[], key: (item: T) => string): readonly T[] {
  const items = new Map<string, T>();
  for (const item of a) items.set(key(item), item);
  for (const item of b) items.set(key(item), item);
  return [...items].sort(([x], [y]) => (x < y ? -1 : 1)).map(([, item]) => item);
}
