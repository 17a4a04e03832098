/** Where an answer goes, and what that place does with it. */
export const ANSWER_SINKS = ["markdown", "html", "terminal", "json", "text"] as const;
export type AnswerSink = (typeof ANSWER_SINKS)[number];

/** Where a single argument goes: as above, or into something that the tool makes of it. */
export const ARGUMENT_SINKS = [...ANSWER_SINKS, "url", "path", "sql", "sql-statement", "shell"] as const;
export type ArgumentSink = (typeof ARGUMENT_SINKS)[number];

/** What happens to what a sink would act upon in an answer: the record says so, it becomes text, or the answer ends there. */
export const SINK_ACTIONS = ["report", "escape", "block"] as const;
export type SinkAction = (typeof SINK_ACTIONS)[number];

/** The same for an argument. */
export const ARGUMENT_SINK_ACTIONS = ["report", "escape", "ask", "deny"] as const;
export type ArgumentSinkAction = (typeof ARGUMENT_SINK_ACTIONS)[number];

/** What a whole statement does. */
export const STATEMENTS = ["read", "write", "schema"] as const;
export type Statement = (typeof STATEMENTS)[number];

/** The sinks of a tool's arguments, by the path of the argument; `*` is any one step. */
export interface ArgumentSinks {
  readonly [path: string]: { readonly kind: ArgumentSink; readonly action: ArgumentSinkAction; readonly allow: readonly Statement[] };
}

/** Something in an argument that its sink would act upon. */
export interface SinkFault {
  readonly argument: string;
  readonly kind: ArgumentSink;
  readonly follows: ArgumentSinkAction;
  /** In words that hold nothing of it. */
  readonly what: string;
}
