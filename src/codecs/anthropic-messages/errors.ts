import { type Json, writeJson } from "../../core/json.ts";

/** The vendor's envelope. `code` is ours and stable; the vendor's own SDKs pass it through. */
export function errorBody(status: number, code: string, message: string): Json {
  return { type: "error", error: { type: typeOf(status), message, code } };
}

export function errorEvent(code: string, message: string): string {
  return `event: error\ndata: ${writeJson({ type: "error", error: { type: "api_error", message, code } })}\n\n`;
}

function typeOf(status: number): string {
  switch (status) {
    case 401:
      return "authentication_error";
    case 403:
      return "permission_error";
    case 404:
      return "not_found_error";
    case 413:
      return "request_too_large";
    case 429:
      return "rate_limit_error";
    case 503:
    case 529:
      return "overloaded_error";
    default:
      return status >= 500 ? "api_error" : "invalid_request_error";
  }
}
