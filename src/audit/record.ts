/** What the log holds, one JSON object a line. These names are stable: later versions may add fields, and never change or remove one. */
import type { Decision, Effect, Obligation } from "../core/decision.ts";
import type { FindingKind } from "../core/detector.ts";
import type { ErrorCode } from "../core/errors.ts";
import type { Intent } from "../core/intent.ts";
import type { Json } from "../core/json.ts";
import type { Label } from "../core/label.ts";
import type { Facts } from "../core/outcome.ts";
import type { ActionType } from "../core/request.ts";

export interface RecordHead {
  /** Position in the log, from 0 without gaps. */
  readonly seq: number;
  /** First 16 bytes, in hex, of the leaf hash of the record before it: names the first bad record without the server's help. */
  readonly prev: string;
  /** RFC 3339, UTC, by the server's wall clock; order is `seq`, never this. */
  readonly time: string;
}

/** A text as the log keeps it: what was found in it is masked, and it is cut to a bound. */
export interface Excerpt {
  /** Where it stood: `content/3`, `args/body`. */
  readonly at: string;
  readonly excerpt: string;
  /** Code units left out at the end. */
  readonly truncated?: number;
  /** How many findings of each detector. */
  readonly findings?: { readonly [detector: string]: number };
}

/** One piece of content that came in with the request. */
export interface InputRecord {
  readonly at: string;
  readonly source: string;
  readonly integrity: string;
  /** Code units of the text, or of the value as JSON. */
  readonly length: number;
  /** Keyed: the same text gives the same digest in this log, and nobody without the key can test a guess. */
  readonly digest: string;
  readonly excerpts: readonly Excerpt[];
}

/** That something was asked and what was decided. On stable storage before anything happens. */
export interface IntentRecord extends RecordHead {
  readonly kind: "intent";
  /** The request's id; its outcome record has the same. */
  readonly id: string;
  /** When the surface took it in. */
  readonly asked: string;
  readonly agent: string;
  /** Keyed pseudonym, `h:…`: the same person is the same pseudonym in this log. */
  readonly user?: string;
  readonly session?: string;
  /** Id of the key or token that was shown. */
  readonly key?: string;
  readonly surface: string;
  /** The request that proposed this one. */
  readonly parent?: string;
  readonly traceparent?: string;
  /** What the caller had declared that it is about to do. Whom it named is a pseudonym, for nobody has looked for secrets there. */
  readonly declared?: readonly Intent[];
  readonly action: ActionType;
  readonly tool?: string;
  readonly args?: Json;
  readonly target?: { readonly type: string; readonly id: string };
  readonly effect: Effect;
  readonly reasons: Decision["reasons"];
  readonly obligations: readonly Obligation[];
  readonly label: Label;
  /** The newest first. */
  readonly input: readonly InputRecord[];
  /** Content that is not listed because there was too much of it. */
  readonly omitted?: number;
}

/** How it ended. `interrupted`: the process ended before the outcome was recorded, so the effect may exist. */
export interface OutcomeRecord extends RecordHead {
  readonly kind: "outcome";
  readonly id: string;
  /** `seq` of the intent record. */
  readonly intent: number;
  readonly status: "done" | "denied" | "failed" | "pending" | "interrupted";
  /** Milliseconds since the request was taken in. */
  readonly took?: number;
  readonly effect?: Effect;
  /** Only those that the intent record does not hold. */
  readonly reasons?: Decision["reasons"];
  readonly output?: readonly Excerpt[];
  /** How many findings of each kind in the output. */
  readonly findings?: { readonly [kind in FindingKind]?: number };
  readonly facts?: Facts;
  readonly code?: ErrorCode;
  readonly ticket?: string;
}

export const SYSTEM_EVENTS = [
  "start",
  "stop",
  "recovered", // found intents without an outcome, or half a batch
  "configuration-loaded",
  "configuration-refused",
  "policy-proposed", // a person would write other rules into the file, and another has to want the same
  "policy-saved", // a person is about to write other rules into the file: who, why, from which version to which
  "policy-restored", // what they wrote did not come into force: why, and that the file is as it was
  "signed-in", // a person came in to the console through the sign-in provider
  "sign-in-refused", // somebody was known there, and not here
  "key-minted",
  "key-revoked",
  "tool-pinned", // what a server says of a tool was seen for the first time
  "tool-held", // it says something else, or something that looks like an attack: not listed, not called
  "tool-accepted", // a person accepted what it says now
  "approval-approved", // a person answered a question
  "approval-edited", // and changed what was asked for
  "approval-rejected",
  "approval-remark", // a person asked about a question, or its agent said something: who, and not what
  "approval-escalated", // nobody did in time: people with these roles may as well
  "control-unanswered", // a planted question ran out of time: no agent had asked it
  "agent-paused", // an operator stopped an agent, or all (`*`): by whom, and why
  "agent-resumed",
  "agent-promoted", // an operator let an agent do more without being seen first: from which phase to which, and why
  "agent-demoted", // an operator, or an incident, lets it do less
  "incident-opened", // something was stopped that must not have been tried, or a person thinks so
  "incident-changed", // what an operator did about it
  "passkey-added", // a person may sign with another one from now on
  "passkey-removed",
  "step-up", // a passkey has signed exactly this request of an operator, before it was carried out
  "step-up-refused", // one was shown for it that did not: why
  "sessions-ended", // a person ended sessions of their own at the console
  "rollback-began", // what a task did is being undone: of which, by whom, and why
  "rollback-settled", // a person has looked at a step that was left
  "rollback-ended", // how many steps are undone, and how many are not
] as const;
export type SystemEvent = (typeof SYSTEM_EVENTS)[number];

/** Something that Holdfast itself did. */
export interface SystemRecord extends RecordHead {
  readonly kind: "system";
  readonly id: string;
  readonly event: SystemEvent;
  /** Names and values are ours or an operator's; no foreign text. */
  readonly facts: Facts;
}

export type AuditRecord = IntentRecord | OutcomeRecord | SystemRecord;

/** A record before it has its place in the log. */
export type Draft = { readonly [K in AuditRecord as K["kind"]]: Omit<K, "seq" | "prev"> }[AuditRecord["kind"]];

/** Every line begins with exactly this, so that a verifier needs no JSON parser for it. */
export const lineHead = (seq: number, prev: string): string => `{"seq":${seq},"prev":"${prev}",`;
export const LINE_HEAD = /^\{"seq":(0|[1-9][0-9]{0,15}),"prev":"([0-9a-f]{32})",/;
/** The first record continues nothing. */
export const NO_PREV = "0".repeat(32);

/** Reads a line that this log wrote. The shape is not checked again: verify the log before trusting it. */
export function parseRecord(line: Uint8Array): AuditRecord {
  return JSON.parse(Buffer.from(line).toString("utf8")) as AuditRecord;
}
