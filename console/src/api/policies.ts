import type { JsonObject } from "../../../src/core/json.ts";
import { call } from "./client.ts";
import { type Effect, effect, fields, items, number, type Reason, readReason, text } from "./read.ts";

export interface Rule {
  readonly id: string;
  readonly when: string;
  readonly after: string;
  readonly until: string;
  readonly effect: Effect;
  readonly enforced: boolean;
  readonly approvers: readonly string[];
  /** In how many of the newest decisions it had a say, and in how many it would have had. */
  readonly decided: number;
  readonly monitored: number;
}

export interface Tool {
  readonly tool: string;
  readonly writes: boolean;
  readonly egress: boolean;
  readonly trust: string;
  /** What was worked out and is not configured. */
  readonly derived: readonly string[];
}

export interface Policies {
  readonly rules: readonly Rule[];
  readonly tools: readonly Tool[];
  readonly agents: readonly string[];
  readonly tests: number;
  /** How many of the newest decisions were looked at. */
  readonly looked: number;
  readonly text: string;
  /** Of the file in force: what a draft is begun from. */
  readonly digest: string;
  /** Where it takes two people: what one of them has saved. */
  readonly proposals: readonly { readonly by: string; readonly reason: string; readonly at: string; readonly text: string }[];
  readonly maySave: boolean;
}

export async function getPolicies(): Promise<Policies> {
  const it = fields(await call("GET", "/api/v1/policies"));
  return {
    rules: items(it["rules"]).map(readRule),
    tools: items(it["tools"]).map(readTool),
    agents: items(it["agents"]).map(text),
    tests: number(it["tests"]),
    looked: number(it["looked"]),
    text: source(it["text"]),
    digest: text(it["digest"]),
    proposals: items(it["proposals"]).map((from) => {
      const one = fields(from);
      return { by: text(one["by"]), reason: text(one["reason"]), at: text(one["at"]), text: source(one["text"]) };
    }),
    maySave: it["may_save"] === true,
  };
}

/** Shown in a field to be edited, so it stays as it is. */
export const source = (from: unknown): string => (typeof from === "string" ? from : "");

function readRule(from: unknown): Rule {
  const it = fields(from);
  const hits = fields(it["hits"]);
  return {
    id: text(it["id"]),
    when: text(it["when"]),
    after: text(it["after"]),
    until: text(it["until"]),
    effect: effect(it["effect"]),
    enforced: it["mode"] === "enforce",
    approvers: items(it["approvers"]).map(text),
    decided: number(hits["decided"]),
    monitored: number(hits["monitored"]),
  };
}

function readTool(from: unknown): Tool {
  const it = fields(from);
  return {
    tool: text(it["tool"]),
    // What is not understood is shown as the worst.
    writes: it["effect"] !== "read",
    egress: it["egress"] !== false,
    trust: text(it["trust"]),
    derived: items(it["derived"]).map(text),
  };
}

export interface Fault {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly hint: string;
}

export interface Draft {
  readonly ok: boolean;
  readonly faults: readonly Fault[];
  readonly warnings: readonly Fault[];
  readonly rules: number;
  readonly tests: number;
}

export async function checkDraft(draft: string): Promise<Draft> {
  const it = fields(await call("POST", "/api/v1/policies/draft", { text: draft }));
  return {
    ok: it["ok"] === true,
    faults: items(it["faults"]).map(readFault),
    warnings: items(it["warnings"]).map(readFault),
    rules: number(it["rules"]),
    tests: number(it["tests"]),
  };
}

export function readFault(from: unknown): Fault {
  const it = fields(from);
  return { line: number(it["line"]), column: number(it["column"]), message: text(it["message"]), hint: text(it["hint"]) };
}

export interface Trial {
  readonly agent: string;
  readonly tool: string;
  readonly args: JsonObject;
  /** What the user asked for, and what was read since. */
  readonly request: string;
  readonly read: string;
  readonly draft?: string;
}

export interface Tried {
  readonly effect: Effect;
  readonly reasons: readonly Reason[];
  readonly faults: readonly Fault[];
}

export async function tryCall(trial: Trial): Promise<Tried> {
  const it = fields(await call("POST", "/api/v1/policies/try", trial));
  return { effect: effect(it["effect"]), reasons: items(it["reasons"]).map(readReason), faults: items(it["faults"]).map(readFault) };
}
