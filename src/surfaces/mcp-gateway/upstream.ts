import type { Message } from "../../codecs/mcp/index.ts";
import type { Part } from "../../core/layers.ts";
import type { Facts } from "../../core/outcome.ts";

/** Where one conversation stands at the upstream's end. The upstream writes it, nobody else. */
export interface Link {
  /** Ours; tells conversations apart where an upstream keeps something for each. */
  readonly key: string;
  /** The upstream's own name for the session (2025 era). Never the client's, who could name another's. */
  session?: string;
}

/** How a message is to be sent. */
export interface Sending {
  readonly link: Link;
  /** The version of the protocol, as the client speaks it. Absent before it is agreed. */
  readonly version?: string;
  /** Headers that mirror the body (2026-07-28), made by us from what was decided. */
  readonly mirrored?: { readonly [name: string]: string };
  readonly traceparent?: string;
  /** What the agent that the server is shows with what it does for this call. Absent where it is none. */
  readonly chain?: string;
  /** Turns what arrives into parts, in order. Throws `upstream-invalid` on what MCP does not have. */
  read(arrived: Arrived): readonly Part[];
}

/** One thing that arrives: a message, or an event without one, which only says where a lost stream would go on. */
export interface Arrived {
  readonly message?: Message;
  /** What is told of progress are pieces of one text, cut anywhere. */
  readonly inPieces?: boolean;
  readonly id?: string;
  readonly retry?: number;
}

/** What comes back, read as it comes. `pump` is as in the core's Answer. */
export interface Exchanged {
  /** The status that an HTTP upstream gave; 200 for others. */
  readonly status: number;
  /** `nothing`: it was taken. `whole`: one message. `stream`: any number. `either`: the first one will tell. */
  readonly form: "nothing" | "whole" | "stream" | "either";
  pump(write: (part: Part) => void | Promise<void>): void | Promise<void>;
  facts(): Facts;
}

/** An MCP server. What it throws is a HoldfastError; it sends nothing twice. */
export interface McpUpstream {
  /** Its name in the configuration: its tools are called `id.tool`. */
  readonly id: string;
  /** Sends one message; resolves when an answer has begun. When `signal` aborts, the server is told that nobody waits any more. */
  send(message: Message, sending: Sending, signal: AbortSignal): Promise<Exchanged>;
  /** Listens to what the server says unasked (2025 era). `after`: the last event that was seen. */
  listen(sending: Sending, after: string | undefined, signal: AbortSignal): Promise<Exchanged>;
  /** The conversation is over. Never rejects. */
  end(link: Link, now?: boolean): Promise<void>;
  /** Frees everything. */
  close(): Promise<void>;
}
