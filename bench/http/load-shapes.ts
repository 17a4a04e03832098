import type { Load } from "./load.ts";

const text = "Please look at the order of last Tuesday, say whether it has left the house, and tell the customer in two friendly sentences. ";

/** What every client sends: 1 KB, a system prompt and a question. */
export function chat(extra: { readonly model?: string; readonly stream?: boolean } = {}): Pick<Load, "path" | "headers" | "body" | "holds"> {
  const body = JSON.stringify({
    model: extra.model ?? "bench",
    ...(extra.stream === true ? { stream: true } : {}),
    messages: [
      { role: "system", content: "You are a friendly assistant of a shop. Answer briefly." },
      { role: "user", content: text.repeat(8).slice(0, 860) },
    ],
  });
  const headers = { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)) };
  return { path: "/v1/chat/completions", headers, body, holds: "quick" };
}
