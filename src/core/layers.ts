import type { Decision, Reason } from "./decision.ts";
import type { Json } from "./json.ts";
import type { Label } from "./label.ts";
import type { Facts, Outcome, Passage, Verdict } from "./outcome.ts";
import type { Request } from "./request.ts";

/** Time comes in as an argument, so that tests own it. */
export interface Clock {
  /** Milliseconds since the epoch; may jump. For people and records. */
  now(): number;
  /** Milliseconds that never go back. For limits and deadlines. */
  monotonic(): number;
  /** Calls `fire` once after `ms`, unless the returned function is called first. */
  timer(ms: number, fire: () => void): () => void;
}

/** Layer 5. What is not recorded does not happen. */
export interface AuditLayer {
  /** Takes a request in. Throws `unavailable` when the log cannot promise to record it. */
  open(request: Request): Entry;
}

/** The records of one request. Called in this order, each at most once. */
export interface Entry {
  /** Writes the intent record. It is on stable storage when the promise resolves; a rejection means that nothing may be done. */
  decided(request: Request, decision: Decision, inspection: Inspection): Promise<void>;
  /** Writes the outcome record: in order, on stable storage with the next group commit. It never throws; a log that cannot write stops `open`. */
  close(outcome: Outcome): void;
}

/** What layer 1 saw. Its decision can only tighten; its label is the join of everything the request carries. */
export interface Inspection {
  readonly decision: Decision;
  readonly label: Label;
  readonly passages: readonly Passage[];
}

/** Layer 1. Answers at once where it can (no promise, no timer on the hot path). */
export interface InputLayer {
  inspect(request: Request, signal: AbortSignal): Inspection | Promise<Inspection>;
}

/** Layer 2, the only layer that can permit. A permit without a reason counts as no answer. */
export interface PermissionLayer {
  decide(request: Request, inspection: Inspection): Decision | Promise<Decision>;
}

/** People. Only called for `ask`. `wait` parks the request durably under a ticket; `nobody` says that no one can be asked here. */
export interface OversightLayer {
  resolve(request: Request, decision: Decision, signal: AbortSignal): Resolution | Promise<Resolution>;
}
export type Resolution =
  | { readonly kind: "permit"; readonly reason: Omit<Reason, "effect"> }
  | { readonly kind: "deny"; readonly reason: Omit<Reason, "effect"> }
  | { readonly kind: "edit"; readonly request: Request }
  /** `inquiry`: what a person wants to know before they answer, fit to be read by a model. */
  | { readonly kind: "wait"; readonly ticket: string; readonly inquiry?: string }
  | { readonly kind: "nobody" };

/** Layer 3. Performs under the decision's obligations, or refuses before anything happened. */
export interface SandboxLayer {
  execute(request: Request, decision: Decision, perform: Perform, signal: AbortSignal): Promise<Executed>;
}
export type Executed = { readonly kind: "ran"; readonly answer: Answer } | { readonly kind: "refused"; readonly reason: Omit<Reason, "effect"> };

/**
 * The effect itself. It begins when this is called, so it may have happened however this ends. INVARIANT: it does what `request` says, which
 * is what was decided: an approver may have changed what was asked.
 */
export type Perform = (request: Request, signal: AbortSignal) => Promise<Answer>;

/** What an effect answers: a stream of parts, also where it came in one piece, so that both are released by the same code. */
export interface Answer {
  /**
   * Hands every part to `write`, in order, awaiting what it returns (backpressure, a decision), and resolves at the end: at once where
   * everything is there and nobody has to wait. It is called once. If `write` throws, it stops reading, frees what it holds, and fails with
   * that error.
   */
  pump(write: (part: Part) => void | Promise<void>): void | Promise<void>;
  facts?(): Facts;
}

/** One piece of an answer, as a codec read it. */
export type Part =
  /** More text on a channel, cut anywhere. */
  | { readonly type: "text"; readonly channel: string; readonly text: string }
  /** The text of this channel is complete. */
  | { readonly type: "end"; readonly channel: string }
  /** Actions that the answer proposes, complete, decided together. Nothing of them has left before. */
  | { readonly type: "calls"; readonly channel: string; readonly requests: readonly Request[] }
  /** A structured value, whole. */
  | { readonly type: "value"; readonly channel: string; readonly value: Json }
  /** The codec's own framing (start, stop reason, usage). INVARIANT: holds numbers, enums and ids that the codec checked, no free text. */
  | { readonly type: "mark"; readonly mark: unknown };

/** One piece of an answer that may leave. Only `release` makes these. */
export type Released =
  | { readonly type: "text"; readonly channel: string; readonly text: string }
  | { readonly type: "end"; readonly channel: string }
  | { readonly type: "calls"; readonly channel: string; readonly calls: readonly ReleasedCall[] }
  | { readonly type: "value"; readonly channel: string; readonly value: Json }
  | { readonly type: "mark"; readonly mark: unknown };

/** A proposed action after its own decision. Only one whose effect is `permit` may be handed on, with exactly the arguments of `request`. */
export interface ReleasedCall {
  readonly request: Request;
  readonly decision: Decision;
  readonly ticket?: string;
  readonly inquiry?: string;
}

/** Takes what may leave, in order. A returned promise is backpressure. Throws when the receiver is gone. */
export type Deliver = (part: Released) => void | Promise<void>;

/** Layer 4. One filter per answer; synchronous, because every token passes it, but for the end of a text. */
export interface OutputLayer {
  open(request: Request, decision: Decision, inspection: Inspection): Filter;
}
export interface Filter {
  /** What may leave now that this came; the rest is held back until it is known to be clean. */
  text(channel: string, text: string): string;
  /** What was held back. A promise where somebody has to be asked about the whole of it; it keeps its own deadline and does not reject. */
  end(channel: string): string | Promise<string>;
  /** A whole value with its strings filtered. `what` tells arguments, which go to a tool, from results, which go to a reader; `of`: the call they are of. */
  value(value: Json, what: "arguments" | "result", of?: Request): Json;
  /**
   * True once something was found that blocks: nothing more leaves. A plain member, never a getter of a literal: that is a function of its own for each
   * answer, so a shape of its own, and V8 keeps shapes, with all that the getter reaches (request, answer), until it collects everything.
   */
  readonly blocked: boolean;
  verdict(): Verdict;
}

/** How long each layer may think, in milliseconds. Late is deny. `oversight` has no deadline here: an approval expires by itself. */
export interface Deadlines {
  readonly inspect: number;
  readonly decide: number;
  readonly record: number;
}

export interface Layers {
  readonly audit: AuditLayer;
  readonly input: InputLayer;
  readonly permission: PermissionLayer;
  readonly oversight: OversightLayer;
  readonly sandbox: SandboxLayer;
  readonly output: OutputLayer;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
}
