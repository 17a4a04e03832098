import type { IncomingMessage, ServerResponse } from "node:http";
import { type Json, writeJson } from "../../core/json.ts";
import { type Refusal, STATUS, type Wording } from "./refusal.ts";

/** Bytes of an unread body that are thrown away so that the connection can be closed without cutting off our answer. */
const MOST_DISCARDED = 256 * 1024;
const LINGER = 500;

/** Sends one JSON answer. Never cached: it belongs to one caller. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: Json,
  headers: { readonly [name: string]: string } = {},
  type = "application/json",
): void {
  if (response.headersSent || response.destroyed) return;
  const text = writeJson(body);
  response.writeHead(status, {
    "content-type": type,
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    ...headers,
  });
  response.end(text);
}

/**
 * Answers with a refusal in the surface's words. A body that was not read is not read now either: a little of it is thrown away, so
 * that the answer arrives, and the connection ends.
 */
export function sendRefusal(request: IncomingMessage, response: ServerResponse, id: string, refusal: Refusal, wording: Wording): void {
  if (response.headersSent || response.destroyed) return;
  const text = writeJson(wording.body(refusal.status, refusal.code, refusal.message));
  const unread = !request.complete && bodyDeclared(request);
  response.writeHead(refusal.status, {
    "x-request-id": id,
    "content-type": wording.type,
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    ...(unread ? { connection: "close" } : {}),
    // Asked again, it would be refused again.
    ...(RETRIED.has(refusal.status) ? {} : { "x-should-retry": "false" }),
    ...refusal.headers,
  });
  if (!unread) return void response.end(text);
  response.write(text);
  let discarded = 0;
  const timer = setTimeout(() => response.end(), LINGER);
  const finish = (): void => {
    clearTimeout(timer);
    response.end();
  };
  request.on("data", (chunk: Buffer) => {
    discarded += chunk.length;
    if (discarded <= MOST_DISCARDED) return;
    request.pause();
    finish();
  });
  request.on("end", finish);
  request.on("error", finish);
}

const RETRIED: ReadonlySet<number> = new Set([408, 429, STATUS.unavailable, STATUS["upstream-unreachable"], STATUS["upstream-timeout"], 500]);

function bodyDeclared({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0";
}
