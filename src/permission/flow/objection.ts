import type { Decision, Effect, Evidence, Reason } from "../../core/decision.ts";
import type { Mode } from "../policy-config.ts";
import type { Argument } from "./argument-role.ts";
import { placed } from "./placed.ts";
import type { Provenance } from "./provenance.ts";

/** Why a call is not simply let through. */
export interface Objection {
  readonly id: `flow/${string}`;
  readonly effect: Exclude<Effect, "permit">;
  /** One sentence without foreign text. */
  readonly text: string;
  /** Which value, and what it came from: `recipient`, `tool:files.read#3`. */
  readonly argument?: string;
  readonly origin?: string;
}

/** A value of a call, and where it comes from. */
export interface Known {
  readonly argument: Argument;
  readonly provenance: Provenance;
}

export function against(id: Objection["id"], effect: Objection["effect"], text: string, known?: { argument: Argument; provenance?: Provenance }): Objection {
  const { argument, provenance } = known ?? {};
  const origin = provenance !== undefined && "item" in provenance ? provenance.item.origin : undefined;
  return { id, effect, text, ...(argument === undefined ? {} : { argument: argument.path }), ...(origin === undefined ? {} : { origin }) };
}

/** Of a call that cannot be looked at in time. */
export const TOO_MANY = against("flow/too-many-arguments", "deny", "the call has more arguments than can be looked at");

/** All of them as one decision; with `monitor` it only says what it would have been. */
export function decisionOf(objections: readonly Objection[], mode: Mode): Decision {
  const effect = mode === "monitor" ? "permit" : objections.some((one) => one.effect === "deny") ? "deny" : "ask";
  const byReason = Map.groupBy(objections, (one) => `${one.id} ${one.effect}`);
  const reasons = [...byReason.values()].map((alike): Reason => {
    const [{ id, effect: would, text }] = alike as [Objection];
    const evidence = alike.flatMap(({ argument, origin }) => (argument === undefined ? [] : [evidenceOf(argument, origin)]));
    const reason = mode === "monitor" ? { id, effect: "permit" as const, text, would } : { id, effect: would, text };
    return evidence.length === 0 ? reason : { ...reason, evidence: evidence.slice(0, MOST_EVIDENCE) };
  });
  return { effect, reasons, obligations: [] };
}

export const evidenceOf = (argument: string, origin?: string): Evidence => ({
  argument: placed(argument),
  ...(origin === undefined ? {} : { origin: sourced(origin) }),
});

export const MOST_EVIDENCE = 10;
const sourced = (origin: string): string => origin.slice(0, 120).replace(/[^A-Za-z0-9_.:#-]/g, "_");
