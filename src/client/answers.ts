/** What the decision API answers, read strictly: what is not as it should be is no answer. */
import { EFFECTS, type Effect, type Obligation, type Reason } from "../core/decision.ts";
import { isArray, isObject, type Json, type JsonObject } from "../core/json.ts";
import type { Label } from "../core/label.ts";
import { invalid, type WireAnswer } from "./wire.ts";

/** What is done: as it was asked for, or as an approver changed it. */
export interface Action {
  readonly type: string;
  readonly tool?: string;
  readonly args?: JsonObject;
}

export interface Decision {
  /** Names the decision in the log, and for `release`. */
  readonly id: string;
  readonly effect: Effect;
  readonly reasons: readonly Reason[];
  /** What must be done if it goes ahead; whoever cannot meet one must not perform. */
  readonly obligations: readonly Obligation[];
  /** The label of everything that the request carries. */
  readonly labels: Label;
  /** Set where the action calls an agent: it shows this in `x-holdfast-chain` with what it does for the call. */
  readonly chain?: string;
  /** Set while a person is being asked. */
  readonly ticket?: string;
  /** Set where an approver changed the action: only this may be performed. */
  readonly action?: Action;
}

export interface Release {
  readonly id: string;
  readonly status: "done" | "failed";
  /** Anything but `permit`: nothing of the answer may be shown. */
  readonly effect?: Effect;
  readonly text?: string;
  readonly value?: Json;
  readonly content?: readonly Json[];
  readonly findings: readonly JsonObject[];
  readonly reasons: readonly Reason[];
}

export interface Inspection {
  /** 0..1: the strongest sign of an injection. */
  readonly score: number;
  readonly effect: Effect;
  readonly findings: readonly JsonObject[];
}

export interface Ticket {
  readonly state: string;
  /** Milliseconds from now. */
  readonly left: number;
  readonly remarks: readonly Remark[];
}

/** What people asked about a question, and what was said. */
export interface Remark {
  readonly from: string;
  readonly text: string;
}

export function decisionOf({ status, body }: WireAnswer): Decision {
  const { chain, ticket, action, labels } = body;
  const effect = effectIn(body["effect"]);
  const reasons = reasonsIn(body["reasons"]);
  // INVARIANT: only a permit that says so everywhere, and says why, is one.
  if ((status === 202) !== (ticket !== undefined) || (effect === "permit" && (ticket !== undefined || reasons.length === 0)))
    throw invalid("a decision that contradicts itself");
  return {
    id: textIn(body["id"], "id"),
    effect,
    reasons,
    obligations: objectsIn(body["obligations"], "obligations").map((one) => ({ ...one, kind: textIn(one["kind"], "kind") })) as unknown as Obligation[],
    labels: (isObject(labels) ? labels : wrong("labels")) as unknown as Label,
    ...(chain === undefined ? {} : { chain: textIn(chain, "chain") }),
    ...(ticket === undefined ? {} : { ticket: textIn(ticket, "ticket") }),
    ...(action === undefined ? {} : { action: actionIn(action) }),
  };
}

export function releaseOf({ body }: WireAnswer): Release {
  const { status, effect, text, value, content } = body;
  if (status !== "done" && status !== "failed") throw wrong("status");
  return {
    id: textIn(body["id"], "id"),
    status,
    ...(effect === undefined ? {} : { effect: effectIn(effect) }),
    ...(text === undefined ? {} : { text: typeof text === "string" ? text : wrong("text") }),
    ...(value === undefined ? {} : { value }),
    ...(content === undefined ? {} : { content: isArray(content) ? content : wrong("content") }),
    findings: objectsIn(body["findings"], "findings"),
    reasons: reasonsIn(body["reasons"]),
  };
}

export function inspectionOf({ body }: WireAnswer): Inspection {
  const { score } = body;
  return {
    score: typeof score === "number" ? score : wrong("score"),
    effect: effectIn(body["effect"]),
    findings: objectsIn(body["findings"], "findings"),
  };
}

export function ticketOf({ body, now }: WireAnswer): Ticket {
  const left = Date.parse(textIn(body["expires_at"], "expires_at")) - now;
  const remarks = body["remarks"] === undefined ? [] : objectsIn(body["remarks"], "remarks");
  return {
    state: textIn(body["state"], "state"),
    left: Number.isNaN(left) ? wrong("expires_at") : left,
    remarks: remarks.map((one) => ({ from: textIn(one["from"], "from"), text: textIn(one["text"], "text") })),
  };
}

function actionIn(value: Json): Action {
  if (!isObject(value)) throw wrong("action");
  const { tool, args } = value;
  return {
    type: textIn(value["type"], "type"),
    ...(tool === undefined ? {} : { tool: textIn(tool, "tool") }),
    ...(args === undefined ? {} : { args: isObject(args) ? args : wrong("args") }),
  };
}

const reasonsIn = (value: Json | undefined): readonly Reason[] =>
  objectsIn(value, "reasons").map((one) => ({ ...one, id: textIn(one["id"], "id"), effect: effectIn(one["effect"]), text: textIn(one["text"], "text") }));

function effectIn(value: Json | undefined): Effect {
  return EFFECTS.find((effect) => effect === value) ?? wrong("effect");
}

function textIn(value: Json | undefined, name: string): string {
  return typeof value === "string" && value !== "" ? value : wrong(name);
}

function objectsIn(value: Json | undefined, name: string): readonly JsonObject[] {
  return value !== undefined && isArray(value) && value.every(isObject) ? value : wrong(name);
}

function wrong(name: string): never {
  throw invalid(`\`${name}\` is not as it should be`);
}
