import { writeJson } from "../../core/json.ts";

/** In a stream there is no status left to set; the SDKs raise an event of this name. */
export function errorEvent(code: string, message: string): string {
  return `event: error\ndata: ${writeJson({ type: "error", code, message, param: null })}\n\n`;
}
