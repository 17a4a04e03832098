import type { Message } from "../../codecs/mcp/index.ts";

/** The client's end of one exchange. */
export interface Client {
  /** What kind of answer begins, and the status that an HTTP upstream gave it. Called at most once, first. */
  begin(form: "nothing" | "whole" | "stream" | "either", status: number): void;
  /** Hands one message on, or an event without one. A returned promise is backpressure. Throws when the client is gone. */
  send(message: Message | undefined, event: { readonly id?: string; readonly retry?: number }): void | Promise<void>;
}
