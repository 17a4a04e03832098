import type { Content } from "../core/content.ts";
import type { ErrorCode } from "../core/errors.ts";
import type { Json, JsonObject } from "../core/json.ts";
import type { Part, Released } from "../core/layers.ts";
import type { Facts } from "../core/outcome.ts";
import type { Request } from "../core/request.ts";
import type { Marking } from "./marking.ts";

/**
 * A provider's wire format, without any I/O. A codec reads what a client sent, reads what an upstream answered as parts, and writes
 * released parts back in the same dialect. It is pure and synchronous and does not know policy.
 */
export interface Codec {
  readonly id: "openai-chat" | "openai-responses" | "anthropic-messages";
  /** The path of the operation below the upstream's base URL: `/chat/completions`, `/responses`, `/messages`. */
  readonly path: string;
  /** Understands a request body that `parseJson` accepted. What it cannot understand it refuses: nothing unread is forwarded. */
  readRequest(body: Json): Asked | Misread;
  /** Reads an answer in one piece (`body` already strictly parsed). */
  readWhole(body: Json, asked: Asked, propose: Propose): { readonly parts: readonly Part[]; readonly facts: Facts } | Misread;
  /** Reads an answer as server-sent events. */
  readStream(asked: Asked, propose: Propose): StreamReader;
  /** Writes released parts as one JSON body. */
  writeWhole(asked: Asked): Writer<Json>;
  /** Writes released parts as the bytes of server-sent events; each call returns what can be sent now. */
  writeStream(asked: Asked): StreamWriter;
  /**
   * How a client sends this answer (of `writeWhole`) back with its next request, read as that request would be: for each choice as it is, and
   * without what clients are known to leave away.
   */
  echoes(whole: Json): readonly (readonly Content[])[];
  /** A part without what the model thought: nothing where that was all of it. Its signature stays, because the next turn needs it. */
  withoutReasoning(part: Released): Released | undefined;
  /** An error in the vendor's own envelope, as the body of an HTTP answer. `code` is stable and ours; `message` holds no foreign text. */
  errorBody(status: number, code: ErrorCode | string, message: string): Json;
  /** The same, in the middle of a stream. */
  errorEvent(code: ErrorCode | string, message: string): string;
}

/** What a client asked, understood. */
export interface Asked {
  /** As the client named it. */
  readonly model: string;
  readonly stream: boolean;
  /** Everything the model will read, in order: system prompt, user turns, earlier answers, tool results, tool definitions. */
  readonly content: readonly Content[];
  /** So many of them, from the first on, are the conversation; what follows are definitions and settings. */
  readonly said: number;
  /** Names of the tools that the client declared. */
  readonly tools: readonly string[];
  /** What of the body is no text. */
  readonly attached: Attached;
  /** The most tokens that the answer may have, where the request says so; `unbounded` where it asks for more than any such number tells. */
  readonly most?: number | "unbounded";
  /** What the answer's text must be: some JSON, or JSON that fits this schema. */
  readonly expects?: "json" | JsonObject;
  /** What the client calls itself for: the conversation's user or session id, if the dialect has a place for it. */
  readonly user?: string;
  /** The canonical body to forward, with the model's name exchanged for the upstream's own, and with what is put in on the way. */
  forward(model: string, marking?: Marking): Json;
}

/** What a model reads of a request beside its text. */
export interface Attached {
  /** Its length in the body. */
  readonly bytes: number;
  /** The most tokens that it counts as. Undefined where nobody can say: a file of the provider's, a document, pages that the provider reads by itself. */
  readonly tokens: number | undefined;
}

/** The input is not what the dialect says. `at` is a path such as `messages/2/content`; the message quotes nothing of the input. */
export interface Misread {
  readonly fault: string;
  readonly at: string;
  readonly code?: "bad-request" | "too-large";
}

/**
 * Makes the Request for a tool call that an answer proposes; the surface knows principal, parent and labels. `met`: what the provider's own tools
 * brought within this answer before it. The list only grows.
 */
export type Propose = (
  call: { readonly id: string; readonly name: string; readonly args: { readonly [name: string]: Json } },
  met?: readonly Content[],
) => Request;

export interface StreamReader {
  /** One event's `data` and, where the dialect uses it, its `event` name. Throws HoldfastError `upstream-invalid` on what it does not understand. */
  push(data: string, event?: string): readonly Part[];
  /** The stream is over. Throws if it ended before the dialect's own end mark. */
  end(): readonly Part[];
  facts(): Facts;
}

export interface Writer<T> {
  push(part: Released): void;
  finish(): T;
}

export interface StreamWriter {
  push(part: Released): string;
  finish(): string;
}
