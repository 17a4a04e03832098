import { HoldfastError } from "../../core/errors.ts";
import { isObject, type Json } from "../../core/json.ts";
import type { Compensation } from "./undo.ts";

/** Whose task it is: nobody else may ask for its rollback but an operator. */
export interface Owner {
  readonly agent: string;
  readonly user?: string;
  /** The conversation that the client declares. Without one, all that the key does in a row is one task. */
  readonly session?: string;
  /** Id of the key. */
  readonly key?: string;
}

/** The effects of one conversation, in the order in which they began. */
export interface Task {
  readonly id: string;
  readonly owner: Owner;
  /** Milliseconds since the epoch. */
  readonly opened: number;
  /** Set once a rollback was begun. Its last run. Nothing is added to such a task; what its owner does next is another. */
  readonly run?: Run;
}

export interface Run {
  /** An operator's name; else `client of` or `on_failure of` an agent, which is no name. */
  readonly by: string;
  readonly reason: string;
  readonly began: number;
  /** The first step that is undone; those before it stay. */
  readonly from: number;
  readonly ended?: number;
}

/** One effect that the configuration knows how to undo. */
export interface Step {
  readonly task: string;
  /** From 1. */
  readonly number: number;
  /** Id of the request whose effect it is. */
  readonly request: string;
  readonly tool: string;
  readonly at: number;
  /** How it was done. `begun`: written before it is performed; without an end nobody knows whether it happened. */
  readonly effect: "begun" | "done" | "unknown";
  /** How it is undone; absent until it is done, and where it cannot be. */
  readonly undo?: Compensation & { readonly timeout: number };
  /** Why the effect is unknown, or why it cannot be undone. */
  readonly why?: string;
  readonly undone?: Undone;
  /** A person has looked at what was left of it. */
  readonly settled?: { readonly by: string; readonly reason: string; readonly at: number };
}

export interface Undone {
  /**
   * `begun`: written before it is performed. `refused`: nothing was done, so a later run may try again. `failed` and `unknown` are
   * never tried again by themselves: it may have been done.
   */
  readonly state: "begun" | "done" | "refused" | "failed" | "unknown";
  /** Id of the request that undoes it. */
  readonly request: string;
  readonly at: number;
  readonly why?: string;
}

/** What a step is to whoever rolls back. `open`: it is done, and can be undone. */
export type State = "open" | "undone" | "refused" | "failed" | "unknown" | "impossible";

export function stateOf({ effect, undo, undone }: Step): State {
  if (undone !== undefined) return undone.state === "done" ? "undone" : undone.state === "begun" ? "unknown" : undone.state;
  if (effect !== "done") return "unknown";
  return undo === undefined ? "impossible" : "open";
}

/** Whether a run performs its compensation: never one that may have been performed, but where its server tells a repetition. */
export function isDue(step: Step): boolean {
  const state = stateOf(step);
  return state === "open" || state === "refused" || (state === "unknown" && step.undone !== undefined && step.undo?.http?.repeatable === true);
}

/**
 * Whether a run left it for a person to look at, and nobody has said yet that they have. A call that was still under way when the run began
 * and ended well afterwards is `open`, and left as well.
 */
export function isLeft(step: Step, run: Run | undefined): boolean {
  const state = stateOf(step);
  if (run === undefined || step.settled !== undefined || state === "undone") return false;
  return state !== "open" || step.number >= run.from;
}

/** What a person should know of a step that was not undone. */
export function whyOf(step: Step): string | undefined {
  const { effect, why, undone } = step;
  if (undone?.state === "begun") return "it was begun, and nobody saw how it ended: look whether it was done";
  if (undone !== undefined) return undone.why;
  if (effect === "begun") return "the call was begun, and nobody saw how it ended: look whether it was done";
  return why;
}

/** Read back from the store. What cannot be read is refused: nobody could say what was undone. */
export function parsedStep(task: string, value: Json): Step {
  const whole =
    isObject(value) &&
    value["task"] === task &&
    typeof value["number"] === "number" &&
    ["request", "tool", "effect"].every((name) => typeof value[name] === "string");
  if (!whole || !["begun", "done", "unknown"].includes(String(value["effect"]))) throw unreadable(task);
  const { undo, undone } = value;
  const fits =
    (undo === undefined || (isObject(undo) && typeof undo["call"] === "string" && isObject(undo["args"]))) && (undone === undefined || isObject(undone));
  if (!fits) throw unreadable(task);
  return value as unknown as Step; // written by the journal
}

export function parsedTask(id: string, value: Json): Task {
  const whole =
    isObject(value) && value["id"] === id && isObject(value["owner"]) && typeof value["owner"]["agent"] === "string" && typeof value["opened"] === "number";
  if (!whole) throw unreadable(id);
  return value as unknown as Task;
}

const unreadable = (task: string): HoldfastError => new HoldfastError("configuration", `what is kept of the task \`${task}\` cannot be read`);
