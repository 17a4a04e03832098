import type { Approval, State } from "../approval.ts";

/** A question or its answer, as it is told. */
export interface News {
  readonly approval: Approval;
  readonly state: State;
}

export interface Notice {
  /** Stays the same when it is sent again: a receiver can tell a repetition. */
  readonly id: string;
  readonly news: readonly News[];
  /** Questions that came while nobody was to be disturbed, and were over before they could be told. */
  readonly missed: number;
  /** Nothing is asked: this person wants to see whether messages arrive. */
  readonly test?: string;
}

/** `later`: it may be taken if it is sent again. */
export type Sent = { readonly is: "taken" } | { readonly is: "later" | "refused"; readonly status?: number };

/** A way to tell somebody. What is told holds a link and no argument: who may see those logs in at the console. */
export interface Channel {
  /** Tells it from the others, for as long as configuration leaves it as it is. */
  readonly key: string;
  /** Where it leads, for the log. */
  readonly host: string;
  /** People have quiet hours, and are told of several things at once; programs of each thing as it happens. */
  readonly reader: "person" | "program";
  /** Whether answers are told as well. */
  readonly answers: boolean;
  isFor(approval: Approval): boolean;
  send(notice: Notice): Promise<Sent>;
}
