import { visible } from "./visible.ts";

/**
 * Reads what the API sends into exactly the shapes the pages draw. Text in the log was written by attackers, and a value of an unexpected
 * type must neither break a page nor be drawn as anything but text: every field is made a string, a number or a boolean here.
 */
export const EFFECTS = ["permit", "ask", "deny"] as const;
export type Effect = (typeof EFFECTS)[number] | "unknown";
export const STATUSES = ["done", "denied", "failed", "pending", "open"] as const;
export type Status = (typeof STATUSES)[number] | "unknown";

export interface Reason {
  readonly id: string;
  readonly text: string;
  readonly effect: Effect;
  readonly would?: Effect;
}

export interface Summary {
  readonly id: string;
  readonly seq: number;
  readonly time: string;
  readonly agent: string;
  readonly user: string;
  readonly action: string;
  readonly tool: string;
  readonly target: string;
  readonly effect: Effect;
  readonly status: Status;
  readonly reason?: Reason;
  readonly findings: number;
  readonly masked: boolean;
  readonly parent: string;
}

export type Fields = { readonly [name: string]: unknown };

export function readSummary(from: unknown): Summary {
  const it = fields(from);
  const reason = it["reason"] === null || it["reason"] === undefined ? undefined : readReason(it["reason"]);
  return {
    id: text(it["id"]),
    seq: number(it["seq"]),
    time: text(it["time"]),
    agent: text(it["agent"]),
    user: text(it["user"]),
    action: text(it["action"]),
    tool: text(it["tool"]),
    target: text(it["target"]),
    effect: effect(it["effect"]),
    status: STATUSES.find((status) => status === it["status"]) ?? "unknown",
    ...(reason === undefined ? {} : { reason }),
    findings: number(it["findings"]),
    masked: it["masked"] === true,
    parent: text(it["parent"]),
  };
}

export function readReason(from: unknown): Reason {
  const it = fields(from);
  return { id: text(it["id"]), text: text(it["text"]), effect: effect(it["effect"]), ...(it["would"] === undefined ? {} : { would: effect(it["would"]) }) };
}

export function effect(from: unknown): Effect {
  return EFFECTS.find((known) => known === from) ?? "unknown";
}

export function fields(from: unknown): Fields {
  return typeof from === "object" && from !== null && !Array.isArray(from) ? { ...from } : {};
}

export function items(from: unknown): readonly unknown[] {
  return Array.isArray(from) ? from : [];
}

/** A value as text in which nothing is invisible; objects as JSON, nothing as the empty string. */
export function text(from: unknown): string {
  if (typeof from === "string") return visible(from);
  return from === undefined || from === null ? "" : visible(JSON.stringify(from));
}

export function number(from: unknown): number {
  return typeof from === "number" && Number.isFinite(from) ? from : 0;
}
