import { type Json, writeJson } from "../../core/json.ts";

/** The vendor's envelope. `code` is ours and stable; clients decide by the HTTP status, people by the message. */
export function errorBody(status: number, code: string, message: string): Json {
  return { error: { message, type: typeOf(status), param: null, code } };
}

/** In a stream there is no status left to set; the SDKs raise what stands under `error`. */
export function errorEvent(code: string, message: string): string {
  return `data: ${writeJson({ error: { message, type: "server_error", param: null, code } })}\n\n`;
}

function typeOf(status: number): string {
  switch (status) {
    case 401:
      return "authentication_error";
    case 403:
      return "permission_error";
    case 404:
      return "not_found_error";
    case 429:
      return "rate_limit_error";
    default:
      return status >= 500 ? "server_error" : "invalid_request_error";
  }
}
