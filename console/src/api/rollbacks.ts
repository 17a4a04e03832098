import type { Json } from "../../../src/core/json.ts";
import { call } from "./client.ts";
import { signed } from "./passkey.ts";
import { type Fields, fields, items, number, text } from "./read.ts";

export const STATES = ["open", "undone", "refused", "failed", "unknown", "impossible"] as const;
export type StepState = (typeof STATES)[number];

export interface UndoStep {
  readonly number: number;
  readonly tool: string;
  /** The decision in the log. */
  readonly request: string;
  readonly at: string;
  /** What is not known here is `unknown`: a person looks. */
  readonly state: StepState;
  readonly why: string;
  readonly undo: { readonly call: string; readonly args: Json } | undefined;
  /** A person should look at it, and nobody has said so far that they have. */
  readonly left: boolean;
  readonly settled: { readonly by: string; readonly reason: string; readonly at: string } | undefined;
  readonly undoneBy: string;
}

export interface Task {
  readonly id: string;
  readonly agent: string;
  readonly user: string;
  readonly session: string;
  readonly opened: string;
  readonly state: "open" | "running" | "over";
  readonly by: string;
  readonly reason: string;
  readonly began: string;
  readonly ended: string;
  /** Steps that a person should look at. */
  readonly left: number;
  readonly counts: { readonly [state in StepState]: number };
  readonly steps: readonly UndoStep[];
}

const ADDRESS = "/api/v1/rollbacks";

export async function getTasks(): Promise<readonly Task[]> {
  return items(await call("GET", ADDRESS)).map((one) => readTask(fields(one)));
}

export async function getTask(id: string): Promise<Task> {
  return readTask(fields(await call("GET", `${ADDRESS}/${encodeURIComponent(id)}`)));
}

/** Undoes what the task did, from its last step back to `from`. A run that takes longer goes on. */
export async function runTask(id: string, body: { readonly reason: string; readonly from: number }): Promise<Task> {
  return readTask(fields(await signed(`${ADDRESS}/${encodeURIComponent(id)}`, body)));
}

/** Says that a person has looked at a step that was left. */
export async function settleStep(id: string, body: { readonly step: number; readonly reason: string }): Promise<Task> {
  return readTask(fields(await signed(`${ADDRESS}/${encodeURIComponent(id)}/settle`, body)));
}

export function readTask(it: Fields): Task {
  const counts = fields(it["counts"]);
  return {
    id: text(it["id"]),
    agent: text(it["agent"]),
    user: text(it["user"]),
    session: text(it["session"]),
    opened: text(it["opened_at"]),
    state: it["state"] === "running" || it["state"] === "over" ? it["state"] : "open",
    by: text(it["by"]),
    reason: text(it["reason"]),
    began: text(it["began_at"]),
    ended: text(it["ended_at"]),
    left: number(it["left"]),
    counts: Object.fromEntries(STATES.map((state) => [state, number(counts[state])])) as Task["counts"],
    steps: items(it["steps"]).map((one) => readStep(fields(one))),
  };
}

function readStep(it: Fields): UndoStep {
  const [undo, settled] = [fields(it["undo"]), fields(it["settled"])];
  return {
    number: number(it["number"]),
    tool: text(it["tool"]),
    request: text(it["request"]),
    at: text(it["at"]),
    state: STATES.find((state) => state === it["state"]) ?? "unknown",
    why: text(it["why"]),
    undo: it["undo"] === undefined ? undefined : { call: text(undo["call"]), args: fields(undo["args"]) as Json }, // the answer was JSON
    left: it["left"] === true,
    settled: it["settled"] === undefined ? undefined : { by: text(settled["by"]), reason: text(settled["reason"]), at: text(settled["at"]) },
    undoneBy: text(it["undone_by"]),
  };
}
