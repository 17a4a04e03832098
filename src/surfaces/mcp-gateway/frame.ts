import { type Id, type Message, type Readable, type RpcError, readable, SERVER_METHODS, SERVER_NOTICES } from "../../codecs/mcp/index.ts";
import { HoldfastError } from "../../core/errors.ts";
import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import type { Part } from "../../core/layers.ts";
import type { Request } from "../../core/request.ts";
import type { Arrived } from "./upstream.ts";

/** What of a message is the protocol's own: numbers, ids and known words. The rest of it passes the output filter as the value after it. */
export interface Frame {
  readonly event: { readonly id?: string; readonly retry?: number };
  readonly message?:
    | { readonly kind: "result"; readonly id: Id }
    | { readonly kind: "error"; readonly id: Id | null; readonly code: number }
    | { readonly kind: "notification"; readonly method: string }
    | { readonly kind: "request"; readonly id: Id; readonly method: string };
  /** Puts back what no detector reads: pictures, and states that only the server reads again. */
  readonly restore?: Readable["restore"];
  /** The message that a piece of text makes: of one that is told in pieces, each passes the output filter behind the one before it. */
  readonly around?: (text: string) => Message;
  /** A result as it came, for comparing definitions with what is pinned. Never handed on. */
  readonly original?: JsonObject;
}

export interface Reading {
  /** The request that is being answered; undefined where there is none. */
  readonly id?: Id;
  /** Whether a request of this id is still to be answered. */
  readonly open: (id: Id) => boolean;
  /** Makes the Request for what the server asks of the client. */
  readonly propose: (method: string, params: JsonObject) => Request;
}

/** Reads what arrives from a server as parts: a mark with its frame, what it asks of the client as calls, and its texts as a value. */
export function reader({ id, open, propose }: Reading): (arrived: Arrived) => readonly Part[] {
  return ({ message, inPieces, ...event }) => {
    if (message === undefined) return [mark({ event })];
    switch (message.kind) {
      case "result": {
        if (!open(message.id)) throw invalid("the server answered a request that was not sent");
        const { value, restore } = readable(message.result);
        const frame = mark({ event, message: { kind: "result", id: message.id }, restore, original: message.result });
        const asked = inputRequests(message.result).map((one) => propose(one.method, one.params));
        return [frame, ...(asked.length === 0 ? [] : [calls(asked)]), { type: "value", channel: "result", value }];
      }
      case "error": {
        if (message.id !== null && !open(message.id)) throw invalid("the server answered a request that was not sent");
        const frame = mark({ event, message: { kind: "error", id: message.id ?? id ?? null, code: message.error.code } });
        return [frame, { type: "value", channel: "error", value: wordsOf(message.error) }];
      }
      case "notification": {
        // What we do not know we cannot vouch for; a notification that is not passed on breaks nothing.
        if (!SERVER_NOTICES.has(message.method)) return [];
        if (inPieces === true && message.method === "notifications/progress") return piece(event, message.params);
        const said = readable(message.params);
        return [
          mark({ event, message: { kind: "notification", method: message.method }, restore: said.restore }),
          { type: "value", channel: "notification", value: said.value },
        ];
      }
      case "request":
        // `ping` asks nothing of anybody.
        if (message.method !== "ping" && !SERVER_METHODS.has(message.method)) throw invalid("the server asks something that MCP does not have");
        return [
          mark({ event, message: { kind: "request", id: message.id, method: message.method } }),
          message.method === "ping" ? { type: "value", channel: "request", value: {} } : calls([propose(message.method, message.params)]),
        ];
    }
  };
}

/** INVARIANT: pieces are one text to the output filter. A secret that is cut in two would pass it as two messages. */
function piece(event: Frame["event"], { progressToken, progress, message: text }: JsonObject): readonly Part[] {
  if (progressToken === undefined || typeof progress !== "number" || typeof text !== "string") throw invalid("a piece of progress is not one");
  const around = (message: string): Message => ({ kind: "notification", method: "notifications/progress", params: { progressToken, progress, message } });
  return [mark({ event, around }), { type: "text", channel: "progress", text }];
}

/** What a result asks of the client before it can be completed (2026-07-28, MRTR). */
function inputRequests(result: JsonObject): readonly { readonly method: string; readonly params: JsonObject }[] {
  const { inputRequests: asked } = result;
  if (asked === undefined) return [];
  if (!isObject(asked)) throw invalid("the server's input requests are not an object");
  return Object.values(asked).map((one) => {
    const { method, params = {} } = isObject(one) ? one : {};
    if (typeof method !== "string" || !SERVER_METHODS.has(method) || !isObject(params)) throw invalid("the server asks something that MCP does not have");
    return { method, params };
  });
}

/** The message that a frame and its filtered value make. */
export function messageOf(frame: Frame, value: Json): Message | undefined {
  const { message } = frame;
  const object = isObject(value) ? value : {};
  switch (message?.kind) {
    case undefined:
      return undefined;
    case "result":
      return { kind: "result", id: message.id, result: frame.restore?.(object) ?? object };
    case "error":
      return { kind: "error", id: message.id, error: { ...(object as unknown as RpcError), code: message.code } };
    case "notification":
      return { kind: "notification", method: message.method, params: frame.restore?.(object) ?? object };
    case "request":
      return { kind: "request", id: message.id, method: message.method, params: object };
  }
}

const wordsOf = ({ message, data }: RpcError): JsonObject => ({ message, ...(data === undefined ? {} : { data }) });
// INVARIANT of marks: nothing in a frame reaches a client but what is known here, and what `restore` puts into its own place.
const mark = (frame: Frame): Part => ({ type: "mark", mark: frame });
const calls = (requests: readonly Request[]): Part => ({ type: "calls", channel: "calls", requests });
const invalid = (message: string): HoldfastError => new HoldfastError("upstream-invalid", message);
