import { CallFailed, call, callEvents } from "./client.ts";
import { signed } from "./passkey.ts";
import { type Fault, readFault, source } from "./policies.ts";
import { type Effect, effect, fields, items, number, text } from "./read.ts";

export interface Base {
  readonly digest: string;
  readonly text: string;
}

export type Edit = { readonly mode: { readonly rule: string; readonly mode: "monitor" | "enforce" } } | { readonly add: string };

/** The draft with one change in it. */
export async function editDraft(draft: string, edit: Edit): Promise<string> {
  return source(fields(await call("POST", "/api/v1/policies/edit", { text: draft, ...edit }))["text"]);
}

export interface Saved {
  readonly inForce: boolean;
  /** Another person has to save the same. */
  readonly proposed: boolean;
  readonly faults: readonly Fault[];
}

/** Resolves to what the file holds now, where it is not what the draft was begun from: then nothing was saved. */
export async function saveDraft(draft: string, base: Base, reason: string): Promise<Saved | { readonly conflict: Base }> {
  try {
    const it = fields(await signed("/api/v1/policies/save", { text: draft, base: base.digest, reason }));
    return { inForce: it["in_force"] === true, proposed: it["proposed"] === true, faults: items(it["faults"]).map(readFault) };
  } catch (error) {
    if (!(error instanceof CallFailed) || error.status !== 409) throw error;
    const now = fields(error.answer);
    // The other reasons for a 409 say nothing of the file.
    if (typeof now["digest"] !== "string") throw error;
    return { conflict: { digest: text(now["digest"]), text: source(now["text"]) } };
  }
}

export interface Version {
  readonly at: string;
  readonly by: string;
  readonly reason: string;
  readonly digest: string;
  readonly text: string;
}

export async function getVersions(): Promise<readonly Version[]> {
  return items(await call("GET", "/api/v1/policies/versions")).map((from) => {
    const it = fields(from);
    return { at: text(it["at"]), by: text(it["by"]), reason: text(it["reason"]), digest: text(it["digest"]), text: source(it["text"]) };
  });
}

export interface Change {
  readonly before: Effect;
  readonly after: Effect;
}

export interface Changed extends Change {
  readonly id: string;
  readonly time: string;
  readonly agent: string;
  readonly what: string;
}

export interface Replay {
  readonly looked: number;
  readonly judged: number;
  readonly changed: number;
  readonly changes: readonly (Change & { readonly count: number })[];
  readonly groups: readonly { readonly rule: string; readonly count: number; readonly decisions: readonly Changed[] }[];
  readonly doubts: readonly { readonly rule: string; readonly looks: readonly string[]; readonly count: number; readonly decisions: readonly string[] }[];
  readonly watching: readonly { readonly rule: string; readonly count: number }[];
  readonly ended: string;
}

export type Replayed = { readonly result: Replay } | { readonly faults: readonly Fault[] };

export interface ReplayWanted {
  readonly limit: number;
  readonly since?: string;
}

/** What a draft would have decided otherwise; `told` hears how far it is. */
export async function replayDraft(draft: string, wanted: ReplayWanted, signal: AbortSignal, told: (done: number, of: number) => void): Promise<Replayed> {
  let last: Replayed | undefined;
  await callEvents("/api/v1/policies/replay", { text: draft, ...wanted }, signal, (event, data) => {
    const it = fields(data);
    if (event === "progress") told(number(it["done"]), number(it["of"]));
    if (event === "faults") last = { faults: items(it["faults"]).map(readFault) };
    if (event === "result") last = { result: readReplay(it) };
  });
  if (last === undefined) throw new CallFailed(0, "no answer");
  return last;
}

function readReplay(it: ReturnType<typeof fields>): Replay {
  return {
    looked: number(it["looked"]),
    judged: number(it["judged"]),
    changed: number(it["changed"]),
    changes: items(it["changes"]).map((from) => ({ ...readChange(from), count: number(fields(from)["count"]) })),
    groups: items(it["groups"]).map((from) => {
      const group = fields(from);
      return { rule: text(group["rule"]), count: number(group["count"]), decisions: items(group["decisions"]).map(readChanged) };
    }),
    doubts: items(it["doubts"]).map((from) => {
      const doubt = fields(from);
      return {
        rule: text(doubt["rule"]),
        looks: items(doubt["looks"]).map(text),
        count: number(doubt["count"]),
        decisions: items(doubt["decisions"]).map(text),
      };
    }),
    watching: items(it["watching"]).map((from) => ({ rule: text(fields(from)["rule"]), count: number(fields(from)["count"]) })),
    ended: text(it["ended"]),
  };
}

function readChange(from: unknown): Change {
  const it = fields(from);
  return { before: effect(it["before"]), after: effect(it["after"]) };
}

function readChanged(from: unknown): Changed {
  const it = fields(from);
  const tool = text(it["tool"]);
  return { ...readChange(from), id: text(it["id"]), time: text(it["time"]), agent: text(it["agent"]), what: tool === "" ? text(it["action"]) : tool };
}
