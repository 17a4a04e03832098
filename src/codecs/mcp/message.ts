import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import type { Misread } from "../codec.ts";

export type Id = string | number;

/** One JSON-RPC 2.0 message of MCP. `params` is empty where the sender left it out. */
export type Message =
  | { readonly kind: "request"; readonly id: Id; readonly method: string; readonly params: JsonObject }
  | { readonly kind: "notification"; readonly method: string; readonly params: JsonObject }
  | { readonly kind: "result"; readonly id: Id; readonly result: JsonObject }
  | { readonly kind: "error"; readonly id: Id | null; readonly error: RpcError };
export type Asking = Message & { readonly kind: "request" };

export interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: Json;
}

const METHOD = /^[A-Za-z][A-Za-z0-9_./$-]{0,127}$/;
const LONGEST_ID = 256;
const FIELDS: ReadonlySet<string> = new Set(["jsonrpc", "id", "method", "params", "result", "error"]);

/**
 * Understands one message that was strictly parsed. A batch is refused (no version since 2025-06-18 has them), and so is everything that
 * two readers could take for different messages: a result beside an error, a method beside a result, a field nobody knows.
 */
export function readMessage(value: Json): Message | Misread {
  if (!isObject(value)) return misread("", Array.isArray(value) ? "holds a batch, which MCP does not have" : "is not a JSON-RPC message");
  if (value["jsonrpc"] !== "2.0") return misread("jsonrpc", 'must be "2.0"');
  if (Object.keys(value).some((name) => !FIELDS.has(name))) return misread("", "has a field that JSON-RPC does not have");
  const { id, method, params, result, error } = value;
  const asks = method !== undefined;
  if ([asks, result !== undefined, error !== undefined].filter(Boolean).length !== 1)
    return misread("", "must hold exactly one of `method`, `result` and `error`");
  if (!asks && params !== undefined) return misread("params", "belongs to a method");
  if (id !== undefined && id !== null && !isId(id)) return misread("id", "must be a text of at most 256 characters or a whole number");
  if (asks) {
    if (typeof method !== "string" || !METHOD.test(method)) return misread("method", "must be the name of a method");
    if (params !== undefined && !isObject(params)) return misread("params", "must be an object");
    if (id === null) return misread("id", "must not be null");
    return id === undefined ? { kind: "notification", method, params: params ?? {} } : { kind: "request", id, method, params: params ?? {} };
  }
  if (result !== undefined) {
    if (!isId(id)) return misread("id", "is missing");
    return isObject(result) ? { kind: "result", id, result } : misread("result", "must be an object");
  }
  const fault = isObject(error) ? readError(error) : undefined;
  return fault === undefined ? misread("error", "must hold a whole number `code` and a text `message`") : { kind: "error", id: id ?? null, error: fault };
}

function readError({ code, message, data, ...rest }: JsonObject): RpcError | undefined {
  if (typeof code !== "number" || !Number.isSafeInteger(code) || typeof message !== "string" || Object.keys(rest).length > 0) return undefined;
  return { code, message, ...(data === undefined ? {} : { data }) };
}

/** The one form in which a message is sent on, never the sender's bytes. */
export function writeMessage(message: Message): JsonObject {
  switch (message.kind) {
    case "request":
      return { jsonrpc: "2.0", id: message.id, method: message.method, params: message.params };
    case "notification":
      return { jsonrpc: "2.0", method: message.method, ...(Object.keys(message.params).length === 0 ? {} : { params: message.params }) };
    case "result":
      return { jsonrpc: "2.0", id: message.id, result: message.result };
    case "error":
      return { jsonrpc: "2.0", id: message.id, error: { ...message.error } };
  }
}

function isId(value: Json | undefined): value is Id {
  return typeof value === "string" ? value.length <= LONGEST_ID : typeof value === "number" && Number.isSafeInteger(value);
}

const misread = (at: string, fault: string): Misread => ({ at, fault });
