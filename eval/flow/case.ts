import type { Run } from "../../examples/replay-agentdojo/forms.ts";
import type { Effect, Reason } from "../../src/core/decision.ts";

/** What the figures are counted by. */
export interface Group {
  readonly benchmark: string;
  readonly suite: string;
  readonly version: string;
  /** Name of the attack; `none` where nothing was injected. */
  readonly attack: string;
}

/** Whose call it is, and whether the benchmark says that it changes something or leaves the house. */
export interface Mark {
  readonly side: "user" | "attacker";
  readonly consequential: boolean;
  /** Of an attacker's call in a recorded run: the user's task itself needs each value by which the injection is seen in it. */
  readonly own?: boolean;
  /** Of an attacker's call in a recorded run: those values. */
  readonly seen?: readonly string[];
}

/** One run to decide, with a mark for each of its tool calls, in order. */
export interface Case {
  readonly group: Group;
  readonly run: Run;
  readonly marks: readonly Mark[];
}

/** A call with its decision. */
export interface JudgedCall extends Mark {
  readonly tool: string;
  readonly args: object;
  readonly effect: Effect;
  readonly reasons: readonly Reason[];
}

export interface Judged {
  readonly of: Case;
  readonly calls: readonly JudgedCall[];
}

export const groupKey = ({ benchmark, suite, version, attack }: Group): string => [benchmark, suite, version, attack].join("/");
